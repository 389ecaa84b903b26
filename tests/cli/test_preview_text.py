"""A saved preview with text around its JSON, in any encoding that a shell saves it in."""

from __future__ import annotations

import codecs
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from amplify_job_resource.cli.command import run
from amplify_job_resource.emulator import Server
from amplify_job_resource.report import read_preview
from amplify_job_resource.report.preview_text import decoded, preview_in
from hypothesis import example, given
from hypothesis import strategies as st

from tests.engine.stack import Stack, pulumi

PREVIEW: dict[str, Any] = {
    "config": {"site:text": '{["é'},
    "steps": [
        {
            "op": "create",
            "urn": "urn:pulumi:dev::site::pulumi-python:dynamic/amplify:Job::site",
            "newState": {
                "inputs": {
                    "appId": "d1a2b3c4",
                    "branchName": "main",
                    "jobType": "RELEASE",
                    "commitId": "b" * 40,
                    "triggers": {"steps": [], "config": {"x": "}"}},
                }
            },
        }
    ],
    "duration": 797792855,
    "changeSummary": {"create": 1},
}
REPORT = read_preview(PREVIEW)
TEXT = json.dumps(PREVIEW, indent=4, ensure_ascii=False)
FAILED = {"diagnostics": [{"message": "error: no", "severity": "error"}], "duration": 1}

#: Pieces of JSON, whole and broken, that a log may have.
PIECES = st.sampled_from(
    [
        *'{}[]",:\\\n\r\t\0\ufeffé',
        '{"a": 1}',
        '{"steps": ',
        '{"steps": [1]}',
        '{"steps": 5, "result": ',
        '{"config": {"a": {',
        '{"duration": 1',
        '{"diagnostics": []}',
        '{"sequence":0,"preludeEvent":{"config":{}}}\n',
        "warning: {of braces}\n",
        '{"' * 50,
    ]
)
AROUND = st.lists(st.one_of(PIECES, st.text(max_size=20)), max_size=12).map("".join)


@given(AROUND, AROUND, st.sampled_from([None, 0, 4]))
@example('{"a": ', "}", 4)
@example("I1125 policy pack {", "}", None)
@example('{"config":' * 1200, "", 4)
def test_text_around_changes_nothing(before: str, after: str, indent: int | None) -> None:
    """Whatever stands before and behind the JSON, the report is the same."""
    text = before + json.dumps(PREVIEW, indent=indent) + after
    assert read_preview(preview_in(text)) == REPORT


@given(AROUND)
def test_text_alone_is_no_preview(text: str) -> None:
    """Text without a preview is never taken for one."""
    with pytest.raises(ValueError, match=r"no JSON of a preview|stream of events"):
        preview_in(text)


@pytest.mark.parametrize(
    "saved",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.replace("\n", "\r\n").encode("utf-16"),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + f"warning: {{é}}\r\n{TEXT}\r\n".encode("utf-16-be"),
        b"\xe9\xff {\n" + TEXT.encode() + b"\xff",
    ],
    ids=["UTF-8", "BOM", "UTF-16", "UTF-16-LE", "UTF-16-BE", "bad bytes"],
)
def test_every_encoding_is_read(
    saved: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that PowerShell saved gives the same report, and so does one with bad bytes around."""
    (tmp_path / "saved").write_bytes(saved)
    assert preview_in(decoded(saved)) == PREVIEW
    assert run(["pending", "--exit-code", "--from", str(tmp_path / "saved")]) == 2
    out, err = capsys.readouterr()
    assert "release d1a2b3c4/main: bbbbbbb" in out
    assert err == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (TEXT + TEXT, "it has 2 previews: save each of them in a file of its own"),
        (f"{TEXT}\n{json.dumps(FAILED)}", "it has 2 previews"),
        (f"[{TEXT}, {TEXT}]", "it has 2 previews"),
        (TEXT[:-1], "there is no JSON of a preview in it"),
        (TEXT[1:], "there is no JSON of a preview in it"),
        ('{"sequence":0}', "it is a stream of events"),
    ],
    ids=["two", "one that failed", "a list", "cut off", "without its begin", "an event"],
)
def test_no_release_is_lost(
    text: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of two previews none is left out, and one that is cut off is not taken for a small one."""
    (tmp_path / "saved").write_text(text, encoding="utf-8")
    assert run(["pending", "--from", str(tmp_path / "saved")]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err


def test_one_that_failed_early_is_still_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With text around a preview that has no steps, its error is told."""
    (tmp_path / "saved").write_text(f"{{\n{json.dumps(FAILED)}\n", encoding="utf-8")
    assert run(["pending", "--from", str(tmp_path / "saved")]) == 1
    assert "could not be previewed: error: no" in capsys.readouterr().err


def test_a_preview_that_is_run_may_have_text_around(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a plugin prints beside the JSON does not hide it where the command runs the preview."""
    saved = tmp_path / "saved"
    saved.write_text(f"[policy] {{ok}}\n{TEXT}\ndone {{}}\n", encoding="utf-8")
    pulumi = tmp_path / "pulumi"
    pulumi.write_text(f"#!/bin/sh\ncat {saved}\n", encoding="utf-8")
    pulumi.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert run(["pending", "--exit-code", "--cwd", str(tmp_path)]) == 2
    assert "release d1a2b3c4/main: bbbbbbb" in capsys.readouterr().out


@pytest.mark.engine
def test_the_log_of_the_real_cli_around_its_preview(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`> file 2>&1` with a log gives the same report; a stream of the CLI's events is refused."""
    program = """
    import pulumi
    from amplify_job_resource import Job

    pulumi.log.warn("a warning {of braces}")
    Job("site", app_id="d1a2b3c4", branch_name="main", commit_id="1f3c9e2a77")
    """
    with Server() as server:
        server.control.reset()
        server.control.create_app("d1a2b3c4", ["main"])
        stack = Stack(tmp_path / "stack", program, emulator_url=server.url)
        reports = []
        for name, options in {"plain": [], "logged": ["--logtostderr", "-v=9"]}.items():
            saved = tmp_path / name
            command = [pulumi(), "preview", "--json", "--stack=dev", *options]
            with saved.open("wb") as file:
                subprocess.run(
                    command,
                    cwd=stack.cwd,
                    env=stack.environment,
                    check=True,
                    stdout=file,
                    stderr=subprocess.STDOUT,
                )
            assert run(["pending", "--output", "json", "--from", str(saved)]) == 0
            reports.append(capsys.readouterr().out)
        text = saved.read_text(encoding="utf-8")
        assert not text.startswith("{\n")
        assert text.count('\n{"time":') > 10
        assert reports[0] == reports[1]
        assert json.loads(reports[0])["stacks"][0]["pending"][0]["name"] == "site"

        stack.environment["PULUMI_ENABLE_STREAMING_JSON_PREVIEW"] = "true"
        events = stack.pulumi("preview", "--json", "--stack=dev").ok().stdout
        saved.write_text(events, encoding="utf-8")
        assert run(["pending", "--from", str(saved)]) == 1
        assert "it is a stream of events" in capsys.readouterr().err
        stack.close()
