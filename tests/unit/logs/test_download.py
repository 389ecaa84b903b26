"""The end of a log, or what is new in it, from a server that may do anything."""

from __future__ import annotations

import gzip
import socket
import struct
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from amplify_job_resource._amplify.settings import Settings
from amplify_job_resource._logs.address import LogSession
from amplify_job_resource._logs.download import TAIL_BYTES, since, tail_of
from amplify_job_resource._logs.failures import LogUnavailable

from tests.unit.logs.log_server import PATH, SECRET, LogServer, Request

EXPIRED = b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
LINES = b"".join(b"line %d\n" % number for number in range(100))
LOST = "the connection was lost"


def reason(read: Callable[[], Any]) -> str:
    """Why a log cannot be read; the address is nowhere in the error."""
    with pytest.raises(LogUnavailable) as caught:
        read()
    error = caught.value
    assert error.__context__ is None
    assert error.__cause__ is None
    assert SECRET not in "".join(traceback.format_exception(error)) + repr(error)
    return error.reason


def drop(request: Request) -> None:
    """Reset the connection, as a machine does that breaks down."""
    request.wfile.flush()
    linger = struct.pack("ii", 1, 0)
    request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    request.connection.close()
    request.close_connection = True


# --- the end -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("knows_ranges", [True, False])
@pytest.mark.parametrize(
    ("log", "most", "end"),
    [
        (b"", 10, b""),
        (b"a\nb\n", 10, b"a\nb\n"),
        (b"a\nb\n", 4, b"a\nb\n"),
        (b"a\nb\n", 3, b"b\n"),
        (b"first\nlast", 7, b"last"),
        (b"first\nlast", 5, b"last"),
        (b"one long line", 4, b"line"),
        (b"one long line\n", 5, b"line\n"),
        (LINES, 25, b"line 97\nline 98\nline 99\n"),
        (LINES, 0, b""),
    ],
)
def test_the_end_of_a_log_begins_with_a_line(
    log: bytes, most: int, end: bytes, knows_ranges: bool, server: LogServer, session: LogSession
) -> None:
    """Also where a server gives all of it; a line that is longer than the end is given as it is."""
    server.log = log
    server.answer = server.part if knows_ranges else server.whole
    assert tail_of(server.url, session, most=most) == end


def test_only_the_end_is_asked_for(server: LogServer, session: LogSession) -> None:
    """A log may have some 35 MB."""
    server.log = b"x" * 99 + b"\n" + LINES * 500
    assert tail_of(server.url, session) == server.log[-TAIL_BYTES:].partition(b"\n")[2]
    assert server.ranges == [f"bytes=-{TAIL_BYTES}"]


@pytest.mark.parametrize(("size", "end"), [(3, b"b\n"), (4, b"a\nb\n")])
def test_a_part_may_not_say_where_it_begins(
    size: int, end: bytes, server: LogServer, session: LogSession
) -> None:
    """As much as was asked for is taken for the end of more, less is not."""
    server.answer = lambda request: request.reply(206, b"a\nb\n"[-size:])
    assert tail_of(server.url, session, most=3 if size == 3 else 9) == end


def test_a_part_may_be_larger_than_what_was_asked_for(
    server: LogServer, session: LogSession
) -> None:
    """Then its end counts."""
    server.answer = lambda request: request.reply(206, LINES)
    assert tail_of(server.url, session, most=10) == b"line 99\n"


@pytest.mark.parametrize("says_so", [True, False])
def test_a_log_without_end_is_given_up(
    says_so: bool, server: LogServer, session: LogSession
) -> None:
    """At once where the server says how much comes, else at the limit."""
    named = {} if says_so else {"Content-Length": ""}
    server.answer = lambda request: request.reply(200, LINES, named)
    assert reason(lambda: tail_of(server.url, session, limit=len(LINES) - 1)) == "it is too large"
    assert tail_of(server.url, session, most=9, limit=len(LINES)) == b"line 99\n"


@pytest.mark.parametrize("status", [200, 206])
def test_a_log_may_come_compressed(status: int, server: LogServer, session: LogSession) -> None:
    """Though nobody asked for it: then all of it is read, since its end alone tells nothing."""
    packed = gzip.compress(LINES[:300]) + gzip.compress(LINES[300:])

    def answer(request: Request) -> None:
        ranged = status == 206 and request.headers["Range"]
        request.reply(206 if ranged else 200, packed, {"Content-Encoding": "gzip"})

    server.answer = answer
    assert tail_of(server.url, session, most=10) == b"line 99\n"
    assert server.ranges == (["bytes=-10"] if status == 200 else ["bytes=-10", None])


@pytest.mark.parametrize(
    ("packed", "encoding", "why"),
    [
        (gzip.compress(b"0" * 10_000_000), "gzip", "it is too large"),
        (gzip.compress(LINES)[:-20], "gzip", LOST),
        (LINES, "gzip", "it cannot be read"),
        (LINES, "br", "it is compressed"),
    ],
)
def test_what_cannot_be_unpacked_is_told(
    packed: bytes, encoding: str, why: str, server: LogServer, session: LogSession
) -> None:
    """A small file may hold a huge one, and half a file has no end."""
    server.answer = lambda request: request.reply(200, packed, {"Content-Encoding": encoding})
    assert reason(lambda: tail_of(server.url, session, limit=1_000_000)) == why


def test_all_of_a_compressed_log_may_be_refused(server: LogServer, session: LogSession) -> None:
    """The second answer is judged like the first."""

    def answer(request: Request) -> None:
        if request.headers["Range"]:
            request.reply(206, b"", {"Content-Encoding": "gzip"})
        else:
            request.reply(403, EXPIRED)

    server.answer = answer
    assert reason(lambda: tail_of(server.url, session)) == "its address has expired"


# --- what is new -------------------------------------------------------------------------------------


@pytest.mark.parametrize("knows_ranges", [True, False])
def test_a_log_is_followed(knows_ranges: bool, server: LogServer, session: LogSession) -> None:
    """Each call gives what was written since the last, also where a server gives all of it."""
    server.answer = server.part if knows_ranges else server.whole
    offset = 0
    seen = []
    for more in (b"", b"a\nb", b"", b"c\n", b"d"):
        server.log += more
        news, offset = since(server.url, session, offset)
        seen.append(news)
    assert seen == [b"", b"a\nb", b"", b"c\n", b"d"]
    assert offset == 6
    assert server.ranges == [f"bytes={start}-" for start in (0, 0, 3, 3, 5)]


@pytest.mark.parametrize("knows_ranges", [True, False])
@pytest.mark.parametrize("most", [1, 2, 5, 11, 12])
def test_following_gives_all_of_a_log(
    most: int, knows_ranges: bool, server: LogServer, session: LogSession
) -> None:
    """However little is given at once."""
    server.log = b"first\nsecond"
    server.answer = server.part if knows_ranges else server.whole
    seen, offset = b"", 0
    while offset < len(server.log):
        news, offset = since(server.url, session, offset, most=most)
        assert 0 < len(news) <= most
        seen += news
    assert seen == server.log


@pytest.mark.parametrize("says_length", [True, False])
@pytest.mark.parametrize("knows_ranges", [True, False])
def test_a_log_that_is_shorter_is_another_one(
    knows_ranges: bool, says_length: bool, server: LogServer, session: LogSession
) -> None:
    """The next call reads it from its beginning."""
    server.log = b"new"

    def answer(request: Request) -> None:
        named = {} if says_length else {"Content-Length": ""}
        request.reply(200, server.log, named)

    server.answer = server.part if knows_ranges else answer
    assert since(server.url, session, 9) == (b"", 0)
    assert since(server.url, session, 0) == (b"new", 3)


@pytest.mark.parametrize(
    ("headers", "said", "offset"),
    [
        ({"Content-Range": "bytes */9"}, b"", 9),
        ({"Content-Range": "bytes */8"}, b"", 0),
        ({"Content-Range": "bytes */*"}, b"", 9),
        ({}, b"<ActualObjectSize>9</ActualObjectSize>", 9),
        ({}, b"<ActualObjectSize>8</ActualObjectSize>", 0),
        ({}, b"InvalidRange", 9),
    ],
)
def test_no_such_part_means_nothing_new(
    headers: dict[str, str], said: bytes, offset: int, server: LogServer, session: LogSession
) -> None:
    """Unless header or body say that the log is shorter."""
    server.answer = lambda request: request.reply(416, said, headers)
    assert since(server.url, session, 9) == (b"", offset)


@pytest.mark.parametrize("resets", [True, False])
@pytest.mark.parametrize("read", [tail_of, since])
def test_a_connection_may_be_lost(
    resets: bool, read: Callable[..., Any], server: LogServer, session: LogSession
) -> None:
    """An end without its end is none; of what is new, that which came counts."""
    sent = b"x" * 16 * 1024 + b"y"

    def answer(request: Request) -> None:
        request.reply(206, sent, {"Content-Range": "bytes 0-"}, breaks_off=True)
        if resets:
            drop(request)

    server.answer = answer
    if read is tail_of:
        assert reason(lambda: tail_of(server.url, session)) == LOST
    else:
        news, offset = since(server.url, session, 0)
        assert sent.startswith(news)
        assert offset == len(news) > 0


def test_a_connection_may_be_lost_before_anything_new(
    server: LogServer, session: LogSession
) -> None:
    """A log that breaks off is not taken for a shorter one."""
    server.answer = lambda request: request.reply(200, b"abc", breaks_off=True)
    assert reason(lambda: since(server.url, session, 4)) == LOST


@pytest.mark.parametrize(
    ("status", "headers", "why"),
    [
        (206, {"Content-Range": "bytes 3-8/9"}, "AWS gives another part of it"),
        (206, {"Content-Encoding": "gzip"}, "it is compressed"),
        (200, {"Content-Encoding": "gzip"}, "it is compressed"),
        (200, {}, "it is too large"),
    ],
)
def test_what_cannot_be_followed_is_told(
    status: int, headers: dict[str, str], why: str, server: LogServer, session: LogSession
) -> None:
    """A compressed log has no places that stay, and too much would be received for nothing."""
    server.answer = lambda request: request.reply(status, b"x" * 20, headers)
    assert reason(lambda: since(server.url, session, 5, limit=4)) == why


# --- no log ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda request: request.reply(403, EXPIRED), "its address has expired"),
        (lambda request: request.reply(403, b"<Code>AccessDenied</Code>"), "AWS denies it (403)"),
        (lambda request: request.reply(404, b"<Code>NoSuchKey</Code>"), "there is none (404)"),
        (
            lambda request: request.reply(307, b"", {"Location": f"http://elsewhere{PATH}"}),
            "it has moved (307)",
        ),
        (lambda request: request.reply(503), "AWS cannot give it now (503)"),
        (lambda request: request.reply(204), "AWS answers 204"),
        (drop, LOST),
        (lambda request: request.wfile.write(b"no HTTP at all\r\n\r\n"), LOST),
    ],
)
@pytest.mark.parametrize("read", [tail_of, lambda url, session: since(url, session, 3)])
def test_a_log_that_is_not_given_is_told_in_few_words(
    read: Callable[..., Any],
    answer: Callable[[Request], None],
    why: str,
    server: LogServer,
    session: LogSession,
) -> None:
    """The same for the end and for what is new; nothing is asked again."""
    server.answer = answer
    assert reason(lambda: read(server.url, session)) == why
    assert len(server.asked) == 1


@pytest.mark.parametrize("read", [tail_of, lambda url, session: since(url, session, 0)])
def test_nobody_waits_for_a_log(read: Callable[..., Any], server: LogServer) -> None:
    """A server that does not answer is given up after the session's time."""
    server.answer = server.never
    with LogSession(Settings(), read_seconds=0.05) as session:
        assert reason(lambda: read(server.url, session)) == "no answer"


@pytest.mark.parametrize(
    ("root", "why"),
    [
        ("http://logs.example.com", "its address is not one to ask: https is needed"),
        ("https://127.0.0.1:1", "its server cannot be reached"),
    ],
)
def test_a_log_that_cannot_be_asked_for_is_told(root: str, why: str, session: LogSession) -> None:
    """Before anything is sent."""
    assert reason(lambda: tail_of(root + PATH, session)) == why
    assert reason(lambda: since(root + PATH, session, 0)) == why
