"""Points in time: RFC 3339 text in UTC, as state holds them."""

from __future__ import annotations

import math
import re
from datetime import datetime, timezone
from typing import Any

from .text import shortened

_FORM = "must be RFC 3339 text with a time zone (2026-11-25T18:00:00Z) or seconds since 1970"


def utc_now() -> datetime:
    """The present time in UTC, as this machine's clock has it."""
    return datetime.now(timezone.utc)


def parse_time(value: Any) -> datetime:
    """A point in time from RFC 3339 text or seconds since 1970, in UTC.

    Raises:
        ValueError: the value is neither, or has no time zone; the message says which form is needed.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError(f"{_FORM}, not {shortened(value)}")
    try:
        if isinstance(value, str):
            # Python 3.10 reads no "Z", and fractions of three or six digits only.
            text = re.sub(r"\.([0-9]+)", lambda found: f".{found[1][:6]:0<6}", value.strip())
            time = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", text))
        elif math.isfinite(value):
            time = datetime.fromtimestamp(value, timezone.utc)
        else:
            raise ValueError
        if time.tzinfo is None:
            raise ValueError
        return time.astimezone(timezone.utc)
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"{_FORM}, not {shortened(value)}") from None


def format_time(time: datetime) -> str:
    """RFC 3339 text in UTC.

    Raises:
        ValueError: the time has no time zone.
    """
    if time.tzinfo is None:
        raise ValueError(f"{time.isoformat()} has no time zone, so it could mean several moments")
    return time.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
