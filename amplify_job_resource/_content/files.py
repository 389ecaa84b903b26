"""The files of a content: names, sizes, and their bytes in pieces, so that none is in memory whole."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from .._values.text import shortened

#: How many bytes of a file are in memory at once.
PIECE: Final = 256 * 1024
#: Called with the size of each piece of a file that was read; with 0 when something else was. What it
#: raises ends the reading, and comes out.
Progress = Callable[[int], None]


class ContentError(Exception):
    """A source cannot be deployed: what is wrong, where, and what to do, each in a line of its own."""


class ContentChanged(ContentError):
    """A file is no longer what it was when its digest was taken.

    Attributes:
        name: the file's name; None when all that is known is that the content is another one.
    """

    def __init__(self, name: str | None = None) -> None:
        self.name = name
        what = "the content" if name is None else shown(name)
        super().__init__(
            f"{what} has changed while it was being deployed: "
            "wait until nothing writes there any more, and deploy again"
        )


@dataclass(frozen=True, slots=True)
class ContentFile:
    """One file.

    Attributes:
        name: its path on the site, with `/` on every system.
        size: its length in bytes, as it was when the source was read.
        read: gives its bytes from the beginning, in pieces of at most `PIECE`; raises `ContentError`.
        path: the file on disk that the bytes come from, None for a text.
        member: the name within `path`, where that is a zip.
    """

    name: str
    size: int
    read: Callable[[], Iterator[bytes]]
    path: Path | None = None
    member: str | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What a source holds.

    Attributes:
        files: sorted by name. Only `problems()` says whether the names are good.
        source: the path of the folder or the zip as it was given, None for a list of parts.
        zip_path: the zip that is uploaded as it is, byte for byte; None where one is made.
        unmarked: names of members of that zip that another program may read in another way.
        is_filtered: whether some files may be left out of it.
    """

    files: tuple[ContentFile, ...]
    source: str | None = None
    zip_path: Path | None = None
    unmarked: tuple[str, ...] = ()
    is_filtered: bool = False


class Entry(NamedTuple):
    """What is remembered of a file.

    Attributes:
        digest: the first 32 hexadecimal digits of the SHA-256 of its bytes.
        size: how many bytes these are.
    """

    digest: str
    size: int


class Hasher:
    """Makes an entry of bytes that come in pieces."""

    __slots__ = ("_digest", "_size")

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._size = 0

    def update(self, piece: bytes) -> None:
        """Add the bytes that follow."""
        self._digest.update(piece)
        self._size += len(piece)

    @property
    def entry(self) -> Entry:
        """The entry of all bytes so far."""
        return Entry(self._digest.hexdigest()[:32], self._size)


def entry_of(file: ContentFile, progress: Progress | None = None) -> Entry:
    """Read a file, and say what it is.

    Raises:
        ContentError: it cannot be read.
    """
    hasher = Hasher()
    for piece in pieces(file, progress):
        hasher.update(piece)
    return hasher.entry


def pieces(file: ContentFile, progress: Progress | None = None) -> Iterator[bytes]:
    """The bytes of a file, in pieces; `progress` is told of each before it is given.

    Raises:
        ContentError: the file cannot be read.
    """
    for piece in file.read():
        if progress is not None:
            progress(len(piece))
        yield piece


def disk_file(name: str, path: Path, size: int) -> ContentFile:
    """A file of a folder, or one that is named by itself."""
    return ContentFile(name, size, partial(_read, name, path), path)


def text_file(name: str, text: str) -> ContentFile:
    """A file that holds a text, in UTF-8.

    Raises:
        ContentError: the text has half a character, which UTF-8 cannot write.
    """
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        raise ContentError(
            f"the text of {shown(name)} has {text[error.start]!a} at position {error.start}, half a "
            "character that no file in UTF-8 can hold: remove it"
        ) from error
    return ContentFile(
        name, len(data), lambda: (data[at : at + PIECE] for at in range(0, len(data), PIECE))
    )


def _read(name: str, path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb", buffering=0) as file:
            while piece := file.read(PIECE):
                yield piece
    except FileNotFoundError as error:
        raise ContentChanged(name) from error
    except OSError as error:
        raise unreadable(path, error, "make it readable, or leave it out with exclude") from error


def unreadable(path: Path | str, error: OSError, advice: str = "make it readable") -> ContentError:
    """The error for what the system does not let this process read."""
    return ContentError(f"cannot read {shown(str(path))} ({error.strerror or error}): {advice}")


def shown(name: str) -> str:
    """A name or a path as a sentence has it: in quotes, on one line, not too long."""
    return shortened(name, 200)


def listed(names: Iterable[str]) -> str:
    """The first of some names, and how many more there are: `'a/b' and 3 more`."""
    first, *more = names
    return f"{shown(first)} and {len(more)} more" if more else shown(first)
