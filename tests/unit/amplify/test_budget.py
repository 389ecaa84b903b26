"""The budget of calls that all waits of a process share."""

from __future__ import annotations

import heapq
import threading
from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from amplify_job_resource._amplify.budget import (
    CUT,
    FULL_RATE,
    GROWTH,
    LEAST_RATE,
    RECOVERY,
    SAVED_SECONDS,
    SETTLING,
    Budget,
    budget_of,
)
from hypothesis import given
from hypothesis import strategies as st

AT_ONCE = round(FULL_RATE * SAVED_SECONDS)


@dataclass
class Aws:
    """A service with a bucket of its own: it refuses what comes when that is empty.

    Attributes:
        rate: calls per second that it takes.
        calls: when each call came, and whether it was refused.
    """

    rate: float
    calls: list[tuple[float, bool]] = field(default_factory=list)
    tokens: float = 20.0
    seen_at: float = 0.0

    def refuses(self, now: float) -> bool:
        """Take a call."""
        self.tokens = min(20.0, self.tokens + (now - self.seen_at) * self.rate)
        self.seen_at = now
        refused = self.tokens < 1
        self.tokens -= 0 if refused else 1
        self.calls.append((now, refused))
        return refused


def looks(budget: Budget, aws: Aws, *, waits: int, pause: float, until: float) -> Counter[int]:
    """How often each of so many waits has looked, with a pause and its turn before each look."""
    done: Counter[int] = Counter()
    # Seconds, who, and whether its turn has come.
    agenda = [(pause * number / waits, number, False) for number in range(waits)]
    heapq.heapify(agenda)
    while agenda[0][0] < until:
        now, number, is_its_turn = heapq.heappop(agenda)
        if not is_its_turn:
            heapq.heappush(agenda, (now + budget.turn(now), number, True))
            continue
        done[number] += 1
        if aws.refuses(now):
            budget.refused()
        heapq.heappush(agenda, (now + pause, number, False))
    return done


def per_second(aws: Aws, since: float, until: float) -> float:
    """Calls per second in a span of time."""
    return sum(since <= now < until for now, _ in aws.calls) / (until - since)


def test_what_begins_together_asks_together() -> None:
    """Saved turns come at once, and those after them at the full rate."""
    budget = Budget()
    turns = [budget.turn(1000.0) for _ in range(AT_ONCE + 41)]
    assert turns[:AT_ONCE] == [0.0] * AT_ONCE
    assert turns[-1] == pytest.approx(40 / FULL_RATE)


def test_few_waits_wait_for_nobody() -> None:
    """Whoever asks less than the budget has is never held up, however long it goes on."""
    budget = Budget()
    assert {budget.turn(second * 0.5) for second in range(10_000)} == {0.0}


@given(
    st.lists(st.tuples(st.floats(0, 30), st.booleans()), max_size=200),
    st.floats(0, 1e6),
)
def test_turns_come_in_order_and_never_too_often(
    steps: list[tuple[float, bool]], start: float
) -> None:
    """In no second are there more turns than the rate and what was saved allow; nobody is overtaken."""
    budget, now, taken = Budget(), start, deque[float]()
    for pause, is_refused in steps:
        now += pause
        if is_refused:
            budget.refused()
        at = now + budget.turn(now)
        assert at >= now
        assert not taken or at >= taken[-1] - 1e-6
        taken.append(at)
        assert LEAST_RATE <= budget.rate <= FULL_RATE
    for first, at in enumerate(taken):
        within = sum(at <= other < at + 1 for other in list(taken)[first:])
        assert within <= AT_ONCE + FULL_RATE + 1


def test_a_hundred_waits_stay_within_the_budget_and_are_equal() -> None:
    """Each would ask every second; together they ask at the full rate, and each as often as another."""
    budget, aws = Budget(), Aws(rate=1e9)
    done = looks(budget, aws, waits=100, pause=1.0, until=600)
    assert abs(per_second(aws, 60, 600) - FULL_RATE) < 0.5
    assert max(done.values()) - min(done.values()) <= 1


@pytest.mark.parametrize(("rate", "refused"), [(1.5, 0.25), (4.0, 0.1), (10.0, 0.05)])
def test_all_slow_down_together_and_recover(rate: float, refused: float) -> None:
    """AWS takes less than the full rate: little is refused, most is used, all wait alike."""
    budget, aws = Budget(), Aws(rate)
    done = looks(budget, aws, waits=100, pause=1.0, until=1800)
    late = [was_refused for now, was_refused in aws.calls if now > 300]
    assert sum(late) / len(late) < refused
    assert (len(late) - sum(late)) / 1500 > 0.65 * rate
    assert min(done.values()) > 0.9 * max(done.values())
    for second in range(1800, 2400):
        budget.turn(second)
    assert budget.rate == FULL_RATE


def test_one_wave_of_refusals_is_one_slowdown() -> None:
    """What was sent before a slowdown, and is refused after it, says nothing new."""
    budget = Budget()
    budget.turn(100.0)
    for number in range(50):
        budget.refused()
        budget.turn(100.0 + number * SETTLING / 100)
    assert budget.rate == FULL_RATE * CUT


def test_a_growth_that_is_refused_is_taken_back() -> None:
    """What comes soon after a growth is about the new rate."""
    budget, now = Budget(), 100.0
    budget.refused()
    budget.turn(now)
    now += RECOVERY
    budget.turn(now)
    assert budget.rate == pytest.approx(FULL_RATE * CUT * GROWTH)
    budget.refused()
    budget.turn(now + 1)
    assert budget.rate == pytest.approx(FULL_RATE * CUT * GROWTH * CUT)
    budget.turn(now + RECOVERY)
    assert budget.rate == pytest.approx(FULL_RATE * CUT * GROWTH * CUT)


def test_the_rate_grows_while_nobody_asks() -> None:
    """An hour after a refusal, nothing of it is left."""
    budget = Budget()
    budget.refused()
    budget.turn(0.0)
    budget.turn(3600.0)
    assert budget.rate == FULL_RATE


def test_a_rate_that_is_refused_goes_down_to_a_floor_and_comes_back() -> None:
    """However often AWS refuses, a wait still asks; without refusals the full rate comes back."""
    budget, now = Budget(), 0.0
    for _ in range(20):
        budget.refused()
        now += SETTLING
        budget.turn(now)
    assert budget.rate == LEAST_RATE
    for _ in range(40):
        now += RECOVERY
        budget.turn(now)
    assert budget.rate == FULL_RATE


def test_a_refusal_spends_what_was_saved() -> None:
    """After it, turns come one by one."""
    budget = Budget()
    budget.turn(0.0)
    budget.refused()
    turns = [budget.turn(100.0) for _ in range(3)]
    assert turns == pytest.approx([0.0, 1 / budget.rate, 2 / budget.rate])


def test_each_account_and_region_has_a_budget() -> None:
    """Two regions, or two accounts, do not hold each other up; the same is shared."""
    one = budget_of("123456789012", "us-east-1")
    assert budget_of("123456789012", "us-east-1") is one
    assert budget_of("123456789012", "eu-west-1") is not one
    assert budget_of("210987654321", "us-east-1") is not one


def test_threads_take_different_turns() -> None:
    """No two of them get the same one."""
    budget, begin = Budget(), threading.Barrier(8)

    def take(_: int) -> list[float]:
        begin.wait(60)
        return [budget.turn(0.0) for _ in range(200)]

    with ThreadPoolExecutor(8) as pool:
        turns = sorted(turn for each in pool.map(take, range(8)) for turn in each)
    later = turns[AT_ONCE + 1 :]
    assert len(set(later)) == len(later) == 1600 - AT_ONCE - 1
