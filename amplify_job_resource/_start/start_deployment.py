"""StartDeployment for a job that CreateDeployment has made; and its end, where it is not to be started.

The call names the job, so a second one makes no second deployment: AWS refuses it once the job has
begun. Such a job is seen to begin when it is its turn; one that never does cannot be started.
"""

from __future__ import annotations

from typing import Final

from .._amplify.api import BranchApi
from .._amplify.ids import JobId
from .._amplify.records import JobRecord
from .._values.pauses import backoff
from ..errors import (
    AwsError,
    BranchBusy,
    NotFound,
    OutcomeUnclear,
    RequestRejected,
    Throttled,
    Unanswered,
    Unreachable,
)
from .patience import GivenUp, Patience

#: StartDeployment calls for one job, at most.
MAX_STARTS: Final = 8
#: For how long a job may wait for its turn that AWS does not start again, in seconds: an account builds
#: some jobs at once only.
QUEUE_SECONDS: Final = 600.0


class StartDeployment:
    """The StartDeployment calls for one job.

    Attributes:
        may_have_begun: whether one of them, or one of an earlier run, may have had its effect.
        waits: whether the look after the last one has shown that the job still waits.
    """

    def __init__(
        self, job: JobId, api: BranchApi, patience: Patience, *, may_have_begun: bool = False
    ) -> None:
        self.may_have_begun = may_have_begun
        self.waits = True
        self._job = job
        self._api = api
        self._patience = patience

    def until_begun(self) -> JobRecord:
        """Send it until AWS takes it, or the job is seen to have begun; the job then.

        Raises:
            errors.AwsError: it cannot be started, or that is not clear; `Unanswered` where the time is
                up, or somebody interrupted.
        """
        tries = 0
        refused_since: float | None = None
        while True:
            tries += 1
            try:
                return self._api.start_deployment({"jobId": self._job.number_text})
            except AwsError as error:
                found = seen(self._job, self._api)
                if found and not found.is_queued:
                    return found
                self.waits = found is not None
                if self._is_second(error):
                    now = self._patience.now()
                    refused_since = now if refused_since is None else refused_since
                    ends = now - refused_since >= QUEUE_SECONDS
                else:
                    self.may_have_begun = self.may_have_begun or is_unclear(error)
                    ends = tries >= MAX_STARTS or not self._may_pass(error)
                if ends:
                    raise
                self._pause(tries, error)

    def _pause(self, tries: int, error: AwsError) -> None:
        self._patience.show(
            f"{error.code} for the start of job {self._job.number_text}, looking again"
        )
        try:
            self._patience.sleep(backoff(tries), error.detail)
        except GivenUp as end:
            raise Unanswered(error.action, error.code, end.why) from error

    def _is_second(self, error: AwsError) -> bool:
        """Whether a refusal may mean that the job has begun before, and waits for its turn."""
        return self.may_have_begun and isinstance(error, (RequestRejected, BranchBusy))

    def _may_pass(self, error: AwsError) -> bool:
        return isinstance(error, (OutcomeUnclear, Throttled))


def is_unclear(error: AwsError) -> bool:
    """Whether a call may have had its effect."""
    return isinstance(error, (OutcomeUnclear, Unanswered)) and not isinstance(error, Unreachable)


def seen(job: JobId, api: BranchApi) -> JobRecord | None:
    """A job as it is now, None where AWS does not tell."""
    try:
        return api.get(job.number_text)
    except AwsError:
        return None


def stopped(job: JobId, api: BranchApi) -> bool:
    """Stop a job; whether it is certain that it ends, or is gone."""
    try:
        api.stop(job.number_text)
    except NotFound:
        return True
    except AwsError:
        found = seen(job, api)
        return found is not None and found.is_ending
    return True
