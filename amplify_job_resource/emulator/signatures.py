"""Addresses that are signed like those of S3, so that one who has the address needs no key.

What an address says of time is in the times that clients are shown.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timezone
from urllib.parse import parse_qsl, unquote, urlencode

from .s3_answers import EXPIRED, S3Error
from .state import emulator_state

# Whoever reaches the emulator may use its addresses: a signature shows only that nobody invented it.
_KEY = b"amplify-job-resource emulator"
#: Part of the addresses of AWS, whose keys for them are temporary.
_TOKEN = "IQoJb3JpZ2luX2VjEXAMPLETOKEN"  # noqa: S105 - it opens nothing
_DATE = "%Y%m%dT%H%M%SZ"


def sign(method: str, base: str, quoted_path: str, region: str, now: float) -> str:
    """A signed address, valid from `now` for the time that a switch says.

    Args:
        method: The HTTP method that the address is for.
        base: The address of the server.
        quoted_path: The path, as it stands in the address.
        region: The region that the address names.
        now: The time that clients are shown.
    """
    day = datetime.fromtimestamp(now, timezone.utc)
    lifetime = emulator_state.behaviours.address_lifetime
    query = [
        ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
        ("X-Amz-Credential", f"AKIAEXAMPLE/{day:%Y%m%d}/{region}/s3/aws4_request"),
        ("X-Amz-Date", day.strftime(_DATE)),
        ("X-Amz-Expires", str(lifetime)),
        ("X-Amz-Security-Token", _TOKEN),
        ("X-Amz-SignedHeaders", "host"),
    ]
    query.append(("X-Amz-Signature", _signature(method, unquote(quoted_path), query)))
    return f"{base}{quoted_path}?{urlencode(query)}"


def check(method: str, path: str, query: str, now: float) -> None:
    """Check that a request has an address that `sign` made, for this method, and in time.

    Args:
        method: The request's HTTP method.
        path: Its path, no longer quoted.
        query: Its query, as it is in the address.
        now: The time that clients are shown.

    Raises:
        S3Error: the address is not signed, or signed for something else, or has expired.
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    given = dict(pairs)
    if "X-Amz-Signature" not in given:
        raise S3Error(403, "AccessDenied", "Access Denied")
    signed = [pair for pair in pairs if pair[0] != "X-Amz-Signature"]
    expected = _signature(method, path, signed)
    if not hmac.compare_digest(expected.encode(), given["X-Amz-Signature"].encode()):
        raise S3Error(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. "
            "Check your key and signing method.",
        )
    signed_at = datetime.strptime(given["X-Amz-Date"], _DATE).replace(tzinfo=timezone.utc)
    if now > signed_at.timestamp() + int(given["X-Amz-Expires"]):
        raise S3Error(*EXPIRED)


def _signature(method: str, path: str, query: Sequence[tuple[str, str]]) -> str:
    text = "\n".join((method, path, urlencode(sorted(query))))
    return hmac.new(_KEY, text.encode(), hashlib.sha256).hexdigest()
