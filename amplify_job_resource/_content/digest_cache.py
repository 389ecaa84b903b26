"""Digests of files on this machine, so that what has not changed is not read again.

An entry is trusted only while the file is the same one by everything that the system knows of it, and
only if it had not been touched for a while when it was read: two changes within one tick of a file
system's clock leave the same times. Whatever is wrong with the cache, files are read as without one.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from .._values import home
from .files import ContentFile, Entry, Progress, entry_of

#: How long a file must have been left alone, in nanoseconds: the coarsest clock of a file system in use
#: ticks every two seconds.
QUIET: Final = 2_000_000_000
#: How many files of one subject are remembered; the largest ones, which take the longest to read.
MOST_FILES: Final = 50_000
#: For how long a file of the cache that is not used is left, in seconds.
LIFETIME: Final = 30 * 24 * 3600
#: The form of the files; another form has another name.
_NAME: Final = "digests-1"


def digests_of(root: Path, source: Any) -> DigestCache:
    """What is known of the files of a source.

    Args:
        root: Where its relative paths begin.
        source: The source as it is recorded.
    """
    return DigestCache(home.folder(), f"{root}\n{json.dumps(source)}")


class _Stamp(NamedTuple):
    """What the system knows of a file, without its bytes."""

    size: int
    modified: int
    changed: int
    number: int
    device: int


class DigestCache:
    """What is known of the files of one subject. Nothing here raises an `OSError`."""

    def __init__(
        self, folder: Path | None, subject: str, now: Callable[[], int] = time.time_ns
    ) -> None:
        """Read what an earlier run has saved.

        Args:
            folder: Where the cache is kept; None where there is no place for it.
            subject: What the files belong to, such as the folder that is deployed. Each subject has a
                file of its own, so that runs side by side do not disturb each other.
            now: Nanoseconds since 1970.
        """
        stem = hashlib.sha256(subject.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        # Windows keeps no time of change: there, a tool that sets times back hides a change.
        is_safe = sys.platform != "win32"
        self._path = folder / f"{_NAME}-{stem}.json" if folder and is_safe else None
        self._now = now
        self._known = {} if self._path is None else _load(self._path)
        self._used: dict[str, tuple[_Stamp, Entry]] = {}

    def entry_of(self, file: ContentFile, progress: Progress | None = None) -> Entry:
        """The entry of a file: from the cache where that is safe, or else from its bytes.

        Raises:
            ContentError: the file cannot be read.
        """
        if file.path is None or self._path is None:
            return entry_of(file, progress)
        key = str(file.path) if file.member is None else f"{file.path}//{file.member}"
        began = self._now()
        stamp = _stamp(file.path)
        known = self._known.get(key)
        if stamp is not None and known is not None and known[0] == stamp:
            self._used[key] = known
            return known[1]
        entry = entry_of(file, progress)
        is_quiet = stamp is not None and max(stamp.modified, stamp.changed) < began - QUIET
        if stamp is not None and is_quiet and _stamp(file.path) == stamp:
            self._used[key] = (stamp, entry)
        return entry

    def save(self) -> None:
        """Keep what was used since this cache was made, and no more; what cannot be kept is lost."""
        if self._path is None:
            return
        with suppress(OSError):
            if self._used == self._known:
                os.utime(self._path)
                return
            self._write(self._path)
            _remove_old(self._path.parent, self._now())

    def forget(self) -> None:
        """Drop everything, as when a file was found to differ from what is known of it."""
        self._known, self._used = {}, {}
        if self._path is not None:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)

    def _write(self, path: Path) -> None:
        kept = sorted(self._used.items(), key=lambda each: -each[1][1].size)[:MOST_FILES]
        body = json.dumps({key: [*stamp, entry.size, entry.digest] for key, (stamp, entry) in kept})
        temporary = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.tmp")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(f"{_checksum(body)}\n{body}", encoding="utf-8")
            temporary.replace(path)
        except OSError:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def _stamp(path: Path) -> _Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None  # Reading it says why.
    return _Stamp(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev)


def _load(path: Path) -> dict[str, tuple[_Stamp, Entry]]:
    try:
        checksum, _, body = path.read_text(encoding="utf-8").partition("\n")
        if checksum != _checksum(body):
            return {}
        return {
            key: (_Stamp(*stamp), Entry(digest, size))
            for key, (*stamp, size, digest) in json.loads(body).items()
        }
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def _checksum(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def _remove_old(folder: Path, now: int) -> None:
    """Delete what no run has used for long, and what a run was killed at."""
    for path in folder.glob("digests-*"):
        if path.stat().st_mtime < now / 1e9 - LIFETIME:
            path.unlink(missing_ok=True)
