"""Which proxy a call goes through, where a stack's config says so."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies_environment

from . import stack_config
from .stack_config import NAMESPACE, is_socks, refuse

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True, repr=False)
class Proxies:
    """The stack's proxies, in front of those of the environment; no `repr`, URLs hold passwords.

    Attributes:
        http: for endpoints with http, and with https where nothing names a proxy for these.
        https: for endpoints with https; an empty text means none.
        bypass: hosts that are called without a proxy, separated by commas.
    """

    http: str | None = None
    https: str | None = None
    bypass: str | None = None

    def of(self, url: str) -> dict[str, str]:
        """The proxy for each scheme on the way to an endpoint; empty where there is to be none."""
        environment = getproxies_environment()
        if _is_direct(url, self.bypass or environment.get("no", "")):
            return {}
        http = self.http or environment.get("http")
        https = environment.get("https") or self.http if self.https is None else self.https
        return {scheme: proxy for scheme, proxy in (("http", http), ("https", https)) if proxy}


def proxies(config: Mapping[str, Any]) -> Proxies | None:
    """The proxies of the stack's config; None when it names none, and the environment alone counts.

    Raises:
        errors.InvalidSettings: one is not a proxy's URL.
    """
    found = Proxies(
        _proxy(config, "httpProxy"),
        "" if config.get(f"{NAMESPACE}httpsProxy") == "" else _proxy(config, "httpsProxy"),
        stack_config.read(config, "noProxy"),
    )
    return None if found in (Proxies(), Proxies(https="")) else found


def _proxy(config: Mapping[str, Any], name: str) -> str | None:
    value: str | None = stack_config.read(config, name)
    if not value or is_socks(value):
        return None
    if not _is_proxy(value):
        # Its password is nobody's business, so the value is not shown.
        raise refuse(name, "is not the URL of a proxy", "such as http://proxy.example.com:3128")
    return value


def _is_proxy(value: str) -> bool:
    try:
        parts = urlsplit(value if "//" in value else f"http://{value}")
        host = parts.hostname or ""
        return parts.scheme in ("http", "https") and bool(host.strip()) and parts.port != 0
    except ValueError:
        return False


def _is_direct(url: str, bypass: str) -> bool:
    """Whether an endpoint is this machine, or one of the hosts that are called without a proxy."""
    host = urlsplit(url).hostname or ""
    address: _Address | None = None
    with suppress(ValueError):  # of a name
        address = ipaddress.ip_address(host)
    if host == "localhost" or (address and address.is_loopback):
        return True
    return any(_covers(entry.strip().lower(), host, address) for entry in bypass.split(","))


def _covers(entry: str, host: str, address: _Address | None) -> bool:
    """Whether an entry names a host: by its name, its domain, its address or its network."""
    if address:
        try:
            return address in ipaddress.ip_network(entry, strict=False)
        except ValueError:
            return entry == "*"
    domain = entry.removeprefix("*").removeprefix(".")
    return entry == "*" or (bool(domain) and (host == domain or host.endswith(f".{domain}")))
