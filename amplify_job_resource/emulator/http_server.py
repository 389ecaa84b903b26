"""An HTTP server on 127.0.0.1, in a thread of this process."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any

from werkzeug.serving import WSGIRequestHandler, make_server

from .exceptions import ConnectionDropped
from .refusals import StartResponse

if TYPE_CHECKING:
    from typing_extensions import Self


Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


class _QuietHandler(WSGIRequestHandler):
    """Keeps connections open between requests, and logs none of them."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        pass


def _closing(application: Application) -> Application:
    """The application, with a connection that is closed where there is nothing to send."""

    def answer(environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        try:
            return application(environ, start)
        except ConnectionDropped:
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionAbortedError("dropped by plan") from None

    return answer


class HttpServer:
    """A server for a WSGI application; a context manager starts and stops it.

    Args:
        application: What answers the requests. Where it raises `ConnectionDropped`, the client
            gets no answer.
        port: The port of 127.0.0.1 to listen on; 0 for any free port.

    Attributes:
        url: The server's address.
    """

    def __init__(self, application: Application, port: int = 0) -> None:
        # Otherwise werkzeug prints a traceback for each request that fails.
        logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
        self._server = make_server(
            "127.0.0.1", port, _closing(application), threaded=True, request_handler=_QuietHandler
        )
        self._server.daemon_threads = True  # type: ignore[attr-defined]
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        # `stop` may take as long as one poll.
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    def start(self) -> None:
        """Start to serve, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
