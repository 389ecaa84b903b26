"""One try to send a body, on a thread of its own, which can be given up at any moment."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from threading import Event
from typing import Any, Final, Protocol

from .._amplify.settings import Settings
from .connection import Connection
from .failures import Failure, UploadFailed, refusal, unanswered, unreached, unsent

#: How much is sent at once: as little as this must get away in the time that a silence may last.
_PIECE_BYTES: Final = 64 * 1024


class Body(Protocol):
    """What is uploaded.

    Attributes:
        size: its exact length in bytes.
    """

    @property
    def size(self) -> int:
        """Its exact length in bytes."""

    def chunks(self) -> Iterator[bytes]:
        """All of it from the beginning, also when called again; what it raises ends the upload."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How patient an upload is.

    Attributes:
        connect_seconds: how long each step of connecting may take.
        silence_seconds: how long the next bytes may take to be sent, or to be received.
        early_seconds: how long to look for an answer where sending failed.
        tries: how often the body is sent at most.
    """

    connect_seconds: float = 10.0
    silence_seconds: float = 60.0
    early_seconds: float = 2.0
    tries: int = 5


class Attempt:
    """One try.

    Attributes:
        sent: how many bytes of the body are sent.
        may_have_arrived: whether all bytes are sent and it is not known what has become of them.
    """

    def __init__(self, url: str, body: Body, settings: Settings, limits: Limits) -> None:
        self.sent = 0
        self.may_have_arrived = False
        self._body = body
        self._limits = limits
        self._given_up = Event()
        self._over = Event()
        self._connection = Connection(url, settings, self._given_up)

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self._over.is_set()

    def run(self) -> Failure | None:
        """Send the body; why that failed, or None when S3 has it.

        Raises:
            UploadFailed: the body has not the length that it says.
            Exception: what the body raises.
        """
        try:
            return self._run()
        finally:
            self._connection.close()
            self._over.set()

    def give_up(self, seconds: float) -> bool:
        """Let the try end, wherever it is; the body is asked for no more.

        Args:
            seconds: How long to wait for its end.

        Returns:
            Whether it has ended. What has not is reading the body or connecting, and sends nothing.
        """
        self._connection.break_off()
        return self._over.wait(seconds)

    def _run(self) -> Failure | None:
        limits = self._limits
        failure = _failure(lambda: self._connection.open(limits.connect_seconds), unreached)
        if failure:
            return failure
        failure = self._send()
        if failure:
            # S3 may have refused before it had everything.
            answer = self._answer(limits.early_seconds)
            early = answer if isinstance(answer, Failure) else None
            return early if early and early.is_answer else failure
        answer = self._answer(None)
        self.may_have_arrived = answer is not None and not answer.is_answer
        return answer

    def _send(self) -> Failure | None:
        def begin() -> None:
            self._connection.begin(self._body.size, self._limits.silence_seconds)

        failure = _failure(begin, unsent)
        with closing(self._pieces()) as pieces:
            while not failure and (piece := next(pieces, None)) is not None:
                failure = _failure(lambda: self._connection.send(piece), unsent)
                if not failure:
                    self.sent += len(piece)
        return failure

    def _answer(self, seconds: float | None) -> Failure | None:
        found: list[tuple[int, bytes]] = []
        failure = _failure(lambda: found.append(self._connection.answer(seconds)), unanswered)
        if failure:
            return failure
        status, said = found[0]
        return None if 200 <= status < 300 else refusal(status, said)

    def _pieces(self) -> Generator[memoryview, None, None]:
        """The body in small pieces; the last ones come when the body has proved to be complete."""
        chunks = self._body.chunks()
        try:
            total = 0
            waiting = b""
            for chunk in chunks:
                yield from self._wanted(waiting)
                waiting = chunk
                total += len(chunk)
                if total > self._body.size:
                    raise _other_length()
            if total < self._body.size:
                raise _other_length()
            yield from self._wanted(waiting)
        finally:
            close: Any = getattr(chunks, "close", None)
            if close:
                close()

    def _wanted(self, chunk: bytes) -> Iterator[memoryview]:
        view = memoryview(chunk)
        for start in range(0, len(view), _PIECE_BYTES):
            if self._given_up.is_set():
                return
            yield view[start : start + _PIECE_BYTES]


def _other_length() -> UploadFailed:
    return UploadFailed(
        "what is uploaded has not the length that it had before",
        "Do not change files while they are uploaded, and run it again.",
    )


def _failure(step: Callable[[], object], meaning: Callable[[Exception], Failure]) -> Failure | None:
    """What went wrong in a step, without the error, which may have the address."""
    try:
        step()
    except Exception as error:
        return meaning(error)
    return None
