"""Whose job it is: what may be stopped, and whether a job is still the one that was recorded."""

from __future__ import annotations

from .._amplify.api import JobRecord, Jobs
from .._amplify.status import CANCELLING
from .._operation import Call
from .._start.trailers import marker_of, resource_hash
from ..errors import NotFound, OutcomeUnclear, Refused, Throttled, WaitInterrupted, WaitTimeout
from .judge import Rows
from .rows import duration
from .wait import End, wait_until_ended


def is_same_job(recorded: JobRecord, found: JobRecord) -> bool:
    """Whether a job found under a recorded id is the recorded one.

    Deleting a branch and making it anew starts its counter again, so an id can come to name another
    job. A job that has ended keeps its start time for ever.
    """
    if not recorded.has_ended or recorded.start_time is None or found.start_time is None:
        return True
    return abs((recorded.start_time - found.start_time).total_seconds()) < 1


def is_own_job(job: JobRecord, urn: str) -> bool:
    """Whether a resource started this job, as far as its message tells.

    A message with another mark, or with none, is somebody else's; where AWS gives no message back,
    the recorded id has to do, unless a push or an upload has made the job.
    """
    if not job.commit_message:
        return job.job_type not in ("WEB_HOOK", "MANUAL")
    marker = marker_of(job)
    return marker is not None and marker.resource == resource_hash(urn)


def stop_own_job(job_id: str, jobs: Jobs, call: Call, deadline: float) -> None:
    """Stop a job that this resource started and see it end; gone or ended is fine, too.

    Raises what `stop_job` raises.
    """
    try:
        job = jobs.get(job_id)
        if not job.has_ended and not is_own_job(job, call.urn):
            call.warn(
                f"job {job_id} does not carry this resource's mark and is left alone: the resource "
                "was renamed, or the branch was made anew"
            )
            return
        stop_job(job, jobs, call, deadline)
    except NotFound:
        return


def stop_job(job: JobRecord, jobs: Jobs, call: Call, deadline: float) -> JobRecord:
    """Stop a job and see it end; the job as it ended, or as it is when it had ended before.

    Raises:
        errors.WaitTimeout: it has not ended in time.
        errors.WaitInterrupted: the wait for its end was interrupted.
        errors.AwsError: it could not be read or stopped.
    """
    if not job.has_ended and job.status != CANCELLING:
        job = _stopped(job, jobs)
    rows = Rows(call, call.now())
    waited = wait_until_ended(job, lambda: jobs.get(job.id.job_id), call, deadline, rows.show)
    kept = " It stays recorded." if call.records_failures else ""
    if waited.end is End.TIMEOUT:
        raise WaitTimeout(
            waited.job,
            f"Amplify job {job.id} was stopped {duration(waited.seconds)} ago and is still "
            f"{waited.job.status}.{kept} Run the command again to go on waiting.",
        )
    if waited.end is End.INTERRUPTED:
        raise WaitInterrupted(
            waited.job,
            f"interrupted while Amplify job {job.id} comes to a stop ({waited.job.status}).{kept} Run "
            "the command again to see it end.",
        )
    return waited.job


def _stopped(job: JobRecord, jobs: Jobs) -> JobRecord:
    """StopJob, and the job as it is then; a refusal is fine when the job has ended meanwhile."""
    try:
        jobs.stop(job.id.job_id)
    except (Refused, Throttled, OutcomeUnclear):
        now = jobs.get(job.id.job_id)
        if not now.has_ended and now.status != CANCELLING:
            raise
        return now
    return jobs.get(job.id.job_id)
