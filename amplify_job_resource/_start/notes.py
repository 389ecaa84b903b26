"""Notes on disk about StartJob calls whose outcome is not in Pulumi's state yet.

A note is written before StartJob and removed when the engine has recorded a job of the resource. It
lets the next run on this machine recover from one that was killed in between: it finds the job even
after that has ended. Each open release has a note of its own, a few hundred bytes, in Pulumi's own home
folder. A note that cannot be written only loses this protection.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from .._amplify.ids import JobId
from .._amplify.records import BranchRecord, JobRecord
from .._inputs.secrets import IN_THE_ID
from .._values.home import folder
from .._values.times import format_time, parse_time
from .._values.urns import identity

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
        commit: the commit that the release is for; None when there is none.
        branch_created: when the branch was created, None when unknown. A branch that is created again
            counts its jobs from 1, so one number may name two jobs.
        secret_inputs: the keys of the inputs that are secrets. No file holds one, so a note that is
            read has no message, commit or job that is made of one.
        may_have_begun: whether the job was, or may have been, started. One of CreateDeployment waits
            for its start, and blocks its branch until it is started or stopped.
        sent_at: when AWS was to be asked for the job, on this machine's clock. It tells such a job, as
            long as its number is not noted, from those that others make later.
    """

    trailer: str
    attempt: str
    newest_before: int | None = None
    message: str = ""
    job: JobId | None = None
    commit: str | None = None
    branch_created: datetime | None = None
    secret_inputs: frozenset[str] = frozenset()
    may_have_begun: bool = True
    sent_at: datetime | None = None

    def is_later_than(self, job: JobId) -> bool:
        """Whether it is, or may be, about a job of the same branch that is newer than another one."""
        if self.job is None:
            return self.newest_before is None or self.newest_before >= job.number
        return self.job.branch == job.branch and self.job.number > job.number

    def may_be_of_branch(self, created: datetime | None) -> bool:
        """Whether it may be about a branch that was created then, and not an earlier one of its name.

        Args:
            created: The time; None when unknown.
        """
        noted = self.branch_created
        return noted is None or created is None or noted >= created

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Note:
        """The note in a file.

        Raises:
            KeyError, TypeError, ValueError: the file holds something else.
        """
        texts = (data["marker"], data["attempt"], data["message"])
        optional = (data["job"], data.get("commit"), data.get("branchCreated"), data.get("sentAt"))
        if not all(isinstance(text, str) for text in texts):
            raise ValueError(texts)
        if not all(text is None or isinstance(text, str) for text in optional):
            raise ValueError(optional)
        if not (data["after"] is None or type(data["after"]) is int):
            raise ValueError(data["after"])
        job = None if data["job"] is None else JobId.parse(data["job"])
        if job is None and data["job"] is not None:
            raise ValueError(data["job"])
        created, sent = data.get("branchCreated"), data.get("sentAt")
        return cls(
            data["marker"],
            data["attempt"],
            data["after"],
            data["message"],
            job,
            data.get("commit"),
            None if created is None else parse_time(created),
            may_have_begun=data.get("mayHaveBegun") is not False,
            sent_at=None if sent is None else parse_time(sent),
        )

    def to_json(self) -> dict[str, Any]:
        """What a file holds. The keys stay as they are: another version may have to read them."""
        secret = self.secret_inputs
        hides_job = self.job is None or not secret.isdisjoint(IN_THE_ID)
        waits = {} if self.may_have_begun else {"mayHaveBegun": False}
        sent = {} if self.sent_at is None else {"sentAt": format_time(self.sent_at)}
        return {
            **waits,
            **sent,
            "marker": self.trailer,
            "attempt": self.attempt,
            "after": self.newest_before,
            "message": "" if "commitMessage" in secret else self.message[:MAX_MESSAGE],
            "job": None if hides_job else str(self.job),
            "commit": None if "commitId" in secret else self.commit,
            "branchCreated": None
            if self.branch_created is None
            else format_time(self.branch_created),
        }


class Notes:
    """The notes of one resource on this machine, one for each release that was begun.

    Attributes:
        folder: where they are; None where there is no place for files, and so no notes.
    """

    def __init__(self, urn: str) -> None:
        self.folder = folder()
        self._stem = _hash(identity(urn))

    @property
    def lock_path(self) -> Path | None:
        """The file by which runs for this resource on this machine wait for each other."""
        return self.folder and self.folder / f"{self._stem}.lock"

    def path_of(self, note: Note) -> Path:
        """Where a note is kept; a newer note of the same release takes its place.

        Raises:
            OSError: there is no place for files.
        """
        if self.folder is None:
            raise FileNotFoundError(errno.ENOENT, "there is no home folder")
        return self.folder / f"{self._stem}-{_hash(note.trailer)}.json"

    def find(self, is_wanted: Callable[[Note], bool]) -> tuple[Path, Note] | None:
        """The first note that is wanted, and where it is."""
        return next(((path, note) for path, note in self._found() if is_wanted(note)), None)

    def read(self, is_wanted: Callable[[Note], bool] = lambda _: True) -> Note | None:
        """The first note that is wanted; None when there is none, or none that can be read."""
        return next(iter(self.read_all(is_wanted)), None)

    def read_all(self, is_wanted: Callable[[Note], bool] = lambda _: True) -> list[Note]:
        """All notes that are wanted and can be read."""
        return [note for _, note in self._found() if is_wanted(note)]

    def write(self, note: Note) -> None:
        """Keep a note.

        Raises:
            OSError: that cannot be done; an earlier note of the release stays as it is.
        """
        path = self.path_of(note)
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("w", encoding="utf-8") as file:
                json.dump(note.to_json(), file)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except OSError:
            _delete(temporary)
            raise

    def remove(self) -> None:
        """Delete all notes of the resource: what was begun is recorded, or given up.

        A file that a run was killed at while it wrote a note goes as well.
        """
        for path in [*self._paths(), *self._paths("tmp")]:
            _delete(path)

    def remove_of(self, attempt: str) -> None:
        """Delete the note of one attempt; another run may have written its own since."""
        for path, note in self._found():
            if note.attempt == attempt:
                _delete(path)

    def remove_recorded(
        self, recorded: JobRecord, is_of_its_release: Callable[[Note], bool] | None = None
    ) -> None:
        """Delete the notes that are about a job that is in Pulumi's state, or about an older one.

        Args:
            recorded: The job as it is recorded.
            is_of_its_release: Whether a note is about the release of that job; None when the release is
                not known. On a branch that was created again, one number names jobs of two releases.
                A note that names no job yet is about this job, or about an older one, if this job is
                newer than the attempt.
        """
        job = recorded.id
        is_of_it = is_of_its_release or (lambda note: note.job == job)
        for path, note in self._found():
            newer = note.newest_before is not None and job.number > note.newest_before
            may_be_it = newer if note.job is None else note.job == job
            branch = BranchRecord(create_time=note.branch_created)
            if may_be_it and is_of_it(note) and not branch.is_younger_than(recorded):
                _delete(path)

    def _paths(self, suffix: str = "json") -> list[Path]:
        if self.folder is None:
            return []
        # The first version kept one note a resource, under its name alone. A pattern of `glob` would be
        # compiled anew for each of a thousand resources.
        try:
            with os.scandir(self.folder) as entries:
                names = [entry.name for entry in entries if entry.name.startswith(self._stem)]
        except OSError:
            return []
        return [self.folder / name for name in sorted(names) if name.endswith(f".{suffix}")]

    def _found(self) -> list[tuple[Path, Note]]:
        found = []
        for path in self._paths():
            with suppress(OSError, ValueError, TypeError, KeyError):
                found.append((path, Note.from_json(json.loads(path.read_text(encoding="utf-8")))))
        return found


def _delete(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
