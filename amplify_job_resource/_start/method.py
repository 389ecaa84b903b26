"""A way of starting: how to ask for a job, how to send that, and how to know the job again.

The loop in `release`, the search and the decision know a way of starting by this protocol only. A new
way is a module of its own beside `git_build`.
"""

from __future__ import annotations

from typing import Protocol

from .._amplify.api import BranchApi
from .._amplify.records import JobRecord
from .._inputs.request import ReleaseRequest
from .._operation import Operation
from .notes import Note
from .preflight import Seen


class ReleaseMethod(Protocol):
    """One attempt at one release, in one way of starting."""

    def __init__(self, urn: str, request: ReleaseRequest) -> None:
        """Begin an attempt at what a resource asks for."""

    @property
    def attempt(self) -> str:
        """The attempt's name: no other attempt has it."""

    def preflight(self, api: BranchApi, operation: Operation) -> Seen:
        """Refuse what cannot work, and warn of what may surprise, before anything is sent.

        Returns:
            What was read of app and branch.

        Raises:
            errors.NotStarted: it cannot work.
        """

    def send(self, api: BranchApi) -> JobRecord:
        """Ask AWS for the job, once.

        Raises:
            errors.AwsError: what AWS answered; `outcome.outcome_of` says what it means.
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
        """Whether a job says that this resource started it for other inputs."""

    def is_noted(self, job: JobRecord, note: Note) -> bool:
        """Whether the job that a note of this release names can still be that job."""

    def may_be(self, job: JobRecord, note: Note) -> bool:
        """Whether the attempt of a note may have started a job that does not say who started it."""

    @staticmethod
    def owns(job: JobRecord, urn: str) -> bool:
        """Whether a resource started a job, as far as the job tells: only then may it be stopped."""
