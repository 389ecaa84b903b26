"""Send StartJob, note it on disk before, and do what its answer asks for."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from .._amplify.api import BranchApi
from .._amplify.ids import JobId
from .._amplify.records import JobRecord
from .._operation import Operation
from .._values.pauses import backoff
from ..errors import AwsError
from . import messages
from .look import BranchLook
from .method import ReleaseMethod
from .notes import Note, Notes
from .outcome import Busy, PutOff, Rejected, Started, Unclear, outcome_of
from .patience import GivenUp, Patience
from .search import LOOKS, ONE_LOOK, Search

#: StartJob calls with an unclear answer, at most, for one release.
MAX_UNCLEAR: Final = 3
#: StartJob calls in a row that were throttled or found no connection, at most.
MAX_PUT_OFF: Final = 12
#: The pause between two StartJob calls on a busy branch whose jobs cannot be listed, in seconds.
UNLISTED_PAUSE: Final = 30.0


class StartJob:
    """The StartJob calls of one attempt.

    Attributes:
        sent: whether one was sent.
        newest_before: the greatest job number on the branch before the first one; None when unknown.
    """

    def __init__(
        self,
        method: ReleaseMethod,
        api: BranchApi,
        operation: Operation,
        patience: Patience,
        notes: Notes,
        look: BranchLook,
        search: Search,
    ) -> None:
        self.sent = False
        self.newest_before: int | None = None
        self._method, self._api, self._operation = method, api, operation
        self._patience, self._notes = patience, notes
        self._look, self._search = look, search
        self._unclear = 0
        self._last_unclear: AwsError | None = None
        self._put_off = 0
        self._keeps_note = False

    @property
    def was_unclear(self) -> bool:
        """Whether a call had no clear answer."""
        return self._unclear > 0

    def remember_newest(self, jobs: Sequence[JobRecord]) -> None:
        """Remember what a look has shown, as long as nothing was sent."""
        if not self.sent:
            self.newest_before = jobs[0].number if jobs else 0

    def send(self, during: str, *, fails_when_busy: bool) -> JobRecord | None:
        """Send StartJob; the job, or None when another look is due.

        Args:
            during: What comes behind "timed out" or "interrupted" in a sentence.
            fails_when_busy: Whether a busy branch ends the release, also where its jobs are not seen.

        Raises:
            GivenUp: AWS refuses for good, or does not answer, or the time is up.
            Undecided: there may be a job, and that cannot be found out.
        """
        if self._last_unclear and self._unclear >= MAX_UNCLEAR:
            raise self._never_clear(self._last_unclear)
        self._patience.check(during or " while starting the job")
        self.write_note(self._method.note(self.newest_before))
        self._keeps_note = False
        self.sent = True
        outcome = outcome_of(self._answer())
        if not isinstance(outcome, PutOff):
            self._put_off = 0
        match outcome:
            case Started(job=job):
                return job
            case Busy(error=busy):
                return self._after_busy(busy, fails_when_busy=fails_when_busy)
            case PutOff(error=refusal):
                self._after_refusal(refusal)
                return None
            case Unclear(error=unclear):
                return self._after_unclear(unclear)
            case Rejected(error=rejection):
                raise GivenUp(str(rejection)) from rejection

    def note_job(self, job: JobId) -> None:
        """Note which job came of it."""
        note = self._method.note(self.newest_before)
        # Should that fail, the note that was written before still leads to the job.
        with suppress(OSError):
            self._notes.write(replace(note, job=job, may_have_begun=True))

    def write_note(self, note: Note) -> None:
        """Write a note, in the place of this attempt's earlier one."""
        try:
            self._notes.write(note)
        except OSError as error:
            self._operation.warn_once(messages.no_notes(self._notes.folder, error))

    def drop_note(self) -> None:
        """Delete this attempt's note, if it is certain that it has started no job."""
        if not (self._keeps_note or self._unclear or self._method.leaves_job):
            self._notes.remove_of(self._method.attempt)

    def _answer(self) -> JobRecord | AwsError:
        try:
            return self._method.send(self._api, self.write_note)
        except AwsError as error:
            return error

    def _after_busy(self, error: AwsError, *, fails_when_busy: bool) -> JobRecord | None:
        """The branch looked free, so this is a race, or our own job of an unclear answer."""
        job = self._found(error, ONE_LOOK) if self._unclear else None
        if job:
            return job
        denied = self._look.denied
        if denied and fails_when_busy:
            raise GivenUp(messages.blocked_unseen(error, denied))
        self._operation.status("the branch is busy, trying again")
        self._patience.sleep(UNLISTED_PAUSE if denied else backoff(1), str(error))
        return None

    def _after_refusal(self, error: AwsError) -> None:
        """Nothing was started: pause, longer each time."""
        self._put_off += 1
        if self._put_off >= MAX_PUT_OFF:
            raise GivenUp(messages.answered_so_often(error, self._put_off))
        # If the run ends here, the next one looks first: "throttled" may not be the whole truth.
        self._keeps_note = True
        self._operation.status(f"{error.code}, trying again")
        self._patience.sleep(backoff(self._put_off), str(error))

    def _after_unclear(self, error: AwsError) -> JobRecord | None:
        """StartJob may have had its effect: find the job, or be sure that there is none."""
        self._unclear += 1
        self._last_unclear = error
        job = self._found(error, LOOKS)
        if job or self._unclear < MAX_UNCLEAR:
            return job
        if any(map(self._method.is_left_over, self._look.seen)):
            return None  # It is stopped before this comes to an end.
        raise self._never_clear(error)

    def _never_clear(self, error: AwsError) -> GivenUp:
        return GivenUp(messages.never_clear(error, self._unclear))

    def _found(self, error: AwsError, looks: Sequence[float]) -> JobRecord | None:
        return self._search.started(self._method.note(self.newest_before), str(error), looks)
