"""Starting a deployment of files of this machine: CreateDeployment, the upload, StartDeployment.

CreateDeployment makes a job that waits, and that blocks its branch until it is started or stopped. Its
number is noted before anything else, so the next run stops one that a killed run has left, and goes on
with one that was, or may have been, started.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from .._amplify.api import BranchApi
from .._amplify.ids import JobId
from .._amplify.records import JobRecord
from .._amplify.status import NO_STATUS, Status
from .._content.files import ContentError
from .._content.zip_upload import Upload
from .._inputs.deployment import DeploymentRequest
from .._inputs.words import JobType
from .._operation import Operation
from .._upload.failures import UploadFailed
from .._values.times import utc_now
from ..errors import (
    AwsError,
    BranchBusy,
    NotFound,
    NotStarted,
    OutcomeUnclear,
    RequestRejected,
    Unanswered,
)
from . import messages
from .deployment import Deployment, is_deployment
from .notes import Note
from .packed_files import packed_files, upload
from .patience import GivenUp, Patience
from .preflight import Seen
from .start_deployment import StartDeployment, is_unclear, stopped

#: How far from the time of a CreateDeployment that has no answer its job may have been made: a request
#: may take minutes to be answered, and AWS takes none from a clock that is wrong by more.
ABOUT: Final = timedelta(minutes=15)


#: What is said of the files of a source that is a secret.
_NOT_SHOWN: Final = (
    "the files have changed while they were being deployed, or cannot be read. Their source is a "
    "secret, so they are not named here"
)


class FileDeployment(Deployment):
    """One attempt at a deployment of files of this machine."""

    _operation: Operation
    _patience: Patience
    _deadline: float
    _region: str | None
    _zip: Upload

    def __init__(self, urn: str, request: DeploymentRequest) -> None:
        super().__init__(urn, request)
        self._job: JobId | None = None
        self._may_have_begun = False
        self._unanswered: Note | None = None
        self._leaves_job = False

    @property
    def leaves_job(self) -> bool:
        """See `ReleaseMethod`."""
        return self._leaves_job

    def preflight(self, api: BranchApi, operation: Operation, deadline: float) -> Seen:
        """See `ReleaseMethod`: also, the content is what it was when the program looked at it.

        All of it is read once, since the size of the zip has to be known before it is sent.
        """
        self._operation, self._deadline, self._region = operation, deadline, api.region
        self._patience = Patience(operation, deadline)
        seen = super().preflight(api, operation, deadline)
        try:
            self._zip = packed_files(self._request, operation)
        except ContentError as error:
            reason, branch = self._why(error), self._request.branch
            text = f"{reason}\nNothing was deployed to {branch}."
            raise NotStarted(text, branch, reason) from error
        return seen

    def recall(self, notes: Sequence[Note]) -> None:
        """See `ReleaseMethod`; what waits on another branch cannot be stopped from here."""
        super().recall(notes)
        for note in notes:
            if note.job and note.job.branch != self._request.branch:
                job = JobRecord(note.job, NO_STATUS, region=self._region)
                self._operation.warn(messages.left_elsewhere(job))

    def note(self, newest_before: int | None) -> Note:
        """See `ReleaseMethod`."""
        note = super().note(newest_before)
        return replace(note, may_have_begun=False, sent_at=utc_now())

    def send(self, api: BranchApi, keep: Callable[[Note], None]) -> JobRecord:
        """See `ReleaseMethod`.

        Raises:
            GivenUp: the upload failed, or the deployment cannot be started; its job was stopped, or
                `leaves_job`.
        """
        self._job, self._may_have_begun = None, False
        created, url = self._created(api)
        self._job = created.id
        note = replace(self.note(self._newest_before), job=created.id)
        keep(note)
        try:
            upload(self._zip, url, created.id, api, self._operation, self._deadline)
        except (UploadFailed, ContentError, Unanswered) as error:
            why = messages.not_uploaded(self._why(error))
            raise self._abandoned(created, api, why) from error
        self._may_have_begun = True
        keep(replace(note, may_have_begun=True))
        calls = StartDeployment(created.id, api, self._patience)
        try:
            return calls.until_begun()
        except AwsError as error:
            unclear = OutcomeUnclear(error.action, error.code, error.detail, error.advice)
            if calls.may_have_begun and not calls.waits:
                raise unclear from error
            end = self._abandoned(created, api, str(error))
            if self._leaves_job and calls.may_have_begun:
                raise unclear from error
            if self._leaves_job:
                keep(note)
            raise end from error

    def resume(self, job: JobRecord, api: BranchApi) -> JobRecord | None:
        """See `ReleaseMethod`: StartDeployment may not have arrived, and may be refused now."""
        if not job.is_queued:
            return job
        try:
            return StartDeployment(job.id, api, self._patience, may_have_begun=True).until_begun()
        except (RequestRejected, BranchBusy, NotFound):
            self._job, self._may_have_begun = job.id, False
            return None

    def started(self, job: JobRecord, attempt: str) -> bool:
        """See `ReleaseMethod`: one that was stopped may never have begun, and nothing of it is live."""
        is_own = job.id.is_same(self._job) and self._may_have_begun
        return is_own and not job.is_queued and not _was_stopped(job)

    def is_noted(self, job: JobRecord, note: Note) -> bool:
        """See `ReleaseMethod`: one that was never started, or was stopped, is no release.

        Of one that was stopped nothing tells whether it had been started.
        """
        return note.may_have_begun and is_deployment(job) and not _was_stopped(job)

    def may_be(self, job: JobRecord, note: Note) -> bool:
        """See `ReleaseMethod`: the note has the job's number before the job is started.

        It has none where the number stands in a text that is a secret.
        """
        hidden = note.may_have_begun and note.job is None
        return hidden and is_deployment(job) and job.number > (note.newest_before or 0)

    def is_left_over(self, job: JobRecord) -> bool:
        """See `ReleaseMethod`: a deployment that waits, and that this resource has created.

        One whose number is not noted is the one that waits and is newer: a branch takes one at a time.
        """
        if not job.is_queued or not is_deployment(job):
            return False
        if job.id.is_same(self._job):
            return True
        if self._unanswered and _may_be_created(job, self._unanswered):
            return True
        named = [note for note in self._recalled if job.id.is_same(note.job)]
        if named:
            return any(not note.may_have_begun or not self.wrote(note) for note in named)
        return any(note.job is None and _may_be_created(job, note) for note in self._recalled)

    def _why(self, error: Exception) -> str:
        """An error in words, which name no file of a source that is a secret."""
        is_secret = "source" in self._request.secret_inputs
        return _NOT_SHOWN if is_secret and isinstance(error, ContentError) else str(error)

    def _created(self, api: BranchApi) -> tuple[JobRecord, str]:
        """Create the deployment, once."""
        try:
            found = api.create_deployment()
        except AwsError as error:
            # A refusal that follows may be due to the job of a call that had no answer.
            if is_unclear(error):
                self._unanswered = self.note(self._newest_before)
            raise
        self._unanswered = None
        return found

    def _abandoned(self, job: JobRecord, api: BranchApi, why: str) -> GivenUp:
        """Stop a job that is not to be started, since it would block the branch for hours."""
        self._leaves_job = True  # Should the stop be cut off, the note leads to it.
        self._leaves_job = not stopped(job.id, api)
        words = messages.left_behind if self._leaves_job else messages.taken_back
        return GivenUp(words(why, job))


def _was_stopped(job: JobRecord) -> bool:
    return job.status in (Status.CANCELLING, Status.CANCELLED)


def _may_be_created(job: JobRecord, note: Note) -> bool:
    """Whether a deployment that waits may be that of a CreateDeployment without an answer.

    It is newer than what was there, and was made at about that time.
    """
    if job.job_type != JobType.MANUAL or note.newest_before is None:
        return False
    sent, made = note.sent_at, job.start_time
    is_near = sent is None or made is None or abs(made - sent) <= ABOUT
    return is_near and job.number > note.newest_before
