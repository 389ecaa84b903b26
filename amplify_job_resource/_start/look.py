"""Looks at the branch's jobs for the start of one release; tries again while AWS is away."""

from __future__ import annotations

from typing import Final

from .._amplify.api import BranchApi
from .._amplify.records import BuildTimes, JobRecord, build_times
from .._operation import Operation
from .._values.pauses import backoff
from ..errors import AccessDenied, AwsError, NotFound, OutcomeUnclear, Throttled, Unanswered
from . import messages
from .patience import GivenUp, Patience

#: Unanswered looks in a row, at most, before the first answer; after it only the deadline counts.
MAX_FIRST_LOOKS: Final = 12
_LISTING: Final = " while listing the branch's jobs"


class BranchLook:
    """Lists the branch's jobs as often as asked.

    Attributes:
        denied: why the jobs may not be listed, once AWS has said so; it is not asked again.
        seen: what the last look has shown, newest first.
    """

    def __init__(self, api: BranchApi, operation: Operation, patience: Patience) -> None:
        self.denied: AccessDenied | None = None
        self.seen: list[JobRecord] = []
        self._api = api
        self._operation = operation
        self._patience = patience
        self._answered = False

    @property
    def builds(self) -> BuildTimes:
        """How long the branch's last builds took, as far as the last look tells."""
        return build_times(self.seen)

    def saw(self, job: JobRecord) -> None:
        """Know of a job that was read by itself."""
        others = [other for other in self.seen if other.id != job.id]
        self.seen = sorted([*others, job], key=lambda each: each.number, reverse=True)

    def again(self) -> list[JobRecord]:
        """The jobs that are known, as they are now: for a branch whose jobs may not be listed."""
        for job in self.seen:
            try:
                self.saw(self._api.get(job.id.number_text))
            except NotFound:
                self.seen = [other for other in self.seen if other.id != job.id]
            except AwsError:
                continue  # It is taken to be as it was.
        return self.seen

    def newest(
        self, down_to: int | None = None, *, during: str = "", at_least_once: bool = False
    ) -> list[JobRecord] | None:
        """The branch's newest jobs, newest first; None when the credentials may not list them.

        Args:
            down_to: Read on until this job number is reached.
            during: What comes behind "timed out" or "interrupted" in a sentence.
            at_least_once: Whether to look once even if the time is up, since a job may have been
                started already.

        Raises:
            GivenUp: AWS does not answer, or not in time.
        """
        if self.denied:
            return None
        unanswered = 0
        while True:
            if unanswered or not at_least_once:
                self._patience.check(during or _LISTING)
            try:
                self.seen = self._api.newest(down_to)
            except AccessDenied as error:
                self.denied = error
                self._operation.debug(str(error))
                return None
            except Unanswered:
                unanswered += 1  # The check above says why there is no time for another look.
            except (Throttled, OutcomeUnclear) as error:
                unanswered += 1
                self._pause_after(error, unanswered)
            except AwsError as error:
                raise GivenUp(str(error)) from error
            else:
                self._answered = True
                return self.seen

    def _pause_after(self, error: AwsError, unanswered: int) -> None:
        if not self._answered and unanswered >= MAX_FIRST_LOOKS:
            raise GivenUp(messages.answered_so_often(error, unanswered)) from error
        self._operation.status(f"AWS does not answer ({error.code}), trying again")
        self._patience.sleep(backoff(3), str(error))
