"""When a job is looked at next, and what that costs: simulated builds, on no clock at all."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from amplify_job_resource._amplify.records import BuildTimes, Step
from amplify_job_resource._follow.schedule import (
    LONGEST,
    LONGEST_EARLY,
    LONGEST_FAILING,
    LONGEST_NEAR,
    LONGEST_UNKNOWN,
    NEAR,
    SHORTEST,
    Looks,
    Schedule,
    is_near_its_end,
)
from hypothesis import given
from hypothesis import strategies as st

from bench import schedule as bench
from tests.operations import FakeOperation
from tests.unit.samples import a_job

#: The chance in each pause.
LEAST = 0.95
#: Simulated builds of a family, the same in each run.
BUILDS = 600

durations = st.lists(st.floats(0, 100_000), max_size=10).map(tuple)
histories = st.builds(BuildTimes, durations, durations)
seconds = st.floats(0, 1_000_000)


@given(histories, seconds)
def test_a_pause_is_neither_too_short_nor_too_long(history: BuildTimes, elapsed: float) -> None:
    """Whatever the builds took, nobody asks more than once a second, or waits long without a look."""
    most = LONGEST if history.succeeded else LONGEST_UNKNOWN + 0.5
    assert SHORTEST * LEAST <= Schedule(history).pause(elapsed) <= most


@given(histories, seconds, st.floats(0, 100_000))
def test_the_end_is_awaited_closely(history: BuildTimes, elapsed: float, near_for: float) -> None:
    """A job that deploys ends soon, however long it took; a long deployment is asked about less."""
    pause = Schedule(history).pause(elapsed, near_for)
    assert NEAR * LEAST <= pause <= LONGEST_NEAR
    assert Schedule(history).pause(elapsed, 0) <= NEAR


def test_looks_are_dense_where_builds_end() -> None:
    """Between a start that may fail and the time that builds take, little can happen."""
    schedule = Schedule(BuildTimes((300.0, 305.0, 295.0, 310.0)))
    middle, end, long_after = (schedule.pause(elapsed) for elapsed in (200, 300, 900))
    assert middle > LONGEST_EARLY
    assert end < middle / 2
    assert long_after > end


def test_a_pause_does_not_jump_over_the_end() -> None:
    """One that begins before the likely end is cut short by it."""
    schedule = Schedule(BuildTimes((300.0,) * 10))
    assert schedule.pause(260) + 260 < 300


def test_a_branch_that_fails_is_looked_at_while_it_may_fail() -> None:
    """Where builds have failed after a minute, another one may; later, it is as any other."""
    steady, failing = (Schedule(BuildTimes((300.0,) * 10, failed)) for failed in ((), (60.0,)))
    for elapsed in (30, 60):
        assert failing.pause(elapsed) <= LONGEST_FAILING + 0.5 < steady.pause(elapsed)
    assert failing.pause(120) > LONGEST_FAILING + 0.5
    assert Schedule(BuildTimes((300.0,) * 10, (1800.0,))).pause(60) > LONGEST_FAILING + 0.5
    assert Schedule(BuildTimes((), (60.0,))).pause(60) <= LONGEST_FAILING + 0.5


@cache
def result(family: str, peer: str) -> bench.Result:
    return bench.simulate(family, peer, BUILDS)


@pytest.mark.parametrize("family", bench.FAMILIES)
def test_it_is_no_worse_than_fixed_pauses(family: str) -> None:
    """The end is seen no later than with a look every 10 s, and costs no more calls.

    Failures are the exception. An expected early one costs a call more. One that nobody can expect, or
    only near the end, is seen later, for half the calls.
    """
    delay, calls = {
        "fails early": (1.01, 1.1),
        "first failure": (2.5, 0.5),
        "fails late": (1.4, 0.5),
    }.get(family, (1.0, 1.0))
    ours, fixed = result(family, "ours"), result(family, "every 10 s")
    assert ours.delay <= fixed.delay * delay
    assert ours.calls <= fixed.calls * calls


@pytest.mark.parametrize("family", [name for name in bench.FAMILIES if "fail" not in name])
def test_the_end_is_seen_three_times_as_soon(family: str) -> None:
    """Steady, drifting and strange builds alike."""
    assert result(family, "ours").delay <= result(family, "every 10 s").delay / 3


@pytest.mark.parametrize("share", [0.05, 0.1, 0.2])
def test_it_comes_near_to_the_optimum(share: float) -> None:
    """The optimum knows the distribution; the steps of the build at hand make up for that."""
    family = f"steady, sd {share:.0%}".replace("%", " %")
    ours = result(family, "ours")
    typical = sum(build.seconds for build in bench.builds(family, BUILDS)) / BUILDS
    assert ours.delay <= 1.5 * bench.optimum(share * typical, ours.calls)


def test_the_optimum_is_what_its_text_says() -> None:
    """1.04 standard deviations over the number of looks."""
    assert bench.optimum(30.0, 30.0) == pytest.approx(1.04, abs=0.01)


def test_a_queue_tells_nothing_of_the_build() -> None:
    """A job that waits for its turn is looked at less and less, and its time counts from its start."""
    operation = FakeOperation()
    looks = Looks(operation, 0.0, BuildTimes((30.0,) * 5))
    queued, running = a_job("PENDING"), a_job("RUNNING")
    operation.time = 100.0
    assert looks.pause(queued, 0) > 10
    operation.time = 110.0
    first = looks.pause(running, 0)
    assert first < 8  # it may end in half a minute
    operation.time = 128.0
    assert looks.pause(running, 0) < first


@pytest.mark.parametrize(
    ("status", "step", "near"),
    [
        ("RUNNING", "BUILD", False),
        ("RUNNING", "DEPLOY", True),
        ("RUNNING", "VERIFY", True),
        ("CANCELLING", "BUILD", True),
        ("PENDING", "DEPLOY", False),
    ],
)
def test_the_steps_tell_that_the_end_is_near(status: str, step: str, near: bool) -> None:
    """Once a job has built, or is being stopped, it does not take long."""
    job = replace(a_job(status), steps=(Step(step, "RUNNING"),))
    assert is_near_its_end(job) is near
