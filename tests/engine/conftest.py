"""Fixtures of the tests that run the real Pulumi CLI against an emulator server."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from amplify_job_resource.emulator import Control, Plan, Server

from tests.engine.stack import NO_PULUMI, Stack

APP = "d1a2b3c4"

#: Builds in the engine's tests take a moment.
QUICK = Plan(pending=0.1, provisioning=0.1, build=0.6, deploy=0.1, verify=0.1, cancelling=0.5)


@pytest.fixture(autouse=True)
def _needs_pulumi() -> None:
    if shutil.which("pulumi") is None:
        pytest.fail(NO_PULUMI)


@pytest.fixture
def server() -> Iterator[Server]:
    """An emulator server with one app, `d1a2b3c4`, that has a branch `main`; builds are quick."""
    with Server() as server:
        server.control.reset()
        server.control.create_app(APP, ["main"])
        server.control.default_plan(QUICK)
        yield server


@pytest.fixture
def emulator(server: Server) -> Control:
    """Sets up the emulator and looks at it."""
    return server.control


@pytest.fixture
def new_stack(server: Server, tmp_path: Path) -> Iterator[Callable[..., Stack]]:
    """Makes stacks against the emulator; whatever still runs at the end of the test is ended."""
    stacks: list[Stack] = []

    def make(program: str = "", **options: Any) -> Stack:
        folder = tmp_path / f"stack-{len(stacks)}"
        folder.mkdir()
        stacks.append(Stack(folder, program, emulator_url=server.url, **options))
        return stacks[-1]

    yield make
    for stack in stacks:
        stack.close()


@pytest.fixture
def stack(new_stack: Callable[..., Stack]) -> Stack:
    """A stack with one release, `site`, of `d1a2b3c4/main` at the config's `commitId`."""
    return new_stack(RELEASE)


RELEASE = """
import pulumi
from amplify_job_resource import Job

config = pulumi.Config()
release = Job(
    "site",
    app_id="d1a2b3c4",
    branch_name="main",
    commit_id=config.get("commitId"),
    commit_message=config.get("message"),
)
pulumi.export("job", release.job_id)
pulumi.export("status", release.status)
"""
