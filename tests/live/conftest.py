"""Runs against an emulator server of this process, whose clock is moved by the run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from amplify_job_resource.emulator import Control, Plan, Server, emulator_state
from moto import mock_aws

from tests.live.run import Run
from tests.live.service import client_for

if TYPE_CHECKING:
    from mypy_boto3_amplify import AmplifyClient

APP = "d1a2b3c4"
PLAN = Plan(pending=4, provisioning=4, build=60, deploy=4, verify=4, cancelling=4)


class MovedClock:
    """The emulator's clock, which stands still until a run waits."""

    def now(self) -> float:
        return emulator_state.clock.now()

    def sleep(self, seconds: float) -> None:
        emulator_state.clock.advance(seconds)


@pytest.fixture(scope="module")
def client() -> Iterator[AmplifyClient]:
    """A client of a server; both are slow to make."""
    with Server() as server, mock_aws(), pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        for name in ("AWS_PROFILE", "AWS_DEFAULT_REGION"):
            patch.delenv(name, raising=False)
        patch.setenv("NO_PROXY", "127.0.0.1")
        yield client_for(server.url, "us-east-1")


@pytest.fixture
def control(client: AmplifyClient) -> Control:
    """An emulator with a connected app and a stopped clock, and nothing else."""
    control = Control(client.meta.endpoint_url)
    control.reset()
    control.create_app(APP, ["main"])
    control.default_plan(PLAN)
    control.run(0)
    return control


@pytest.fixture
def run(client: AmplifyClient, control: Control) -> Run:
    """A run in the connected app."""
    return Run(client, APP, MovedClock())
