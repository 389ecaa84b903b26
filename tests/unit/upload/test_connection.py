"""A connection goes the way of the calls to AWS, and can be broken off at each point of it."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from amplify_job_resource._amplify.proxies import Proxies
from amplify_job_resource._amplify.settings import Settings
from amplify_job_resource._upload.connection import Connection
from amplify_job_resource._upload.failures import unreached

from tests.unit.upload.bodies import BIG, Held
from tests.unit.upload.conftest import Authority
from tests.unit.upload.upload_server import PATH, UploadServer, upload_server

ABROAD = f"https://s3.invalid{PATH}"


@contextmanager
def opened(url: str, **members: Any) -> Iterator[Connection]:
    connection = Connection(url, Settings(**members))
    try:
        connection.open(30)
        connection.wait_at_most(30)
        yield connection
    finally:
        connection.close()


def status(url: str, **members: Any) -> int:
    """What an empty PUT is answered."""
    with opened(url, **members) as connection:
        connection.send(f"PUT {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".encode())
        answer = connection.answer("PUT")
        answer.close()
        return answer.status


def reason(url: str, **members: Any) -> str:
    """Why there is no connection."""
    connection = Connection(url, Settings(**members))
    try:
        connection.open(30)
    except Exception as error:
        return unreached(error).reason
    finally:
        connection.close()
    return "there is one"


def test_this_machine_is_reached_directly(
    server: UploadServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past every proxy, which would read the address."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert status(server.url) == 200
    assert status(server.url, proxies=Proxies(http="http://127.0.0.1:1")) == 200
    assert status(server.url.replace("127.0.0.1", "localhost")) == 200


def test_a_private_authority_is_trusted_if_the_stack_says_so(
    secure: UploadServer, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the environment; `insecure` asks for no certificate at all."""
    assert status(secure.url, ca_bundle=authority.file) == 200
    assert status(secure.url, insecure=True, ca_bundle="/nowhere") == 200
    assert reason(secure.url) == "the certificate of S3 is not trusted"
    assert len(secure.asked) == 2
    monkeypatch.setenv("AWS_CA_BUNDLE", authority.file)
    assert status(secure.url) == 200


def test_a_certificate_is_for_one_name(secure: UploadServer, authority: Authority) -> None:
    """One of a trusted authority for somebody else is not trusted."""
    other = secure.url.replace("127.0.0.1", "localhost")
    assert reason(other, ca_bundle=authority.file) == "the certificate of S3 is not trusted"


def test_missing_certificates_are_told(secure: UploadServer) -> None:
    """The stack names a file that is not there."""
    told = "the certificates that are to be trusted cannot be read"
    assert reason(secure.url, ca_bundle="/nowhere") == told


def test_a_server_that_is_not_there_is_told() -> None:
    """Nothing listens on the port of a socket that is closed."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert reason(f"http://127.0.0.1:{port}{PATH}") == "S3 cannot be reached"


@pytest.mark.parametrize("where", ["stack", "environment"])
@pytest.mark.parametrize("is_secure", [False, True], ids=["http", "https"])
def test_the_way_leads_through_a_proxy(
    where: str,
    is_secure: bool,
    secure: UploadServer,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The stack's, else the environment's; it sees the name of the server, and nothing else."""
    with upload_server(authority.context if is_secure else None) as proxy:
        proxy.tunnel = lambda request: request.lead(secure.port)
        address = proxy.root.replace("://", "://me:p%40ss@")
        members: dict[str, Any] = {"insecure": True}  # the certificate is not one of s3.invalid
        if where == "environment":
            monkeypatch.setenv("https_proxy", address)
        else:
            monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
            members["proxies"] = Proxies(https=address)
        assert status(ABROAD, **members) == 200
        ((target, headers),) = proxy.tunnels
    assert target == headers["Host"] == "s3.invalid:443"
    expected = base64.b64encode(b"me:p@ss").decode()
    assert headers["Proxy-Authorization"] == f"Basic {expected}"
    ((path, _),) = secure.asked
    assert path == PATH


def test_a_proxy_is_trusted_as_a_server_is(secure: UploadServer, authority: Authority) -> None:
    """With https, its certificate has to be a trusted one."""
    with upload_server(authority.context) as proxy:
        proxy.tunnel = lambda request: request.lead(secure.port)
        proxies = Proxies(https=proxy.root)
        told = "the certificate of the proxy is not trusted"
        assert reason(ABROAD, proxies=proxies) == told
        # The proxy is trusted now, and the server has not the name that it was asked by.
        told = "the certificate of S3 is not trusted"
        assert reason(ABROAD, proxies=proxies, ca_bundle=authority.file) == told


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (403, "the proxy on the way to S3 does not lead there (403)"),
        (407, "the proxy on the way to S3 wants a name and a password (407)"),
        (503, "the proxy on the way to S3 does not lead there (503)"),
    ],
)
def test_a_proxy_may_refuse(answer: int, told: str, server: UploadServer) -> None:
    """What it answers is told."""
    server.tunnel = lambda request: request.reply(answer, b"<html>")
    assert reason(ABROAD, proxies=Proxies(https=server.root)) == told


@pytest.mark.parametrize(
    "proxy", ["http://127.0.0.1:1", "http://", "http://[", "http://h:99999", "socks5://h.invalid:1"]
)
def test_a_proxy_may_be_none(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nothing can be sent through is told, and not gone around."""
    monkeypatch.setenv("https_proxy", proxy)
    assert reason(ABROAD) == "the proxy on the way to S3 cannot be reached"


def test_a_proxy_may_talk_nonsense(server: UploadServer) -> None:
    """What does not speak HTTP is no proxy."""
    server.tunnel = lambda request: request.send_nonsense()
    told = "the proxy on the way to S3 cannot be reached"
    assert reason(ABROAD, proxies=Proxies(https=server.root)) == told


class Broken(threading.Thread):
    """What uses a connection on a thread of its own, and how that ended."""

    def __init__(self, connection: Connection, use: Any) -> None:
        super().__init__(daemon=True)
        self.connection = connection
        self.use = use
        self.error: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            self.use()
        except Exception as error:
            self.error = error
        finally:
            self.connection.close()

    def ending(self) -> Exception | None:
        self.join(30)
        assert not self.is_alive()
        return self.error


def send_for_ever(connection: Connection) -> None:
    while True:
        connection.send(bytes(BIG))


@pytest.mark.parametrize("is_secure", [False, True], ids=["http", "https"])
def test_sending_is_broken_off(is_secure: bool, server: UploadServer, secure: UploadServer) -> None:
    """However long the other side reads nothing."""
    to = secure if is_secure else server
    to.answers = [to.stalls_after(1000)]
    with opened(to.url, insecure=True) as connection:
        connection.send(f"PUT {PATH} HTTP/1.1\r\nContent-Length: {BIG}\r\n\r\n".encode())
        using = Broken(connection, lambda: send_for_ever(connection))
        assert to.stalled.wait(30)
        connection.break_off()
        assert isinstance(using.ending(), OSError)


@pytest.mark.parametrize("is_secure", [False, True], ids=["http", "https"])
def test_receiving_is_broken_off(
    is_secure: bool, server: UploadServer, secure: UploadServer
) -> None:
    """However long the other side says nothing."""
    to = secure if is_secure else server
    to.answers = [to.stall]
    with opened(to.url, insecure=True) as connection:
        connection.send(f"PUT {PATH} HTTP/1.1\r\nContent-Length: {BIG}\r\n\r\n".encode())
        using = Broken(connection, lambda: connection.answer("PUT"))
        assert to.stalled.wait(30)
        connection.break_off()
        assert using.ending() is not None


def test_a_handshake_is_broken_off() -> None:
    """A server that accepts connections and says nothing may be a firewall."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(30)
        connection = Connection(f"https://127.0.0.1:{silent.getsockname()[1]}/", Settings())
        using = Broken(connection, lambda: connection.open(60))
        other, _ = silent.accept()
        with other:
            assert other.recv(1)  # of the handshake
            connection.break_off()
            assert isinstance(using.ending(), OSError)


def test_a_tunnel_is_broken_off(server: UploadServer) -> None:
    """A proxy may say nothing as well."""
    server.tunnel = server.stall
    connection = Connection(ABROAD, Settings(proxies=Proxies(https=server.root)))
    using = Broken(connection, lambda: connection.open(60))
    assert server.stalled.wait(30)
    connection.break_off()
    assert using.ending() is not None


def test_what_connects_is_broken_off_as_soon_as_it_has(
    server: UploadServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Connecting itself cannot be broken off; nothing is done after it."""
    held, connect = Held(), socket.create_connection

    def hang(*arguments: Any) -> socket.socket:
        held()
        return connect(*arguments)

    monkeypatch.setattr(socket, "create_connection", hang)
    connection = Connection(server.url, Settings())
    using = Broken(connection, lambda: connection.open(60))
    assert held.reached.wait(30)
    connection.break_off()
    assert using.is_alive()
    held.released.set()
    assert isinstance(using.ending(), ConnectionAbortedError)


def test_nothing_is_sent_after_it_was_broken_off(server: UploadServer) -> None:
    """Whoever still tries is stopped; to break off or close twice is no error."""
    with opened(server.url) as connection:
        connection.break_off()
        connection.break_off()
        with pytest.raises(ConnectionAbortedError):
            connection.send(b"x")
        connection.close()
        connection.break_off()
        with pytest.raises(ConnectionAbortedError):
            connection.open(30)
    assert server.asked == []


@pytest.mark.parametrize("is_broken_off", [True, False])
def test_what_is_not_sent_yet_is_dropped(is_broken_off: bool) -> None:
    """The system would go on for minutes, and finish what nobody wants any more."""
    size = 100_000
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        listening.settimeout(30)
        with opened(f"http://127.0.0.1:{listening.getsockname()[1]}/") as connection:
            other, _ = listening.accept()
            # The system takes it, and the other side has no room for it yet.
            connection.send(bytes(size))
            if is_broken_off:
                connection.break_off()
    received = 0
    with other, suppress(ConnectionResetError):
        other.settimeout(30)
        while more := len(other.recv(size)):
            received += more
    assert (received < size) is is_broken_off


def test_a_connection_that_was_never_opened_is_closed() -> None:
    """And broken off, without an error."""
    connection = Connection(ABROAD, Settings())
    connection.break_off()
    connection.close()


def test_a_silence_is_given_up(server: UploadServer) -> None:
    """After the time for the next bytes, in both directions."""
    server.answers = [server.stall, server.stall]
    head = f"PUT {PATH} HTTP/1.1\r\nContent-Length: {BIG}\r\n\r\n".encode()
    with opened(server.url) as connection:
        connection.wait_at_most(0.05)
        connection.send(head)
        with pytest.raises(TimeoutError):
            connection.answer("PUT")
    with opened(server.url) as connection:
        connection.send(head)
        connection.wait_at_most(0.05)
        with pytest.raises(TimeoutError):
            send_for_ever(connection)
