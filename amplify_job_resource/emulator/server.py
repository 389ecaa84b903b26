"""The emulator as an HTTP server: moto's own server, with a control endpoint and a page."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from . import control_server, local_server, page
from .control import Control
from .exceptions import OperationNotEmulated
from .http_server import HttpServer
from .persistence import Persistence
from .refusals import StartResponse, refuse, signed_for
from .request_log import logged
from .state import emulator_state

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
    """A WSGI application: the control endpoint, the page, logs, uploads, sites, and moto for all else.

    With a `file`, the state is saved to it after each request that can change something, before the
    client has its answer.
    """

    def __init__(self, file: Persistence | None = None) -> None:
        self._moto = _Dispatcher()
        self._file = file
        self._saving = threading.Lock()
        self._asked = self._saved = 0

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        """Answer one request.

        Raises:
            ConnectionDropped: a fault closes the connection, so there is nothing to send.
        """
        try:
            # moto has done all of the work when this returns, so the state can be saved.
            answer: Iterable[bytes] = self._application_for(environ)(environ, start)
            return answer
        finally:
            if environ.get("REQUEST_METHOD") not in ("GET", "HEAD"):
                self.save()

    def save(self) -> None:
        """Write the state to its file; does nothing without one.

        Requests that wait for the same moment share one save.
        """
        if self._file is None:
            return
        with emulator_state.lock:
            self._asked += 1
            mine = self._asked
        with self._saving:
            if self._saved < mine:
                # Whoever has asked by now has changed what there was to change.
                asked = self._asked
                self._file.save()
                self._saved = asked

    def _application_for(self, environ: dict[str, Any]) -> Any:
        if control_server.serves(environ.get("PATH_INFO", "")):
            return control_server.serve_control
        application = local_server.application_for(environ)
        if application:
            return application
        return page.serve_page if page.serves(environ) else self._moto


class Server(HttpServer):
    """An emulator server in a thread of this process; a context manager starts and stops it.

    All servers of one process share their apps, their clock and everything else.

    Args:
        port: The port of 127.0.0.1 to listen on; 0 for any free port.
        state: The file that keeps apps and jobs across restarts; None to keep nothing.
        json_log: Whether to write a line of JSON on stderr for each request.

    Attributes:
        url: The server's address, for `AWS_ENDPOINT_URL_AMPLIFY`.
        control: The `Control` of this server.

    Raises:
        ValueError: `state` is a file that holds no state of an emulator, or that of a newer version.
        OSError: `state` can be neither read nor written, or another server uses it.
    """

    def __init__(self, port: int = 0, state: Path | None = None, *, json_log: bool = False) -> None:
        self._file = Persistence(state) if state else None
        self._application = Application(self._file)
        try:
            if self._file:
                self._file.load()
                self._application.save()
            super().__init__(logged(self._application) if json_log else self._application, port)
        except BaseException:
            if self._file:
                self._file.close()
            raise
        self.control = Control(self.url)

    def stop(self) -> None:
        """Stop serving, and save the state if there is a file for it."""
        super().stop()
        self._application.save()
        if self._file:
            self._file.close()
