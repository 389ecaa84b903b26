"""How AWS is asked: a call can be given up, so that nobody waits longer than the operation lasts.

botocore waits a minute for an answer and asks up to four times, and nothing can end that from
outside. A call that may be given up therefore runs on a thread of its own, and the operation waits for
its answer until it is cancelled or its time is up. An answer that comes later is dropped: the thread
does nothing but the call, and does not keep the process from ending.

StartJob is not given up, since it matters what has become of it. StopJob may be: it names one job,
which was to be stopped, and does no harm when it arrives late.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextvars import Context, copy_context
from math import inf
from typing import Any, Final, Protocol, TypeVar

from .errors import Unanswered

#: Seconds that a call has which begins when the operation is over already: it may find the job whose
#: StartJob was answered too late.
GRACE: Final = 2.0
#: Seconds after which a call under way notices that the operation is over.
POLL_SECONDS: Final = 0.1

T = TypeVar("T")


class Clock(Protocol):
    """Time as whoever waits needs it."""

    def now(self) -> float:
        """Seconds on a clock that never goes back."""

    def sleep(self, seconds: float) -> bool:
        """Pause; False, at once, when the wait is to be given up."""


class Ask(Protocol):
    """A way to make calls to AWS."""

    def __call__(self, call: Callable[[], T], action: str, /) -> T:
        """What the call returns or raises; `action` says what it does, for an error."""


def directly(call: Callable[[], T], _: str) -> T:
    """Make a call that cannot be given up."""
    return call()


def ask(call: Callable[[], T], action: str, clock: Clock, deadline: float | None = None) -> T:
    """What a call returns or raises, unless the operation is over before.

    Args:
        call: The call; it has the context variables of the caller.
        action: What it does, and to what: `reading Amplify job (d1a2/main/42)`.
        clock: The operation's clock; the call is given up when it ends waits.
        deadline: When the call is given up in any case: a reading of the clock, in seconds.

    Raises:
        errors.Unanswered: the call was given up.
    """
    is_late = not clock.sleep(0)
    grace = clock.now() + GRACE
    end = min(grace if is_late else inf, inf if deadline is None else max(deadline, grace))
    answer: Future[Any] = Future()
    thread = threading.Thread(
        target=_answer, args=(copy_context(), call, answer), daemon=True, name="amplify-job-call"
    )
    try:
        thread.start()
    except RuntimeError:  # The system gives no more threads.
        return call()
    while not wait((answer,), POLL_SECONDS).done:
        if not is_late and not clock.sleep(0):
            raise Unanswered(action, "Interrupted", "there was no answer yet")
        if clock.now() >= end:
            raise Unanswered(action, "TimedOut", "there was no answer yet")
    found: T = answer.result()
    return found


def _answer(context: Context, call: Callable[[], T], answer: Future[T]) -> None:
    try:
        answer.set_result(context.run(call))
    except BaseException as error:  # it is raised where the answer is waited for
        answer.set_exception(error)
