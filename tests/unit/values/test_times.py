"""Points in time, as programs give them and as state holds them."""

from __future__ import annotations

import math
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from amplify_job_resource._values.times import format_time, parse_time, utc_now
from hypothesis import given
from hypothesis import strategies as st

UTC_NOON = datetime(2026, 11, 25, 12, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("value", "time"),
    [
        ("2026-11-25T12:00:00Z", UTC_NOON),
        ("2026-11-25T12:00:00z", UTC_NOON),
        ("2026-11-25 12:00:00+00:00", UTC_NOON),
        ("2026-11-25T14:00:00+02:00", UTC_NOON),
        (" 2026-11-25T12:00:00Z\n", UTC_NOON),
        ("2026-11-25T12:00:00.5Z", UTC_NOON + timedelta(milliseconds=500)),
        ("2026-11-25T12:00:00.123456789Z", UTC_NOON + timedelta(microseconds=123456)),
        (UTC_NOON.timestamp(), UTC_NOON),
        (int(UTC_NOON.timestamp()), UTC_NOON),
        (0, datetime(1970, 1, 1, tzinfo=timezone.utc)),
    ],
)
def test_each_form_of_time_is_read(value: Any, time: datetime) -> None:
    """RFC 3339 text with any offset and fraction, and epoch seconds, name the same moment."""
    assert parse_time(value) == time
    assert parse_time(value).tzinfo is timezone.utc


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-25T12:00:00",
        "2026-11-25",
        "",
        "now",
        math.nan,
        math.inf,
        1e20,
        False,
        ["2026-11-25T12:00:00Z"],
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_what_names_no_moment_is_no_time(value: Any) -> None:
    """Without a time zone, or beyond the calendar, a value is refused with the form it needs."""
    with pytest.raises(ValueError, match="RFC 3339 text with a time zone"):
        parse_time(value)


@given(st.datetimes(timezones=st.timezones() | st.just(timezone.utc)))
def test_a_time_comes_back_from_its_text(time: datetime) -> None:
    """The stored form is UTC, ends with Z, and names the moment that was given."""
    try:
        utc = time.astimezone(timezone.utc)
    except OverflowError:
        return
    text = format_time(time)
    assert text.endswith("Z")
    assert parse_time(text) == utc
    assert format_time(parse_time(text)) == text


def test_a_time_without_a_zone_is_not_written() -> None:
    """A `datetime` that could mean several moments is refused."""
    with pytest.raises(ValueError, match="no time zone"):
        format_time(datetime(2026, 11, 25, 12, 0))  # noqa: DTZ001 - that is the point


def test_the_present_time_is_in_utc() -> None:
    """It can be kept, and compared with times of AWS."""
    before = datetime.now(timezone.utc)
    now = utc_now()
    assert now.tzinfo is timezone.utc
    assert before <= now <= datetime.now(timezone.utc)
