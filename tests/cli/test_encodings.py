"""What the command writes where not every character can be written."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from amplify_job_resource._amplify import session as client
from amplify_job_resource.cli.command import run
from amplify_job_resource.emulator import Plan, Server

APP = "d1a2b3c4"
WORDS = "Zoë → ✗"
#: What a terminal, a pipe, Windows and an old locale may take; none takes all characters.
FEW = [
    ("ascii", "strict"),
    ("latin-1", "strict"),
    ("cp1252", "strict"),
    ("ascii", "surrogateescape"),
]

Output = Callable[..., bytes]


@pytest.fixture
def _jobs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """An emulator server with an app that has two jobs."""
    with Server() as server:
        server.control.reset()
        server.control.create_app(APP, ["main"])
        failed = Plan.instant(outcome="FAILED", status_reason=WORDS)
        server.control.default_plan(Plan.instant())
        server.control.plan(APP, "main", failed, Plan.instant(commit_id=WORDS))
        for _ in range(2):
            server.control.push(APP, "main", "a" * 40)
        for name, value in {
            "AWS_ENDPOINT_URL_AMPLIFY": server.url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": "us-east-1",
            "PULUMI_HOME": str(tmp_path / "pulumi"),
        }.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(client, "_clients", {})
        yield


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A saved preview of a release with characters that are not ASCII."""
    urn = "urn:pulumi:dev::site::pulumi-python:dynamic/amplify:Job::Zoë"
    state = {"appId": APP, "branchName": "grün/✗", "region": "us-east-1", "commitId": "a" * 40}
    old = {"id": f"{APP}/grün/✗/1", "outputs": {**state, "jobId": "1", "status": "SUCCEED"}}
    new = {"inputs": {**state, "commitId": "b" * 40}}
    step = {"op": "replace", "urn": urn, "oldState": old, "newState": new}
    path = tmp_path / "preview.json"
    path.write_text(json.dumps({"steps": [step]}, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.fixture
def output(monkeypatch: pytest.MonkeyPatch) -> Output:
    """Runs a command line with a stdout that takes some characters only; what arrives there."""

    def output(*arguments: str, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        arrived = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(arrived, encoding, errors))
        assert run(arguments) == 0
        sys.stdout.flush()
        return arrived.getvalue()

    return output


@pytest.mark.parametrize(("encoding", "errors"), FEW)
@pytest.mark.parametrize("form", ["markdown", "html", "json"])
def test_a_document_is_always_utf8(
    output: Output, saved: Path, tmp_path: Path, form: str, encoding: str, errors: str
) -> None:
    """A report for a browser, a git host or a program is the same on stdout and in a file."""
    command = ["pending", "--from", str(saved), "--output", form]
    printed = output(*command, encoding=encoding, errors=errors)
    file = tmp_path / "report"
    assert output(*command, "--file", str(file), encoding=encoding, errors=errors) == b""
    assert printed == output(*command) == file.read_bytes()
    text = printed.decode("utf-8")
    assert "Zoë" in (
        json.loads(text)["stacks"][0]["pending"][0]["name"] if form == "json" else text
    )


@pytest.mark.parametrize(("encoding", "errors"), FEW)
def test_text_takes_what_the_terminal_takes(
    output: Output, saved: Path, tmp_path: Path, encoding: str, errors: str
) -> None:
    """What a terminal cannot show is replaced; a file holds all of it."""
    command = ["pending", "--from", str(saved)]
    printed = output(*command, encoding=encoding, errors=errors).decode(encoding)
    assert "release d1a2b3c4/gr" in printed
    assert "/?" in printed
    file = tmp_path / "report"
    assert output(*command, "--file", str(file), encoding=encoding, errors=errors) == b""
    assert "grün/✗" in file.read_text(encoding="utf-8")


@pytest.mark.usefixtures("_jobs")
@pytest.mark.parametrize(("encoding", "errors"), FEW)
def test_each_command_is_written_everywhere(output: Output, encoding: str, errors: str) -> None:
    """A bar, an arrow or a name that a terminal cannot show is replaced, and nothing fails."""
    for command in (
        ("history", APP, "main"),
        ("history", APP, "main", "--output", "json"),
        ("status", APP, "main"),
        ("status", APP, "main", "1", "--output", "json"),
        ("start", APP, "main", "--message", WORDS),
        ("pending", "--help"),
    ):
        assert output(*command, encoding=encoding, errors=errors), command


@pytest.mark.usefixtures("_jobs")
@pytest.mark.parametrize(
    "variables", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}]
)
def test_python_is_told_to_write_few_characters(
    variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same in a process of its own, as a user sets it."""
    for name, value in {**variables, "PYTHONCOERCECLOCALE": "0"}.items():
        monkeypatch.setenv(name, value)
    program = "from amplify_job_resource.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "history", APP, "main"], check=False, capture_output=True
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"SUCCEED" in done.stdout
