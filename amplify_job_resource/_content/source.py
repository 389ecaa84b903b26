"""A source as it is recorded in state -> its files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .exclude import Exclusion
from .files import Content, ContentError, ContentFile, disk_file, shown, text_file, unreadable
from .folder import files_in
from .names import part_name
from .problems import problems
from .zip_source import files_of_zip, is_zip


def deployable_content(
    source: str | list[list[str]], exclude: Sequence[str], root: Path
) -> Content:
    """The files of a source, which can be deployed: see `read_content`.

    Raises:
        ContentError: they cannot; a line for each thing that is wrong.
    """
    content = read_content(source, exclude, root)
    wrong = problems(content)
    if wrong:
        raise ContentError("\n".join(wrong))
    return content


def read_content(source: str | list[list[str]], exclude: Sequence[str], root: Path) -> Content:
    """The files of a source. Names and sizes are read, and no file is opened.

    Args:
        source: The path of a folder or a zip, or a list of parts `[name, kind, value]`. The kind is
            `file` (the value is a path), `text` (the text itself) or `archive` (the path of a folder or
            zip, whose files are put below the name; `.` or an empty name is the root).
        exclude: Patterns as in a `.gitignore`, which the names on the site are compared with. They are
            for what lies in folders, and for archives among parts.
        root: Where relative paths begin.

    Raises:
        ContentError: one sentence that says what is wrong, where, and what to give instead.
    """
    exclusion = Exclusion(exclude)
    if isinstance(source, list):
        files = [file for part in source for file in _part(part, exclusion, root)]
        return Content(_sorted(files), is_filtered=bool(exclusion))
    path = _existing(source, root)
    if path.is_dir():
        files = list(files_in(path, "", exclusion))
        return Content(_sorted(files), source, is_filtered=bool(exclusion))
    zip_path = _checked_zip(path, source)
    if exclusion:
        raise ContentError(
            f"exclude is for folders, and {shown(source)} is a zip, which is uploaded as it is: "
            "make the zip without these files, or give the folder"
        )
    files, unmarked = files_of_zip(zip_path, source)
    return Content(_sorted(files), source, zip_path, unmarked)


def _sorted(files: Iterator[ContentFile] | list[ContentFile]) -> tuple[ContentFile, ...]:
    return tuple(sorted(files, key=lambda file: file.name))


def _part(part: Any, exclusion: Exclusion, root: Path) -> Iterator[ContentFile]:
    is_list = isinstance(part, (list, tuple))
    if not (is_list and len(part) == 3 and all(isinstance(each, str) for each in part)):
        raise ContentError("a part of the content must be [name, kind, value], three texts")
    given, kind, value = part
    name = part_name(given, may_be_root=kind == "archive")
    if kind == "text":
        yield text_file(name, value)
    elif kind == "file":
        yield _single(name, _existing(value, root), value)
    elif kind == "archive":
        yield from _archive(f"{name}/" if name else "", _existing(value, root), value, exclusion)
    else:
        raise ContentError(
            f"the part {shown(name)} is of the kind {shown(kind)}: give file, text or archive"
        )


def _single(name: str, path: Path, given: str) -> ContentFile:
    if path.is_dir():
        raise ContentError(
            f"{shown(given)} is a folder, and {shown(name)} is one file: give it as an archive"
        )
    if not path.is_file():
        raise ContentError(f"{shown(given)} is not a file: give the path of one for {shown(name)}")
    try:
        return disk_file(name, path, path.stat().st_size)
    except OSError as error:
        raise unreadable(path, error) from error


def _archive(prefix: str, path: Path, given: str, exclusion: Exclusion) -> Iterator[ContentFile]:
    if path.is_dir():
        yield from files_in(path, prefix, exclusion)
        return
    for file in files_of_zip(_checked_zip(path, given), given)[0]:
        name = f"{prefix}{file.name}"
        if not exclusion.excludes_file(name):
            yield ContentFile(name, file.size, file.read, file.path, file.member)


def _existing(given: str, root: Path) -> Path:
    """The path of what is there."""
    if not given:
        raise ContentError("the path is empty: give the path of a folder or a file")
    path = root / given
    try:
        path.stat()
    except ValueError:
        raise ContentError(
            f"{shown(given)} is no path on this system: give the path of a folder or a file"
        ) from None
    except FileNotFoundError:
        raise ContentError(
            f"{shown(given)} does not exist: build the site first, or correct the path; "
            f"relative paths begin at {shown(str(root))}"
        ) from None
    except OSError as error:
        raise unreadable(path, error) from error
    return path


def _checked_zip(path: Path, given: str) -> Path:
    if not path.is_file():
        raise ContentError(f"{shown(given)} is neither a folder nor a file: give the path of one")
    try:
        path.open("rb").close()
    except OSError as error:
        raise unreadable(path, error) from error
    if not is_zip(path):
        raise ContentError(
            f"{shown(given)} is not a zip: give a folder, or a zip of its files; other archives, such "
            "as .tar.gz, cannot be deployed"
        )
    return path
