"""One try sends a body, and ends wherever it is when it is given up."""

from __future__ import annotations

import socket
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from amplify_job_resource._amplify.settings import Settings
from amplify_job_resource._upload.attempt import PIECE_BYTES, Attempt, Body, Limits
from amplify_job_resource._upload.connection import Connection
from amplify_job_resource._upload.failures import Failure, UploadFailed
from amplify_job_resource._upload.request import BIG as ASKS_FROM

from tests.unit.upload.bodies import BIG, Held, Pieces, Repeated
from tests.unit.upload.upload_server import (
    PATH,
    UploadServer,
    answers,
    refuses_at_once,
    refuses_early,
    resets_after,
    s3_error,
)

LIMITS = Limits(early_seconds=0.2)
LOST = "the connection to S3 was lost"
DENIED = "S3 refuses the address for the upload (403 AccessDenied)"


def attempt(server: UploadServer, body: Body, limits: Limits = LIMITS) -> Attempt:
    return Attempt(server.url, body, Settings(), limits)


def reason(failure: Failure | None) -> str:
    return failure.reason if failure else "none"


def test_a_body_arrives(server: UploadServer) -> None:
    """All of it once, in the order of its chunks; those without bytes do not matter."""
    body = Pieces(b"", b"ab", b"", b"c", bytes(200_000), b"")
    trying = attempt(server, body)
    assert trying.run() is None
    assert server.taken == [b"abc" + bytes(200_000)]
    assert (trying.sent, trying.may_have_arrived) == (200_003, False)
    assert (body.begun, body.ended) == (1, 1)
    ((path, headers),) = server.asked
    assert path == PATH
    assert headers["Content-Length"] == "200003"
    assert headers["Transfer-Encoding"] is None


@pytest.mark.parametrize("chunks", [(), (b"",)])
def test_an_empty_body_arrives(chunks: tuple[bytes, ...], server: UploadServer) -> None:
    """It has a length, too."""
    assert attempt(server, Pieces(*chunks)).run() is None
    assert server.taken == [b""]


@pytest.mark.parametrize("status", [200, 201, 204])
def test_any_success_will_do(status: int, server: UploadServer) -> None:
    """S3 says 200."""
    server.answers = [answers(status)]
    assert attempt(server, Pieces(b"abc")).run() is None


def test_an_iterator_of_any_kind_will_do(server: UploadServer) -> None:
    """It need not be one that can be closed."""

    class Plain:
        size = 3

        def chunks(self) -> Iterator[bytes]:
            return iter([b"ab", b"c"])

    assert attempt(server, Plain()).run() is None
    assert server.taken == [b"abc"]


def test_bytes_leave_in_small_pieces(server: UploadServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a slow connection makes headway within the time of a silence."""
    sizes: list[int] = []
    send = Connection.send

    def counted(self: Connection, data: bytes | memoryview) -> None:
        sizes.append(len(data))
        send(self, data)

    monkeypatch.setattr(Connection, "send", counted)
    assert attempt(server, Pieces(bytes(130_000), b"a")).run() is None
    assert sizes[1:] == [65_536, 64_464, 1]


def test_a_big_body_needs_little_memory(server: UploadServer) -> None:
    """No more than some of its chunks, whatever its size."""
    server.answers = [answers(200)]
    body = Repeated(64 * 1024 * 1024)
    trying = attempt(server, body)
    tracemalloc.start()
    try:
        assert trying.run() is None
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert trying.sent == body.size
    assert peak < 8 * 1024 * 1024


def test_a_body_that_is_refused_is_not_sent(server: UploadServer) -> None:
    """A big one is announced before, and S3 may say no."""
    server.expect = refuses_early
    body = Repeated(ASKS_FROM)
    trying = attempt(server, body)
    failure = trying.run()
    assert failure
    assert failure.reason == DENIED
    assert (failure.is_denial, trying.may_have_arrived) == (True, False)
    assert (trying.sent, body.begun) == (0, 0)


@pytest.mark.parametrize("says", [True, False])
def test_a_big_body_arrives(says: bool, server: UploadServer) -> None:
    """Whether or not its server says that it wants it."""
    if not says:
        server.expect = lambda request: True
    assert attempt(server, Repeated(ASKS_FROM)).run() is None
    assert [len(body) for body in server.taken] == [ASKS_FROM]
    assert server.expected == 1


def test_a_refusal_may_come_early(server: UploadServer) -> None:
    """While the body is being sent; where S3 then closes the connection, its words count."""
    server.answers = [refuses_at_once]
    failure = attempt(server, Repeated(BIG)).run()
    assert reason(failure) == DENIED


def test_an_early_refusal_is_not_overlooked(server: UploadServer) -> None:
    """Where S3 reads no more and keeps the connection open, too."""

    def refuse(request: Any) -> None:
        request.reply(400, b"<Error><Code>EntityTooLarge</Code></Error>")
        server.stall(request)

    server.answers = [refuse]
    limits = Limits(silence_seconds=0.3, early_seconds=0.2)
    failure = attempt(server, Repeated(BIG), limits).run()
    assert reason(failure) == "S3 does not take it (400 EntityTooLarge)"


@pytest.mark.parametrize("size", [0, 1000])
def test_a_lost_connection_is_told(size: int, server: UploadServer) -> None:
    """While the body is being sent, nothing has arrived."""
    server.answers = [resets_after(size)]
    body = Repeated(BIG)
    trying = attempt(server, body)
    failure = trying.run()
    assert reason(failure) == LOST
    assert failure
    assert not failure.is_final
    assert not trying.may_have_arrived
    assert trying.sent < BIG
    assert body.ended == 1


def test_an_early_success_is_none(server: UploadServer) -> None:
    """A server that has not read the body has not taken it."""

    def take(request: Any) -> None:
        request.reply(200)
        request.reset()

    server.answers = [take]
    assert reason(attempt(server, Repeated(BIG)).run()) == LOST


def test_a_lost_answer_leaves_open_what_has_become(server: UploadServer) -> None:
    """All bytes were sent, so S3 may have taken them."""
    server.answers = [resets_after(None)]
    trying = attempt(server, Pieces(b"abc"))
    assert reason(trying.run()) == LOST
    assert trying.may_have_arrived


@pytest.mark.parametrize(
    ("status", "code", "may_have_arrived"),
    [
        (503, "SlowDown", True),
        (500, "InternalError", True),
        (400, "RequestTimeout", False),
        (403, "AccessDenied", False),
    ],
)
def test_a_refusal_says_that_nothing_was_taken(
    status: int, code: str, may_have_arrived: bool, server: UploadServer
) -> None:
    """A failure of S3 itself does not say so."""
    server.answers = [s3_error(status, code)]
    trying = attempt(server, Pieces(b"abc"))
    assert f"({status} {code})" in reason(trying.run())
    assert trying.may_have_arrived is may_have_arrived


def test_a_stalled_connection_is_given_up(server: UploadServer) -> None:
    """After the time that a silence may last, while sending and while waiting for the answer."""
    server.answers = [server.stalls_after(1000), server.stalls_after(None)]
    limits = Limits(silence_seconds=0.3, early_seconds=0.1)
    trying = attempt(server, Repeated(BIG), limits)
    assert reason(trying.run()) == "S3 takes no more bytes"
    assert not trying.may_have_arrived
    trying = attempt(server, Pieces(b"abc"), limits)
    assert reason(trying.run()) == "S3 does not answer after all bytes were sent"
    assert trying.may_have_arrived


def test_a_slow_reader_gets_it_all(server: UploadServer) -> None:
    """However small the portions that it takes."""

    def sip(request: Any) -> None:
        request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
        size = 0
        while size < body.size:
            size += len(request.rfile.read1(4096))
        request.reply(200)

    body = Repeated(PIECE_BYTES * 3)
    server.answers = [sip]
    assert attempt(server, body).run() is None


class OwnError(Exception):
    """What a body raises."""


@pytest.mark.parametrize("error", [OwnError("x"), OSError("x"), TimeoutError(), UploadFailed("x")])
@pytest.mark.parametrize("at", [0, 1, 15])
def test_an_error_of_the_body_comes_out_unchanged(
    error: Exception, at: int, server: UploadServer
) -> None:
    """Whatever kind it is; it is no failure of the network, and S3 takes nothing."""

    def fail(number: int) -> None:
        if number == at:
            raise error

    body = Repeated(PIECE_BYTES * 16)
    body.before = fail
    with pytest.raises(type(error)) as caught:
        attempt(server, body).run()
    assert caught.value is error
    assert caught.value.__context__ is None
    assert server.settled() == []
    assert body.ended == 1


def test_an_error_after_the_last_chunk_is_not_too_late(server: UploadServer) -> None:
    """The last chunk leaves when the body is at its end, so one that proves wrong is not taken."""

    class Wrong(Pieces):
        def chunks(self) -> Iterator[bytes]:
            yield from super().chunks()
            raise OwnError

    trying = attempt(server, Wrong(b"abc", b"de"))
    with pytest.raises(OwnError):
        trying.run()
    assert trying.sent == 3
    assert server.settled() == []


def test_a_body_that_cannot_be_begun_is_told(server: UploadServer) -> None:
    """Its error is its own, too."""

    class Missing(Pieces):
        def chunks(self) -> Iterator[bytes]:
            raise OwnError

    with pytest.raises(OwnError):
        attempt(server, Missing(b"abc")).run()


@pytest.mark.parametrize(
    ("chunks", "sent"),
    [
        ((), 0),
        ((b"ab",), 0),
        ((b"a", b"b"), 1),
        ((b"abcd",), 0),
        ((b"ab", b"cd"), 0),
        ((b"abc", b"d"), 0),
        ((b"a", b"bc", b"d", b"e"), 1),
    ],
)
def test_a_body_has_the_length_that_it_says(
    chunks: tuple[bytes, ...], sent: int, server: UploadServer
) -> None:
    """Another one is never sent as far as that: a file was changed meanwhile."""
    body = Pieces(*chunks, size=3)
    trying = attempt(server, body)
    with pytest.raises(UploadFailed, match="has not the length that it had before") as caught:
        trying.run()
    assert caught.value.advice
    assert trying.sent == sent
    assert server.settled() == []
    assert body.ended == min(1, body.begun)


@pytest.mark.parametrize(
    ("answer", "is_dropped"),
    [
        (answers(200), False),
        (s3_error(403, "AccessDenied"), False),
        (resets_after(1000), True),
        (resets_after(None), True),
    ],
)
def test_a_try_that_failed_leaves_nothing_to_be_sent(
    answer: Any, is_dropped: bool, server: UploadServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system drops what it has not sent, unless S3 has answered."""
    dropped: list[Connection] = []

    def break_off(self: Connection) -> None:
        dropped.append(self)

    monkeypatch.setattr(Connection, "break_off", break_off)
    server.answers = [answer]
    attempt(server, Pieces(bytes(100_000))).run()
    assert bool(dropped) is is_dropped


class Running(threading.Thread):
    """A try on a thread of its own."""

    def __init__(self, trying: Attempt) -> None:
        super().__init__(daemon=True)
        self.trying = trying
        self.result: list[Failure | None] = []
        self.start()

    def run(self) -> None:
        self.result.append(self.trying.run())


def hangs_while_sending(server: UploadServer) -> Body:
    server.answers = [server.stalls_after(1000)]
    return Repeated(BIG)


def hangs_before_the_answer(server: UploadServer) -> Body:
    server.answers = [server.stalls_after(None)]
    return Pieces(b"abc")


def hangs_before_the_body(server: UploadServer) -> Body:
    def stall(request: Any) -> bool:
        server.stall(request)
        return False

    server.expect = stall
    return Repeated(BIG)


@pytest.mark.parametrize(
    "hang", [hangs_while_sending, hangs_before_the_answer, hangs_before_the_body]
)
def test_a_try_is_given_up(hang: Callable[[UploadServer], Body], server: UploadServer) -> None:
    """At each point at which the network may hang; its body is closed then."""
    body: Any = hang(server)
    running = Running(attempt(server, body, Limits(early_seconds=60)))
    assert server.stalled.wait(30)
    assert running.trying.give_up(30)
    assert running.trying.is_over
    running.join(30)
    assert running.result != [None]
    assert body.ended == body.begun
    assert server.settled() == []


def test_a_body_is_asked_for_nothing_after_its_try_was_given_up(server: UploadServer) -> None:
    """One that was waited for is closed as soon as it gives something."""
    held = Held()
    body = Repeated(BIG)
    body.before = lambda number: held() if number == 3 else None
    running = Running(attempt(server, body))
    assert held.reached.wait(30)
    assert not running.trying.give_up(0)
    held.released.set()
    running.join(30)
    assert running.trying.is_over
    assert (body.given, body.ended) == (4, 1)
    assert server.settled() == []


def test_a_try_that_was_given_up_before_it_began_does_nothing(server: UploadServer) -> None:
    """It may have waited for a thread."""
    body = Pieces(b"abc")
    trying = attempt(server, body)
    assert not trying.give_up(0)
    assert reason(trying.run()) == "S3 cannot be reached"
    assert (server.asked, body.begun) == ([], 0)


def test_a_try_that_is_over_can_be_given_up(server: UploadServer) -> None:
    """At once, and without an effect."""
    trying = attempt(server, Pieces(b"abc"))
    assert trying.run() is None
    assert trying.give_up(0)
    assert server.taken == [b"abc"]


def test_the_limits_are_those_of_a_patient_client() -> None:
    """As documented: ten seconds to connect, a minute for the next bytes, five tries."""
    limits = Limits()
    assert (limits.connect_seconds, limits.silence_seconds) == (10, 60)
    assert limits.tries == 5
