"""The emulator as an HTTP server on this machine, in moto's own dispatch, with a control endpoint."""

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
from .controls import perform
from .persistence import load, save
from .responses import ConnectionDropped

Start = Callable[..., Any]


class Application:
    """A WSGI application: the control endpoint, and moto for everything else."""

    def __init__(self, state: Path | None = None) -> None:
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._state = state
        self._saving = threading.Lock()

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Serve one request."""
        path = environ.get("PATH_INFO", "")
        try:
            if path.startswith(PREFIX):
                return self._control(path[len(PREFIX) :], environ, start)
            # moto runs all of the request inside the call, so the state is complete after it.
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
        """Write down everything, when the emulator is to outlive its process."""
        if self._state:
            with self._saving:
                save(self._state)

    def _control(self, verb: str, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        try:
            arguments = json.loads(environ["wsgi.input"].read(length) or b"{}")
            status, body = "200 OK", perform(verb, arguments)
        except Exception as error:  # a test that asks amiss wants to see why
            status, body = "400 Bad Request", {"error": f"{type(error).__name__}: {error}"}
        data = json.dumps(body).encode()
        start(status, [("Content-Type", "application/json"), ("Content-Length", str(len(data)))])
        return [data]


class _QuietHandler(WSGIRequestHandler):
    """Keeps connections open, and says nothing of each request."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        pass


class Server:
    """An emulator server in this process, on a free port of 127.0.0.1.

    The emulator's state is the process's: two servers of one process show the same apps.

    Attributes:
        url: where it listens, for `AWS_ENDPOINT_URL_AMPLIFY`.
        control: sets it up and looks at it.
    """

    def __init__(self, port: int = 0, state: Path | None = None) -> None:
        # Flask keeps its own log of what went wrong; a dropped connection is no such thing here.
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
        # Stopping waits for the next poll.
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    def start(self) -> None:
        """Begin to serve, in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving."""
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
