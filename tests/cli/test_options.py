"""One option has one meaning in all commands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from amplify_job_resource.cli.command import amplify_job, run

PENDING = ("pending", "--from", "-")
HISTORY = ("history", "d1a2b3c4", "main")
STATUS = ("status", "d1a2b3c4", "main")


def options() -> Iterator[tuple[str, click.Option]]:
    """Each option of each command, without the hidden ones."""
    for name, command in amplify_job.commands.items():
        for parameter in command.params:
            if isinstance(parameter, click.Option) and not parameter.hidden:
                yield name, parameter


def test_an_option_means_the_same_everywhere() -> None:
    """What two commands have under one name has one kind, and one sentence but for its default."""
    found: dict[str, tuple[str, str]] = {}
    #: What a stack is for: the stacks to report, and the stack that has the job.
    two_meanings = {"--stack", "--commit"}
    for _, option in options():
        if option.opts[0] not in two_meanings:
            meaning = (option.type.name, (option.help or "").partition(" Default")[0])
            assert found.setdefault(option.opts[0], meaning) == meaning, option.opts
    assert {"--output", "--file", "--region", "--timeout", "--cwd"} <= found.keys()


def test_each_command_has_text_and_json() -> None:
    """`--output` is a form of the data, text if nothing is said."""
    forms = {name: option.metavar for name, option in options() if option.opts == ["--output"]}
    assert forms == {
        "pending": "[text|markdown|json|html]",
        "status": "[text|json]",
        "wait": "[text|json]",
        "logs": "[text|json]",
        "start": "[text|json]",
        "deploy": "[text|json]",
        "stop": "[text|json]",
        "history": "[text|json|html]",
    }


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            (*PENDING, "--output", "report.html"),
            "'report.html' is none of the forms text, markdown",
        ),
        ((*PENDING, "--output", "report.html"), "--file names a file to write to"),
        ((*STATUS, "--output", "xml"), "'xml' is none of the forms text, json"),
        ((*PENDING, "--format", "json"), "there is no --format here, give --output json"),
        ((*HISTORY, "--html", "a.html"), "give --output html --file a.html"),
        (("status", "--stack", ""), "it is empty: give the name of a stack"),
        (("pending", "--stack", "dev", "--stack", ""), "it is empty: give the name of a stack"),
        ((), "Missing command"),
    ],
)
def test_another_meaning_is_refused(
    arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file where a form belongs, and options of other tools, are refused with what to give."""
    assert run(arguments) == 64
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err


def test_no_file_is_written_by_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A form in the place of a file once wrote a file of that name."""
    monkeypatch.chdir(tmp_path)
    assert run(["pending", "--from", "missing.json", "--output", "json"]) == 1
    assert list(tmp_path.iterdir()) == []
    assert "missing.json" in capsys.readouterr().err


def test_a_file_that_cannot_be_written_is_said_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A document for which there is no place is an error that names the place."""
    preview = tmp_path / "preview.json"
    stack = {"urn": "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev"}
    preview.write_text(json.dumps({"config": {}, "steps": [{"op": "same", **stack}]}))
    place = tmp_path / "no" / "page.html"
    arguments = ["pending", "--from", str(preview), "--output", "html", "--file", str(place)]
    assert run(arguments) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert f"{place} cannot be written" in err


def test_a_dash_is_stdout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As `--from -` is stdin."""
    monkeypatch.chdir(tmp_path)
    Path("preview.json").write_text(
        json.dumps(
            {"steps": [{"op": "same", "urn": "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev"}]}
        )
    )
    assert run(["pending", "--from", "preview.json", "--output", "json", "--file", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["version"] == 1
    assert not Path("-").exists()


def test_a_pulumi_that_cannot_be_run_is_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No traceback, whatever is wrong with it."""
    pulumi = tmp_path / "pulumi"
    pulumi.write_text("no program")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert run(["status", "--stack", "dev"]) == 1
    pulumi.chmod(0o755)
    assert run(["pending"]) == 1
    said = capsys.readouterr().err
    assert "`pulumi` cannot be run: " in said
    assert "Traceback" not in said
