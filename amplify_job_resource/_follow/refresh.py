"""Whether a recorded job is still there, and how it is now."""

from __future__ import annotations

from .._amplify.api import BranchApi
from .._amplify.ids import JobId
from .._amplify.records import JobRecord
from ..errors import NotFound


def still_there(job_id: JobId, recorded: JobRecord | None, api: BranchApi) -> JobRecord | None:
    """The job as it is now; None when it is gone.

    If AWS has purged a job that had ended, the recorded state is kept: it was released, and purging
    history is no reason to build again. If the branch was deleted and created again, nothing of the
    release is left.
    """
    try:
        found = api.get(job_id.number_text)
    except NotFound:
        if recorded is None:
            raise
        try:
            branch = api.branch()
        except NotFound:
            return None
        return recorded if recorded.has_ended and not branch.is_younger_than(recorded) else None
    if recorded and not is_same_job(recorded, found):
        return None
    return found


def is_same_job(recorded: JobRecord, found: JobRecord) -> bool:
    """Whether a job found under a recorded id is the recorded one.

    Deleting a branch and making it anew starts its counter again, so an id can come to name another
    job. A job that has ended keeps its start time for ever.
    """
    if not recorded.has_ended or recorded.start_time is None or found.start_time is None:
        return True
    return abs((recorded.start_time - found.start_time).total_seconds()) < 1
