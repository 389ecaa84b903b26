"""Sizes in bytes as people read them."""

from __future__ import annotations

import re

import pytest
from amplify_job_resource._values.sizes import format_size, upload_line
from hypothesis import given
from hypothesis import strategies as st

FACTORS = {"byte": 1, "bytes": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (-1, "0 bytes"),
        (0, "0 bytes"),
        (1, "1 byte"),
        (2, "2 bytes"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (1049, "1 kB"),
        (1051, "1.1 kB"),
        (9_949, "9.9 kB"),
        (9_951, "10 kB"),
        (312_400, "312 kB"),
        (999_499, "999 kB"),
        (999_500, "1 MB"),
        (4_100_000, "4.1 MB"),
        (48_000_000, "48 MB"),
        (999_500_000, "1 GB"),
        (5_000_000_000, "5 GB"),
        (2_500_000_000_000, "2.5 TB"),
        (2_500_000_000_000_000, "2500 TB"),
    ],
)
def test_a_size_is_short(size: int, text: str) -> None:
    """Two or three digits and a unit, rounded once; a thousand of a unit is one of the next."""
    assert format_size(size) == text


@given(st.integers(0, 10**15))
def test_a_size_is_near_the_truth(size: int) -> None:
    """It is off by a twentieth at most, and has no more than three digits."""
    number, _, unit = format_size(size).partition(" ")
    assert re.fullmatch(r"[0-9]{1,3}|[0-9]\.[1-9]|1000", number)
    assert abs(float(number) * FACTORS[unit] - size) <= size / 20


@given(st.integers(0, 10**13), st.integers(0, 10**13))
def test_a_greater_size_never_reads_smaller(one: int, other: int) -> None:
    """Whatever the units."""

    def read(size: int) -> float:
        number, _, unit = format_size(size).partition(" ")
        return float(number) * FACTORS[unit]

    assert read(min(one, other)) <= read(max(one, other))


@pytest.mark.parametrize(
    ("sent", "total", "text"),
    [
        (12_345_678, 48_000_000, "uploading 12 of 48 MB"),
        (0, 48_000_000, "uploading 0 of 48 MB"),
        (47_999_999, 48_000_000, "uploading 47 of 48 MB"),
        (48_000_000, 48_000_000, "uploading 48 of 48 MB"),
        (47_400_000, 47_600_000, "uploading 47 of 48 MB"),
        (47_600_000, 47_600_000, "uploading 48 of 48 MB"),
        (48_200_000, 48_400_000, "uploading 47 of 48 MB"),
        (1_149, 1_150, "uploading 1.1 of 1.2 kB"),
        (999, 4_100_000, "uploading 0 of 4.1 MB"),
        (850_000, 4_100_000, "uploading 0.8 of 4.1 MB"),
        (4_099_999, 4_100_000, "uploading 4 of 4.1 MB"),
        (1_000_000_000, 2_000_000_000, "uploading 1 of 2 GB"),
        (0, 1, "uploading 0 of 1 byte"),
        (300, 312, "uploading 300 of 312 bytes"),
        (0, 0, "uploading 0 of 0 bytes"),
        (-1, 10, "uploading 0 of 10 bytes"),
        (11, 10, "uploading 10 of 10 bytes"),
    ],
)
def test_a_line_says_how_far_an_upload_is(sent: int, total: int, text: str) -> None:
    """Both numbers have the unit of all that is to be sent."""
    assert upload_line(sent, total) == text


@given(st.integers(1, 10**12), st.data())
def test_a_line_claims_no_more_than_was_sent(total: int, data: st.DataObject) -> None:
    """What is shown as sent has been sent, until all of it is."""
    sent = data.draw(st.integers(0, total - 1))
    _, shown, _, _, unit = upload_line(sent, total).split()
    assert float(shown) * FACTORS[unit] <= sent * (1 + 1e-9)
    assert f"{shown} {unit}" != format_size(total)
    number = format_size(total).split()[0]
    assert upload_line(total, total) == f"uploading {number} of {format_size(total)}"
