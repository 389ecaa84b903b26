"""A small note on disk about a StartJob whose outcome Pulumi has not been told yet.

Written before StartJob and removed when the engine has been told, it makes good a run that was
killed in between: the next run on this machine finds the job even after it has ended. One note per
resource, a few hundred bytes, in Pulumi's own home folder. A note that cannot be written only loses
this protection.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from .._amplify.ids import JobId

#: Characters of a commit message that are kept.
MAX_MESSAGE = 200


@dataclass(frozen=True, slots=True)
class Note:
    """What was about to happen.

    Attributes:
        marker: the marker of the release that was being started; it covers app, branch and region.
        attempt: the name of the attempt, which the job carries too.
        after: the greatest job number on the branch before StartJob, None when unknown.
        message: the commit message, or as much of it as is kept; empty when it is a secret. It tells
            whether a job that AWS shows without its marker may be the one.
        job: `appId/branchName/jobId`, once AWS has answered; a job id alone is no name, since each
            branch counts its own.
    """

    marker: str
    attempt: str
    after: int | None = None
    message: str = ""
    job: str | None = None


def folder() -> Path:
    """Where notes are kept: below `PULUMI_HOME`, else `~/.pulumi`."""
    home = os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi"
    return Path(home) / "amplify-job-resource"


class Notes:
    """The note of one resource; a newer note takes the place of the older."""

    def __init__(self, urn: str) -> None:
        self.path = folder() / f"{hashlib.sha256(urn.encode()).hexdigest()[:32]}.json"

    def read(self) -> Note | None:
        """The note that an earlier run left, if any."""
        try:
            return Note(**json.loads(self.path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, note: Note) -> bool:
        """Keep a note; False when that cannot be done."""
        temporary = self.path.with_suffix(f".{os.getpid()}.tmp")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("w", encoding="utf-8") as file:
                json.dump(asdict(replace(note, message=note.message[:MAX_MESSAGE])), file)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.path)
            return True
        except OSError:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            return False

    def remove(self) -> None:
        """Nothing is left to be made good."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)

    def remove_of(self, attempt: str) -> None:
        """Remove the note of one attempt; another run may have written its own since."""
        note = self.read()
        if note and note.attempt == attempt:
            self.remove()

    def remove_if(self, job: str, marker: str | None = None) -> None:
        """Remove the note when Pulumi's state knows the job that it is about.

        Args:
            job: The recorded job, as a resource id.
            marker: The marker of its release: a note of the same release that names no job yet is
                about this one, or about an older one, when this one is newer than the attempt.
        """
        note = self.read()
        if note is None:
            return
        named = note.job == job
        if named or (
            note.job is None
            and note.after is not None
            and note.marker == marker
            and JobId.parse(job).number > note.after
        ):
            self.remove()
