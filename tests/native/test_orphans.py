"""The processes of the native provider when the CLI is killed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from amplify_job_resource.emulator import Control, Plan

from tests.engine.conftest import APP
from tests.native.test_yaml import RELEASE
from tests.native.yaml_stack import YamlStack
from tests.waiting import wait_until

pytestmark = pytest.mark.engine


def test_no_process_outlives_the_cli(new_yaml: Callable[..., YamlStack], emulator: Control) -> None:
    """Neither that of the provider, which waits, nor that of a second provider, which has no work."""
    emulator.plan(APP, "main", Plan(pending=0, provisioning=0, build=3600))
    stack = new_yaml(
        RELEASE.replace(
            "resources:", "resources:\n  idle: { type: 'pulumi:providers:amplify-job' }\n", 1
        )
    )
    running = stack.start("up")
    running.wait_for("job 1 ")
    assert len(running.plugins()) >= 2
    running.kill()
    wait_until(lambda: not running.plugins(), "the plugins are gone")
    assert emulator.calls("StopJob") == []
    stack.cancel().ok()
    emulator.advance(7200)
    stack.up().ok()
    assert stack.job()["id"] == "d1a2b3c4/main/1"
    assert len(emulator.calls("StartJob")) == 1
