"""The files of a folder: all of them, hidden ones too, and what links within it lead to."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from .exclude import Exclusion
from .files import ContentError, ContentFile, disk_file, shown, unreadable
from .names import is_litter

_ADVICE: Final = "make it readable, or leave it out with exclude"


class _Folder(NamedTuple):
    """A folder that is still to be listed.

    Attributes:
        path: where it is listed.
        prefix: what the names of its files begin with: empty, or with `/` at its end.
        real: the folder itself, without links.
        above: the same of the folders that led here.
    """

    path: str
    prefix: str
    real: str
    above: tuple[str, ...]


def files_in(folder: Path, prefix: str, exclusion: Exclusion) -> Iterator[ContentFile]:
    """The files in a folder and below it, in no order.

    A link to a file counts as that file, a link to a folder as that folder, as long as they lead to
    something within. What is neither file nor folder is refused: nothing is left out silently.

    Args:
        folder: The folder.
        prefix: What the names on the site begin with: empty, or with `/` at its end.
        exclusion: What is left out, by the names on the site. It is not looked at, and may be anything.

    Raises:
        ContentError: a part cannot be read, or a link leads out of the folder, nowhere or in a circle.
    """
    root = os.path.realpath(folder)
    waiting = [_Folder(str(folder), prefix, root, ())]
    while waiting:
        current = waiting.pop()
        for entry in _entries(current.path):
            name = f"{current.prefix}{entry.name}"
            is_folder = _is(entry.is_dir)
            if exclusion.excludes(name, is_folder=is_folder) or is_litter(
                f"{entry.name}/" if is_folder else entry.name
            ):
                continue
            real = _target(entry, name, root) if entry.is_symlink() else None
            if is_folder:
                above = (*current.above, current.real)
                if real in above:
                    raise ContentError(
                        f"the link {shown(name)} leads to a folder that it is in itself: remove it, or "
                        "leave it out with exclude"
                    )
                inner = real or os.path.join(current.real, entry.name)  # noqa: PTH118 - many texts
                waiting.append(_Folder(entry.path, f"{name}/", inner, above))
            elif _is(entry.is_file):
                yield disk_file(name, Path(entry.path), _size(entry))
            else:
                raise ContentError(
                    f"{shown(name)} is neither a file nor a folder, but a pipe, a socket or a device: "
                    "remove it, or leave it out with exclude"
                )


def _is(kind: Callable[[], bool]) -> bool:
    """Whether an entry is of a kind; a link that leads in a circle is of none."""
    try:
        return kind()
    except OSError:
        return False


def _entries(path: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(path) as found:
            return list(found)
    except OSError as error:
        raise unreadable(path, error, _ADVICE) from error


def _size(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat().st_size
    except OSError as error:
        raise unreadable(entry.path, error, _ADVICE) from error


def _target(entry: os.DirEntry[str], name: str, root: str) -> str:
    """What a link leads to."""
    try:
        real = os.path.realpath(entry.path, strict=True)
    except OSError as error:
        # It may lead to nothing, in a circle, or through what this process cannot see.
        raise ContentError(
            f"the link {shown(name)} leads nowhere ({shown(_text(entry))}: {error.strerror}): correct "
            "it, remove it, or leave it out with exclude"
        ) from error
    if not Path(real).is_relative_to(root):
        raise ContentError(
            f"the link {shown(name)} leads out of the folder, to {shown(real)}: put a copy in its "
            "place, or leave it out with exclude"
        )
    return real


def _text(entry: os.DirEntry[str]) -> str:
    try:
        return os.readlink(entry.path)  # noqa: PTH115 - a text
    except OSError:
        return entry.path
