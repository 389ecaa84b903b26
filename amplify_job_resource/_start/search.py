"""The search for a job that may have been started: after an unclear answer, or after a kill."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .._amplify.api import BranchApi
from .._amplify.ids import JobId
from .._amplify.records import JobRecord
from .._operation import Operation
from ..errors import AwsError, NotFound
from . import messages
from .look import BranchLook
from .method import ReleaseMethod
from .notes import Note, Notes
from .patience import GivenUp

#: After an unclear answer: how often to look for the job, and the pause before each look, in seconds.
LOOKS: Final = (0.0, 2.0, 4.0, 6.0)
#: The same after a refusal as busy: such a job would be listed by then.
ONE_LOOK: Final = (0.0,)


class Undecided(Exception):
    """It is unknown whether there is a job. It never leaves this package, as `GivenUp`.

    Attributes:
        why: why it is unknown, as the end of a sentence.
    """

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class Search:
    """Finds a job that an attempt at this release may have started, or tells that there is none."""

    def __init__(
        self, method: ReleaseMethod, api: BranchApi, look: BranchLook, operation: Operation
    ) -> None:
        self._method = method
        self._api = api
        self._look = look
        self._operation = operation

    def started(
        self, note: Note, why: str, looks: Sequence[float] = LOOKS, *, resumes: bool = False
    ) -> JobRecord | None:
        """The job that the StartJob of a note has started; None: it started none.

        Args:
            note: What was noted before it was sent.
            why: Why there may be a job.
            looks: The pause before each look, in seconds.
            resumes: Whether an active job of the same release is the one as well. Another machine may
                have gone on with it, and by the next look it may have ended.

        Raises:
            Undecided: there is a job that may be it, or the jobs cannot be listed.
        """
        for seconds in looks:
            if seconds and not self._operation.sleep(seconds):
                raise Undecided(
                    f"{why}\nThe search for the job was interrupted before one was found"
                )
            jobs = self._newest(note.newest_before, why)
            if jobs is None:
                raise Undecided(why)
            job = next((job for job in jobs if self._method.started(job, note.attempt)), None)
            if job is None and resumes:
                active = (job for job in jobs if not job.is_ending)
                job = next((job for job in active if self._method.is_this_release(job)), None)
            if job:
                return job
            if any(map(self._method.is_left_over, jobs)):
                return None
            candidates = [job.id.number_text for job in jobs if self._method.may_be(job, note)]
            if candidates:
                raise Undecided(messages.may_be_ours(candidates))
        return None

    def orphaned(
        self, notes: Notes, recorded: JobRecord | None, *, resumes: bool = True
    ) -> JobRecord | None:
        """The job of a run that was killed before it was recorded, found by its note.

        A note that leads nowhere is deleted.

        Args:
            notes: The resource's notes on this machine.
            recorded: The job that Pulumi has in state now, if it is known.
            resumes: Whether an active job of this very release is the one asked for.

        Raises:
            Undecided: it is unknown whether there is one.
        """
        note = notes.read(self._method.wrote)
        if note is None:
            return None
        if note.job:
            job = self._noted(note, note.job)
        else:
            why = "an earlier run was cut off while it was starting a job"
            job = self.started(note, why, resumes=resumes)
        others = [
            other
            for other in notes.read_all(self._method.is_current)
            if not self._method.wrote(other)
        ]
        if job is None and any(map(self._method.is_left_over, self._look.seen)):
            return None  # The note leads to it until it is stopped.
        if job is None or self._is_outdated(job, recorded, others):
            notes.remove_of(note.attempt)
            return None
        # Another machine may have built the same request again since: that job is the live one.
        return next(
            (
                other
                for other in self._look.seen
                if other.number > job.number and self._method.is_this_release(other)
            ),
            job,
        )

    def _newest(self, down_to: int | None, why: str) -> list[JobRecord] | None:
        try:
            return self._look.newest(down_to, at_least_once=True)
        except GivenUp as end:
            raise Undecided(f"{why}\nThen: {end.why}") from end

    def _noted(self, note: Note, job_id: JobId) -> JobRecord | None:
        """The job that a note names, if that is still what it was."""
        why = f"an earlier run was cut off after it had started job {job_id.number_text}"
        self._newest(job_id.number - 1, why)
        job = next((job for job in self._look.seen if job.number == job_id.number), None)
        if job is None:
            try:
                job = self._api.get(job_id.number_text)
            except NotFound:
                return None
            except AwsError as error:
                raise Undecided(f"{why}\nThen: {error}") from error
            self._look.saw(job)
        return job if self._method.is_noted(job, note) else None

    def _is_of(self, note: Note, job: JobRecord) -> bool:
        """Whether a job is, or may be, the one that a note is about."""
        if note.job:
            return note.job == job.id and self._method.is_noted(job, note)
        return self._method.may_be(job, note)

    def _is_outdated(
        self, job: JobRecord, recorded: JobRecord | None, others: Sequence[Note]
    ) -> bool:
        """Whether this resource was, or may have been, released for other inputs since.

        Args:
            job: The job of a run that was killed.
            recorded: The job that Pulumi has in state now, if it is known.
            others: This machine's notes of the resource's other releases.
        """
        if recorded and not job.is_newer_than(recorded):
            return True
        return any(
            self._method.is_other_release(newer) or any(self._is_of(note, newer) for note in others)
            for newer in self._look.seen
            if newer.number > job.number and not self._method.is_left_over(newer)
        )
