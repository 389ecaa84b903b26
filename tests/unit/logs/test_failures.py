"""Why a log cannot be read, without its address."""

from __future__ import annotations

import pickle
import traceback

import botocore.exceptions as of
import pytest
from amplify_job_resource._logs.failures import (
    EXPIRED,
    LogUnavailable,
    refusal,
    without_address,
)
from botocore.awsrequest import AWSRequest

from tests.unit.logs.log_server import PATH, SECRET

URL = f"https://logs.example.com{PATH}"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (of.ConnectTimeoutError(endpoint_url=URL), "no answer"),
        (of.ReadTimeoutError(endpoint_url=URL), "no answer"),
        (of.EndpointConnectionError(endpoint_url=URL), "its server cannot be reached"),
        (of.ProxyConnectionError(proxy_url=URL), "the proxy does not lead to it"),
        (
            of.SSLError(endpoint_url=URL, error=ValueError(URL)),
            "its certificate is not trusted",
        ),
        (
            of.ConnectionClosedError(endpoint_url=URL, request=AWSRequest("GET", URL)),
            "the connection was lost",
        ),
        (of.ResponseStreamingError(error=URL), "the connection was lost"),
        (of.IncompleteReadError(actual_bytes=1, expected_bytes=2), "the connection was lost"),
        (of.HTTPClientError(error=URL), "it cannot be read"),
        (ValueError(URL), "it cannot be read"),
        (LogUnavailable("it is too large"), "it is too large"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_says_nothing_of_the_address(error: Exception, reason: str) -> None:
    """Neither in its text, nor in what it came from, nor in what is printed or sent on."""

    def read() -> bytes:
        raise error

    with pytest.raises(LogUnavailable) as caught:
        without_address(read)
    found = caught.value
    assert found.reason == reason
    assert str(found) == reason
    assert found.__context__ is None
    assert found.__cause__ is None
    assert SECRET not in "".join(traceback.format_exception(found)) + repr(found)
    assert pickle.loads(pickle.dumps(found)).reason == reason


def test_what_is_read_is_given() -> None:
    """And Ctrl-C stays what it is."""

    def interrupted() -> bytes:
        raise KeyboardInterrupt

    assert without_address(lambda: b"log") == b"log"
    with pytest.raises(KeyboardInterrupt):
        without_address(interrupted)


@pytest.mark.parametrize(
    ("status", "said", "reason"),
    [
        (403, b"<Code>AccessDenied</Code><Message>Request has expired</Message>", EXPIRED),
        (400, b"<Code>ExpiredToken</Code>", EXPIRED),
        (403, b"<Code>AccessDenied</Code><X-Amz-Expires>1</X-Amz-Expires>", "AWS denies it (403)"),
        (401, b"", "AWS denies it (401)"),
        (404, b"NoSuchKey, expired", "there is none (404)"),
        (410, b"", "there is none (410)"),
        (301, b"", "it has moved (301)"),
        (400, b"", "AWS answers 400"),
        (204, b"", "AWS answers 204"),
        (503, b"SlowDown", "AWS cannot give it now (503)"),
    ],
)
def test_a_refusal_is_told_in_few_words(status: int, said: bytes, reason: str) -> None:
    """By the status; AWS's own words count where they say that the address has expired."""
    assert refusal(status, said) == reason


def test_whoever_has_an_expired_address_may_ask_for_another() -> None:
    """No other failure is cured by one."""
    assert LogUnavailable(EXPIRED).has_expired
    assert not LogUnavailable("AWS denies it (403)").has_expired
