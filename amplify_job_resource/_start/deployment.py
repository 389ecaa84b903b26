"""What all deployments of files have in common, as ways of starting: see `method.ReleaseMethod`.

AWS gives a deployment no message, so a job does not say whose it is. It is known by its number, which a
note keeps; a job of which no note tells is taken for somebody else's.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime

from .._amplify.api import BranchApi
from .._amplify.records import AppRecord, JobRecord
from .._amplify.status import Status
from .._inputs.deployment import DEPLOYMENT_INPUTS, DeploymentRequest
from .._inputs.words import JobType
from .._operation import Front, Operation
from ..errors import NotFound, NotStarted, Unanswered
from .notes import Note
from .preflight import Seen, app_seen, branch_seen
from .trailers import Trailer, new_attempt


class Deployment(ABC):
    """One attempt at a deployment, wherever its files come from."""

    def __init__(self, urn: str, request: DeploymentRequest) -> None:
        self.attempt = new_attempt()
        self._request = request
        self._release = str(Trailer.of(urn, request, DEPLOYMENT_INPUTS))
        self._branch_created: datetime | None = None
        self._newest_before: int | None = None
        self._recalled: tuple[Note, ...] = ()

    @property
    def leaves_job(self) -> bool:
        """See `ReleaseMethod`."""
        return False

    def preflight(self, api: BranchApi, operation: Operation, deadline: float) -> Seen:
        """See `ReleaseMethod`: the app has no repository, and the branch is there."""
        try:
            seen = Seen(self._app(api, operation.front), branch_seen(api))
        except (NotFound, Unanswered) as error:
            raise _refusal(self._request, str(error), "\n") from error
        self._branch_created = seen.branch.create_time
        return seen

    def note(self, newest_before: int | None) -> Note:
        """See `ReleaseMethod`."""
        self._newest_before = newest_before
        return Note(
            self._release,
            self.attempt,
            newest_before,
            branch_created=self._branch_created,
            secret_inputs=self._request.secret_inputs,
        )

    def wrote(self, note: Note) -> bool:
        """See `ReleaseMethod`."""
        return note.trailer == self._release and self.is_current(note)

    def is_current(self, note: Note) -> bool:
        """See `ReleaseMethod`: a branch that was created again has another time."""
        return note.may_be_of_branch(self._branch_created)

    def recall(self, notes: Sequence[Note]) -> None:
        """See `ReleaseMethod`."""
        self._recalled = tuple(notes)

    @abstractmethod
    def send(self, api: BranchApi, keep: Callable[[Note], None]) -> JobRecord:
        """See `ReleaseMethod`."""

    def resume(self, job: JobRecord, api: BranchApi) -> JobRecord | None:
        """The job as it is: nothing is missing."""
        return job

    def is_this_release(self, job: JobRecord) -> bool:
        """False: a job does not say what it deploys."""
        return False

    def is_other_release(self, job: JobRecord) -> bool:
        """See `ReleaseMethod`: a job does not say what it deploys, so any may have other files.

        One that waits, that is being stopped or that has failed is not live.
        """
        return not (job.is_queued or job.has_failed or job.status == Status.CANCELLING)

    def is_left_over(self, job: JobRecord) -> bool:
        """See `ReleaseMethod`."""
        return False

    @staticmethod
    def owns(job: JobRecord, urn: str) -> bool:
        """See `ReleaseMethod`: a build is somebody else's, since the app was connected meanwhile."""
        return is_deployment(job)

    def _app(self, api: BranchApi, front: Front) -> AppRecord:
        app = app_seen(api, connected=False)
        if app is None:
            return AppRecord()
        if app.repository:
            raise _refusal(
                self._request,
                f"Amplify app {self._request.app_id} is connected to a repository, and AWS deploys "
                f"files only to an app without one. To build the branch, {front.to_build}.",
            )
        return app


def _refusal(request: DeploymentRequest, reason: str, gap: str = " ") -> NotStarted:
    return NotStarted(f"{reason}{gap}Nothing was deployed.", request.branch, reason)


def is_deployment(job: JobRecord) -> bool:
    """Whether a job deploys files, as far as it tells."""
    return job.job_type in (None, JobType.MANUAL)
