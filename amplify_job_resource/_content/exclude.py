"""Patterns as in a `.gitignore`: which files of a folder are left out.

A pattern without a `/`, or with one only at its end, is about a name at any depth; any other is about a
path from the top. `*` and `?` never stand for a `/`; `**/`, `/**/` and `/**` stand for any folders.
The last pattern that matches decides, and `!` before it takes a file in again, unless a folder above is
left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .globs import Glob, NeverMatches
from .names import folders_of


@dataclass(frozen=True, slots=True)
class _Rule:
    glob: Glob
    excludes: bool
    is_for_folders: bool
    is_for_names: bool


class Exclusion:
    """The patterns of one content."""

    def __init__(self, patterns: Sequence[str] = ()) -> None:
        """Read patterns; a text of several lines has one in each, as the file has."""
        lines = (line for pattern in patterns for line in pattern.split("\n"))
        # The last one that matches decides.
        self._rules = [*filter(None, map(_rule, lines))][::-1]

    def __bool__(self) -> bool:
        return bool(self._rules)

    def excludes(self, name: str, *, is_folder: bool) -> bool:
        """Whether a file or a folder is left out, if the folders above it are not."""
        base = name.rpartition("/")[2]
        for rule in self._rules:
            if rule.is_for_folders and not is_folder:
                continue
            if rule.glob.matches(base if rule.is_for_names else name):
                return rule.excludes
        return False

    def excludes_file(self, name: str) -> bool:
        """Whether a file is left out, itself or with a folder that it is in."""
        return any(self.excludes(folder, is_folder=True) for folder in folders_of(name)) or (
            self.excludes(name, is_folder=False)
        )


def _rule(line: str) -> _Rule | None:
    pattern = _without_spaces_at_end(line.removesuffix("\r"))
    if pattern.startswith("#"):
        return None
    excludes = not pattern.startswith("!")
    pattern = pattern if excludes else pattern[1:]
    is_for_folders = pattern.endswith("/")
    pattern = pattern[:-1] if is_for_folders else pattern
    is_for_names = "/" not in pattern
    pattern = pattern.removeprefix("/")
    if not pattern:
        return None
    try:
        glob = Glob(pattern)
    except NeverMatches:
        return None
    return _Rule(glob, excludes, is_for_folders, is_for_names)


def _without_spaces_at_end(line: str) -> str:
    """The line without spaces at its end; one after a backslash belongs to the pattern."""
    kept = line.rstrip(" ")
    backslashes = len(kept) - len(kept.rstrip("\\"))
    return f"{kept} " if backslashes % 2 and kept != line else kept
