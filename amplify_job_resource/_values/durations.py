"""Durations: as people read them, and as people and stack config write them."""

from __future__ import annotations

import re

_FORM = re.compile(r"(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9})s)?", re.ASCII)


def format_duration(seconds: float) -> str:
    """Seconds as `42s`, `3m10s` or `1h02m`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole}s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}m{rest:02d}s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes:02d}m"


def parse_duration(text: str) -> int:
    """Seconds from hours, minutes and seconds in this order: `1h30m`, `45m`, `90s`.

    Raises:
        ValueError: the text has another form; its message names the form.
    """
    parts = _FORM.fullmatch(text)
    if not text or parts is None:
        raise ValueError(
            f"{text!r} is not a duration: write hours, minutes and seconds in this order, "
            "such as 45m, 1h30m or 90s"
        )
    hours, minutes, seconds = (int(part or 0) for part in parts.groups())
    return hours * 3600 + minutes * 60 + seconds
