"""One pattern of a `.gitignore`, matched with a path in a time that no pattern makes long."""

from __future__ import annotations

import re
from typing import Final

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


#: A segment that stands for any folders, or none.
_FOLDERS: Final = None


class NeverMatches(Exception):
    """A pattern that ends within brackets or after a backslash is about no path."""


class Glob:
    """A pattern: `*`, `?` and brackets are within a name, `**` between slashes is any folders."""

    def __init__(self, pattern: str) -> None:
        """Read a pattern.

        Raises:
            NeverMatches: it is about no path.
        """
        self._segments = _Reader(pattern).segments()

    def matches(self, path: str) -> bool:
        """Whether the pattern is about this path."""
        names = path.split("/")
        segments = self._segments
        at = here = 0
        # Where to go on with one folder more than before. Only the last such place matters: what stands
        # before it is matched as far to the left as it can be.
        again = None
        while here < len(names):
            segment = segments[at] if at < len(segments) else _NOTHING
            if segment is _FOLDERS:
                at += 1
                again = at, here
            elif segment.fullmatch(names[here]):
                at, here = at + 1, here + 1
            elif again is None:
                return False
            else:
                again = again[0], again[1] + 1
                at, here = again
        return at == len(segments)


_NOTHING: Final = re.compile("(?!)")
_ANYTHING: Final = re.compile(".*", re.DOTALL)


class _Reader:
    """A pattern that is read character by character."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def segments(self) -> list[re.Pattern[str] | None]:
        """What stands between slashes: an expression for a name each, or `_FOLDERS`."""
        found: list[re.Pattern[str] | None] = []
        # Expressions between stars.
        chunks = [""]
        begin = 0
        while True:
            character = self._next()
            if character == "\\":
                character = self._required()
                chunks[-1] += "" if character == "/" else re.escape(character)
            elif character == "*":
                chunks.append("")
            elif character == "?":
                chunks[-1] += "."
            elif character == "[":
                chunks[-1] += self._brackets()
            elif character != "/":
                chunks[-1] += re.escape(character)
            if character not in ("", "/"):
                continue
            is_folders = re.fullmatch(r"\*\*+/?", self._pattern[begin : self._at])
            found.append(_FOLDERS if is_folders else _expression(chunks))
            if not character:
                # At the end, it is what lies in the folders.
                return [*found, _ANYTHING] if is_folders else found
            chunks, begin = [""], self._at

    def _next(self) -> str:
        character = self._pattern[self._at : self._at + 1]
        self._at += len(character)
        return character

    def _required(self) -> str:
        if character := self._next():
            return character
        raise NeverMatches

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
        return f"[{inside}]" if inside else "(?!)"

    def _named(self) -> str | None:
        """The characters of a name such as `[:digit:]`; None where these are plain characters."""
        end = self._pattern.find("]", self._at + 1)
        if end < 0:
            raise NeverMatches
        if end - self._at < 2 or self._pattern[end - 1] != ":":
            return None
        name = self._pattern[self._at + 1 : end - 1]
        if name not in _CLASSES:
            raise NeverMatches
        self._at = end + 1
        return _CLASSES[name]


def _literal(character: str) -> str:
    return f"\\{character}" if character in "\\]^-[&~|/" else character


def _expression(chunks: list[str]) -> re.Pattern[str]:
    """An expression for what stands between stars.

    Each chunk but the last is matched as early as it can be, and never again in another place: what
    looks ahead is not tried twice.
    """
    first, *more = chunks
    if not more:
        return re.compile(first, re.DOTALL)
    *middle, last = more
    numbered = enumerate(filter(None, middle))
    early = (f"(?=(?P<c{number}>.*?{chunk}))(?P=c{number})" for number, chunk in numbered)
    return re.compile(f"{first}{''.join(early)}.*{last}", re.DOTALL)
