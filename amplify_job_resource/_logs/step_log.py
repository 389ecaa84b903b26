"""The log of one step as far as it is there, read once or again and again while it grows."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from .address import LogSession
from .download import TAIL_BYTES, since, tail_of
from .lines import LineReader, LogLine, clean_lines


class StepLog:
    """Reads a log from its beginning; each line is given once."""

    def __init__(self) -> None:
        """Nothing is read yet."""
        self._offset = 0
        self._reader = LineReader()

    def news(self, url: str, session: LogSession) -> Iterator[list[LogLine]]:
        """The lines that have come since, in portions.

        Args:
            url: The log's address as signed last.
            session: How it is asked.

        Raises:
            LogUnavailable: the log cannot be read; a later call goes on where this one ended.
        """
        while True:
            found, self._offset = since(url, session, self._offset)
            if self._offset == 0:  # What was read before is not in this log.
                self._reader = LineReader()
            if not found:
                return
            yield self._reader.feed(found)

    def rest(self) -> list[LogLine]:
        """The last line, if nothing ends it; for a log that grows no more."""
        return self._reader.finish()


def last_lines(url: str, session: LogSession, most: int) -> list[LogLine]:
    """The last lines of a log that are not empty; of a big one only its end is read, if that will do.

    Args:
        url: The log's signed address.
        session: How it is asked.
        most: How many lines to give at most, 1 or more.

    Raises:
        LogUnavailable: the log cannot be read.
    """
    lines = _telling(clean_lines(tail_of(url, session, most=TAIL_BYTES)))
    if len(lines) >= most:
        return lines[-most:]
    log, found = StepLog(), deque[LogLine](maxlen=most)
    for portion in log.news(url, session):
        found.extend(_telling(portion))
    found.extend(_telling(log.rest()))
    return list(found)


def _telling(lines: list[LogLine]) -> list[LogLine]:
    return [line for line in lines if line.text]
