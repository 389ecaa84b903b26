"""The emulator as an HTTP server: moto's own server, with a control endpoint for `Control`."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from . import local_server
from .control import PREFIX, Control
from .exceptions import AmplifyError, OperationNotEmulated
from .http_server import HttpServer
from .persistence import load, save
from .refusals import StartResponse, refuse, signed_for
from .verbs import perform

_UNKNOWN = "unknown"


class _Dispatcher(DomainDispatcherApplication):
    """Moto's choice of a service for each request, where moto would take S3 when in doubt.

    A request that names no service is for Amplify, unless its address is signed for S3; one for a
    service that moto does not have is refused.
    """

    def __init__(self) -> None:
        super().__init__(_application_of)

    def infer_service_region_host(self, environ: dict[str, Any], path: str) -> str:
        host: str | None = None
        with contextlib.suppress(LookupError):  # headers that are not AWS's
            host = super().infer_service_region_host(environ, path)
        if host is None and signed_for(environ) == "s3":
            host = "s3.us-east-1.amazonaws.com"
        return host or "amplify.us-east-1.amazonaws.com"

    def get_backend_for_host(self, host: str | None) -> Any:
        if host is None or "." not in host:
            return super().get_backend_for_host(host)
        patterns = self.backend_url_patterns
        found = next((name for name, host_is in patterns if host_is.match(f"http://{host}")), None)
        # S3's pattern also matches services whose names only begin as its own.
        if found == "s3" and host.partition(".")[0] not in ("s3", "s3express"):
            found = None
        return found or _UNKNOWN


def _application_of(service: Any) -> Any:
    return _refuse_service if service == _UNKNOWN else create_backend_app(service)


def _refuse_service(environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
    asked_for = f"{environ['REQUEST_METHOD']} {environ.get('PATH_INFO', '')}"
    service = signed_for(environ)
    error = OperationNotEmulated(f"the service {service} ({asked_for})" if service else asked_for)
    return refuse(environ, start, "501 Not Implemented", error.code, error.message)


class Application:
    """A WSGI application: the control endpoint, logs, uploads, sites, and moto for all else.

    With a `state` file, everything is saved to it after each request that can change something.
    """

    def __init__(self, state: Path | None = None) -> None:
        self._moto = _Dispatcher()
        self._state = state
        self._saving = threading.Lock()

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        """Answer one request.

        Raises:
            ConnectionDropped: a fault closes the connection, so there is nothing to send.
        """
        path = environ.get("PATH_INFO", "")
        try:
            if path.startswith(PREFIX):
                return self._control(path[len(PREFIX) :], environ, start)
            application = local_server.application_for(environ)
            if application:
                return application(environ, start)
            # moto has done all of the work when this returns, so the state can be saved.
            answer: Iterable[bytes] = self._moto(environ, start)
            return answer
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
            status, body = "400 Bad Request", {"error": _text(error)}
        data = json.dumps(body).encode()
        start(status, [("Content-Type", "application/json"), ("Content-Length", str(len(data)))])
        return [data]


class Server(HttpServer):
    """An emulator server in a thread of this process; a context manager starts and stops it.

    All servers of one process share their apps, their clock and everything else.

    Args:
        port: The port of 127.0.0.1 to listen on; 0 for any free port.
        state: The file that keeps apps and jobs across restarts; None to keep nothing.

    Attributes:
        url: The server's address, for `AWS_ENDPOINT_URL_AMPLIFY`.
        control: The `Control` of this server.

    Raises:
        ValueError: `state` is a file that holds no state of an emulator.
        OSError: `state` can be neither read nor written.
    """

    def __init__(self, port: int = 0, state: Path | None = None) -> None:
        self._application = Application(state)
        if state:
            load(state)
            self._application.save()
        super().__init__(self._application, port)
        self.control = Control(self.url)

    def stop(self) -> None:
        """Stop serving, and save the state if there is a file for it."""
        super().stop()
        self._application.save()


def _text(error: Exception) -> str:
    """An error as a line; those of Amplify have their code in front already."""
    return str(error) if isinstance(error, AmplifyError) else f"{type(error).__name__}: {error}"
