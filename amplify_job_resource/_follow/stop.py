"""Stop a job and see it end."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from .._amplify.api import BranchApi
from .._amplify.records import JobRecord
from .._operation import Operation
from ..errors import (
    NotFound,
    OutcomeUnclear,
    RequestRejected,
    Throttled,
    Unanswered,
    WaitInterrupted,
    WaitTimeout,
)
from . import messages
from .refresh import Where, look_up
from .rows import Rows
from .wait import End, wait_until_ended


def stop_own_job(
    recorded: JobRecord,
    api: BranchApi,
    operation: Operation,
    deadline: float,
    is_own: Callable[[JobRecord], bool],
) -> None:
    """Stop a job that this resource started and see it end; does nothing if it is gone or has ended.

    Args:
        recorded: The job as it is in state. On a branch that was created again since, its number names
            another job.
        api: The branch's API.
        operation: The operation at hand: clock, rows, warnings.
        deadline: When to stop waiting, on the operation's clock.
        is_own: Tells whether this resource started a job.

    Raises:
        errors.WaitTimeout: it has not ended in time.
        errors.WaitInterrupted: the wait for its end was interrupted.
        errors.AwsError: it could not be read or stopped.
    """
    where, job = look_up(recorded, api)
    if where is not Where.THERE or job.has_ended:
        return
    if not is_own(job):
        operation.warn(messages.not_ours(job))
        return
    with suppress(NotFound):
        stopped = stop_job(job, api, operation, deadline)
        operation.info(f"job {stopped.id.number_text} was stopped: {stopped.status}")


def stop_job(job: JobRecord, api: BranchApi, operation: Operation, deadline: float) -> JobRecord:
    """Stop a job and see it end; the job as it ended, or as it is if it had ended before.

    Raises:
        errors.WaitTimeout: it has not ended in time.
        errors.WaitInterrupted: the wait for its end was interrupted.
        errors.AwsError: it could not be read or stopped.
    """
    began = operation.now()
    if not job.is_ending:
        # When an answer is given up, the wait ends at once, for the same reason.
        with suppress(Unanswered):
            job = _stopped(job, api)
    rows = Rows(operation, operation.now())
    waited = wait_until_ended(
        job,
        lambda: api.get(job.id.number_text),
        operation,
        deadline,
        rows.show,
        turn=lambda seen: api.turn(seen, operation.now()),
    )
    if waited.end is End.TIMEOUT:
        seconds = operation.now() - began
        text = messages.stop_timed_out(waited.job, seconds, operation)
        raise WaitTimeout(waited.job, text, seconds)
    if waited.end is End.INTERRUPTED:
        text = messages.stop_interrupted(waited.job, operation)
        raise WaitInterrupted(waited.job, text, waited.seconds)
    return waited.job


def _stopped(job: JobRecord, api: BranchApi) -> JobRecord:
    """Send StopJob; the job as it is then. A refusal is no error if the job has ended meanwhile."""
    try:
        api.stop(job.id.number_text)
    except (RequestRejected, Throttled, OutcomeUnclear):
        now = api.get(job.id.number_text)
        if not now.is_ending:
            raise
        return now
    return api.get(job.id.number_text)
