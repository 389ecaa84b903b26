"""The time for the start of a release, and Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from amplify_job_resource._start.patience import GivenUp, Patience

from tests.operations import FakeOperation


def test_while_there_is_time_it_goes_on() -> None:
    """Before the deadline a check costs nothing, and a pause takes what it was asked to."""
    operation = FakeOperation()
    patience = Patience(operation, 100.0)
    patience.check(" while looking")
    assert operation.now() == 0
    patience.sleep(30, "a look")
    assert operation.now() == 30


def test_a_pause_ends_at_the_deadline() -> None:
    """The last pause is as short as the time that is left, and then something is still done."""
    operation = FakeOperation()
    Patience(operation, 20.0).sleep(30, "a look")
    assert operation.now() == 20


STEPS: list[Callable[[Patience], None]] = [
    lambda patience: patience.check(": doing"),
    lambda patience: patience.sleep(1, "doing"),
]


@pytest.mark.parametrize("step", STEPS, ids=["check", "sleep"])
@pytest.mark.parametrize("time", [100.0, 101.0])
def test_at_the_deadline_it_is_given_up(step: Callable[[Patience], None], time: float) -> None:
    """From the deadline on nothing is begun any more, and the reason says what was being done."""
    operation = FakeOperation()
    operation.time = time
    with pytest.raises(GivenUp) as end:
        step(Patience(operation, 100.0))
    assert end.value.why == "timed out: doing"
    assert operation.now() == time


@pytest.mark.parametrize("step", STEPS, ids=["check", "sleep"])
def test_an_interrupt_is_the_end_as_well(step: Callable[[Patience], None]) -> None:
    """After Ctrl-C nothing is begun any more, and the reason says what was being done."""
    operation = FakeOperation()
    operation.interrupt_at = 0
    with pytest.raises(GivenUp) as end:
        step(Patience(operation, 100.0))
    assert end.value.why == "interrupted: doing"
