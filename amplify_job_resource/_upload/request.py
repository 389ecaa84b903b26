"""One PUT on a connection: what stands before the body, and what is answered."""

from __future__ import annotations

import re
from contextlib import suppress
from http.client import BadStatusLine, RemoteDisconnected
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from .connection import Connection

#: The bytes of a body from which on S3 is asked whether it wants it before it is sent.
BIG: Final = 1024 * 1024
#: How much is read of what is said beside a status.
_SAID_BYTES: Final = 4 * 1024
#: How long the head of an answer may be.
_HEAD_BYTES: Final = 64 * 1024
_CONTINUE: Final = 100


class Answer(NamedTuple):
    """What came from the server.

    Attributes:
        status: the HTTP status.
        said: the beginning of the body.
    """

    status: int
    said: bytes

    @property
    def is_success(self) -> bool:
        """Whether the server has taken the body."""
        return _is_success(self.status)


class Request:
    """A PUT of a body; all methods raise what the connection raises.

    Args:
        url: The address.
        size: The body's bytes.
        connection: An open connection to its server.
    """

    def __init__(self, url: str, size: int, connection: Connection) -> None:
        self._url = url
        self._size = size
        self._connection = connection

    def begin(self) -> None:
        """Send what stands before the body."""
        parts = urlsplit(self._url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        # As it was signed: a port stands there when it is not the usual one.
        host = parts.netloc.removesuffix(":443" if parts.scheme == "https" else ":80")
        lines = [
            f"PUT {target} HTTP/1.1",
            f"Host: {host}",
            "User-Agent: amplify-job-resource",
            "Accept-Encoding: identity",
            f"Content-Length: {self._size}",
            "Connection: close",
        ]
        if self._size >= BIG:
            lines.append("Expect: 100-continue")
        self._connection.send("\r\n".join([*lines, "", ""]).encode())

    def early_answer(self, patience: float, silence: float) -> Answer | None:
        """The answer to a big body that S3 does not want, which comes before it is sent.

        Args:
            patience: Seconds to wait for its beginning: not every server says that it wants the body.
            silence: Seconds to wait for more, once it has begun.

        Returns:
            The answer; None when the body is to be sent.
        """
        if self._size < BIG:
            return None
        self._connection.wait_at_most(patience)
        try:
            head = self._connection.receive(1)
        except TimeoutError:
            return None
        finally:
            self._connection.wait_at_most(silence)
        # One by one, since what follows may be of another answer.
        while not head.endswith(b"\r\n\r\n"):
            more = self._connection.receive(1)
            if not more or len(head) >= _HEAD_BYTES:
                raise RemoteDisconnected("")
            head += more
        found = re.match(rb"HTTP/1\.[0-9] ([1345][0-9]{2})[ \r]", head)
        if not found:  # such as a success, before there was anything to take
            raise BadStatusLine("")
        status = int(found[1])
        return None if status == _CONTINUE else Answer(status, self._rest(patience))

    def answer(self) -> Answer:
        """The answer to the body."""
        response = self._connection.answer("PUT")
        said = b""
        with suppress(Exception):  # what came until then counts
            # Of a success nothing is to be known, and its body may be late.
            while (
                not _is_success(response.status)
                and len(said) < _SAID_BYTES
                and (more := response.read1(_SAID_BYTES))
            ):
                said += more
        response.close()
        return Answer(response.status, said[:_SAID_BYTES])

    def _rest(self, patience: float) -> bytes:
        """What is said after a head, as it comes."""
        said = b""
        with suppress(Exception):
            self._connection.wait_at_most(patience)
            while len(said) < _SAID_BYTES and (more := self._connection.receive(_SAID_BYTES)):
                said += more
        return said[:_SAID_BYTES]


def _is_success(status: int) -> bool:
    return 200 <= status < 300
