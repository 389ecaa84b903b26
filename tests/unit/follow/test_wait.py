"""The wait for a job's end, on a clock that costs no time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pytest
from amplify_job_resource import (
    AccessDenied,
    AwsError,
    NotFound,
    OutcomeUnclear,
    Throttled,
    Unanswered,
)
from amplify_job_resource._amplify.records import JobRecord
from amplify_job_resource._follow.wait import NOT_FOUND_GRACE, End, Waited, wait_until_ended
from amplify_job_resource._values.pauses import MAX_INTERVAL, MIN_INTERVAL
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.samples import a_job

THROTTLED = Throttled("reading", "TooManyRequestsException", "slow down")
NO_ANSWER = OutcomeUnclear("reading", "ReadTimeoutError", "no answer")
MISSING = NotFound("reading", "NotFoundException", "no such job")
DENIED = AccessDenied("reading", "AccessDeniedException", "not you")


@dataclass
class FakeClock:
    """A clock that is moved by nothing but `sleep`."""

    time: float = 1000.0
    interrupted_at: float | None = None
    pauses: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> bool:
        self.pauses.append(seconds)
        if self.interrupted_at is not None and self.time + seconds >= self.interrupted_at:
            self.time = max(self.time, self.interrupted_at)
            return False
        self.time += seconds
        return True


@dataclass
class Wait:
    """A wait over given looks, each a status or an error; the last one stays."""

    looks: Iterable[str | AwsError]
    clock: FakeClock = field(default_factory=FakeClock)
    fetched: int = 0
    reports: list[tuple[str, Exception | None]] = field(default_factory=list)
    behind: float = 0.0

    def run(self, first: str = "PENDING", timeout: float = 3600.0) -> Waited:
        answers = self._answers()

        def fetch() -> JobRecord:
            self.fetched += 1
            answer = next(answers)
            if isinstance(answer, AwsError):
                raise answer
            return a_job(answer)

        return wait_until_ended(
            a_job(first),
            fetch,
            self.clock,
            self.clock.now() + timeout,
            lambda job, error: self.reports.append((job.status, error)),
            turn=lambda _: self.behind,
        )

    def _answers(self) -> Iterator[str | AwsError]:
        last: str | AwsError = "PENDING"
        for look in self.looks:
            last = look
            yield look
        while True:
            yield last


@pytest.mark.parametrize("status", ["SUCCEED", "FAILED", "CANCELLED"])
def test_each_final_status_ends_the_wait(status: str) -> None:
    """The wait is over at the first look that shows an end, good or bad."""
    wait = Wait(["PROVISIONING", "RUNNING", "RUNNING", status, "PENDING"])
    waited = wait.run()
    assert (waited.job.status, waited.end) == (status, End.ENDED)
    assert wait.fetched == 4
    assert waited.seconds == pytest.approx(sum(wait.clock.pauses))


@pytest.mark.parametrize("status", ["SUCCEED", "FAILED", "CANCELLED"])
def test_a_job_that_has_ended_is_not_looked_at(status: str) -> None:
    """Nothing is fetched and no time passes when the job is over already."""
    wait = Wait([])
    waited = wait.run(status, timeout=-1)
    assert (waited.end, waited.seconds, wait.fetched) == (End.ENDED, 0.0, 0)


@pytest.mark.parametrize(
    "status",
    ["CREATED", "PENDING", "PROVISIONING", "RUNNING", "CANCELLING", "BRAND_NEW", "", "succeed"],
)
def test_any_other_status_goes_on(status: str) -> None:
    """A word that is not final, known or not, is neither an end nor a failure."""
    wait = Wait([status] * 5 + ["SUCCEED"])
    assert wait.run(status).end is End.ENDED
    assert wait.fetched == 6


@given(st.lists(st.sampled_from(["RUNNING", "ODD", THROTTLED, NO_ANSWER])), st.floats(0, 7200))
def test_every_wait_ends_in_time(looks: list[str | AwsError], timeout: float) -> None:
    """Whatever is seen, a wait is over at its deadline, not before and not later."""
    wait = Wait(looks or ["RUNNING"])
    waited = wait.run(timeout=timeout)
    assert waited.end is End.TIMEOUT
    assert waited.seconds == pytest.approx(timeout)
    assert all(0 <= seconds <= MAX_INTERVAL for seconds in wait.clock.pauses)


def test_the_last_look_is_at_the_deadline() -> None:
    """A job that ends in the last moment of the timeout has ended."""
    wait = Wait(["RUNNING", "SUCCEED"])
    waited = wait.run(timeout=MIN_INTERVAL * 1.2)
    assert waited.end is End.ENDED
    assert wait.clock.now() == pytest.approx(1000 + MIN_INTERVAL * 1.2)


@pytest.mark.parametrize("error", [THROTTLED, NO_ANSWER])
def test_a_storm_passes(error: AwsError) -> None:
    """Throttling and lost answers, however many, are waited out and reported."""
    wait = Wait([error] * 200 + ["SUCCEED"])
    waited = wait.run()
    assert waited.end is End.ENDED
    assert wait.reports[:200] == [("PENDING", error)] * 200
    assert wait.reports[200] == ("SUCCEED", None)


def test_the_job_as_last_seen_survives_a_storm() -> None:
    """At a timeout within a storm, the job is the one of the last look that worked."""
    waited = Wait(["RUNNING", THROTTLED]).run(timeout=60)
    assert (waited.job.status, waited.end) == ("RUNNING", End.TIMEOUT)


def test_a_young_job_may_be_unknown() -> None:
    """Just after its start a job may not be found; that ends no wait."""
    wait = Wait([MISSING, MISSING, "RUNNING", "SUCCEED"])
    assert wait.run().end is End.ENDED
    assert wait.reports[0] == ("PENDING", MISSING)


def test_an_old_job_that_is_unknown_is_gone() -> None:
    """After the grace, a job that is not found raises, and not before."""
    wait = Wait([MISSING])
    with pytest.raises(NotFound):
        wait.run()
    assert NOT_FOUND_GRACE < wait.clock.now() - 1000 <= NOT_FOUND_GRACE + MAX_INTERVAL


def test_any_other_error_ends_the_wait() -> None:
    """A denied read raises at once: no later look would do better."""
    wait = Wait(["RUNNING", DENIED, "SUCCEED"])
    with pytest.raises(AccessDenied):
        wait.run()
    assert wait.fetched == 2


def test_a_fault_of_ours_is_not_swallowed() -> None:
    """What is no answer of AWS's leaves the wait as it is."""

    def fetch() -> JobRecord:
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        wait_until_ended(a_job(), fetch, FakeClock(), 2000.0, lambda *_: None)


@pytest.mark.parametrize("after", [0.0, 0.5, 100.0])
def test_an_interrupt_ends_the_wait_at_once(after: float) -> None:
    """When the clock says stop, there is no further look."""
    wait = Wait(["RUNNING"], FakeClock(interrupted_at=1000 + after))
    waited = wait.run()
    assert waited.end is End.INTERRUPTED
    assert waited.seconds == pytest.approx(after)
    assert len(wait.clock.pauses) == wait.fetched + 1


def test_a_long_wait_asks_seldom() -> None:
    """An hour of waiting costs some hundred looks and not thousands."""
    wait = Wait(["RUNNING"])
    wait.run(timeout=3600)
    assert 300 < wait.fetched < 500


@pytest.mark.parametrize("end", [End.INTERRUPTED, End.TIMEOUT])
def test_a_look_that_is_given_up_ends_the_wait(end: End) -> None:
    """Where the operation was over before the answer, so is the wait: no look more, and no row."""
    wait = Wait(["RUNNING", Unanswered("reading", "Interrupted", "no answer"), "SUCCEED"])
    if end is End.INTERRUPTED:
        wait.clock.interrupted_at = 1000 + 2.5 * MIN_INTERVAL
    waited = wait.run(timeout=3600 if end is End.INTERRUPTED else 2 * MIN_INTERVAL * 0.9)
    assert (waited.end, waited.job.status) == (end, "RUNNING")
    assert wait.fetched == 2
    assert wait.reports == [("RUNNING", None)]


def test_a_look_waits_for_its_turn() -> None:
    """After each pause comes what others are ahead, and both count as waiting."""
    wait = Wait(["RUNNING", "SUCCEED"], behind=7.0)
    waited = wait.run()
    assert wait.clock.pauses[1::2] == [7.0, 7.0]
    assert waited.seconds == pytest.approx(sum(wait.clock.pauses))


def test_the_turn_is_awaited_no_longer_than_there_is_time() -> None:
    """The deadline ends the wait however many are ahead, after one last look."""
    wait = Wait(["RUNNING"], behind=500.0)
    waited = wait.run(timeout=60)
    assert (waited.end, wait.fetched) == (End.TIMEOUT, 1)
    assert waited.seconds == pytest.approx(60)


def test_ctrl_c_ends_the_wait_for_a_turn() -> None:
    """No look follows."""
    wait = Wait(["RUNNING"], FakeClock(interrupted_at=10.0), behind=500.0)
    assert (wait.run().end, wait.fetched) == (End.INTERRUPTED, 0)
