"""The text of a log -> lines that are safe to print, each with its time and level.

A line of a BUILD log begins with a prefix such as `2026-04-17T17:57:00.932Z [ERROR]: `; in a DEPLOY log
the time has no fraction and no Z. Further lines of the same entry have spaces instead, as many as the
prefix is wide. Nothing here takes longer than in proportion to the text, and of a line that never ends
only the beginning is kept.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from .._values.text import cut, harmless

#: How much of a line is kept, in characters.
LINE_CHARACTERS: Final = 10_000
#: How much of a line is read, in bytes: enough for as many characters, and for escape sequences.
_LINE_BYTES: Final = 64 * 1024
#: How much is kept of the beginning of a line that overwrites itself: its prefix stands there.
_HEAD_BYTES: Final = 256

_PREFIX: Final = re.compile(
    r"(?P<time>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?Z?)"
    r" \[(?P<level>[A-Z]{1,10})\]:(?: |$)"
)
#: ECMA-48 in its 7-bit and its 8-bit form. Of a string without an end only the beginning goes: it must
#: not hide what follows. No two matches are tried on the same characters.
_ESCAPES: Final = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # colours, the cursor
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\|\x9c)"  # titles
    r"|\x1b(?:[ #%()*+./-]?[0-~])?"
)


class LogLine(NamedTuple):
    """One line of a log.

    Attributes:
        time: when it was written, as the log has it; None for a further line of an entry.
        level: INFO, WARNING or ERROR; None where no line above has a prefix, or it is out of line.
        text: what it says: no control characters, no white space at its end, at most
            `LINE_CHARACTERS` characters.
    """

    time: str | None
    level: str | None
    text: str


def clean_lines(text: str | bytes) -> list[LogLine]:
    """The lines of a whole log; never fails, whatever the text."""
    reader = LineReader()
    content = text.encode("utf-8", "replace") if isinstance(text, str) else text
    return [*reader.feed(content), *reader.finish()]


class LineReader:
    """Reads a log that comes in pieces, which may end anywhere, also within a character."""

    def __init__(self) -> None:
        self._raw = _RawLine()
        self._level: str | None = None
        self._indentation = ""
        #: One for all blank lines of an entry: a log may have millions.
        self._blank = LogLine(None, None, "")

    def feed(self, chunk: bytes) -> list[LogLine]:
        """The lines that are complete with this piece of the log."""
        *ends, rest = chunk.split(b"\n")
        found = []
        for end in ends:
            self._raw.add(end)
            found.append(self._line())
        self._raw.add(rest)
        return found

    def finish(self) -> list[LogLine]:
        """The last line, if the log does not end with a line feed."""
        return [self._line()] if self._raw.has_begun else []

    def _line(self) -> LogLine:
        raw = self._raw
        if raw.has_begun:
            self._raw = _RawLine()
        if not raw.shown:
            return self._blank
        text = _clean(raw.shown).rstrip()
        head = text if raw.head is None else _clean(raw.head)
        prefix = _PREFIX.match(text)
        if prefix:
            text = text[prefix.end() :]
        else:
            prefix = _PREFIX.match(head)
        if raw.is_cut:
            text = text[: LINE_CHARACTERS - 1] + "…"
        if prefix:
            time, level = prefix.group("time", "level")
            if level != self._level:
                self._level, self._blank = level, LogLine(None, level, "")
            self._indentation = " " * len(f"{time} [{level}]: ")
            return LogLine(time, level, cut(text, LINE_CHARACTERS))
        belongs = (
            not text or head.startswith(self._indentation) or text.startswith(self._indentation)
        )
        text = text.removeprefix(self._indentation)
        return LogLine(None, self._level if belongs else None, cut(text, LINE_CHARACTERS))


def _clean(raw: bytes | bytearray) -> str:
    text = raw.decode("utf-8", "replace")
    return text if text.isprintable() else harmless(_ESCAPES.sub("", text))


class _RawLine:
    """The bytes of one line as far as they count.

    Attributes:
        has_begun: whether there are any.
        shown: what stands after the last carriage return, those at the line's end aside.
        head: how the line began, where something was overwritten; None where nothing was.
        is_cut: whether `shown` is not all of it.
    """

    __slots__ = ("_is_returned", "has_begun", "head", "is_cut", "shown")

    def __init__(self) -> None:
        self.has_begun = False
        self.shown = bytearray()
        self.head: bytes | None = None
        self.is_cut = False
        self._is_returned = False

    def add(self, piece: bytes) -> None:
        """More bytes of the line, without line feeds."""
        if not piece:
            return
        self.has_begun = True
        body = piece.rstrip(b"\r")
        if body:
            if self._is_returned:
                self._overwrite(b"")
            if b"\r" in body:
                self._overwrite(body[: body.index(b"\r")][:_HEAD_BYTES])
                body = body[body.rindex(b"\r") + 1 :]
            room = _LINE_BYTES - len(self.shown)
            self.is_cut = self.is_cut or len(body) > room
            self.shown += body[:room]
        self._is_returned = piece.endswith(b"\r")

    def _overwrite(self, more: bytes) -> None:
        if self.head is None:
            self.head = bytes(self.shown + more)[:_HEAD_BYTES]
        self.shown.clear()
        self.is_cut = False
