"""The addresses of logs: signed for one log, and for a time."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from amplify_job_resource.emulator.log_addresses import LogPlace, check, sign
from amplify_job_resource.emulator.s3_answers import S3Error
from amplify_job_resource.emulator.state import emulator_state

#: 2026-04-17T17:57:00Z.
NOW = 1_776_448_620.0
LIFETIME = emulator_state.behaviours.address_lifetime
PLACE = LogPlace("123456789012", "us-east-1", "d1a2b3c4", "feature/a b", "0000000002", "BUILD")
ADDRESS = sign("http://127.0.0.1:5000", PLACE, NOW)


def asked(address: str, now: float = NOW, method: str = "GET") -> LogPlace:
    """What a request for an address is for."""
    parts = urlsplit(address)
    return check(method, unquote(parts.path), parts.query, now)


def test_an_address_looks_like_one_of_s3() -> None:
    """The query says when it was signed and how long it is valid, and the path whose log it is."""
    parts = urlsplit(ADDRESS)
    assert ADDRESS.startswith("http://127.0.0.1:5000/")
    assert parts.path.endswith("/d1a2b3c4/feature%2Fa%20b/0000000002/BUILD/log.txt")
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert query["X-Amz-Date"] == "20260417T175700Z"
    assert query["X-Amz-Expires"] == "10800"
    assert re.fullmatch("[0-9a-f]{64}", query["X-Amz-Signature"])
    assert len(ADDRESS) < 1000  # the longest that AWS's model allows


@pytest.mark.parametrize("branch", ["main", "a/b/c", "feature/ü?#%2F &=+"])
def test_an_address_leads_back_to_its_log(branch: str) -> None:
    """Whatever is in the name of the branch."""
    place = LogPlace("1", "eu-west-1", "d1", branch, "0000000001", "DEPLOY")
    assert asked(sign("http://127.0.0.1:1", place, NOW)) == place


def test_an_address_is_valid_for_three_hours() -> None:
    """At the end of its time it is still good; a second later S3 says that it has expired."""
    assert asked(ADDRESS, NOW + LIFETIME) == PLACE
    with pytest.raises(S3Error, match="Request has expired") as caught:
        asked(ADDRESS, NOW + LIFETIME + 1)
    assert (caught.value.status, caught.value.code) == (403, "AccessDenied")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("BUILD", "DEPLOY"),
        ("0000000002", "0000000001"),
        ("Expires=10800", "Expires=108000"),
        ("20260417T175700Z", "20270417T175700Z"),
        ("Signature=", "Signature=0"),
        ("Signature=", "Signature=%C3%BC"),
        ("&X-Amz-SignedHeaders=host", ""),
    ],
)
def test_a_changed_address_is_refused(old: str, new: str) -> None:
    """One log's address is no key to another, and its time cannot be made longer."""
    assert ADDRESS.count(old) == 1
    with pytest.raises(S3Error) as caught:
        asked(ADDRESS.replace(old, new))
    assert (caught.value.status, caught.value.code) == (403, "SignatureDoesNotMatch")


def test_an_address_is_for_reading() -> None:
    """It is signed for GET alone."""
    with pytest.raises(S3Error) as caught:
        asked(ADDRESS, method="PUT")
    assert caught.value.code == "SignatureDoesNotMatch"


@pytest.mark.parametrize(
    "address",
    [
        ADDRESS.partition("?")[0],
        ADDRESS.partition("&X-Amz-Signature")[0],
        ADDRESS.replace("log.txt", "other.txt"),
        "http://127.0.0.1:5000/",
        "http://127.0.0.1:5000/_logs/?X-Amz-Signature=0",
    ],
)
def test_what_is_not_signed_is_refused(address: str) -> None:
    """Without a signature, or without a log, there is only S3's refusal."""
    with pytest.raises(S3Error, match="Access Denied") as caught:
        asked(address)
    assert (caught.value.status, caught.value.code) == (403, "AccessDenied")
