"""A note on disk about a StartJob whose outcome is not in Pulumi's state yet.

It is written before StartJob and removed when the engine has recorded the job. It so makes good a run
that was killed in between: the next run on this machine finds the job even after it has ended. There
is one note a resource, a few hundred bytes, in Pulumi's own home folder. A note that cannot be
written only loses this protection.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from .._amplify.ids import JobId

#: Characters of a commit message that are kept.
MAX_MESSAGE: Final = 200


@dataclass(frozen=True, slots=True)
class Note:
    """What was about to happen.

    Attributes:
        trailer: the trailer of the release that was being started; it covers app, branch and region.
        attempt: the name of the attempt, which the job carries too.
        newest_before: the greatest job number on the branch before StartJob, None when unknown.
        message: the commit message, or as much of it as is kept. It tells whether a job that AWS shows
            without its trailer may be the one.
        job: the job, once AWS has answered.
        is_secret: whether the message is a secret, which no file may hold.
    """

    trailer: str
    attempt: str
    newest_before: int | None = None
    message: str = ""
    job: JobId | None = None
    is_secret: bool = False

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Note:
        """The note in a file.

        Raises:
            KeyError, TypeError, ValueError: the file holds something else.
        """
        job = None if data["job"] is None else JobId.parse(data["job"])
        if job is None and data["job"] is not None:
            raise ValueError(data["job"])
        return cls(data["marker"], data["attempt"], data["after"], data["message"], job)

    def to_json(self) -> dict[str, Any]:
        """What a file holds. The keys stay as they are: another version may have to read them."""
        return {
            "marker": self.trailer,
            "attempt": self.attempt,
            "after": self.newest_before,
            "message": "" if self.is_secret else self.message[:MAX_MESSAGE],
            "job": None if self.job is None else str(self.job),
        }


def folder() -> Path:
    """Where notes are kept: below `PULUMI_HOME`, else `~/.pulumi`."""
    home = os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi"
    return Path(home) / "amplify-job-resource"


class NoteFile:
    """The note of one resource on this machine; a newer note takes the place of the older."""

    def __init__(self, urn: str) -> None:
        self.path = folder() / f"{hashlib.sha256(urn.encode()).hexdigest()[:32]}.json"

    def read(self) -> Note | None:
        """The note that an earlier run left; None when there is none, or none that can be read."""
        try:
            return Note.from_json(json.loads(self.path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def write(self, note: Note) -> bool:
        """Keep a note; False when that cannot be done."""
        temporary = self.path.with_suffix(f".{os.getpid()}.tmp")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("w", encoding="utf-8") as file:
                json.dump(note.to_json(), file)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.path)
            return True
        except OSError:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            return False

    def remove(self) -> None:
        """Delete the note, whatever it is about."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)

    def remove_of(self, attempt: str) -> None:
        """Delete the note of one attempt; another run may have written its own since."""
        note = self.read()
        if note and note.attempt == attempt:
            self.remove()

    def remove_recorded(
        self, job: JobId, is_of_its_release: Callable[[Note], bool] = lambda _: False
    ) -> None:
        """Delete the note if it is about a job that is in Pulumi's state.

        Args:
            job: The recorded job.
            is_of_its_release: Whether a note is about the release of that job. Such a note that names
                no job yet is about this job, or about an older one, if this job is newer than the
                attempt.
        """
        note = self.read()
        if note is None:
            return
        newer = note.newest_before is not None and job.number > note.newest_before
        unnamed = note.job is None and newer and is_of_its_release(note)
        if note.job == job or unnamed:
            self.remove()
