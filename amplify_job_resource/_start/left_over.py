"""Jobs that were made for a deployment and never started, where a resource is given up."""

from __future__ import annotations

from collections.abc import Callable

from .._amplify.api import BranchApi
from .._amplify.ids import BranchId, JobId
from .._amplify.records import BranchRecord
from .._inputs.words import JobType
from .._operation import Operation
from ..errors import AwsError
from . import messages
from .notes import Note, Notes
from .start_deployment import seen, stopped


def stop_left_over(
    notes: Notes,
    branch: BranchId,
    current: JobId | None,
    api: Callable[[], BranchApi],
    operation: Operation,
) -> None:
    """Stop what a run that was cut off has left on a branch: nothing leads to it without its note.

    It asks AWS only where there is a note of such a job.

    Args:
        notes: The resource's notes on this machine.
        branch: The branch.
        current: The job that the resource has from here on, if it is not given up for good.
        api: Makes the branch's API.
        operation: The operation at hand.
    """

    def may_wait(note: Note) -> bool:
        job = note.job
        return job is not None and job.branch == branch and not job.is_same(current)

    waiting = notes.read_all(may_wait)
    if not waiting:
        return
    branch_api = api()
    created = _branch(branch_api).create_time
    for note in waiting:
        was_made_anew = note.branch_created and created and note.branch_created < created
        job = seen(note.job, branch_api) if note.job and not was_made_anew else None
        if job and job.is_queued and job.job_type == JobType.MANUAL:
            operation.info(messages.stopping_left_over(job))
            if not stopped(job.id, branch_api):
                operation.warn(messages.left_elsewhere(job))


def _branch(api: BranchApi) -> BranchRecord:
    try:
        return api.branch()
    except AwsError:
        return BranchRecord()
