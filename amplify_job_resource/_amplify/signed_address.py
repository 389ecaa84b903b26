"""Signed addresses that AWS gives for one file: which may be asked, and on which way.

Such an address is a secret: whoever holds it may do what it is for. It needs no credentials, and is
asked with the stack's proxies and certificates, like AWS itself.
"""

from __future__ import annotations

import ipaddress
import os
from urllib.parse import urlsplit

from .settings import Settings


def may_be_asked(url: str) -> bool:
    """Whether it is an address with https, or with http on this machine, where an emulator may be."""
    if not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if not host or parts.port == 0 or parts.username is not None:
            return False
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(host))


def proxies_for(url: str, settings: Settings) -> dict[str, str]:
    """The proxy for each scheme on the way to an address that may be asked; empty for none."""
    if _is_this_machine(urlsplit(url).hostname or ""):
        return {}
    if settings.proxies is not None:
        return settings.proxies.of(url)
    from botocore.utils import get_environ_proxies

    return dict(get_environ_proxies(url))


def trusted(settings: Settings) -> bool | str:
    """Whose certificates are trusted, as botocore's clients have it.

    Returns:
        The path of a file with certificates; True for those that botocore brings along, False where
        every certificate will do.
    """
    from botocore.exceptions import BotoCoreError

    from .aws_session import AwsSession

    if settings.insecure:
        return False
    named: str | None = settings.ca_bundle
    if not named:
        try:
            named = AwsSession(settings).get_config_variable("ca_bundle")
        except BotoCoreError:  # a profile that is not there is an error of the calls to AWS
            named = None
    return named or os.environ.get("REQUESTS_CA_BUNDLE") or True


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
