"""Addresses of what is elsewhere: which text is one, and what of it may be shown."""

from __future__ import annotations

import re
from typing import Any, Final

#: The longest address that AWS takes files from: `SourceUrl` of the AWS Amplify API (2017-07-25).
MAX_LENGTH: Final = 3000
#: What signs a query, and the parts that go with it: S3's, Google's, CloudFront's, Azure's.
_SIGNATURES: Final = {
    "x-amz-signature": re.compile(r"x-amz-.*"),
    "x-goog-signature": re.compile(r"x-goog-.*"),
    "signature": re.compile(r"signature|expires|policy|key-pair-id|awsaccesskeyid|googleaccessid"),
    "sig": re.compile(r"sig|s[vpret]|spr|skoid|sktid|skt|ske|sks|skv|sdd"),
}
_SCHEME: Final = re.compile(r"(https?|s3)://", re.IGNORECASE)


def is_address(text: str) -> bool:
    """Whether a text is an address, with the scheme `https`, `http` or `s3`, and not a path."""
    return bool(_SCHEME.match(text))


def is_signed(source: Any) -> bool:
    """Whether a value is an address with a query, or a name before the host: either may be a secret."""
    return isinstance(source, str) and is_address(source) and without_query(source) != source


def unsigned(address: str) -> str:
    """The address without what signs it: equal for two signatures of the same thing."""
    before, mark, query = address.partition("#")[0].partition("?")
    parts = [(part, part.partition("=")[0].lower()) for part in query.split("&") if part]
    names = {name for _, name in parts}
    signing = [others for name, others in _SIGNATURES.items() if name in names]
    kept = [part for part, name in parts if not any(each.fullmatch(name) for each in signing)]
    return without_query(before) + (f"{mark}{'&'.join(kept)}" if kept else "")


def without_query(address: str) -> str:
    """The address of what is there, without what is behind it, which may be a signature.

    A name or a password before the host goes, too.
    """
    place = re.split("[?#]", address, maxsplit=1)[0]
    return re.sub(r"(?<=://)[^/]*@", "", place, count=1)
