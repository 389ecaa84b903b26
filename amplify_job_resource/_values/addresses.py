"""Addresses of what is elsewhere: which text is one, and what of it may be shown."""

from __future__ import annotations

import re
from typing import Final

_SCHEME: Final = re.compile(r"(https?|s3)://", re.IGNORECASE)


def is_address(text: str) -> bool:
    """Whether a text is an address, with the scheme `https`, `http` or `s3`, and not a path."""
    return bool(_SCHEME.match(text))


def without_query(address: str) -> str:
    """The address of what is there, without what is behind it, which may be a signature.

    A name or a password before the host goes, too.
    """
    place = re.split("[?#]", address, maxsplit=1)[0]
    return re.sub(r"(?<=://)[^/]*@", "", place, count=1)
