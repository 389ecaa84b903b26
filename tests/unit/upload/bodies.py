"""Bodies of uploads, as tests need them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

#: More than the systems of both sides take before the other side reads.
BIG = 32 * 1024 * 1024


class Pieces:
    """A body of these chunks.

    Attributes:
        size: the length that it says it has.
        begun: how often it was begun.
        ended: how often an iterator of it has come to its end, or was closed.
        given: how many chunks were asked for.
    """

    def __init__(self, *chunks: bytes, size: int | None = None) -> None:
        self.size = sum(map(len, chunks)) if size is None else size
        self.begun = 0
        self.ended = 0
        self.given = 0
        self._chunks = chunks

    def chunks(self) -> Iterator[bytes]:
        self.begun += 1
        try:
            for chunk in self._chunks:
                self.given += 1
                yield chunk
        finally:
            self.ended += 1


class Repeated(Pieces):
    """One chunk again and again; what is done before each may be set."""

    def __init__(self, size: int, chunk: int = 64 * 1024) -> None:
        super().__init__(size=size)
        self._chunk = bytes(chunk)
        self.before: Callable[[int], None] = lambda number: None

    def chunks(self) -> Iterator[bytes]:
        self.begun += 1
        try:
            for number in range(self.size // len(self._chunk)):
                self.given += 1
                self.before(number)
                yield self._chunk
        finally:
            self.ended += 1


class Held:
    """Something that is waited for until a test lets it go on."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.released = threading.Event()

    def __call__(self, *_: object) -> None:
        self.reached.set()
        assert self.released.wait(60)
