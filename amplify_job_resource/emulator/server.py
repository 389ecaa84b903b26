"""The emulator as an HTTP server: moto's own server, with a control endpoint for `Control`."""

from __future__ import annotations

import json
import logging
import socket
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

from .control import PREFIX, Control
from .persistence import load, save
from .responses import ConnectionDropped
from .verbs import perform

StartResponse = Callable[..., Any]


class Application:
    """A WSGI application: the control endpoint, and moto for all other paths.

    With a `state` file, everything is saved to it after each request that can change something.
    """

    def __init__(self, state: Path | None = None) -> None:
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._state = state
        self._saving = threading.Lock()

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        """Answer one request.

        Raises:
            ConnectionAbortedError: a fault closed the connection, so there is nothing to send.
        """
        path = environ.get("PATH_INFO", "")
        try:
            if path.startswith(PREFIX):
                return self._control(path[len(PREFIX) :], environ, start)
            # moto has done all of the work when this returns, so the state can be saved.
            answer: Iterable[bytes] = self._moto(environ, start)
            return answer
        except ConnectionDropped:
            connection = environ["werkzeug.socket"]
            connection.shutdown(socket.SHUT_RDWR)
            raise ConnectionAbortedError("dropped by plan") from None
        finally:
            if environ.get("REQUEST_METHOD") != "GET":
                self.save()

    def save(self) -> None:
        """Write the state to its file; does nothing without one."""
        if self._state:
            with self._saving:
                save(self._state)

    def _control(self, verb: str, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        try:
            arguments = json.loads(environ["wsgi.input"].read(length) or b"{}")
            status, body = "200 OK", perform(verb, arguments)
        except Exception as error:  # the caller gets it as a ValueError
            status, body = "400 Bad Request", {"error": f"{type(error).__name__}: {error}"}
        data = json.dumps(body).encode()
        start(status, [("Content-Type", "application/json"), ("Content-Length", str(len(data)))])
        return [data]


class _QuietHandler(WSGIRequestHandler):
    """Keeps connections open between requests, and logs none of them."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        pass


class Server:
    """An emulator server in a thread of this process; a context manager starts and stops it.

    All servers of one process share their apps, their clock and everything else.

    Args:
        port: The port of 127.0.0.1 to listen on; 0 for any free port.
        state: The file that keeps apps and jobs across restarts; None to keep nothing.

    Attributes:
        url: The server's address, for `AWS_ENDPOINT_URL_AMPLIFY`.
        control: The `Control` of this server.
    """

    def __init__(self, port: int = 0, state: Path | None = None) -> None:
        # Otherwise werkzeug prints a traceback for each request that fails.
        logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
        if state:
            load(state)
        self._application = Application(state)
        self._server = make_server(
            "127.0.0.1", port, self._application, threaded=True, request_handler=_QuietHandler
        )
        self._server.daemon_threads = True  # type: ignore[attr-defined]
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.control = Control(self.url)
        # `stop` may take as long as one poll.
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    def start(self) -> None:
        """Start to serve, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving, and save the state if there is a file for it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self._application.save()

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
