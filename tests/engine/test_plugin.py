"""What the plugin process gains on the real engine, and what remains without it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from amplify_job_resource.emulator import Control, Plan

from tests.engine.fronts import BOTH
from tests.engine.stack import Stack
from tests.engine.test_interrupts import MANY
from tests.waiting import wait_until

pytestmark = pytest.mark.engine

HELD = Plan(pending=0, provisioning=0, build=3600, cancelling=0.5)


@BOTH
def test_a_hundred_releases_wait_side_by_side(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """Under `--parallel 100` all of a hundred jobs are started before the first one has ended."""
    emulator.create_app("d1a2b3c4", [f"b{number}" for number in range(100)])
    emulator.default_plan(HELD)
    stack = new_stack(MANY)
    running = stack.start("up", "--parallel=100", config={"count": "100"})
    wait_until(lambda: len(emulator.calls("StartJob")) == 100, "all hundred are started")
    emulator.advance(1_000_000)
    running.finish().ok()
    assert len(emulator.calls("StartJob")) == 100


def test_many_destroys_wait_side_by_side(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """A destroy stops all active jobs at once, and not four at a time."""
    emulator.create_app("d1a2b3c4", [f"b{number}" for number in range(40)])
    emulator.default_plan(Plan(build=3600, cancelling=3600))
    stack = new_stack(MANY.replace('commit_id="1f3c9e2a77"', "wait_for_completion=False"))
    stack.up("--parallel=100", config={"count": "40"}).ok()
    running = stack.start("destroy", "--parallel=100")
    wait_until(lambda: len(emulator.calls("StopJob")) == 40, "all forty are stopped")
    emulator.advance(1_000_000)
    running.finish().ok()


@pytest.fixture
def stock(stack: Stack) -> Stack:
    """The stack with every seam of the plugin process switched off."""
    stack.environment["AMPLIFY_JOB_STOCK_PLUGIN"] = "1"
    return stack


def test_the_basics_work_without_any_seam(stock: Stack, emulator: Control) -> None:
    """In stock mode: release, nothing to do, new commit, refresh, destroy."""
    stock.up(config={"commitId": "1f3c9e2a77"}).ok()
    assert stock.outputs() == {"job": "1", "status": "SUCCEED"}
    assert stock.up().ok().steps("site") == ["same"]
    assert "replace" in stock.preview(config={"commitId": "8b02d4a111"}).ok().steps("site")
    stock.up().ok()
    stock.refresh().ok()
    stock.destroy().ok()
    assert len(emulator.calls("StartJob")) == 2
    assert emulator.calls("StopJob") == []


def test_a_failed_build_in_stock_mode_fails_and_is_built_again(
    stock: Stack, emulator: Control
) -> None:
    """In stock mode a failed job cannot be recorded; it is an error, and the next `up` builds."""
    emulator.plan("d1a2b3c4", "main", Plan.instant(outcome="FAILED", build=0.1))
    run = stock.up(config={"commitId": "1f3c9e2a77"}).failed()
    assert "Amplify job d1a2b3c4/main/1 FAILED" in run.text
    assert stock.jobs() == []
    stock.up().ok()
    assert stock.job()["id"] == "d1a2b3c4/main/2"


def test_a_timeout_in_stock_mode_is_resumed_by_the_next_up(stock: Stack, emulator: Control) -> None:
    """In stock mode nothing is recorded of a killed wait, yet its job is found again by its note."""
    emulator.plan("d1a2b3c4", "main", HELD)
    running = stock.start("up", config={"commitId": "1f3c9e2a77"})
    wait_until(lambda: bool(emulator.calls("GetJob")), "the release waits")
    running.kill_all()
    stock.cancel().ok()
    emulator.advance(7200)
    stock.up().ok()
    assert stock.job()["id"] == "d1a2b3c4/main/1"
    assert len(emulator.calls("StartJob")) == 1


def test_debugging_shows_where_an_error_comes_from(stack: Stack, emulator: Control) -> None:
    """`AMPLIFY_JOB_DEBUG=1` adds the traceback to the sentence."""
    stack.environment["AMPLIFY_JOB_DEBUG"] = "1"
    emulator.plan("d1a2b3c4", "main", Plan.instant(outcome="FAILED", build=0.1))
    run = stack.up(config={"commitId": "1f3c9e2a77"}).failed()
    assert "Amplify job d1a2b3c4/main/1 FAILED" in run.text
    assert "Traceback" in run.text
