"""A way of starting: how to ask for a job, how to send that, and how to know the job again.

The loop in `release`, the search and the decision know a way of starting by this protocol only. A new
way is a module of its own beside `git_build`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from .._amplify.api import BranchApi
from .._amplify.records import JobRecord
from .._operation import Operation
from .notes import Note
from .preflight import Seen


class ReleaseMethod(Protocol):
    """One attempt at one release, in one way of starting."""

    @property
    def attempt(self) -> str:
        """The attempt's name: no other attempt has it."""

    @property
    def leaves_job(self) -> bool:
        """Whether the attempt leaves a job that it will not start; its note stays, to find it."""

    def preflight(self, api: BranchApi, operation: Operation, deadline: float) -> Seen:
        """Refuse what cannot work, and warn of what may surprise, before anything is sent.

        Args:
            api: The branch's API.
            operation: The operation at hand.
            deadline: When to give up, on the operation's clock.

        Returns:
            What was read of app and branch.

        Raises:
            errors.NotStarted: it cannot work.
        """

    def recall(self, notes: Sequence[Note]) -> None:
        """Take what earlier runs on this machine have noted of the resource."""

    def send(self, api: BranchApi, keep: Callable[[Note], None]) -> JobRecord:
        """Ask AWS for the job, once.

        Args:
            api: The branch's API.
            keep: Writes the note anew; for a way that has a job before the job is started.

        Raises:
            errors.AwsError: what AWS answered; `outcome.outcome_of` says what it means.
        """

    def resume(self, job: JobRecord, api: BranchApi) -> JobRecord | None:
        """Do what may be missing so that the job of a run that was cut off goes on.

        Returns:
            The job; None where it cannot go on, and is left over.

        Raises:
            errors.AwsError: that could not be done.
        """

    def note(self, newest_before: int | None) -> Note:
        """What to write to disk before sending.

        Args:
            newest_before: The greatest job number on the branch, None when it is unknown.
        """

    def wrote(self, note: Note) -> bool:
        """Whether a note that an earlier run left is about this very release."""

    def is_current(self, note: Note) -> bool:
        """Whether a note may be about the branch as it is now, and not an earlier one of its name."""

    def started(self, job: JobRecord, attempt: str) -> bool:
        """Whether a job says that an attempt of this resource started it."""

    def is_this_release(self, job: JobRecord) -> bool:
        """Whether a job says that it was started for this very release."""

    def is_other_release(self, job: JobRecord) -> bool:
        """Whether a job was started for other inputs, as far as it says, so that those may be live."""

    def is_noted(self, job: JobRecord, note: Note) -> bool:
        """Whether the job that a note names can still be the one that its attempt has started."""

    def is_left_over(self, job: JobRecord) -> bool:
        """Whether an active job is one that this resource has made and will never start."""

    def may_be(self, job: JobRecord, note: Note) -> bool:
        """Whether the attempt of a note may have started a job that does not say who started it."""

    @staticmethod
    def owns(job: JobRecord, urn: str) -> bool:
        """Whether a resource started a job, as far as the job tells: only then may it be stopped."""
