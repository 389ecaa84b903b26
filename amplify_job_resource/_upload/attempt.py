"""One try to send a body, which can be given up from another thread at any moment."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from threading import Event
from typing import Final, Protocol

from .._amplify.setting_names import SettingNames
from .._amplify.settings import Settings
from .connection import Connection
from .failures import Failure, UploadFailed, refusal, unanswered, unreached, unsent
from .request import Answer, Request

#: How much is sent at once, in bytes: as much must get away in the time that a silence may last.
PIECE_BYTES: Final = 64 * 1024

_OTHER_LENGTH: Final = "what is uploaded has not the length that it had before"
_AGAIN: Final = "Run it again, and change no files while they are uploaded."


class Body(Protocol):
    """What is uploaded."""

    @property
    def size(self) -> int:
        """Its exact length in bytes."""

    def chunks(self) -> Iterator[bytes]:
        """All of it, from the beginning, also when it is called again.

        What it raises ends the upload, and S3 takes nothing: the last chunk is sent only when the
        iterator has ended.
        """


@dataclass(frozen=True, slots=True)
class Limits:
    """How patient an upload is.

    Attributes:
        connect_seconds: how long each step of connecting may take.
        silence_seconds: how long the next bytes may take to be sent, or to be received.
        early_seconds: how long to look for an answer before it is due: before a big body is sent, and
            when sending has failed.
        tries: how often the body is sent at most.
    """

    connect_seconds: float = 10.0
    silence_seconds: float = 60.0
    early_seconds: float = 1.0
    tries: int = 5


class Attempt:
    """One try; `run` is called once.

    Attributes:
        sent: how many bytes of the body are sent.
        may_have_arrived: whether all bytes are sent, and it is not known what has become of them.
    """

    def __init__(self, url: str, body: Body, settings: Settings, limits: Limits) -> None:
        self.sent = 0
        self.may_have_arrived = False
        self._body = body
        self._size = body.size
        self._limits = limits
        self._is_over = Event()
        self._names = settings.names
        self._meaning: Callable[[Exception, SettingNames], Failure] = unreached
        self._connection = Connection(url, settings)
        self._request = Request(url, self._size, self._connection)

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self._is_over.is_set()

    def run(self) -> Failure | None:
        """Send the body; why that failed, or None when S3 has it.

        Raises:
            UploadFailed: the body has not the length that it says.
            Exception: what the body raises.
        """
        answer = None
        try:
            answer = self._exchange()
            return None if answer.is_success else refusal(answer.status, answer.said)
        except _BodyFailed as failed:
            error = failed.error
        except Exception as failed:  # which may have the address in it
            return self._explained(failed)
        finally:
            if answer is None:
                self._connection.break_off()
            self._connection.close()
            self._is_over.set()
        # Out of the clauses, so that nothing of here is in its context.
        raise error

    def give_up(self, seconds: float) -> bool:
        """Let the try end, wherever it is; no more is sent, nor asked of the body.

        Args:
            seconds: How long to wait for its end.

        Returns:
            Whether it has ended. One that has not is connecting, or waits for the body's next chunk.
        """
        self._connection.break_off()
        return self._is_over.wait(seconds)

    def _exchange(self) -> Answer:
        limits, connection = self._limits, self._connection
        connection.open(limits.connect_seconds)
        self._meaning = unsent
        connection.wait_at_most(limits.silence_seconds)
        self._request.begin()
        answer = self._request.early_answer(limits.early_seconds, limits.silence_seconds)
        if answer:
            return answer
        with closing(self._pieces()) as pieces:
            for piece in pieces:
                connection.send(piece)
                self.sent += len(piece)
        self._meaning = unanswered
        self.may_have_arrived = True
        answer = self._request.answer()
        self.may_have_arrived = answer.status >= 500
        return answer

    def _explained(self, error: Exception) -> Failure:
        if self._meaning is unsent:
            # S3 may have said why before it had everything.
            with suppress(Exception):
                self._connection.wait_at_most(self._limits.early_seconds)
                answer = self._request.answer()
                if not answer.is_success:
                    return refusal(answer.status, answer.said)
        return self._meaning(error, self._names)

    def _pieces(self) -> Generator[memoryview, None, None]:
        """The body in small pieces; the last ones come when the body has proved to be complete."""
        total = 0
        waiting = b""
        with closing(self._chunks()) as chunks:
            for chunk in chunks:
                total += len(chunk)
                if total > self._size:
                    break
                yield from _pieces_of(waiting)
                waiting = chunk
        if total != self._size:
            raise _BodyFailed(UploadFailed(_OTHER_LENGTH, _AGAIN))
        yield from _pieces_of(waiting)

    def _chunks(self) -> Generator[bytes, None, None]:
        """The body's chunks; an error of the body is marked as one."""
        try:
            yield from self._body.chunks()
        except Exception as error:
            raise _BodyFailed(error) from None


class _BodyFailed(Exception):
    def __init__(self, error: Exception) -> None:
        self.error = error
        super().__init__()


def _pieces_of(chunk: bytes) -> Iterator[memoryview]:
    view = memoryview(chunk)
    return (view[start : start + PIECE_BYTES] for start in range(0, len(view), PIECE_BYTES))
