"""Wait until a job has ended: one loop, given a way to fetch the job and a clock.

Nothing here knows boto3 or Pulumi, and the time comes from outside, so tests wait hours in no time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from .._amplify.records import JobRecord
from .._ask import Clock
from .._values.pauses import pause
from ..errors import NotFound, OutcomeUnclear, Throttled, Unanswered

#: For how long a wait goes on while GetJob does not know the job, in seconds.
NOT_FOUND_GRACE: Final = 30.0


#: Makes the pause before the next look, in seconds, of the job as last seen and of the seconds so far.
Pause: TypeAlias = Callable[[JobRecord, float], float]


#: Says in how many seconds it is this wait's turn to look, of the job as last seen.
Turn: TypeAlias = Callable[[JobRecord], float]


def at_once(_: JobRecord) -> float:
    """The turn of a wait that nobody shares AWS with."""
    return 0.0


def steady_pause(_: JobRecord, elapsed: float) -> float:
    """A pause that grows with the wait, whatever is known of the job."""
    return pause(elapsed)


class End(Enum):
    """Why a wait is over."""

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
    pause: Pause = steady_pause,
    turn: Turn = at_once,
) -> Waited:
    """Look at a job until it has ended, the deadline is reached, or the clock ends the wait.

    A job counts as ended only with a status that is known to be final. Throttling, server errors and
    lost connections do not end the wait; any other error does.

    Args:
        job: The job as last seen; when it has ended already there is no fetch at all.
        fetch: Reads the job anew.
        clock: Tells the time and pauses.
        deadline: When the wait ends in any case: a reading of the same clock, in seconds.
        report: Is called after every look with the job as last seen, and the error if the look failed.
        pause: Says how long to pause before the next look.
        turn: Says after that pause how long others come first.

    Raises:
        errors.AwsError: the job cannot be read: it is gone, or access is denied.
    """
    started = clock.now()
    while not job.has_ended:
        elapsed = clock.now() - started
        left = deadline - clock.now()
        if left <= 0:
            return Waited(job, End.TIMEOUT, elapsed)
        if not clock.sleep(min(left, pause(job, elapsed))):
            return Waited(job, End.INTERRUPTED, clock.now() - started)
        behind, left = turn(job), deadline - clock.now()
        if behind > 0 and not clock.sleep(max(0.0, min(left, behind))):
            return Waited(job, End.INTERRUPTED, clock.now() - started)
        error: Exception | None = None
        try:
            job = fetch()
        except Unanswered:
            continue  # The deadline or the clock ends the wait now.
        except (Throttled, OutcomeUnclear) as passing:
            error = passing
        except NotFound as missing:
            # A job that was started a moment ago need not be readable yet.
            if clock.now() - started > NOT_FOUND_GRACE:
                raise
            error = missing
        report(job, error)
    return Waited(job, End.ENDED, clock.now() - started)
