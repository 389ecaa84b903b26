"""The addresses of logs: signed like those of S3, so that one who has the address needs no key.

What an address says of time is in the times that clients are shown.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime, timezone
from urllib.parse import parse_qsl, quote, urlencode

#: The path below which logs are served. No bucket of S3 can have this name.
PREFIX = "/_logs/"
#: How long an address is valid, in seconds.
LIFETIME = 3 * 60 * 60
#: S3's answer to an address that has expired.
EXPIRED = (403, "AccessDenied", "Request has expired")

# Whoever reaches the emulator may read its logs: a signature shows only that nobody invented it.
_KEY = b"amplify-job-resource emulator"
#: Part of the addresses of AWS, whose keys for them are temporary.
_TOKEN = "IQoJb3JpZ2luX2VjEXAMPLETOKEN"  # noqa: S105 - it opens nothing
_DATE = "%Y%m%dT%H%M%SZ"
_FILE = "log.txt"


class LogRefused(Exception):
    """An address gives no log, with S3's status, code and message for this."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class LogPlace:
    """Whose log it is; `job` is the job's number, padded as in its ARN."""

    account_id: str
    region: str
    app_id: str
    branch_name: str
    job: str
    step: str

    @property
    def path(self) -> str:
        """The path of the log's address, not quoted."""
        return PREFIX + "/".join((*astuple(self), _FILE))

    @property
    def quoted_path(self) -> str:
        """The path as it stands in the address."""
        return PREFIX + "/".join(quote(part, safe="") for part in (*astuple(self), _FILE))

    @classmethod
    def of(cls, path: str) -> LogPlace | None:
        """The place that a path names, which is not quoted; None if it is no path of a log."""
        parts = path.removeprefix(PREFIX).split("/")
        if len(parts) < 7 or parts[-1] != _FILE:
            return None
        # Only the name of a branch can have slashes.
        account_id, region, app_id, *branch, job, step, _ = parts
        return cls(account_id, region, app_id, "/".join(branch), job, step)


def sign(base: str, place: LogPlace, now: float) -> str:
    """The address of a log on the server at `base`, valid for `LIFETIME` from `now`."""
    day = datetime.fromtimestamp(now, timezone.utc)
    query = [
        ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
        ("X-Amz-Credential", f"AKIAEXAMPLE/{day:%Y%m%d}/{place.region}/s3/aws4_request"),
        ("X-Amz-Date", day.strftime(_DATE)),
        ("X-Amz-Expires", str(LIFETIME)),
        ("X-Amz-Security-Token", _TOKEN),
        ("X-Amz-SignedHeaders", "host"),
    ]
    query.append(("X-Amz-Signature", _signature("GET", place.path, query)))
    return f"{base}{place.quoted_path}?{urlencode(query)}"


def check(method: str, path: str, query: str, now: float) -> LogPlace:
    """The log that a request asks for.

    Args:
        method: The request's HTTP method.
        path: Its path, no longer quoted.
        query: Its query, as it is in the address.
        now: The time that clients are shown.

    Raises:
        LogRefused: the address is not signed, or signed for something else, or has expired.
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    given = dict(pairs)
    place = LogPlace.of(path)
    if place is None or "X-Amz-Signature" not in given:
        raise LogRefused(403, "AccessDenied", "Access Denied")
    signed = [pair for pair in pairs if pair[0] != "X-Amz-Signature"]
    expected = _signature(method, path, signed)
    if not hmac.compare_digest(expected.encode(), given["X-Amz-Signature"].encode()):
        raise LogRefused(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. "
            "Check your key and signing method.",
        )
    signed_at = datetime.strptime(given["X-Amz-Date"], _DATE).replace(tzinfo=timezone.utc)
    if now > signed_at.timestamp() + int(given["X-Amz-Expires"]):
        raise LogRefused(*EXPIRED)
    return place


def _signature(method: str, path: str, query: Sequence[tuple[str, str]]) -> str:
    text = "\n".join((method, path, urlencode(sorted(query))))
    return hmac.new(_KEY, text.encode(), hashlib.sha256).hexdigest()
