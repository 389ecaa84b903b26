"""How long to pause between two looks, and after a refusal."""

from __future__ import annotations

import pytest
from amplify_job_resource._values.pauses import (
    MAX_BACKOFF,
    MAX_INTERVAL,
    MIN_INTERVAL,
    backoff,
    pause,
)
from hypothesis import given
from hypothesis import strategies as st


@given(st.floats(0, 1e6))
def test_pauses_have_bounds(elapsed: float) -> None:
    """A pause is a tenth of the time waited, from one second to ten, less a little chance."""
    whole = min(MAX_INTERVAL, max(MIN_INTERVAL, elapsed / 10))
    assert whole * 0.9 <= pause(elapsed) <= whole


@given(st.integers(1, 10_000))
def test_backoff_has_bounds(times: int) -> None:
    """Refusals in a row are answered by longer pauses, thirty seconds at most."""
    whole = min(MAX_BACKOFF, 2.0 ** min(times, 10))
    assert whole / 2 <= backoff(times) <= whole


@pytest.mark.parametrize(
    ("elapsed", "least", "most"), [(0, 0.9, 1), (50, 4.5, 5), (100, 9, 10), (86_400, 9, 10)]
)
def test_a_long_wait_looks_seldom(elapsed: float, least: float, most: float) -> None:
    """The first look comes after a second, and from 100 seconds on one comes every ten."""
    assert least <= pause(elapsed) <= most


@pytest.mark.parametrize(
    ("times", "least", "most"), [(1, 1, 2), (2, 2, 4), (3, 4, 8), (4, 8, 16), (5, 15, 30)]
)
def test_each_refusal_doubles_the_pause(times: int, least: float, most: float) -> None:
    """The pauses after refusals are 2, 4, 8, 16 and 30 seconds, less some chance."""
    assert least <= backoff(times) <= most


def test_many_waits_do_not_ask_at_the_same_moment() -> None:
    """Chance spreads both kinds of pauses."""
    assert len({pause(60) for _ in range(20)}) > 1
    assert len({backoff(3) for _ in range(20)}) > 1
