"""Fixtures of the tests that run `amplify-job` in this process, against an emulator server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest
from amplify_job_resource._amplify import session
from amplify_job_resource.cli.command import run
from amplify_job_resource.emulator import Control, Plan, Server

APP = "d1a2b3c4"

Cli: TypeAlias = Callable[..., tuple[int, str, str]]


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Control]:
    """An emulator server with one app, whose jobs end at once."""
    with Server() as server:
        server.control.reset()
        server.control.create_app(APP, ["main"])
        server.control.default_plan(Plan.instant())
        for name, value in {
            "AWS_ENDPOINT_URL_AMPLIFY": server.url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": "us-east-1",
            "PULUMI_HOME": str(tmp_path),
        }.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(session, "_clients", {})
        yield server.control


@pytest.fixture
def cli(emulator: Control, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Runs a command line: exit code, stdout, stderr. No output has the signed address of a log."""

    def cli(*arguments: str) -> tuple[int, str, str]:
        code = run(arguments)
        out, err = capsys.readouterr()
        assert "X-Amz-" not in out + err
        return code, out, err

    return cli
