"""One connection to the server of a signed address, which another thread can break off.

It is made by hand, on a socket: libraries for HTTP write addresses into their logs, and their sockets
cannot be reached from outside. The way is the one of the calls to AWS: the same proxies, the same
certificates.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from http.client import HTTPResponse
from threading import Event
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from .._amplify.settings import Settings
from .._amplify.signed_address import proxies_for, trusted
from .failures import CertificatesUnreadable, ProxyFailed

if TYPE_CHECKING:
    import ssl

_PORTS: Final = {"http": 80, "https": 443}
#: How much is read of what is said beside a status.
_SAID_BYTES: Final = 4 * 1024


class Connection:
    """A connection for one request.

    Args:
        url: The address, one that may be asked.
        settings: How AWS is reached.
        broken_off: Set where nothing is wanted any more.
    """

    def __init__(self, url: str, settings: Settings, broken_off: Event) -> None:
        parts = urlsplit(url)
        self._url = url
        self._settings = settings
        self._broken_off = broken_off
        self._host = parts.hostname or ""
        self._is_secure = parts.scheme == "https"
        self._port = parts.port or _PORTS[parts.scheme]
        # What talks, and the socket at the bottom of it.
        self._channel: Any = None
        self._socket: socket.socket | None = None

    def open(self, seconds: float) -> None:
        """Connect.

        Args:
            seconds: How long each step may take.

        Raises:
            Exception: It is not possible; see `failures.unreached`.
        """
        context = self._context() if self._is_secure else None
        proxy, headers = self._proxy()
        if context and proxy:
            self._pass(proxy, headers, context, seconds)
        else:
            self._connect(self._host, self._port, seconds)
        if context:
            self._secure(self._host, context)

    def begin(self, size: int, seconds: float) -> None:
        """Send what stands before the body of a PUT.

        Args:
            size: The body's bytes.
            seconds: How long from now on the next bytes may take, in both directions.
        """
        parts = urlsplit(self._url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        host = parts.netloc.removesuffix(f":{_PORTS[parts.scheme]}")
        self._channel.settimeout(seconds)
        self.send(
            f"PUT {target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: amplify-job-resource\r\n"
            f"Accept-Encoding: identity\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n".encode()
        )

    def send(self, data: bytes | memoryview) -> None:
        """Send bytes; returns when the system has taken them."""
        self._channel.sendall(data)

    def answer(self, seconds: float | None = None) -> tuple[int, bytes]:
        """The status of the answer, and the beginning of its body.

        Args:
            seconds: How long its next bytes may take, where that is not as it was.
        """
        if seconds is not None:
            self._channel.settimeout(seconds)
        response = HTTPResponse(self._channel, method="PUT")
        try:
            response.begin()
            said = b""
            with suppress(Exception):  # what came until then counts
                while len(said) < _SAID_BYTES and (more := response.read1(_SAID_BYTES)):
                    said += more
            return response.status, said[:_SAID_BYTES]
        finally:
            response.close()

    def break_off(self) -> None:
        """Let whatever waits for the other side end at once, and never begin again; from any thread."""
        self._broken_off.set()
        found = self._socket
        if found is not None:
            # Not the method of its class, after which the other thread would go on without encryption.
            with suppress(OSError):
                socket.socket.shutdown(found, socket.SHUT_RDWR)

    def close(self) -> None:
        """Close it, if it was opened; nothing more is sent."""
        for found in (self._channel, self._socket):
            if found is not None:
                with suppress(OSError):
                    found.close()

    def _connect(self, host: str, port: int, seconds: float) -> None:
        self._use(socket.create_connection((host, port), seconds))
        self._channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _use(self, found: socket.socket) -> None:
        self._channel = self._socket = found
        if self._broken_off.is_set():
            raise ConnectionAbortedError

    def _secure(self, host: str, context: ssl.SSLContext) -> None:
        import ssl

        if isinstance(self._channel, ssl.SSLSocket):  # which leads to a proxy
            from urllib3.util.ssltransport import SSLTransport

            self._channel = SSLTransport(self._channel, context, server_hostname=host)
            return
        self._use(
            context.wrap_socket(self._channel, server_hostname=host, do_handshake_on_connect=False)
        )
        self._channel.do_handshake()

    def _context(self) -> ssl.SSLContext:
        import ssl

        from botocore.httpsession import create_urllib3_context, get_cert_path

        verify: Any = trusted(self._settings)
        context: ssl.SSLContext = create_urllib3_context()
        context.check_hostname = bool(verify)
        context.verify_mode = ssl.CERT_REQUIRED if verify else ssl.CERT_NONE
        context.set_alpn_protocols(["http/1.1"])
        if verify:
            try:
                context.load_verify_locations(get_cert_path(verify))
            except OSError as error:  # also one of ssl's own
                raise CertificatesUnreadable from error
        return context

    def _proxy(self) -> tuple[str, dict[str, str]]:
        from botocore.httpsession import ProxyConfiguration

        configuration = ProxyConfiguration(proxies_for(self._url, self._settings))
        url = configuration.proxy_url_for(self._url)
        return (url, configuration.proxy_headers_for(url)) if url else ("", {})

    def _pass(
        self, proxy: str, headers: dict[str, str], context: ssl.SSLContext, seconds: float
    ) -> None:
        """Let a proxy connect to the server."""
        parts = urlsplit(proxy)
        host = parts.hostname or ""
        try:
            self._connect(host, parts.port or _PORTS.get(parts.scheme, 80), seconds)
        except OSError as error:
            raise ProxyFailed(None) from error
        if parts.scheme == "https":
            self._secure(host, context)
        name = f"[{self._host}]" if ":" in self._host else self._host
        lines = [f"CONNECT {name}:{self._port} HTTP/1.1", f"Host: {name}:{self._port}"]
        lines += [f"{key}: {value}" for key, value in headers.items()]
        self.send("\r\n".join([*lines, "", ""]).encode("latin-1"))
        response = HTTPResponse(self._channel, method="CONNECT")
        try:
            response.begin()
            if not 200 <= response.status < 300:
                raise ProxyFailed(response.status)
        finally:
            response.close()
