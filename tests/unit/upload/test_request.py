"""What stands before the body of an upload, and how answers are read."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from http.client import HTTPException
from urllib.parse import urlsplit

import pytest
from amplify_job_resource._amplify.settings import Settings
from amplify_job_resource._upload.connection import Connection
from amplify_job_resource._upload.request import BIG, Answer, Request

from tests.unit.upload.upload_server import PATH

DENIED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\n\r\nno."


class Wire:
    """A connection whose other end is in the hands of the test."""

    def __init__(self, listening: socket.socket) -> None:
        host, self.port = listening.getsockname()
        self.url = f"http://{host}:{self.port}{PATH}"
        self.connection = Connection(self.url, Settings())
        self.connection.open(30)
        self.connection.wait_at_most(30)
        self.end, _ = listening.accept()
        self.end.settimeout(30)

    def request(self, size: int = BIG) -> Request:
        return Request(self.url, size, self.connection)

    def early(self, *said: bytes, ends: bool = True) -> Answer | None:
        """What is found before the body, when the other end says this."""
        for part in said:
            self.end.sendall(part)
        if ends:
            self.end.shutdown(socket.SHUT_WR)
        return self.request().early_answer(0.1, 30)

    def answer(self, said: bytes) -> Answer:
        """What is found after the body, when the other end says this and is silent."""
        self.end.sendall(said)
        self.end.shutdown(socket.SHUT_WR)
        return self.request().answer()


@pytest.fixture
def wire() -> Iterator[Wire]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(30)
        wire = Wire(listening)
        yield wire
        wire.connection.close()
        wire.end.close()


def head_of(wire: Wire, size: int, url: str | None = None) -> list[str]:
    Request(url or wire.url, size, wire.connection).begin()
    wire.connection.close()
    with wire.end.makefile("rb") as file:
        return file.read().decode().splitlines()


def test_nothing_but_what_is_needed_is_sent(wire: Wire) -> None:
    """No credentials and no type; the signature arrives unchanged."""
    assert head_of(wire, 3) == [
        f"PUT {PATH} HTTP/1.1",
        f"Host: 127.0.0.1:{wire.port}",
        "User-Agent: amplify-job-resource",
        "Accept-Encoding: identity",
        "Content-Length: 3",
        "Connection: close",
        "",
    ]


@pytest.mark.parametrize(("size", "asks"), [(0, False), (BIG - 1, False), (BIG, True)])
def test_a_big_body_is_announced(size: int, asks: bool, wire: Wire) -> None:
    """S3 can refuse it before it is sent."""
    assert ("Expect: 100-continue" in head_of(wire, size)) is asks


@pytest.mark.parametrize(
    ("url", "host", "target"),
    [
        ("https://s3.example.com/a?b=c", "s3.example.com", "/a?b=c"),
        ("https://s3.example.com:443/a", "s3.example.com", "/a"),
        ("https://s3.example.com:8443/a", "s3.example.com:8443", "/a"),
        ("http://localhost:80/a%2Fb", "localhost", "/a%2Fb"),
        ("http://localhost:443/", "localhost:443", "/"),
        ("https://[2001:db8::443]", "[2001:db8::443]", "/"),
    ],
)
def test_the_server_is_named_as_it_was_signed(url: str, host: str, target: str, wire: Wire) -> None:
    """With a port only where it is not the usual one."""
    lines = head_of(wire, 3, url)
    assert lines[:2] == [f"PUT {target} HTTP/1.1", f"Host: {host}"]


@pytest.mark.parametrize("size", [0, BIG - 1])
def test_a_small_body_is_sent_at_once(size: int, wire: Wire) -> None:
    """Nobody asks before whether it is wanted."""
    wire.end.sendall(DENIED)
    assert wire.request(size).early_answer(30, 30) is None
    assert wire.request(size).answer() == (403, b"no.")


def test_a_big_body_is_sent_when_it_is_wanted(wire: Wire) -> None:
    """And its answer comes after that."""
    assert wire.early(b"HTTP/1.1 100 Continue\r\nX: y\r\n\r\n", DENIED) is None
    assert wire.request().answer() == (403, b"no.")


def test_a_big_body_is_sent_when_nothing_is_said(wire: Wire) -> None:
    """Not every server knows the question; one that takes its time may answer it later."""
    assert wire.early(ends=False) is None
    assert wire.answer(b"HTTP/1.1 100 Continue\r\n\r\n" + DENIED) == (403, b"no.")


def test_a_big_body_may_be_refused(wire: Wire) -> None:
    """Before it is sent; nobody waits longer for the words than they take."""
    assert wire.early(DENIED[:5], DENIED[5:], ends=False) == (403, b"no.")


def test_a_refusal_is_read_no_farther_than_needed(wire: Wire) -> None:
    """Its first words say why; the rest may be long."""
    answer = wire.early(DENIED, b" " * 100_000)
    assert answer == (403, (b"no." + b" " * 4096)[:4096])
    assert not answer.is_success


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1 403 Forbidden\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 4030 x\r\n\r\n",
        b"HTTP/2 403\r\n\r\n",
        b"HTTP/1.1 403 " + b"x" * 70_000,
    ],
)
def test_another_early_answer_is_none(said: bytes, wire: Wire) -> None:
    """Nor is a success, which has nothing to be about."""
    with pytest.raises(HTTPException) as caught:
        wire.early(said)
    assert urlsplit(PATH).query not in str(caught.value)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", (200, b"")),
        (b"HTTP/1.0 204 x\r\n\r\n", (204, b"")),
        (b"HTTP/1.1 503 x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", (503, b"ab")),
        (b"HTTP/1.1 403 x\r\nContent-Length: 9\r\n\r\nabc", (403, b"abc")),
        (b"HTTP/1.1 403 x\r\n\r\n" + b"x" * 9_000, (403, b"x" * 4096)),
    ],
)
def test_an_answer_is_a_status_and_some_words(
    said: bytes, answer: tuple[int, bytes], wire: Wire
) -> None:
    """Also where the words break off."""
    found = wire.answer(said)
    assert found == answer
    assert found.is_success is (answer[0] < 300)


def test_nobody_waits_for_the_words_of_a_success(wire: Wire) -> None:
    """It says enough by its status."""
    wire.end.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")
    assert wire.request().answer() == (200, b"")


@pytest.mark.parametrize("said", [b"", b"nonsense\r\n\r\n"])
def test_no_answer_is_an_error(said: bytes, wire: Wire) -> None:
    """The connection was closed, or what came is no answer."""
    with pytest.raises(HTTPException):
        wire.answer(said)
