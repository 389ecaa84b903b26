"""Wait until a job has ended: one loop, given a way to fetch the job and a clock.

Nothing here knows AWS or Pulumi, and time comes from outside, so tests wait hours in no time.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from .._amplify.api import JobRecord
from ..errors import NotFound, OutcomeUnclear, Throttled

#: The longest pause between two looks, in seconds; AWS publishes no rate limits.
MAX_INTERVAL = 10.0
MIN_INTERVAL = 1.0
#: The longest pause after a refusal, in seconds.
MAX_BACKOFF = 30.0
#: For how long after its start a job may be unknown to GetJob, in seconds.
NOT_FOUND_GRACE = 30.0


class Clock(Protocol):
    """Time as a wait needs it."""

    def now(self) -> float:
        """Seconds on a clock that never goes back."""

    def sleep(self, seconds: float) -> bool:
        """Pause; False, at once, when the wait is to be given up."""


class End(Enum):
    """How a wait came to its end."""

    ENDED = "ended"
    TIMEOUT = "timeout"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Waited:
    """The job as last seen, why the wait is over, and how long it took in seconds."""

    job: JobRecord
    end: End
    seconds: float


def wait_until_ended(
    job: JobRecord,
    fetch: Callable[[], JobRecord],
    clock: Clock,
    deadline: float,
    report: Callable[[JobRecord, Exception | None], None],
) -> Waited:
    """Look at a job until it has ended, the deadline has come, or the clock says stop.

    A job counts as ended only with a status known to be final. Throttling, server errors and lost
    connections do not end the wait; any other error does.

    Args:
        job: The job as last seen; when it has ended already there is no fetch at all.
        fetch: Reads the job anew.
        clock: Tells the time and pauses.
        deadline: When to give up, on the same clock.
        report: Is told of every look: the job as last seen, and the error if the look failed.

    Raises:
        errors.AwsError: the job cannot be read: it is gone, or access is denied.
    """
    started = clock.now()
    while not job.has_ended:
        elapsed = clock.now() - started
        left = deadline - clock.now()
        if left <= 0:
            return Waited(job, End.TIMEOUT, elapsed)
        if not clock.sleep(min(left, pause(elapsed))):
            return Waited(job, End.INTERRUPTED, clock.now() - started)
        error: Exception | None = None
        try:
            job = fetch()
        except (Throttled, OutcomeUnclear) as passing:
            error = passing
        except NotFound as missing:
            # A job that was started a moment ago need not be readable yet.
            if clock.now() - started > NOT_FOUND_GRACE:
                raise
            error = missing
        report(job, error)
    return Waited(job, End.ENDED, clock.now() - started)


def pause(elapsed: float) -> float:
    """How long to pause after so many seconds of waiting: a tenth of them, from 1 s to 10 s.

    The end of a short job is seen at once, that of a long one within a tenth of its time. A little
    chance keeps many waits from asking at the same moment.
    """
    return min(MAX_INTERVAL, max(MIN_INTERVAL, elapsed / 10)) * random.uniform(0.9, 1.0)


def backoff(times: int) -> float:
    """How long to pause after so many refusals in a row: 2 s, 4 s, 8 s … 30 s, less some chance."""
    return min(MAX_BACKOFF, 2.0 ** min(times, 10)) * random.uniform(0.5, 1.0)
