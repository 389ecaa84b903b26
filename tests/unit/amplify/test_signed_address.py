"""Signed addresses: which may be asked, through which proxies, and whose certificates count."""

from __future__ import annotations

import pytest
from amplify_job_resource._amplify.proxies import Proxies
from amplify_job_resource._amplify.settings import Settings
from amplify_job_resource._amplify.signed_address import may_be_asked, proxies_for, trusted

ABROAD = "https://logs.example.com/log.txt?X-Amz-Signature=5EC2E7"
HERE = "http://127.0.0.1:4000/log.txt"
PROXY = "http://proxy.example.com:3128"


@pytest.fixture(autouse=True)
def _no_proxies_here(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy", "requests_ca_bundle"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    "url",
    [
        ABROAD,
        "https://logs.example.com",
        "https://logs.example.com:8443/log.txt",
        "https://[2001:db8::1]/log.txt",
        HERE,
        "http://127.1.2.3/log.txt",
        "http://[::1]:4000/log.txt",
        "http://localhost/log.txt",
        "HTTPS://LOGS.EXAMPLE.COM/log.txt",
    ],
)
def test_an_address_with_https_may_be_asked(url: str) -> None:
    """With http only one of this machine, where an emulator may be."""
    assert may_be_asked(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "log.txt",
        "http://logs.example.com/log.txt",
        "http://127.0.0.1.example.com/log.txt",
        "http://10.0.0.1/log.txt",
        "file:///etc/passwd",
        "ftp://127.0.0.1/log.txt",
        "https:///log.txt",
        "https://[::1/log.txt",
        "https://logs.example.com:99999/log.txt",
        "https://logs.example.com:0/log.txt",
        "https://me:pw@logs.example.com/log.txt",
        "http://127.0.0.1@logs.example.com/log.txt",
        "https://logs.example.com/log.txt\r\nX: y",
        "https://logs.example.com/a b",
        "https://lögs.example.com/log.txt",
    ],
)
def test_another_address_may_not(url: str) -> None:
    """What is no address with https, or would be read in two ways."""
    assert not may_be_asked(url)


@pytest.mark.parametrize(
    "url", [HERE, "http://localhost:4000/log.txt", "https://[::1]:4000/log.txt"]
)
def test_there_is_no_proxy_to_this_machine(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the environment and the stack say: it would read the address."""
    monkeypatch.setenv("http_proxy", PROXY)
    monkeypatch.setenv("https_proxy", PROXY)
    assert proxies_for(url, Settings()) == {}
    assert proxies_for(url, Settings(proxies=Proxies(http=PROXY, https=PROXY))) == {}


def test_the_stacks_proxies_come_before_those_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As for the calls to AWS."""
    monkeypatch.setenv("https_proxy", "http://other.example.com:1")
    assert proxies_for(ABROAD, Settings())["https"] == "http://other.example.com:1"
    assert proxies_for(ABROAD, Settings(proxies=Proxies(https=PROXY))) == {"https": PROXY}


def test_a_host_may_be_asked_without_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the environment or the stack says so."""
    monkeypatch.setenv("https_proxy", PROXY)
    bypassing = Proxies(https=PROXY, bypass="example.com")
    assert proxies_for(ABROAD, Settings(proxies=bypassing)) == {}
    monkeypatch.setenv("no_proxy", "logs.example.com")
    assert proxies_for(ABROAD, Settings()) == {}


def test_the_certificates_are_those_of_the_calls_to_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stack's come first, then those that the environment names, for AWS or for all."""
    assert trusted(Settings()) is True
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/of-all.pem")
    assert trusted(Settings()) == "/of-all.pem"
    monkeypatch.setenv("AWS_CA_BUNDLE", "/of-aws.pem")
    assert trusted(Settings()) == "/of-aws.pem"
    assert trusted(Settings(ca_bundle="/of-stack.pem")) == "/of-stack.pem"
    assert trusted(Settings(ca_bundle="/of-stack.pem", insecure=True)) is False


def test_a_missing_profile_does_not_matter() -> None:
    """It is an error of the calls to AWS, and no credentials are needed here."""
    assert trusted(Settings(profile="missing")) is True
