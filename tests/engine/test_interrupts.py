"""Ctrl-C, kills and orphans: nothing is lost, and the next `up` goes on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from amplify_job_resource.emulator import Control, Fault, Plan

from tests.engine.fronts import ALSO_IN_YAML, BOTH, spread
from tests.engine.stack import Running, Stack
from tests.waiting import wait_until

pytestmark = [pytest.mark.engine, BOTH]

SLOW = Plan(pending=0, provisioning=0, build=3600, cancelling=0.5)

MANY = """
import pulumi
from amplify_job_resource import Job

for number in range(pulumi.Config().require_int("count")):
    Job(f"site-{number}", app_id="d1a2b3c4", branch_name=f"b{number}", commit_id="1f3c9e2a77")
"""


def interrupt(running: Running) -> None:
    """Press Ctrl-C once, and see the command end, long before the builds do: they take an hour."""
    running.interrupt()
    run = running.finish()
    assert run.code != 0


@spread("count", [(1,), (50,)], native=[(50,)])
def test_ctrl_c_ends_up_at_once_and_the_next_up_goes_on(
    new_stack: Callable[..., Stack], emulator: Control, count: int
) -> None:
    """One Ctrl-C ends the wait for any number of releases; state has them all, and none is lost."""
    emulator.create_app("d1a2b3c4", [f"b{number}" for number in range(count)])
    emulator.default_plan(SLOW)
    stack = new_stack(MANY)
    running = stack.start("up", "--parallel=100", config={"count": str(count)})
    wait_until(lambda: len(emulator.calls("GetJob")) >= count, "every release waits")
    interrupt(running)
    assert "interrupted after" in running.text
    assert "The next `pulumi up` keeps waiting for it." in running.text
    assert "Traceback" not in running.text
    jobs = [stack.job(f"site-{number}") for number in range(min(count, 3))]
    assert all(job["id"].endswith("/1") for job in jobs)
    recorded = [r for r in stack.state()["resources"] if r["type"] == stack.front.job_type]
    assert len(recorded) == count

    emulator.advance(200_000)
    resumed = stack.up("--parallel=100").ok()
    assert resumed.steps("site-0") == ["update"]
    assert "keep waiting for job 1" in resumed.text
    assert len(emulator.calls("StartJob")) == count
    assert emulator.calls("StopJob") == []
    assert stack.up().ok().steps("site-0") == ["same"]


def test_ctrl_c_ends_each_command_while_aws_does_not_answer(
    stack: Stack, emulator: Control
) -> None:
    """Ctrl-C ends `up`, `refresh` and `destroy` while GetJob hangs, and the job stays recorded."""
    emulator.plan("d1a2b3c4", "main", SLOW)
    for command in ("up", "refresh", "destroy"):
        emulator.clear_faults()
        emulator.clear_calls()
        emulator.fault(Fault("slow", "GetJob", times=None, seconds=600))
        running = stack.start(
            command, config={"commitId": "1f3c9e2a77"} if command == "up" else None
        )
        wait_until(lambda: bool(emulator.calls("GetJob")), f"the GetJob of {command} hangs")
        interrupt(running)
        # After a minute it would have been sent again.
        assert [call["status"] for call in emulator.calls("GetJob")] == [None]
        assert "nterrupted" in running.text
        assert "Traceback" not in running.text
        assert stack.job()["id"] == "d1a2b3c4/main/1"
    emulator.clear_faults()
    emulator.advance(7200)
    stack.up().ok()
    assert stack.job()["outputs"]["status"] == "SUCCEED"
    assert len(emulator.jobs("d1a2b3c4")) == 1
    assert emulator.calls("StopJob") == []


def test_ctrl_c_while_the_branch_is_busy_starts_nothing(stack: Stack, emulator: Control) -> None:
    """Interrupted before its job was started, a release is not recorded and the next `up` makes it."""
    emulator.plan("d1a2b3c4", "main", SLOW)
    emulator.push("d1a2b3c4", "main", "8" * 40)
    running = stack.start("up", config={"commitId": "1f3c9e2a77"})
    running.wait_for("for job 1 RUNNING")
    interrupt(running)
    assert "no Amplify job was started for d1a2b3c4/main: interrupted" in running.text
    assert stack.jobs() == []
    assert emulator.calls("StartJob") == []
    emulator.advance(7200)
    stack.up().ok()
    assert stack.job()["id"] == "d1a2b3c4/main/2"


def test_ctrl_c_while_destroy_waits_keeps_the_release(stack: Stack, emulator: Control) -> None:
    """Interrupted while a stopped job comes to its end, destroy keeps it; the next one is done."""
    emulator.plan("d1a2b3c4", "main", Plan(build=3600, cancelling=3600))
    running = stack.start("up", config={"commitId": "1f3c9e2a77"})
    running.wait_for("job 1 ")
    interrupt(running)
    running = stack.start("destroy")
    running.wait_for("job 1 CANCELLING")
    interrupt(running)
    assert stack.job()["id"] == "d1a2b3c4/main/1"
    emulator.advance(7200)
    stack.destroy().ok()
    assert len(emulator.calls("StopJob")) == 1


@ALSO_IN_YAML
def test_an_orphan_ends_itself_and_touches_no_job(stack: Stack, emulator: Control) -> None:
    """When the CLI is killed, its plugin ends by itself, and the job goes on."""
    emulator.plan("d1a2b3c4", "main", SLOW)
    running = stack.start("up", config={"commitId": "1f3c9e2a77"})
    running.wait_for("job 1 ")
    assert len(running.plugins()) >= 1
    running.kill()
    wait_until(lambda: not running.plugins(), "the orphan is gone")
    assert emulator.calls("StopJob") == []
    assert emulator.jobs("d1a2b3c4")[0]["status"] == "RUNNING"

    # The same machine, later: the lock is given back, and the next `up` resumes the job.
    stack.cancel().ok()
    emulator.advance(7200)
    stack.up().ok()
    assert stack.job()["id"] == "d1a2b3c4/main/1"
    assert len(emulator.calls("StartJob")) == 1


BUSY_ELSEWHERE = """
import time
from amplify_job_resource import Job

release = Job("site", app_id="d1a2b3c4", branch_name="main", commit_id="1f3c9e2a77")
release.status.apply(lambda status: time.sleep(600))
"""


@ALSO_IN_YAML
def test_an_orphan_without_anything_to_do_ends_itself(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """When the CLI is killed while it waits for something else, the plugin ends by itself, too."""
    running = new_stack(BUSY_ELSEWHERE).start("up")
    running.wait_for("job 1 SUCCEED")
    assert len(running.plugins()) >= 1
    running.kill()
    wait_until(lambda: not running.plugins(), "the orphan is gone")
