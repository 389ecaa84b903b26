"""How a call to AWS is made, and given up, on a clock that is set by hand."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Iterator

import pytest
from amplify_job_resource import Unanswered
from amplify_job_resource._ask import GRACE, ask, directly

ACTION = "reading Amplify job (d1a2/main/42)"
DEADLINE = 60.0
variable = contextvars.ContextVar("variable", default="unset")


class Clock:
    """A clock that shows what it is told to, and can end waits; looked at, it may move on.

    Attributes:
        readings: the times that it shows, one a look; the last one stays.
        over_from: the look from which on waits are ended; None for never.
    """

    def __init__(self, *readings: float, over_from: int | None = None) -> None:
        self.readings = list(readings or [0.0])
        self.over_from = over_from
        self.looks = 0

    def now(self) -> float:
        return self.readings.pop(0) if len(self.readings) > 1 else self.readings[0]

    def sleep(self, seconds: float) -> bool:
        assert seconds == 0
        self.looks += 1
        return self.over_from is None or self.looks <= self.over_from


class HungCall:
    """A call without an answer, until it is released."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.answered = threading.Event()
        self.released = threading.Event()
        self.daemonic = False

    def __call__(self) -> str:
        self.daemonic = threading.current_thread().daemon
        self.begun.set()
        assert self.released.wait(60)
        self.answered.set()
        return "too late"


@pytest.fixture
def hung() -> Iterator[HungCall]:
    """A call that hangs until the end of the test, and is over then."""
    call = HungCall()
    yield call
    call.released.set()
    assert not call.begun.is_set() or call.answered.wait(60)


def test_an_answer_is_handed_over() -> None:
    """What the call returns is returned, and it sees the caller's context variables."""
    token = variable.set("the caller's")
    try:
        assert ask(variable.get, ACTION, Clock(), DEADLINE) == "the caller's"
    finally:
        variable.reset(token)


@pytest.mark.parametrize("error", [KeyError("a bug"), SystemExit(3), TimeoutError()])
def test_an_error_is_handed_over(error: BaseException) -> None:
    """What the call raises is raised where it was asked, as it is."""

    def fail() -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        ask(fail, ACTION, Clock(), DEADLINE)
    assert caught.value is error


def test_a_cancel_gives_the_call_up(hung: HungCall) -> None:
    """When waits are ended while there is no answer, nobody waits for it any more."""
    with pytest.raises(Unanswered) as caught:
        ask(hung, ACTION, Clock(over_from=2))
    assert str(caught.value) == f"{ACTION}: there was no answer yet (Interrupted)"
    assert not hung.answered.is_set()


def test_the_deadline_gives_the_call_up(hung: HungCall) -> None:
    """The call is waited for until the deadline, and not longer."""
    clock = Clock(0.0, DEADLINE - 1, DEADLINE)
    with pytest.raises(Unanswered) as caught:
        ask(hung, ACTION, clock, DEADLINE)
    assert (caught.value.action, caught.value.code) == (ACTION, "TimedOut")
    assert clock.readings == [DEADLINE]
    assert not hung.answered.is_set()


def test_without_a_deadline_only_a_cancel_counts(hung: HungCall) -> None:
    """A refresh has no timeout."""
    clock = Clock(0.0, 1e9, over_from=3)
    with pytest.raises(Unanswered, match="Interrupted"):
        ask(hung, ACTION, clock)


def test_a_call_that_begins_late_has_a_moment(hung: HungCall) -> None:
    """After a cancel, or after the deadline, a call may still be answered: it may find our job."""
    assert ask(lambda: "answered", ACTION, Clock(over_from=0)) == "answered"
    assert ask(lambda: "answered", ACTION, Clock(DEADLINE + 9), DEADLINE) == "answered"
    clock = Clock(0.0, GRACE / 2, GRACE, over_from=0)
    with pytest.raises(Unanswered):
        ask(hung, ACTION, clock, DEADLINE)
    assert clock.readings == [GRACE]


def test_after_the_deadline_that_moment_has_an_end(hung: HungCall) -> None:
    """A call that begins after the deadline is given up a moment later."""
    late = DEADLINE + 9
    clock = Clock(late, late + GRACE / 2, late + GRACE)
    with pytest.raises(Unanswered, match="TimedOut"):
        ask(hung, ACTION, clock, DEADLINE)
    assert clock.readings == [late + GRACE]


def test_a_call_that_was_given_up_keeps_no_process(hung: HungCall) -> None:
    """Its thread ends with the process, whatever it waits for."""
    with pytest.raises(Unanswered):
        ask(hung, ACTION, Clock(over_from=1))
    assert hung.begun.wait(60)
    assert hung.daemonic


def test_without_a_thread_the_call_is_made_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system gives no more threads, nothing is lost but that the call can be given up."""

    def no_thread(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", no_thread)
    assert ask(threading.current_thread, ACTION, Clock()) is threading.current_thread()


def test_directly_there_is_no_other_thread() -> None:
    """Whoever has no operation makes the call as it is."""
    assert directly(threading.current_thread, ACTION) is threading.current_thread()
