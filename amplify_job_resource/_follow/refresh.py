"""Whether a recorded job is still there, and how it is now."""

from __future__ import annotations

from enum import Enum

from .._amplify.api import BranchApi
from .._amplify.records import JobRecord
from ..errors import AccessDenied, NotFound, OutcomeUnclear, Throttled


class Where(Enum):
    """Where a recorded job is."""

    #: It is on its branch.
    THERE = "there"
    #: AWS knows no job of that number, or not yet.
    UNKNOWN = "unknown"
    #: Its branch was deleted, or created again: that number may name another job.
    GONE = "gone"


def look_up(recorded: JobRecord, api: BranchApi) -> tuple[Where, JobRecord]:
    """Where a recorded job is, and the job: as it is now if it is there, else as it was recorded.

    Raises:
        errors.AwsError: AWS could not be asked.
    """
    try:
        found = api.get(recorded.id.number_text)
    except NotFound:
        lost = recorded.has_ended and _ran_on_earlier_branch(recorded, api)
        return (Where.GONE if lost else Where.UNKNOWN), recorded
    if began_together(recorded, found):
        return Where.THERE, found
    # A job that has ended keeps its start time for ever; one that is queued may not.
    if recorded.has_ended or _surely_ran_on_earlier_branch(recorded, api):
        return Where.GONE, recorded
    return Where.THERE, found


def still_there(recorded: JobRecord, api: BranchApi) -> JobRecord | None:
    """The job as it is now; None when it is gone.

    If AWS has purged a job that had ended, the recorded state is kept: it was released, and purging
    history is no reason to build again. Of one that had not, nobody knows how it would have ended.
    """
    where, job = look_up(recorded, api)
    if where is Where.UNKNOWN:
        return recorded if recorded.has_ended else None
    return job if where is Where.THERE else None


def began_together(recorded: JobRecord, found: JobRecord) -> bool:
    """Whether the start times are the same, less what state rounds, or one is not known."""
    if recorded.start_time is None or found.start_time is None:
        return True
    return abs((recorded.start_time - found.start_time).total_seconds()) < 1


def _ran_on_earlier_branch(recorded: JobRecord, api: BranchApi) -> bool:
    """Whether the job's branch is not there any more, or was created again since the job began."""
    try:
        return api.branch().is_younger_than(recorded)
    except NotFound:
        return True


def _surely_ran_on_earlier_branch(recorded: JobRecord, api: BranchApi) -> bool:
    """The same; False where AWS does not say so, since GetBranch is a right that nobody needs."""
    try:
        return _ran_on_earlier_branch(recorded, api)
    except (AccessDenied, Throttled, OutcomeUnclear):
        return False
