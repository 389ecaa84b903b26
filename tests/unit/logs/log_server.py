"""A server of this machine that gives a log as AWS's storage does, or as a test wants it."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: Stands in each address, and must not stand anywhere else.
SECRET = "5EC2E7"
PATH = f"/main/0000000002/BUILD/log.txt?X-Amz-Security-Token={SECRET}&X-Amz-Signature={SECRET}"


class Request(BaseHTTPRequestHandler):
    """One request, and how it is answered."""

    protocol_version = "HTTP/1.1"
    state: LogServer

    def do_GET(self) -> None:
        self.state.asked.append((self.path, self.headers))
        self.state.answer(self)

    def do_CONNECT(self) -> None:
        self.state.tunnels.append(self.path)
        self.reply(403)

    def reply(
        self,
        status: int,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        breaks_off: bool = False,
    ) -> None:
        """A whole answer, or one that ends before it is complete."""
        self.send_response(status)
        given = {"Content-Length": str(len(body) + breaks_off), **(headers or {})}
        for name, value in given.items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = breaks_off or not given["Content-Length"]

    def log_message(self, format: str, *args: Any) -> None:
        pass


@dataclass
class LogServer:
    """What a test sets, and what it looks at.

    Attributes:
        url: the log's address.
        log: what is in the log.
        answer: how a request is answered; with ranges, unless a test wants something else.
        asked: the path and the headers of each request.
        tunnels: the hosts that it was asked for as a proxy.
        over: set when the test is over, for an answer that never comes.
    """

    root: str = ""
    log: bytes = b""
    asked: list[tuple[str, Any]] = field(default_factory=list)
    tunnels: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    answer: Callable[[Request], None] = field(init=False)

    def __post_init__(self) -> None:
        self.answer = self.part

    @property
    def url(self) -> str:
        return self.root + PATH

    @property
    def ranges(self) -> list[str | None]:
        """The ranges that were asked for."""
        return [headers["Range"] for _, headers in self.asked]

    def part(self, request: Request) -> None:
        """As AWS's storage does: the range, 416 where it has nothing in it."""
        size = len(self.log)
        asked = re.fullmatch(r"bytes=(\d*)-(\d*)", request.headers["Range"] or "bytes=0-")
        assert asked
        start = int(asked[1]) if asked[1] else max(size - int(asked[2]), 0)
        if start >= size:
            told = f"<Error><ActualObjectSize>{size}</ActualObjectSize></Error>"
            request.reply(416, told.encode())
        else:
            named = {"Content-Range": f"bytes {start}-{size - 1}/{size}"}
            request.reply(206, self.log[start:], named)

    def whole(self, request: Request) -> None:
        """As a server does that knows no ranges."""
        request.reply(200, self.log)

    def never(self, request: Request) -> None:
        """Nothing, as long as the test lasts."""
        self.over.wait(30)
        request.close_connection = True


@contextmanager
def log_server() -> Iterator[LogServer]:
    """Serve until the block ends."""
    given = LogServer()

    class Handler(Request):
        state = given

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            pass  # a client that is gone

    server = Server(("127.0.0.1", 0), Handler)
    given.root = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield given
    finally:
        given.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
