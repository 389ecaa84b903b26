"""Jobs that were made for a deployment and never started, where a resource is given up."""

from __future__ import annotations

from collections.abc import Callable

from .._amplify.api import BranchApi
from .._amplify.ids import BranchId, JobId
from .._amplify.records import BranchRecord, JobRecord
from .._amplify.status import NO_STATUS
from .._inputs.words import JobType
from .._operation import Operation
from ..errors import AwsError, NotFound
from . import messages
from .notes import Note, Notes
from .start_deployment import stopped


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
        if note.job and note.may_be_of_branch(created):
            _stop(note, note.job, branch_api, operation)


def _stop(note: Note, job_id: JobId, api: BranchApi, operation: Operation) -> None:
    try:
        job = api.get(job_id.number_text)
    except NotFound:
        return
    except AwsError:
        if note.may_have_begun:
            return  # It waits for nobody, as far as is known.
        job = JobRecord(job_id, NO_STATUS, region=api.region)
    else:
        if not job.is_queued or job.job_type != JobType.MANUAL:
            return
    operation.info(messages.stopping_left_over(job))
    if not stopped(job_id, api):
        operation.warn(messages.left_elsewhere(job))


def _branch(api: BranchApi) -> BranchRecord:
    try:
        return api.branch()
    except AwsError:
        return BranchRecord()
