"""A server of this machine that takes uploads as S3 does, or as a test wants it; it may be a proxy."""

from __future__ import annotations

import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.waiting import wait_until

#: Stands in each address, and must not stand anywhere else.
SECRET = "5EC2E7"
PATH = f"/main/0000000002/DEPLOY/artifacts.zip?X-Amz-Signature={SECRET}&X-Amz-Expires=10800"
_READ_BYTES = 64 * 1024


class Request(BaseHTTPRequestHandler):
    """One request, and how it is answered."""

    protocol_version = "HTTP/1.1"
    state: UploadServer

    def do_PUT(self) -> None:
        self.state.asked.append((self.path, self.headers))
        answers = self.state.answers
        try:
            (answers.pop(0) if answers else self.state.take)(self)
        finally:
            self.state.done += 1

    def do_CONNECT(self) -> None:
        self.state.tunnels.append((self.path, self.headers))
        self.state.tunnel(self)

    def handle_expect_100(self) -> bool:
        self.state.expected += 1
        return self.state.expect(self)

    def say_continue(self) -> bool:
        return super().handle_expect_100()

    def read(self, most: int | None = None) -> int:
        """Read the body, or some of it, and keep nothing of it; how many bytes there were."""
        size = int(self.headers["Content-Length"])
        left = size if most is None else most
        while left and (chunk := self.rfile.read(min(left, _READ_BYTES))):
            left -= len(chunk)
        return (size if most is None else most) - left

    def reply(self, status: int, body: bytes = b"") -> None:
        """A whole answer."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def send_nonsense(self) -> None:
        """An answer that is none."""
        self.wfile.write(b"nonsense\r\n")
        self.close_connection = True

    def reset(self) -> None:
        """Close the connection hard."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.rfile.close()
        self.connection.close()

    def lead(self, port: int) -> None:
        """Be a tunnel to a port of this machine."""
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self.close_connection = True
        with socket.create_connection(("127.0.0.1", port), 30) as target:
            ends = {self.connection: target, target: self.connection}
            while True:
                for end in select.select(list(ends), [], [], 30)[0]:
                    data = end.recv(_READ_BYTES)
                    if not data:
                        return
                    ends[end].sendall(data)
                    while isinstance(end, ssl.SSLSocket) and end.pending():
                        ends[end].sendall(end.recv(_READ_BYTES))

    def log_message(self, format: str, *args: Any) -> None:
        pass


Answer = Callable[[Request], None]


@dataclass
class UploadServer:
    """What a test sets, and what it looks at.

    Attributes:
        answers: how the next requests are answered; as S3 does when there are no more.
        tunnel: how a request to lead somewhere is answered; refused, unless a test wants it.
        expect: what is done where a client asks whether its body is wanted; it says so.
        asked: the path and the headers of each request.
        tunnels: where it was to lead, with the headers.
        expected: how often a client asked whether its body is wanted.
        done: how many of its answers have ended, also where their client was gone.
        taken: the bodies that came completely.
        stalled: set when it says nothing more.
        over: set when the test is over, for an answer that never comes.
    """

    root: str = ""
    answers: list[Answer] = field(default_factory=list)
    tunnel: Answer = field(default=lambda request: request.reply(403))
    expect: Callable[[Request], bool] = Request.say_continue
    asked: list[tuple[str, Any]] = field(default_factory=list)
    tunnels: list[tuple[str, Any]] = field(default_factory=list)
    expected: int = 0
    done: int = 0
    taken: list[bytes] = field(default_factory=list)
    stalled: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return self.root + PATH

    @property
    def port(self) -> int:
        return int(self.root.rpartition(":")[2])

    def take(self, request: Request) -> None:
        """Take the body as S3 does."""
        size = int(request.headers["Content-Length"])
        body = request.rfile.read(size)
        if len(body) == size:
            self.taken.append(body)
            request.reply(200)

    def settled(self) -> list[bytes]:
        """What was taken, when nothing more will be."""
        self.over.set()
        wait_until(lambda: self.done == len(self.asked), "the answers end")
        return self.taken

    def stall(self, request: Request) -> None:
        """Read nothing more, and say nothing as long as the test lasts."""
        self.stalled.set()
        self.over.wait(30)
        request.close_connection = True

    def stalls_after(self, size: int | None) -> Answer:
        """Read so many bytes, or all, and stall."""

        def stall(request: Request) -> None:
            request.read(size)
            self.stall(request)

        return stall


def answers(status: int, body: bytes = b"") -> Answer:
    """Read everything, then answer."""

    def answer(request: Request) -> None:
        request.read()
        request.reply(status, body)

    return answer


def s3_error(status: int, code: str, message: str = "No.") -> Answer:
    """What S3 answers when it does not take something; it may quote what it was asked."""
    quoted = f"<CanonicalRequest>PUT\n{PATH}</CanonicalRequest>"
    text = f"<Error><Code>{code}</Code><Message>{message}</Message>{quoted}</Error>"
    return answers(status, text.encode())


def refuses_at_once(request: Request) -> None:
    """Refuse without a look at the body, and close the connection."""
    request.reply(403, b"<Error><Code>AccessDenied</Code></Error>")
    request.close_connection = True


def refuses_early(request: Request) -> bool:
    """Refuse before a body is sent that was announced."""
    refuses_at_once(request)
    return False


def resets_after(size: int | None) -> Answer:
    """Close the connection hard after so many bytes of the body, or after all."""

    def reset(request: Request) -> None:
        request.read(size)
        request.reset()

    return reset


@contextmanager
def upload_server(context: ssl.SSLContext | None = None) -> Iterator[UploadServer]:
    """Serve until the block ends.

    Args:
        context: For a server with https.
    """
    given = UploadServer()

    class Handler(Request):
        state = given

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass  # a client that is gone

        def finish_request(self, request: Any, client_address: Any) -> None:
            if context:  # here, on a thread of its own
                request = context.wrap_socket(request, server_side=True)
            super().finish_request(request, client_address)
            request.close()

    server = Server(("127.0.0.1", 0), Handler)
    given.root = f"{'https' if context else 'http'}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield given
    finally:
        given.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
