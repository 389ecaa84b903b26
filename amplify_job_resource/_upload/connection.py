"""One connection to the server of a signed address, which another thread can break off.

It is made by hand, on a socket: libraries for HTTP write addresses into their logs, and their sockets
cannot be reached from outside. The way is the one of the calls to AWS: the same proxies, the same
certificates.
"""

from __future__ import annotations

import os
import socket
import ssl
import struct
from contextlib import suppress
from http.client import HTTPException, HTTPResponse
from threading import Event
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from .._amplify.settings import Settings
from .._amplify.signed_address import proxies_for, trusted
from .failures import CertificatesUnreadable, ProxyFailed

_PORTS: Final = {"http": 80, "https": 443}
#: Linger for no time: a C struct, which differs from system to system.
_DROP: Final = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


class Connection:
    """A connection, for one request; it is opened, used and closed on one thread.

    Args:
        url: An address that may be asked; only its scheme and its server are looked at.
        settings: How AWS is reached.
    """

    def __init__(self, url: str, settings: Settings) -> None:
        parts = urlsplit(url)
        self._is_secure = parts.scheme == "https"
        self._host, self._port = _server(parts)
        self._root = f"{parts.scheme}://{parts.netloc}/"
        self._settings = settings
        self._is_broken_off = Event()
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
        self._check()
        context = self._context() if self._is_secure else None
        try:
            proxy, headers = self._proxy()
            if proxy:
                # Only a server with https is asked through one: the others are on this machine.
                self._pass(urlsplit(proxy), headers, context, seconds)
        except (OSError, HTTPException, ValueError) as error:
            raise ProxyFailed(error) from None
        if not proxy:
            self._connect(self._host, self._port, seconds)
        if context:
            self._secure(self._host, context)

    def wait_at_most(self, seconds: float) -> None:
        """Set how long the next bytes may take from now on, in both directions."""
        self._channel.settimeout(seconds)

    def send(self, data: bytes | memoryview) -> None:
        """Send bytes; returns when the system has taken them."""
        self._check()
        self._channel.sendall(data)

    def receive(self, most: int) -> bytes:
        """Some bytes that came, as soon as there are any; none when no more will come."""
        return self._channel.recv(most) or b""

    def answer(self, method: str) -> HTTPResponse:
        """The answer to a request of this method, with its headers; close it after use."""
        response = HTTPResponse(self._channel, method=method)
        try:
            response.begin()
        except BaseException:
            response.close()
            raise
        return response

    def break_off(self) -> None:
        """End at once whatever waits for the other side, and send nothing more; from any thread.

        What the system has taken and not sent yet is dropped when the connection is closed.
        """
        self._is_broken_off.set()
        found = self._socket
        if found is not None:
            with suppress(OSError):
                found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _DROP)
                # Not the method of its own class: the other thread would go on in plain text.
                socket.socket.shutdown(found, socket.SHUT_RDWR)

    def close(self) -> None:
        """Close it, if it was opened."""
        for found in (self._channel, self._socket):
            if found is not None:
                with suppress(OSError):
                    found.close()

    def _connect(self, host: str, port: int, seconds: float) -> None:
        self._use(socket.create_connection((host, port), seconds))
        self._channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _use(self, found: socket.socket) -> None:
        self._channel = self._socket = found
        self._check()  # It may have been broken off while there was no socket yet.

    def _check(self) -> None:
        if self._is_broken_off.is_set():
            raise ConnectionAbortedError

    def _secure(self, host: str, context: ssl.SSLContext) -> None:
        """Encrypt what goes to a host from now on."""
        if isinstance(self._channel, ssl.SSLSocket):  # which leads to a proxy
            from urllib3.util.ssltransport import SSLTransport

            self._channel = SSLTransport(self._channel, context, server_hostname=host)
            return
        # Its handshake can be broken off only once it is known.
        self._use(
            context.wrap_socket(self._channel, server_hostname=host, do_handshake_on_connect=False)
        )
        self._channel.do_handshake()

    def _context(self) -> ssl.SSLContext:
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
        """The address of the proxy on the way, empty for none, and what it is told."""
        from botocore.httpsession import ProxyConfiguration

        configuration = ProxyConfiguration(proxies_for(self._root, self._settings))
        url = configuration.proxy_url_for(self._root)
        return (url, configuration.proxy_headers_for(url)) if url else ("", {})

    def _pass(
        self,
        proxy: SplitResult,
        headers: dict[str, str],
        context: ssl.SSLContext | None,
        seconds: float,
    ) -> None:
        """Let a proxy connect to the server."""
        host, port = _server(proxy)
        self._connect(host, port, seconds)
        if context and proxy.scheme == "https":
            self._secure(host, context)
        name = f"[{self._host}]" if ":" in self._host else self._host
        lines = [f"CONNECT {name}:{self._port} HTTP/1.1", f"Host: {name}:{self._port}"]
        lines += [f"{key}: {value}" for key, value in headers.items()]
        self.send("\r\n".join([*lines, "", ""]).encode("latin-1"))
        answer = self.answer("CONNECT")
        answer.close()
        if not 200 <= answer.status < 300:
            raise ProxyFailed(status=answer.status)


def _server(parts: SplitResult) -> tuple[str, int]:
    if not parts.hostname:
        raise ValueError("no host")
    return parts.hostname, parts.port or _PORTS.get(parts.scheme, 80)
