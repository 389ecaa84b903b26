"""A branch with an active job: wait for the job's end, or stop it first."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from .._amplify.api import BranchApi
from .._amplify.ids import JobId
from .._amplify.records import JobRecord
from .._inputs.words import JobType
from .._operation import Operation
from .._values.pauses import pause
from ..errors import AwsError, NotFound, OutcomeUnclear, Throttled, Unanswered
from . import messages
from .decide import Why
from .patience import GivenUp, Patience

#: Seconds of waiting after which it is said that a deployment may wait for files in vain.
HINT_SECONDS: Final = 60.0


class BusyBranch:
    """What one run does about active jobs, and how long that has taken.

    Attributes:
        blocking: the active job that keeps the branch busy, as the last look has shown it.
        waited_for: `waited 40s for job 41`, empty when there was nothing to wait for.
    """

    def __init__(self, api: BranchApi, operation: Operation, patience: Patience) -> None:
        self.blocking: JobRecord | None = None
        self.waited_for = ""
        self._api = api
        self._operation = operation
        self._patience = patience
        self._waiting_since: float | None = None
        self._hinted: set[JobId] = set()

    @property
    def during(self) -> str:
        """What comes behind "timed out" or "interrupted" in a sentence, empty on a free branch."""
        return f": {messages.blocked_by(self.blocking)}" if self.blocking else ""

    def wait_for(self, blocking: JobRecord) -> None:
        """Pause before the next look at the branch.

        Raises:
            GivenUp: the time is up, or somebody interrupted.
        """
        if self._waiting_since is None:
            self._waiting_since = self._operation.now()
        seconds = self._operation.now() - self._waiting_since
        if seconds >= HINT_SECONDS and blocking.id not in self._hinted:
            self._hint(blocking)
        self._operation.status(messages.waiting(seconds, blocking))
        why = messages.blocked_by(blocking)
        self._patience.sleep(pause(seconds), why)
        self._patience.sleep(self._api.turn(blocking, self._operation.now()), why)
        self.waited_for = messages.waited(self._operation.now() - self._waiting_since, blocking)

    def stop(self, active: Sequence[JobRecord], why: Why) -> None:
        """Send StopJob for each job; the next look tells what became of them.

        Raises:
            GivenUp: AWS refuses that, and the job goes on; or nobody waits for the answer any more.
        """
        for job in active:
            if why is Why.LEFT_OVER:
                self._operation.info(messages.stopping_left_over(job))
            else:
                self._operation.info(messages.stopping(job, self._operation.front))
            try:
                self._api.stop(job.id.number_text)
            except (NotFound, Throttled, OutcomeUnclear):
                pass
            except Unanswered as error:
                raise GivenUp(str(error)) from error
            except AwsError as error:
                if not self._is_stopped(job):
                    raise GivenUp(str(error)) from error

    def _hint(self, blocking: JobRecord) -> None:
        """Say once of a deployment that waits for its files what may be wrong with it."""
        if blocking.is_queued and blocking.job_type == JobType.MANUAL:
            self._hinted.add(blocking.id)
            self._operation.warn(messages.may_wait_for_ever(blocking))

    def _is_stopped(self, job: JobRecord) -> bool:
        with suppress(AwsError):
            return self._api.get(job.id.number_text).is_ending
        return False
