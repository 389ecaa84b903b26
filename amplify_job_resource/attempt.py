"""One run's attempt at a release: what it asks AWS for, how long it may go on, how it may fail."""

from __future__ import annotations

from typing import Any

from .call import Call
from .errors import AccessDenied, AwsError, NotStarted, StartUnknown
from .ids import JobId
from .inputs import Wish
from .marker import Marker, default_message, marked_message, new_attempt
from .notes import Notes


class Attempt:
    """What is known of the attempt so far, for all who take part in it.

    Attributes:
        wish: what to release.
        call: the call at hand: clock, rows, warnings.
        notes: the resource's note on disk.
        marker: the marker that the job will carry.
        name: the name of this attempt, which the job will carry, too.
        after: the greatest job number before our first StartJob, None when it could not be listed.
        unclear: the answer to a StartJob that may have started a job, until that is looked up.
        unlisted: why the branch's jobs cannot be listed, once AWS has said so.
        blocked: what keeps the branch busy, in words.
    """

    def __init__(self, wish: Wish, call: Call, notes: Notes, deadline: float) -> None:
        self.wish = wish
        self.call = call
        self.notes = notes
        self.marker = Marker.of(call.urn, wish)
        self.name = new_attempt()
        self.after: int | None = None
        self.unclear: AwsError | None = None
        self.unlisted: AccessDenied | None = None
        self.blocked = ""
        self._deadline = deadline
        self._noted = False

    @property
    def message(self) -> str:
        """The commit message before it is marked."""
        given = (self.wish.commit_message or "").strip()
        return given or default_message(self.call.urn, self.wish)

    def request(self) -> dict[str, Any]:
        """StartJob's parameters, but for the branch."""
        wish = self.wish
        request = {
            "jobType": wish.job_type,
            "jobId": wish.source_job_id,
            "jobReason": wish.job_reason,
            "commitId": wish.commit_id,
            "commitMessage": marked_message(self.message, self.marker, self.name),
            "commitTime": wish.commit_time,
        }
        return {key: value for key, value in request.items() if value is not None}

    # --- the note ------------------------------------------------------------------------------

    def note(self) -> None:
        """Note that a StartJob is about to be sent."""
        self._noted = self.notes.write(str(self.marker), self.name, self.after)
        if not self._noted:
            self.call.debug(f"no note could be written to {self.notes.path}")

    def note_job(self, job: JobId) -> None:
        """Note which job came of it."""
        self.notes.started(str(self.marker), self.name, job)

    def keep_note(self) -> None:
        """Leave the note where it is, even when no job is started: the next run looks first."""
        self._noted = False

    # --- time ----------------------------------------------------------------------------------

    def check_time(self, doing: str) -> None:
        """Go on only if there is time left and nobody has interrupted.

        Raises:
            errors.NotStarted, errors.StartUnknown: the end has come.
        """
        during = f": {self.blocked}" if self.blocked else f" while {doing}"
        if self.call.now() >= self._deadline:
            raise self.not_started(f"timed out{during}")
        if not self.call.sleep(0):
            raise self.not_started(f"interrupted{during}")

    def sleep(self, seconds: float, why: str) -> None:
        """Pause, not beyond the deadline.

        Raises:
            errors.NotStarted, errors.StartUnknown: the end has come.
        """
        left = self._deadline - self.call.now()
        if left <= 0:
            raise self.not_started(f"timed out: {why}")
        if not self.call.sleep(min(seconds, left)):
            raise self.not_started(f"interrupted: {why}")

    # --- failures ------------------------------------------------------------------------------

    def not_started(self, why: str) -> NotStarted | StartUnknown:
        """The error of an attempt that ends without a job, as far as that is known."""
        if self.unclear:
            return self.start_unknown(f"{self.unclear}\nThen: {why}")
        if self._noted:
            self.notes.remove()
        return NotStarted(
            f"no Amplify job was started for {self.wish.branch}: {why}\n"
            f"Nothing is recorded. {self.call.next_run} tries again."
        )

    def start_unknown(self, why: str) -> StartUnknown:
        """The error of an attempt that ends without knowing whether there is a job."""
        permission = f"\n{self.unlisted.advice}" if self.unlisted else ""
        return StartUnknown(
            f"it cannot be known whether an Amplify job was started for {self.wish.branch}: {why}"
            f"{permission}\n"
            "Nothing is recorded, and no second job is started while this is open. "
            f"{self.call.next_run} looks again. To start a new job whatever happened, remove the note "
            f"{self.notes.path}"
        )
