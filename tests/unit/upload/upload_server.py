"""A server of this machine that takes an upload as S3 does, or as a test wants it."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: Stands in each address, and must not stand anywhere else.
SECRET = "5EC2E7"
PATH = f"/main/0000000002/DEPLOY/artifacts.zip?X-Amz-Signature={SECRET}&X-Amz-Expires=10800"
DENIED = b"<?xml version='1.0'?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"


class Request(BaseHTTPRequestHandler):
    """One request, and how it is answered."""

    protocol_version = "HTTP/1.1"
    state: UploadServer

    def do_PUT(self) -> None:
        self.state.asked.append((self.path, self.headers))
        answers = self.state.answers
        (answers.pop(0) if answers else self.state.take)(self)

    def do_CONNECT(self) -> None:
        self.state.tunnels.append((self.path, self.headers))
        self.state.tunnel(self)

    def read(self, most: int | None = None) -> bytes:
        """The body, or some of it."""
        size = int(self.headers["Content-Length"])
        return self.rfile.read(size if most is None else min(most, size))

    def reply(self, status: int, body: bytes = b"") -> None:
        """A whole answer."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def reset(self) -> None:
        """Close the connection hard."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:
        pass


Answer = Callable[[Request], None]


@dataclass
class UploadServer:
    """What a test sets, and what it looks at.

    Attributes:
        answers: how the next requests are answered; as S3 does when there are no more.
        tunnel: how a request to lead somewhere is answered; refused, unless a test wants it.
        asked: the path and the headers of each request.
        tunnels: where it was to lead, with the headers.
        taken: the bodies that came completely.
        over: set when the test is over, for an answer that never comes.
    """

    root: str = ""
    answers: list[Answer] = field(default_factory=list)
    tunnel: Answer = field(default=lambda request: request.reply(403))
    asked: list[tuple[str, Any]] = field(default_factory=list)
    tunnels: list[tuple[str, Any]] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return self.root + PATH

    def take(self, request: Request) -> None:
        """As S3 does."""
        body = request.read()
        if len(body) == int(request.headers["Content-Length"]):
            self.taken.append(body)
            request.reply(200)

    def never(self, request: Request) -> None:
        """Read everything, and say nothing as long as the test lasts."""
        self.taken.append(request.read())
        self.stall(request)

    def stall(self, request: Request) -> None:
        """Read nothing more and say nothing."""
        self.over.wait(30)
        request.close_connection = True


def answer(status: int, body: bytes = b"") -> Answer:
    """Read everything, then answer."""

    def do(request: Request) -> None:
        request.read()
        request.reply(status, body)

    return do


def s3_error(status: int, code: str, message: str = "No.") -> Answer:
    """What S3 answers when it does not take something."""
    return answer(
        status, f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()
    )


def resets_after(size: int) -> Answer:
    """Close the connection hard after so many bytes of the body."""

    def do(request: Request) -> None:
        request.read(size)
        request.reset()

    return do


def loses_the_answer(server: UploadServer) -> Answer:
    """Take all of the body, and close the connection instead of answering."""

    def do(request: Request) -> None:
        server.taken.append(request.read())
        request.reset()

    return do


@contextmanager
def upload_server(context: Any = None) -> Iterator[UploadServer]:
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

    server = Server(("127.0.0.1", 0), Handler)
    given.root = f"http://127.0.0.1:{server.server_port}"
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        given.root = f"https://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield given
    finally:
        given.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
