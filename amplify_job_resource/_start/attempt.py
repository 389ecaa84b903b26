"""One run's attempt at a release: what it asks AWS for, how long it may go on, how it may fail.

An attempt may take several StartJob calls; all of them carry its name.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .._amplify.ids import JobId
from .._inputs.inputs import Wish
from .._operation import Call
from ..errors import AccessDenied, NotStarted, StartUnknown
from .notes import Note, Notes
from .trailers import Marker, default_message, marked_message, new_attempt


class Attempt:
    """What is known of the attempt so far, for all who take part in it.

    Attributes:
        wish: what to release.
        call: the call at hand: clock, rows, warnings.
        notes: the resource's note on disk.
        marker: the marker that the job will carry.
        name: the name of this attempt, which the job will carry, too.
        after: the greatest job number before our first StartJob, None when it could not be listed.
        unclear: why there may be a job already, until that is looked up: a StartJob without a
            clear answer, of this run or of one that was cut off.
        doubts: how many StartJob calls of this attempt got no clear answer.
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
        self.unclear: str | None = None
        self.doubts = 0
        self.unlisted: AccessDenied | None = None
        self.blocked = ""
        self._deadline = deadline
        self._removes_note = False

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

    @property
    def note(self) -> Note:
        """What there is to note of this attempt."""
        return Note(str(self.marker), self.name, self.after, self.message)

    def write_note(self, job: JobId | None = None) -> None:
        """Note that a StartJob is about to be sent, or which job came of it."""
        note = replace(self.note, job=str(job) if job else None)
        if "commitMessage" in self.wish.secret_inputs:
            note = replace(note, message="")
        self._removes_note = self.notes.write(note)
        if not self._removes_note:
            self.call.debug(f"no note could be written to {self.notes.path}")

    def keep_note(self) -> None:
        """Leave the note where it is when this comes to nothing: the next run looks first."""
        self._removes_note = False

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
        if self._removes_note and not self.doubts:
            self.notes.remove_of(self.name)
        return NotStarted(
            f"no Amplify job was started for {self.wish.branch}: {why}\n"
            f"Nothing is recorded. {self.call.next_run} tries again."
        )

    def start_unknown(self, why: str) -> StartUnknown:
        """The error of an attempt that ends without knowing whether there is a job."""
        permission = f"\n{self.unlisted.advice}" if self.unlisted else ""
        if self.notes.read():
            then = (
                "Nothing is recorded, and on this machine no second job is started while this is "
                f"open. {self.call.next_run} looks again. To start a new job whatever happened, "
                f"remove the note {self.notes.path}"
            )
        else:
            then = (
                f"Nothing is recorded, and no note of it could be written to {self.notes.path}. Look "
                f"at the branch first: {self.call.next_run} may start a second job."
            )
        return StartUnknown(
            f"it cannot be known whether an Amplify job was started for {self.wish.branch}: {why}"
            f"{permission}\n{then}"
        )
