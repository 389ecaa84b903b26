"""Fixtures of the tests that run the real Pulumi CLI against an emulator server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from amplify_job_resource.emulator import Control, Plan, Server

from tests.engine.fronts import DYNAMIC, Front, native
from tests.engine.stack import NO_PULUMI, Stack
from tests.native.sdks import SDKs

APP = "d1a2b3c4"

#: Builds in the engine's tests take a moment.
QUICK = Plan(pending=0.1, provisioning=0.1, build=0.6, deploy=0.1, verify=0.1, cancelling=0.5)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test with the mark `BOTH` runs once for each front, unless it names its fronts itself."""
    marker = metafunc.definition.get_closest_marker("fronts")
    own = metafunc.definition.iter_markers("parametrize")
    named = any("front" in str(mark.args[0]).split(", ") for mark in own)
    if marker and len(marker.args) > 1 and not named:
        metafunc.parametrize("front", marker.args, indirect=True)


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


@pytest.fixture(scope="session")
def native_front(tmp_path_factory: pytest.TempPathFactory) -> Front:
    """The native front; its SDK is generated once for all processes of a test run."""
    own = tmp_path_factory.getbasetemp()
    made = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "python-sdk"
    if not made.exists():
        # Several processes may get here at once: the first that is done counts.
        scratch = SDKs(tmp_path_factory.mktemp("sdk")).python()
        with suppress(OSError):
            scratch.rename(made)
    return native(made)


@pytest.fixture
def front(request: pytest.FixtureRequest) -> Front:
    """The front that the test's programs use: the dynamic one where the test says nothing."""
    if getattr(request, "param", DYNAMIC.name) == DYNAMIC.name:
        return DYNAMIC
    made: Front = request.getfixturevalue("native_front")
    return made


@pytest.fixture
def new_stack(server: Server, front: Front, tmp_path: Path) -> Iterator[Callable[..., Stack]]:
    """Makes stacks against the emulator; whatever still runs at the end of the test is ended."""
    stacks: list[Stack] = []

    def make(program: str = "", **options: Any) -> Stack:
        folder = tmp_path / f"stack-{len(stacks)}"
        folder.mkdir()
        given = {"emulator_url": server.url, "front": front, **options}
        stacks.append(Stack(folder, program, **given))
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
