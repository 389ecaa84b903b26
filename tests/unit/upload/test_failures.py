"""Why an upload failed is said in a sentence that says what to do, and never has the address."""

from __future__ import annotations

import socket
import ssl
from http.client import BadStatusLine, RemoteDisconnected

import pytest
from amplify_job_resource._amplify.setting_names import (
    SHELL,
    STACK,
    SettingNames,
    of_provider,
)
from amplify_job_resource._upload.failures import (
    CertificatesUnreadable,
    Failure,
    ProxyFailed,
    UploadFailed,
    refusal,
    unanswered,
    unreached,
    unsent,
)

from tests.unit.upload.upload_server import PATH, SECRET


def xml(code: str, message: str = "No.") -> bytes:
    return f"<Error><Code>{code}</Code><Message>{message}</Message>{PATH}</Error>".encode()


@pytest.mark.parametrize(
    ("status", "said", "reason"),
    [
        (403, xml("AccessDenied"), "S3 refuses the address for the upload (403 AccessDenied)"),
        (403, b"", "S3 refuses the address for the upload (403)"),
        (401, b"<html>", "S3 refuses the address for the upload (401)"),
        (
            403,
            xml("AccessDenied", "Request has expired"),
            "the address for the upload has expired (403 AccessDenied)",
        ),
        (400, xml("ExpiredToken"), "the address for the upload has expired (400 ExpiredToken)"),
        (
            403,
            xml("SignatureDoesNotMatch"),
            "S3 refuses the address for the upload (403 SignatureDoesNotMatch)",
        ),
    ],
)
def test_a_denial_is_told(status: int, said: bytes, reason: str) -> None:
    """The address is good for nothing any more, so another try would be of no use."""
    found = refusal(status, said)
    assert found.reason == reason
    assert found.is_final
    assert found.is_denial
    assert found.advice


@pytest.mark.parametrize(
    ("status", "said", "reason"),
    [
        (400, xml("EntityTooLarge"), "S3 does not take it (400 EntityTooLarge)"),
        (404, xml("NoSuchBucket"), "S3 does not take it (404 NoSuchBucket)"),
        (501, xml("NotImplemented"), "S3 does not take it (501 NotImplemented)"),
        (302, b"", "S3 sends the upload elsewhere (302)"),
        (
            307,
            xml("TemporaryRedirect"),
            "S3 sends the upload elsewhere (307 TemporaryRedirect)",
        ),
    ],
)
def test_a_refusal_is_told(status: int, said: bytes, reason: str) -> None:
    """What S3 does not take now, it will not take later."""
    assert refusal(status, said).reason == reason
    assert refusal(status, said).is_final
    assert not refusal(status, said).is_denial


@pytest.mark.parametrize(
    ("status", "said", "reason"),
    [
        (500, xml("InternalError"), "S3 cannot take it now (500 InternalError)"),
        (503, xml("SlowDown"), "S3 cannot take it now (503 SlowDown)"),
        (502, b"<html>", "S3 cannot take it now (502)"),
        (400, xml("RequestTimeout"), "S3 wants it sent again (400 RequestTimeout)"),
        (408, b"", "S3 wants it sent again (408)"),
        (429, b"", "S3 wants it sent again (429)"),
    ],
)
def test_a_passing_refusal_is_told(status: int, said: bytes, reason: str) -> None:
    """Another try may do better."""
    assert refusal(status, said) == Failure(reason)


@pytest.mark.parametrize("code", [f"a{PATH}", "x" * 62, "A B", "<b>", "1A", "", "A\x1b[0m"])
def test_only_a_code_is_repeated(code: str) -> None:
    """S3's codes are words of letters; what else comes is not shown."""
    assert refusal(400, xml(code)).reason == "S3 does not take it (400)"


OF_CONNECTING = [
    (socket.gaierror("no"), "the name of S3's server cannot be resolved", False),
    (TimeoutError(), "S3 cannot be reached: there is no answer", False),
    (ConnectionRefusedError(), "S3 cannot be reached", False),
    (ssl.SSLEOFError(), "no secure connection to S3 can be made", False),
    (ssl.SSLCertVerificationError(), "the certificate of S3 is not trusted", True),
    (CertificatesUnreadable(), "the certificates that are to be trusted cannot be read", True),
    (KeyError(PATH), "it cannot be sent (KeyError)", True),
    (ProxyFailed(OSError()), "the proxy on the way to S3 cannot be reached", False),
    (ProxyFailed(ValueError()), "the proxy on the way to S3 cannot be reached", False),
    (
        ProxyFailed(ssl.SSLCertVerificationError()),
        "the certificate of the proxy is not trusted",
        True,
    ),
    (
        ProxyFailed(status=407),
        "the proxy on the way to S3 wants a name and a password (407)",
        True,
    ),
    (ProxyFailed(status=403), "the proxy on the way to S3 does not lead there (403)", True),
    (ProxyFailed(status=502), "the proxy on the way to S3 does not lead there (502)", False),
]


@pytest.mark.parametrize(("error", "reason", "is_final"), OF_CONNECTING)
def test_what_keeps_from_connecting_is_told(error: Exception, reason: str, is_final: bool) -> None:
    """A name, a way or a server that is missing may come back; a refusal of a proxy stays."""
    found = unreached(error)
    assert (found.reason, found.is_final, found.is_denial) == (reason, is_final, False)


OF_SENDING = [
    (TimeoutError(), "S3 takes no more bytes", False),
    (BrokenPipeError(), "the connection to S3 was lost", False),
    (ssl.SSLError(PATH), "the connection to S3 was lost", False),
    (RemoteDisconnected(PATH), "the connection to S3 was lost", False),
    (TypeError(PATH), "it cannot be sent (TypeError)", True),
]


@pytest.mark.parametrize(("error", "reason", "is_final"), OF_SENDING)
def test_what_keeps_from_sending_is_told(error: Exception, reason: str, is_final: bool) -> None:
    """A connection that is lost is made again."""
    assert (unsent(error).reason, unsent(error).is_final) == (reason, is_final)


OF_WAITING = [
    (TimeoutError(), "S3 does not answer after all bytes were sent", False),
    (ConnectionResetError(), "the connection to S3 was lost", False),
    (BadStatusLine(PATH), "the connection to S3 was lost", False),
    (KeyError(PATH), "it cannot be sent (KeyError)", True),
]


@pytest.mark.parametrize(("error", "reason", "is_final"), OF_WAITING)
def test_what_keeps_from_an_answer_is_told(error: Exception, reason: str, is_final: bool) -> None:
    """An answer that is lost may come when the body is sent again."""
    assert (unanswered(error).reason, unanswered(error).is_final) == (reason, is_final)


@pytest.mark.parametrize(
    ("names", "proxy", "proxies", "trusted"),
    [
        (
            STACK,
            "aws:httpsProxy, HTTPS_PROXY",
            "aws:httpsProxy, aws:httpProxy and aws:noProxy, or HTTPS_PROXY and NO_PROXY",
            ("aws:customCaBundle or AWS_CA_BUNDLE", "aws:customCaBundle and AWS_CA_BUNDLE"),
        ),
        (
            of_provider("west"),
            "httpsProxy of the provider west, HTTPS_PROXY",
            "httpsProxy, httpProxy and noProxy of the provider west, or HTTPS_PROXY and NO_PROXY",
            (
                "customCaBundle of the provider west or AWS_CA_BUNDLE",
                "customCaBundle of the provider west and AWS_CA_BUNDLE",
            ),
        ),
        (SHELL, "HTTPS_PROXY", "HTTPS_PROXY and NO_PROXY", ("AWS_CA_BUNDLE", "AWS_CA_BUNDLE")),
    ],
    ids=["stack", "explicit", "shell"],
)
def test_the_advice_names_settings_as_its_reader_does(
    names: SettingNames, proxy: str, proxies: str, trusted: tuple[str, str]
) -> None:
    """A key of the stack's config, an input of a provider; in a shell there is the environment."""
    online = f"Is this machine online, and does it need a proxy ({proxy})?"
    for failure in (unreached(socket.gaierror("no"), names), unsent(TimeoutError(), names)):
        assert failure.advice == online
    assert unanswered(ConnectionResetError(), names).advice == online
    assert unreached(ProxyFailed(status=403), names).advice == f"See {proxies}."
    advice = unreached(ssl.SSLCertVerificationError(), names).advice
    assert advice.endswith(f"inspected, name the certificates for it in {trusted[0]}.")
    assert unreached(CertificatesUnreadable(), names).advice == f"See {trusted[1]}."


def test_no_failure_has_the_address() -> None:
    """Not even where an error, or an answer, has it."""
    found = [unreached(error) for error, *_ in OF_CONNECTING]
    found += [unsent(error) for error, *_ in OF_SENDING]
    found += [unanswered(error) for error, *_ in OF_WAITING]
    found += [refusal(status, xml("AccessDenied", PATH)) for status in (302, 400, 403, 503)]
    assert [failure for failure in found if SECRET in repr(failure)] == []


def test_an_error_is_a_sentence_and_what_to_do() -> None:
    """It says also whether the bytes may be there all the same."""
    error = UploadFailed("the connection was lost", "Is this machine online?")
    assert str(error) == "the connection was lost. Is this machine online?"
    assert not error.may_have_arrived
    error = UploadFailed("it cannot be sent", may_have_arrived=True)
    assert (str(error), error.advice) == ("it cannot be sent.", "")
    assert error.may_have_arrived
