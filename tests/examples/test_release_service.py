"""The service that releases on demand, asked over HTTP, on the real engine."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from amplify_job_resource.emulator import Control, Plan, Server

from tests.engine.stack import Stack
from tests.waiting import wait_until

APP = "d1a2b3c4"
EXAMPLE = Path(__file__).parents[2] / "examples" / "aws-py-automation-service"
#: Asks for a release of `main`: the HTTP status, and the answer.
Ask = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def emulator() -> Iterator[Control]:
    """An emulator whose clock stands still."""
    with Server() as server:
        server.control.reset()
        server.control.create_app(APP, ["main"])
        server.control.run(0)
        yield server.control


@pytest.fixture
def ask(emulator: Control, tmp_path: Path) -> Iterator[Ask]:
    """The service at work, with one stack."""
    program = (EXAMPLE / "__main__.py").read_text(encoding="utf-8")
    environment = {"RELEASE_TOKEN": "let-me-in"}
    stack = Stack(tmp_path, program, emulator_url=emulator.url, environment=environment)
    stack.pulumi("config", "set-all", f"--plaintext=appId={APP}", "--plaintext=branchName=main")
    shutil.copy(EXAMPLE / "service.py", stack.cwd)
    service = subprocess.Popen(
        [sys.executable, "service.py", "0"],
        cwd=stack.cwd,
        env=stack.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert service.stdout
    with service, service.stdout:
        url = service.stdout.readline().strip()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

        def ask(commit: str = "8" * 40, branch: str = "main", token: str = "let-me-in") -> Any:
            body = json.dumps({"branch": branch, "commit": commit}).encode()
            headers = {"Authorization": f"Bearer {token}"}
            request = urllib.request.Request(url, body, headers)
            try:
                with opener.open(request, timeout=120) as answer:
                    return answer.status, json.load(answer)
            except urllib.error.HTTPError as refusal:
                with refusal:
                    return refusal.code, json.load(refusal)

        yield ask
        service.terminate()
    stack.close()


@pytest.mark.engine
def test_a_request_is_answered_with_the_outcome(ask: Ask, emulator: Control) -> None:
    """One release at a time; what is live is not built again; a failure comes with its reason."""
    assert ask(token="guessed")[0] == 401
    assert ask(branch="other")[0] == 404
    assert ask(commit="--help")[0] == 400
    assert emulator.calls("StartJob") == []
    with ThreadPoolExecutor() as pool:
        first = pool.submit(ask)
        wait_until(lambda: bool(emulator.calls("StartJob")), "the release has begun")
        assert ask(commit="9" * 40) == (409, {"error": "a release of this branch is at work"})
        emulator.advance(3600)
        status, answer = first.result()
    url = f"https://main.{APP}.amplifyapp.com"
    assert (status, answer) == (200, {"job": "1", "status": "SUCCEED", "url": url})
    assert ask() == (200, answer)
    assert len(emulator.calls("StartJob")) == 1
    emulator.plan(APP, "main", Plan.instant(outcome="FAILED", status_reason="out of memory"))
    status, answer = ask(commit="9" * 40)
    assert status == 502
    assert f"Amplify job {APP}/main/2 FAILED" in answer["error"]
    assert "out of memory" in answer["error"]
