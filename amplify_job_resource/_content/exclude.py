"""Patterns as in a `.gitignore`: which files of a folder are left out.

A pattern without a `/`, or with one only at its end, is about a name at any depth; any other is about a
path from the top. `*` and `?` never stand for a `/`; `**/`, `/**/` and `/**` stand for any folders.
The last pattern that matches decides, and `!` before it takes a file in again, unless a folder above is
left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from .names import folders_of

#: POSIX's names of characters within brackets, which are about ASCII.
_CLASSES: Final = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": r"\x21-\x7e",
    "lower": "a-z",
    "print": r"\x20-\x7e",
    "punct": r"\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e",
    "space": r" \t-\r",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}


class _NeverMatches(Exception):
    """A pattern that ends within brackets or after a backslash is about no file."""


@dataclass(frozen=True, slots=True)
class _Rule:
    expression: re.Pattern[str]
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
            if (is_folder or not rule.is_for_folders) and rule.expression.fullmatch(
                base if rule.is_for_names else name
            ):
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
        expression = "".join(_Translation(pattern).parts())
    except _NeverMatches:
        return None
    return _Rule(re.compile(expression, re.DOTALL), excludes, is_for_folders, is_for_names)


def _without_spaces_at_end(line: str) -> str:
    """The line without spaces at its end; one after a backslash belongs to the pattern."""
    kept = line.rstrip(" ")
    backslashes = len(kept) - len(kept.rstrip("\\"))
    return f"{kept} " if backslashes % 2 and kept != line else kept


class _Translation:
    """A pattern on its way to a regular expression."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def parts(self) -> Iterator[str]:
        while character := self._next():
            if character == "*":
                yield self._stars()
            elif character == "?":
                yield "[^/]"
            elif character == "[":
                yield self._brackets()
            else:
                yield re.escape(self._required() if character == "\\" else character)

    def _next(self) -> str:
        self._at += 1
        return self._pattern[self._at - 1 : self._at]

    def _required(self) -> str:
        if character := self._next():
            return character
        raise _NeverMatches

    def _stars(self) -> str:
        """Two or more stars between slashes stand for folders, any other stars for a part of a name."""
        begin = self._at - 1
        while self._pattern[self._at : self._at + 1] == "*":
            self._at += 1
        before, after = self._pattern[:begin], self._pattern[self._at :]
        is_free = self._at - begin > 1 and (not before or before.endswith("/"))
        if is_free and after.startswith("/"):
            self._at += 1
            return "(?:.*/)?"
        return ".*" if is_free and not after else "[^/]*"

    def _brackets(self) -> str:
        """One character of a set; never a slash."""
        character = self._required()
        is_negated = character in "!^"
        if is_negated:
            character = self._required()
        found: list[str] = []
        before = ""  # the character that a range may begin with
        while True:
            following = self._pattern[self._at : self._at + 1]
            if character == "[" and following == ":" and (named := self._named()) is not None:
                found.append(named)
                character = ""
            elif character == "-" and before and following not in ("", "]"):
                end = self._required()
                end = self._required() if end == "\\" else end
                found.append(f"{_literal(before)}-{_literal(end)}" if before <= end else "")
                character = ""
            else:
                character = self._required() if character == "\\" else character
                found.append(_literal(character))
            before = character
            character = self._required()
            if character == "]":
                break
        inside = "".join(found)
        if is_negated:
            return f"[^/{inside}]"
        return f"(?!/)[{inside}]" if inside else r"(?!)"

    def _named(self) -> str | None:
        """The characters of a name such as `[:digit:]`; None where these are plain characters."""
        end = self._pattern.find("]", self._at + 1)
        if end < 0:
            raise _NeverMatches
        if end - self._at < 2 or self._pattern[end - 1] != ":":
            return None
        name = self._pattern[self._at + 1 : end - 1]
        if name not in _CLASSES:
            raise _NeverMatches
        self._at = end + 1
        return _CLASSES[name]


def _literal(character: str) -> str:
    return f"\\{character}" if character in "\\]^-[&~|/" else character
