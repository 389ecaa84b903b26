"""A log's address is asked the way that the stack's settings want it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from amplify_job_resource._amplify.proxies import Proxies
from amplify_job_resource._amplify.settings import Settings
from amplify_job_resource._logs.address import LogSession
from amplify_job_resource._logs.failures import LogUnavailable, without_address

from tests.secure_server import Secure, secure_server
from tests.unit.logs.log_server import PATH, SECRET, LogServer, Request

PROXIES = ("http_proxy", "https_proxy", "no_proxy", "all_proxy")
ABROAD = f"https://logs.invalid{PATH}"
UNTRUSTED = "its certificate is not trusted"


@pytest.fixture(autouse=True)
def _no_proxies_here(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*PROXIES, "requests_ca_bundle"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secure]:
    with secure_server(tmp_path_factory.mktemp("tls") / "ca.pem", b"a log") as given:
        yield given


def read(url: str, byte_range: str | None = None, **members: Any) -> tuple[int, bytes]:
    """The status and the body of an answer."""

    def ask() -> tuple[int, bytes]:
        with LogSession(Settings(**members)) as session, session.get(url, byte_range) as answer:
            return answer.status, b"".join(answer.body)

    return without_address(ask)


def reason(url: str, **members: Any) -> str:
    """Why an address cannot be read."""
    with pytest.raises(LogUnavailable) as caught:
        read(url, **members)
    assert SECRET not in str(caught.value)
    assert caught.value.__context__ is None
    return caught.value.reason


def test_nothing_but_the_address_is_sent(server: LogServer) -> None:
    """No credentials, and the log is wanted as it is; the signature arrives unchanged."""
    server.log = b"a log"
    assert read(server.url, "bytes=2-", access_key="AK", secret_key="s") == (206, b"log")
    ((path, headers),) = server.asked
    assert path == PATH
    assert headers["Range"] == "bytes=2-"
    assert headers["Accept-Encoding"] == "identity"
    assert headers["User-Agent"] == "amplify-job-resource"
    assert headers["Authorization"] is None


def test_all_of_it_is_asked_for_without_a_range(server: LogServer) -> None:
    """Then a server has no part to give."""
    server.answer = server.whole
    server.log = b"a log"
    assert read(server.url) == (200, b"a log")
    assert server.ranges == [None]


@pytest.mark.parametrize("url", ["http://logs.example.com/log.txt", "https://a b/log.txt", ""])
def test_only_some_addresses_are_asked(url: str) -> None:
    """With https; http reaches no farther than this machine, where an emulator may be."""
    assert reason(url) == "its address is not one to ask: https is needed"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_is_asked_directly(
    host: str, server: LogServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With http, and past every proxy, which would read the address."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    url = server.url.replace("127.0.0.1", host)
    assert read(url)[0] == 416
    assert read(url, proxies=Proxies(http="http://127.0.0.1:1"))[0] == 416


def test_a_redirect_is_not_followed(server: LogServer) -> None:
    """Whoever answers does not choose who is asked next."""
    server.answer = lambda request: request.reply(302, headers={"Location": server.url})
    assert read(server.url) == (302, b"")
    assert len(server.asked) == 1


@pytest.mark.parametrize("where", ["stack", "environment"])
def test_the_way_leads_through_a_proxy(
    where: str, server: LogServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stack's, else the environment's; one that refuses is told."""
    if where == "environment":
        monkeypatch.setenv("https_proxy", server.root)
        members = {}
    else:
        monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
        members = {"proxies": Proxies(https=server.root)}
    assert reason(ABROAD, **members) == "the proxy does not lead to it"
    assert server.tunnels == ["logs.invalid:443"]


def test_a_host_may_be_asked_without_the_proxy(
    server: LogServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the environment says so."""
    monkeypatch.setenv("https_proxy", server.root)
    monkeypatch.setenv("no_proxy", "logs.invalid")
    assert reason(ABROAD) == "its server cannot be reached"
    assert server.tunnels == []


def test_a_private_authority_is_trusted_if_the_stack_says_so(secure: Secure) -> None:
    """`customCaBundle` names its certificate; `insecure` asks for none, and warns nobody."""
    url = secure.url + PATH
    assert read(url, ca_bundle=str(secure.certificate)) == (200, b"a log")
    assert read(url, insecure=True, ca_bundle="/nowhere") == (200, b"a log")
    assert reason(url) == UNTRUSTED


@pytest.mark.parametrize("name", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
def test_the_environment_may_name_an_authority(
    name: str, secure: Secure, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for botocore's own clients; the stack's comes before."""
    monkeypatch.setenv(name, str(secure.certificate))
    assert read(secure.url + PATH) == (200, b"a log")
    monkeypatch.setenv(name, "/nowhere")
    assert read(secure.url + PATH, ca_bundle=str(secure.certificate)) == (200, b"a log")
    assert reason(secure.url + PATH) == UNTRUSTED


def test_a_missing_profile_does_not_matter(secure: Secure) -> None:
    """It is an error of the calls to AWS, and no credentials are needed here."""
    assert reason(secure.url + PATH, profile="missing") == UNTRUSTED


def test_a_missing_answer_is_given_up(server: LogServer) -> None:
    """After the time for the next bytes."""
    server.answer = server.never
    with pytest.raises(LogUnavailable, match=r"^no answer$"):
        without_address(lambda: hurried(server))


def test_a_missing_rest_is_given_up(server: LogServer) -> None:
    """Also where an answer has begun."""

    def begin(request: Request) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "100")
        request.end_headers()
        request.wfile.write(b"x")
        server.never(request)

    server.answer = begin
    with pytest.raises(LogUnavailable, match=r"^no answer$"):
        without_address(lambda: hurried(server))


def hurried(server: LogServer) -> bytes:
    with LogSession(Settings(), read_seconds=0.05) as session, session.get(server.url) as answer:
        return b"".join(answer.body)


def test_an_answer_takes_no_longer_than_it_may(server: LogServer) -> None:
    """However steadily its bytes come."""
    server.log = b"x" * 100_000
    readings = iter([0.0, 10.0, 29.9, 30.0])
    session = LogSession(Settings(), now=lambda: next(readings))
    with session, session.get(server.url) as answer:
        assert len(next(answer.body)) + len(next(answer.body)) == 32 * 1024
        with pytest.raises(LogUnavailable, match=r"^it takes too long$"):
            next(answer.body)


def test_one_connection_serves_many_answers(server: LogServer) -> None:
    """Following a log asks every few seconds."""
    server.log = b"a log"
    ports = []

    def answer(request: Request) -> None:
        ports.append(request.client_address)
        server.part(request)

    server.answer = answer
    with LogSession(Settings()) as session:
        for _ in range(2):
            with session.get(server.url) as found:
                assert b"".join(found.body) == b"a log"
    assert len(set(ports)) == 1


def test_a_session_opens_nothing_before_it_is_asked(tmp_path: Path) -> None:
    """Closing one that was never used, or twice, is no error."""
    session = LogSession(Settings(ca_bundle=str(tmp_path / "missing.pem")))
    session.close()
    session.close()


@pytest.mark.parametrize(("named", "encoding"), [("", ""), ("identity", ""), (" GZIP", "gzip")])
def test_an_answer_says_how_it_is_compressed(named: str, encoding: str, server: LogServer) -> None:
    """Plain is no compression."""
    server.answer = lambda request: request.reply(200, b"", {"Content-Encoding": named})
    with LogSession(Settings()) as session, session.get(server.url) as answer:
        assert answer.encoding == encoding


@pytest.mark.parametrize(("named", "length"), [("2", 2), ("", None)])
def test_an_answer_says_how_long_it_is(named: str, length: int | None, server: LogServer) -> None:
    """If its server does."""
    server.answer = lambda request: request.reply(200, b"ab", {"Content-Length": named})
    with LogSession(Settings()) as session, session.get(server.url) as answer:
        assert (answer.length, b"".join(answer.body)) == (length, b"ab")


def test_a_refusal_is_read_no_farther_than_needed(server: LogServer) -> None:
    """Its first words say why; the rest may be long."""
    server.answer = lambda request: request.reply(403, b"Request has expired" + b" " * 1_000_000)
    with LogSession(Settings()) as session, session.get(server.url) as answer:
        assert answer.refusal().has_expired
    with LogSession(Settings()) as session, session.get(server.url) as answer:
        assert len(answer.beginning()) == 4096


def test_a_refusal_may_break_off(server: LogServer) -> None:
    """What came of it counts, and its status does in any case."""
    server.answer = lambda request: request.reply(403, b"Request has expired", breaks_off=True)
    with LogSession(Settings()) as session, session.get(server.url) as answer:
        assert answer.refusal().has_expired
    server.answer = lambda request: request.reply(404, b"", breaks_off=True)
    with LogSession(Settings()) as session, session.get(server.url) as answer:
        assert answer.refusal().reason == "there is none (404)"
