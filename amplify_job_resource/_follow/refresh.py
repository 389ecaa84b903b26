"""Whether a recorded job is still there, and how it is now."""

from __future__ import annotations

from .._amplify.api import BranchApi
from .._amplify.ids import JobId
from .._amplify.records import JobRecord
from ..errors import NotFound


def still_there(job_id: JobId, recorded: JobRecord, api: BranchApi) -> JobRecord | None:
    """The job as it is now; None when it is gone.

    If AWS has purged a job that had ended, the recorded state is kept: it was released, and purging
    history is no reason to build again. If the branch was deleted and created again, nothing of the
    release is left, and the number may name another job.
    """
    try:
        found = api.get(job_id.number_text)
    except NotFound:
        # Nobody knows how a job would have ended.
        gone = not recorded.has_ended or _ran_on_earlier_branch(recorded, api)
        return None if gone else recorded
    if _began_together(recorded, found):
        return found
    # A job that has ended keeps its start time for ever; one that is queued may not.
    if recorded.has_ended or _ran_on_earlier_branch(recorded, api):
        return None
    return found


def _began_together(recorded: JobRecord, found: JobRecord) -> bool:
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
