"""The way to an endpoint, through which proxy."""

from __future__ import annotations

import pytest
from amplify_job_resource import InvalidSettings
from amplify_job_resource._amplify.proxies import Proxies, proxies

AWS = "https://amplify.eu-west-1.amazonaws.com"
NAMES = ("http_proxy", "https_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def _no_proxies_here(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    ("stack", "environment", "http", "https"),
    [
        (Proxies(https="http://s:1"), {}, None, "http://s:1"),
        (Proxies(http="http://s:1"), {}, "http://s:1", "http://s:1"),
        (Proxies(http="http://s:1", https=""), {}, "http://s:1", None),
        (Proxies(http="http://s:1", https="http://s:2"), {}, "http://s:1", "http://s:2"),
        (
            Proxies(http="http://s:1"),
            {"https_proxy": "http://e:2", "http_proxy": "http://e:1"},
            "http://s:1",
            "http://e:2",
        ),
        (Proxies(https="http://s:2"), {"http_proxy": "http://e:1"}, "http://e:1", "http://s:2"),
        (Proxies(bypass="example.com"), {"https_proxy": "http://e:2"}, None, "http://e:2"),
    ],
)
def test_the_stack_comes_before_the_environment(
    stack: Proxies,
    environment: dict[str, str],
    http: str | None,
    https: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As in Pulumi's AWS provider: `httpProxy` also stands in for an `httpsProxy` that nobody names."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    found = stack.of(AWS)
    assert (found.get("http"), found.get("https")) == (http, https)


@pytest.mark.parametrize(
    ("bypass", "url", "direct"),
    [
        ("", AWS, False),
        ("*", AWS, True),
        ("amazonaws.com", AWS, True),
        (".amazonaws.com", AWS, True),
        ("*.amazonaws.com", AWS, True),
        ("other.com, AMAZONAWS.com", AWS, True),
        ("aws.com", AWS, False),
        (".", AWS, False),
        (",", AWS, False),
        ("10.0.0.0/8", "http://10.1.2.3:5000", True),
        ("10.1.2.3", "http://10.1.2.3:5000", True),
        ("10.0.0.0/8", "http://11.1.2.3", False),
        ("*", "http://11.1.2.3", True),
        ("", "http://localhost:5000", True),
        ("", "http://127.0.0.1:5000", True),
        ("", "http://[::1]:5000", True),
    ],
)
def test_some_hosts_are_called_without_a_proxy(bypass: str, url: str, direct: bool) -> None:
    """Those of `noProxy` by name, domain, address or network, and this machine."""
    assert (Proxies("http://s:1", "http://s:1", bypass).of(url) == {}) is direct


def test_no_proxy_of_the_environment_counts_where_the_stack_has_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`noProxy` replaces NO_PROXY, and does not add to it."""
    monkeypatch.setenv("no_proxy", "amazonaws.com")
    assert Proxies("http://s:1").of(AWS) == {}
    assert Proxies("http://s:1", bypass="example.com").of(AWS) != {}


def test_a_stack_without_proxies_has_none() -> None:
    """An empty text alone is no setting; beside `httpProxy` it means no proxy for https."""
    assert proxies({}) is None
    assert proxies({"aws:httpsProxy": "", "aws:httpProxy": "", "aws:noProxy": ""}) is None
    assert proxies({"aws:httpsProxy": "", "aws:httpProxy": "p:1"}) == Proxies("p:1", "")
    assert proxies({"aws:httpsProxy": "socks5://p:1"}) is None


@pytest.mark.parametrize("url", ["http://", "ftp://p:1", "http://p:port", "http://me:hush@", " "])
def test_what_is_no_proxy_is_refused_and_not_shown(url: str) -> None:
    """The sentence says what is wanted; the value may hold a password."""
    with pytest.raises(InvalidSettings) as caught:
        proxies({"aws:httpsProxy": url})
    assert "the stack's aws:httpsProxy is not the URL of a proxy: it must be such as" in str(
        caught.value
    )
    assert "hush" not in str(caught.value)
