"""What a release costs, in counts: calls to AWS, threads, bytes in state. Time is never judged."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable

import psutil
import pytest
from amplify_job_resource.emulator import Control, Plan

from tests.engine.fronts import BOTH
from tests.engine.stack import Stack
from tests.engine.test_interrupts import MANY
from tests.waiting import wait_until

pytestmark = [pytest.mark.engine, BOTH]

COUNT = 10
#: What is asked of an app once for all branches; the first few releases may ask at the same moment.
OF_THE_APP = ("GetApp", "ListDomainAssociations")


def called(emulator: Control) -> Counter[str]:
    """How often each operation was called, without those that are asked once for an app."""
    counts = Counter(call["operation"] for call in emulator.calls())
    for operation in OF_THE_APP:
        assert counts.pop(operation, 0) < COUNT, f"{operation} is asked for each branch"
    return counts


@pytest.fixture
def released(new_stack: Callable[..., Stack], emulator: Control) -> Stack:
    """A stack with ten releases, whose builds ended at once."""
    emulator.create_app("d1a2b3c4", [f"b{number}" for number in range(COUNT)])
    emulator.default_plan(Plan.instant())
    emulator.clear_calls()
    stack = new_stack(MANY)
    stack.up("--parallel=100", config={"count": str(COUNT)}).ok()
    return stack


def test_the_calls_of_a_release(released: Stack, emulator: Control) -> None:
    """A release is a look, a start, and a look at its job; the branch is asked once for its address."""
    each = {"ListJobs": COUNT, "StartJob": COUNT, "GetJob": COUNT, "GetBranch": COUNT}
    assert called(emulator) == each


def test_the_calls_of_a_refresh(released: Stack, emulator: Control) -> None:
    """A refresh looks at the job and asks for the branch's address, and no more."""
    emulator.clear_calls()
    released.refresh("--parallel=100").ok()
    assert called(emulator) == {"GetJob": COUNT, "GetBranch": COUNT}


def test_the_bytes_in_state(released: Stack) -> None:
    """A release is at most 3,500 bytes of state, of which the provider's pickle is a hundred."""
    job = released.job("site-0")
    assert len(json.dumps(job)) <= 3500
    assert len(job["inputs"].get("__provider", "")) <= 100


def test_the_threads_of_waiting_releases(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """A release that waits is two threads at most: its own, and one for a call that it makes."""
    count = 60
    emulator.create_app("d1a2b3c4", [f"b{number}" for number in range(count)])
    emulator.default_plan(Plan(pending=0, provisioning=0, build=3600))
    stack = new_stack(MANY)
    running = stack.start("up", "--parallel=100", config={"count": str(count)})
    wait_until(lambda: len(emulator.calls("GetJob")) >= count, "every release waits")
    threads = [psutil.Process(pid).num_threads() for pid in running.plugins()]
    emulator.advance(200_000)
    running.finish().ok()
    assert count < max(threads) <= 2 * count + 40
