"""Names of files on a site: which ones every system, zip and browser takes for the same path."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from .files import ContentError, listed, shown

#: The longest name in bytes of UTF-8: S3, where sites are kept, takes no longer key.
LONGEST: Final = 1024

_DRIVE: Final = re.compile(r"[A-Za-z]:")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_REPOSITORIES: Final = {".git", ".hg", ".svn"}


def part_name(name: str, *, may_be_root: bool) -> str:
    """The name of a part of a source, without `./` before it and `/` after it.

    Args:
        name: As it is given. A folder's files can be put at the root: the name is `.` or empty then.
        may_be_root: Whether this is an archive.

    Raises:
        ContentError: a file has no name.
    """
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or not parts:
        if may_be_root and not name.startswith("/"):
            return ""
        raise ContentError(
            f"{shown(name)} is no name for a part of the content: give the path that it has on the "
            "site, such as 'assets/logo.svg'"
        )
    if name.endswith(("/", "/.")) and not may_be_root:
        raise ContentError(
            f"{shown(name)} is the name of a folder, and this part is one file: give the file's path "
            "on the site, or an archive"
        )
    return "/".join(parts)


def is_litter(name: str) -> bool:
    """Whether macOS alone has put a file there; it changes when somebody looks at the folder."""
    *folders, base = name.split("/")
    return base == ".DS_Store" or "__MACOSX" in folders


def is_of_repository(name: str) -> bool:
    """Whether a file belongs to what git and its like keep: all history of a project."""
    return not _REPOSITORIES.isdisjoint(name.split("/"))


def name_problems(names: Iterable[str]) -> Iterator[str]:
    """Sentences that say which names cannot be deployed; none when all are good."""
    left = list(names)
    for is_bad, reason in _RULES:
        bad = [name for name in left if is_bad(name)]
        if bad:
            yield f"{listed(bad)}: {reason}"
            # One sentence a name is enough.
            left = [name for name in left if not is_bad(name)]
    yield from _clashes(left)


def _is_unclean(name: str) -> bool:
    return any(part in ("", ".", "..") for part in name.split("/"))


def _is_not_utf8(name: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in name)


def _is_long(name: str) -> bool:
    return len(name) > LONGEST // 4 and len(name.encode("utf-8", "replace")) > LONGEST


_RULES: Final[tuple[tuple[Callable[[str], bool], str], ...]] = (
    (
        lambda name: _is_unclean(name) or _DRIVE.match(name) is not None,
        "a name must be a path within the site, without '..', an empty part, a drive letter or '/' at "
        "its beginning: rename it",
    ),
    (
        lambda name: "\\" in name,
        "a name must not have a backslash, which is a '/' to some programs and not to others: rename "
        "it, or make the zip with a program that writes '/'",
    ),
    (
        lambda name: _CONTROL.search(name) is not None,
        "a name must not have control characters: rename it",
    ),
    (_is_not_utf8, "a name must be valid UTF-8: rename it"),
    (_is_long, f"a name may have at most {LONGEST} bytes in UTF-8: give it a shorter one"),
)


def _clashes(names: list[str]) -> Iterator[str]:
    """Names that some disks cannot keep apart, and names of files that are folders as well."""
    first: dict[str, str] = {}
    same: list[str] = []
    other: list[tuple[str, str]] = []
    for name in names:
        key = _key(name)
        if key not in first:
            first[key] = name
        elif first[key] == name:
            same.append(name)
        else:
            other.append((first[key], name))
    if same:
        yield (
            f"{listed(same)}: the name is given to more than one file: rename or remove one of them"
        )
    if other:
        more = f" (and {len(other) - 1} more such pairs)" if other[1:] else ""
        yield (
            f"{shown(other[0][0])} and {shown(other[0][1])}{more} differ only in upper and lower case "
            "or in how accents are written: many disks cannot keep them apart, so that the site would "
            "depend on the machine: rename one of them"
        )
    folders = {_key(folder) for folder in {each for name in names for each in folders_of(name)}}
    both = [name for key, name in first.items() if key in folders]
    if both:
        yield f"{listed(both)}: it is the name of a file and of a folder: rename one of them"


def folders_of(name: str) -> Iterator[str]:
    """The folders that a file lies in, from the outermost: `a` and `a/b` for `a/b/c`."""
    at = name.find("/")
    while at >= 0:
        yield name[:at]
        at = name.find("/", at + 1)


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).lower()
