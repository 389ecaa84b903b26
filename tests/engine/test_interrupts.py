"""Ctrl-C, kills and orphans: nothing is lost, and the next `up` goes on."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from amplify_job_resource.emulator import Control, Plan

from tests.engine.stack import Running, Stack

pytestmark = pytest.mark.engine

SLOW = Plan(pending=0, provisioning=0, build=3600, cancelling=0.5)

MANY = """
import pulumi
from amplify_job_resource import Job

for number in range(pulumi.Config().require_int("count")):
    Job(f"site-{number}", app_id="d1a2b3c4", branch_name=f"b{number}", commit_id="1f3c9e2a77")
"""


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Return as soon as the condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.05)


def interrupted(running: Running) -> float:
    """Press Ctrl-C once; the seconds until the command has ended."""
    begun = time.monotonic()
    running.interrupt()
    run = running.finish()
    assert run.code != 0
    return time.monotonic() - begun


@pytest.mark.parametrize("count", [1, 50])
def test_ctrl_c_ends_up_at_once_and_the_next_up_goes_on(
    new_stack: Callable[..., Stack], emulator: Control, count: int
) -> None:
    """One Ctrl-C ends the wait for any number of releases; state has them all, and none is lost."""
    emulator.create_app("d1a2b3c4", [f"b{number}" for number in range(count)])
    emulator.default_plan(SLOW)
    stack = new_stack(MANY)
    running = stack.start("up", "--parallel=100", config={"count": str(count)})
    wait_until(lambda: len(emulator.calls("GetJob")) >= count, "every release waits")
    seconds = interrupted(running)
    assert seconds < 20  # far below the hour that the builds take; bench/ has the figure
    assert "interrupted after" in running.text
    assert "The next `pulumi up` keeps waiting for it." in running.text
    assert "Traceback" not in running.text
    jobs = [stack.job(f"site-{number}") for number in range(min(count, 3))]
    assert all(job["id"].endswith("/1") for job in jobs)
    recorded = [r for r in stack.state()["resources"] if "amplify" in r["type"]]
    assert len(recorded) == count

    emulator.advance(200_000)
    resumed = stack.up("--parallel=100").ok()
    assert resumed.steps("site-0") == ["update"]
    assert "keep waiting for job 1" in resumed.text
    assert len(emulator.calls("StartJob")) == count
    assert emulator.calls("StopJob") == []
    assert stack.up().ok().steps("site-0") == ["same"]


def test_ctrl_c_while_the_branch_is_busy_starts_nothing(stack: Stack, emulator: Control) -> None:
    """Interrupted before its job was started, a release is not recorded and the next `up` makes it."""
    emulator.plan("d1a2b3c4", "main", SLOW)
    emulator.push("d1a2b3c4", "main", "8" * 40)
    running = stack.start("up", config={"commitId": "1f3c9e2a77"})
    running.wait_for("for job 1 RUNNING")
    interrupted(running)
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
    interrupted(running)
    running = stack.start("destroy")
    running.wait_for("job 1 CANCELLING")
    interrupted(running)
    assert stack.job()["id"] == "d1a2b3c4/main/1"
    emulator.advance(7200)
    stack.destroy().ok()
    assert len(emulator.calls("StopJob")) == 1


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

    # The same machine, later: the lock is given back, and the next `up` takes the job up.
    stack.cancel().ok()
    emulator.advance(7200)
    stack.up().ok()
    assert stack.job()["id"] == "d1a2b3c4/main/1"
    assert len(emulator.calls("StartJob")) == 1
