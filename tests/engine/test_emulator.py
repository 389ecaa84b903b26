"""The emulator below the real engine: its times, and its fixtures."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from amplify_job_resource import Job
from amplify_job_resource.emulator import Control, Plan
from pulumi import automation

from tests.engine.stack import Stack

pytestmark = pytest.mark.engine


def test_a_fast_emulator_is_not_ahead_of_the_engine(stack: Stack, emulator: Control) -> None:
    """At speed 60 a release of two minutes takes two seconds, and has begun and ended by now."""
    emulator.default_plan(Plan())
    emulator.run(60)
    before = datetime.now(timezone.utc) - timedelta(seconds=1)
    stack.up(config={"commitId": "1f3c9e2a77"}).ok()
    outputs = stack.job()["outputs"]
    started, ended = (
        datetime.fromisoformat(outputs[key].replace("Z", "+00:00"))
        for key in ("startTime", "endTime")
    )
    assert before < started < ended < datetime.now(timezone.utc) + timedelta(seconds=1)
    assert outputs["durationSeconds"] == pytest.approx(2, abs=0.1)


def test_an_up_beside_the_emulator_in_process_is_refused(amplify: Control, tmp_path: Path) -> None:
    """The error of `pulumi up` names the fixture for it, and AWS is not called."""

    def program() -> None:
        Job("site", app_id="d1a2b3c4", branch_name="main")

    amplify.create_app("d1a2b3c4", ["main"])
    stack = automation.create_stack(
        "test",
        project_name="shop",
        program=program,
        opts=automation.LocalWorkspaceOptions(
            env_vars={
                "PULUMI_PYTHON_CMD": sys.executable,
                "PULUMI_BACKEND_URL": tmp_path.as_uri(),
                "PULUMI_HOME": str(tmp_path / "home"),
                "PULUMI_CONFIG_PASSPHRASE": "",
            }
        ),
    )
    with pytest.raises(automation.CommandError, match="needs the fixture amplify_server"):
        stack.up()
    assert amplify.calls() == []
