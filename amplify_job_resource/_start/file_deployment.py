"""Starting a deployment of files of this machine: CreateDeployment, the upload, StartDeployment.

CreateDeployment makes a job that waits, and that blocks its branch until it is started or stopped. Its
number is noted before anything else, so the next run stops one that a killed run has left, and goes on
with one that was, or may have been, started.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from .._amplify.api import BranchApi
from .._amplify.ids import JobId
from .._amplify.records import JobRecord
from .._content.digest_cache import digests_of
from .._content.files import ContentChanged, ContentError
from .._content.manifest import Manifest, from_text
from .._content.problems import problems
from .._content.project import project_folder
from .._content.source import read_content
from .._content.zip_upload import Upload, upload_of
from .._inputs.deployment import DeploymentRequest
from .._inputs.words import JobType
from .._operation import Operation
from .._upload.failures import UploadFailed
from .._upload.upload import put
from .._values.pauses import backoff
from .._values.sizes import upload_line
from ..errors import AwsError, NotStarted, OutcomeUnclear, Throttled, Unanswered, Unreachable
from . import messages
from .deployment import Deployment
from .notes import Note
from .patience import GivenUp, Patience
from .preflight import Seen

#: StartDeployment calls for one job, at most: it is the same job each time.
MAX_STARTS: Final = 4
#: Seconds between two rows of an upload: in a log, each is a line.
ROW_SECONDS: Final = 3.0


class FileDeployment(Deployment):
    """One attempt at a deployment of files of this machine."""

    def __init__(self, urn: str, request: DeploymentRequest) -> None:
        super().__init__(urn, request)
        self._zip: Upload | None = None
        self._job: JobId | None = None
        self._may_have_begun = False
        self._may_have_created = False
        self._leaves_job = False

    @property
    def leaves_job(self) -> bool:
        """See `ReleaseMethod`."""
        return self._leaves_job

    def preflight(self, api: BranchApi, operation: Operation, deadline: float) -> Seen:
        """See `ReleaseMethod`: also, the content is what it was when the program looked at it.

        All of it is read once, since the size of the zip has to be known before it is sent.
        """
        self._operation, self._deadline = operation, deadline
        self._patience = Patience(operation, deadline)
        seen = super().preflight(api, operation, deadline)
        self._zip = self._read()
        return seen

    def note(self, newest_before: int | None) -> Note:
        """See `ReleaseMethod`."""
        return replace(super().note(newest_before), may_have_begun=False)

    def send(self, api: BranchApi, keep: Callable[[Note], None]) -> JobRecord:
        """See `ReleaseMethod`.

        Raises:
            GivenUp: the upload failed, or the deployment cannot be started; it was stopped.
        """
        self._job, self._may_have_begun = None, False
        created, url = self._created(api)
        self._job = created.id
        note = replace(self.note(self._newest_before), job=created.id)
        keep(note)
        try:
            self._upload(url, api)
        except (UploadFailed, ContentError, Unanswered) as error:
            self._abandon(created.id, api)
            raise GivenUp(messages.not_uploaded(error)) from error
        self._may_have_begun = True
        keep(replace(note, may_have_begun=True))
        try:
            return self._begun(created.id, api)
        except OutcomeUnclear:
            raise
        except AwsError as error:
            self._abandon(created.id, api)
            raise GivenUp(str(error)) from error

    def resume(self, job: JobRecord, api: BranchApi) -> JobRecord:
        """See `ReleaseMethod`: StartDeployment may not have arrived."""
        return self._begun(job.id, api) if job.is_queued else job

    def started(self, job: JobRecord, attempt: str) -> bool:
        """See `ReleaseMethod`."""
        return job.id.is_same(self._job) and self._may_have_begun and not job.is_queued

    def is_noted(self, job: JobRecord, note: Note) -> bool:
        """See `ReleaseMethod`: one that was never started is no release."""
        return note.may_have_begun and job.job_type in (None, JobType.MANUAL)

    def may_be(self, job: JobRecord, note: Note) -> bool:
        """False: the note has the job's number before the job is started."""
        return False

    def is_left_over(self, job: JobRecord) -> bool:
        """See `ReleaseMethod`: a deployment that waits, and that this resource has created.

        One whose number is not noted is the only one that waits since then: the branch takes one.
        """
        if not job.is_queued or job.job_type != JobType.MANUAL:
            return False
        if self._may_have_created and job.number > (self._newest_before or job.number):
            return True
        if job.id.is_same(self._job):
            return True
        return any(self._has_left(note, job) for note in self._recalled)

    def _has_left(self, note: Note, job: JobRecord) -> bool:
        if note.job:
            waits = not note.may_have_begun or not self.wrote(note)
            return waits and job.id.is_same(note.job)
        return note.newest_before is not None and job.number > note.newest_before

    def _read(self) -> Upload:
        """What is uploaded for the content that the program has seen.

        Raises:
            errors.NotStarted: the content is not that any more, or cannot be read.
        """
        request, operation = self._request, self._operation
        operation.status("reading the files")

        def go_on(_: int) -> None:
            if not operation.sleep(0):
                raise ContentError("interrupted while reading the files.")

        root = project_folder(Path.cwd())
        try:
            content = read_content(request.source, request.exclude or (), root)
            wrong = problems(content)
            if wrong:
                raise ContentError("\n".join(wrong))
            return upload_of(content, _manifest(request), go_on)
        except ContentError as error:
            if isinstance(error, ContentChanged):
                # Whatever was known of the files, the next run reads them.
                digests_of(root, request.source).forget()
            reason = str(error)
            raise NotStarted(f"{reason}\nNothing was deployed.", request.branch, reason) from error

    def _created(self, api: BranchApi) -> tuple[JobRecord, str]:
        """Create the deployment, once."""
        self._may_have_created = True
        try:
            found = api.create_deployment()
        except AwsError as error:
            unclear = isinstance(error, (OutcomeUnclear, Unanswered))
            self._may_have_created = unclear and not isinstance(error, Unreachable)
            raise
        self._may_have_created = False
        return found

    def _upload(self, url: str, api: BranchApi) -> None:
        """Send the zip. Where it is not sure that it has arrived, StartDeployment tells.

        Raises:
            UploadFailed: it did not arrive.
            ContentChanged: a file was changed meanwhile.
            errors.Unanswered: the operation is over.
        """
        body = self._read() if self._zip is None else self._zip
        operation = self._operation
        shown_at = operation.now()
        operation.status(upload_line(0, body.size))

        def show(sent: int) -> None:
            nonlocal shown_at
            if operation.now() >= shown_at + ROW_SECONDS:
                shown_at = operation.now()
                operation.status(upload_line(sent, body.size))

        put(
            url,
            body,
            api.client_settings,
            progress=show,
            clock=operation,
            deadline=self._deadline,
            action=f"uploading the files ({self._request.branch})",
        )

    def _begun(self, job: JobId, api: BranchApi) -> JobRecord:
        """Send StartDeployment for a job until it is certain that it has begun.

        Raises:
            errors.AwsError: it cannot be started, or that is not clear.
        """
        for tries in range(1, MAX_STARTS + 1):
            try:
                return api.start_deployment({"jobId": job.number_text})
            except AwsError as error:
                found = _seen(job, api)
                if found and not found.is_queued:
                    return found
                passing = isinstance(error, (OutcomeUnclear, Throttled))
                if not passing or tries == MAX_STARTS:
                    raise
                self._patience.sleep(backoff(tries), str(error))
        raise AssertionError("the last try returns or raises")

    def _abandon(self, job: JobId, api: BranchApi) -> None:
        """Stop a job that is not to be started: it would block the branch for hours."""
        self._leaves_job = True
        try:
            api.stop(job.number_text)
        except AwsError as error:
            found = _seen(job, api)
            if found is None or not found.is_ending:
                self._operation.warn(messages.left_over(job, error))
                return
        self._leaves_job = False


def _manifest(request: DeploymentRequest) -> Manifest:
    """What the program has seen.

    Raises:
        ContentError: the properties were changed on their way here.
    """
    try:
        entries = from_text(request.manifest) if request.manifest else None
    except ValueError as error:
        raise ContentError(f"the manifest cannot be read: {error}") from error
    return Manifest(
        entries, request.content_digest or "", request.file_count or 0, request.total_bytes or 0
    )


def _seen(job: JobId, api: BranchApi) -> JobRecord | None:
    """A job as it is now, None where AWS does not tell."""
    try:
        return api.get(job.number_text)
    except AwsError:
        return None
