"""Whether a page of the site answers well after a release."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from amplify_job_resource import Unanswered, Unhealthy
from amplify_job_resource._amplify.page_status import Unreached
from amplify_job_resource._amplify.settings import Settings
from amplify_job_resource._follow.health import MOST_SECONDS, check_health

from tests.operations import FakeOperation
from tests.unit.samples import a_job

PAGE = "https://main.d1a2.amplifyapp.com/health"
JOB = a_job("SUCCEED")
Answer = int | Exception


class Site:
    """A page with answers one after the other; the last one stays."""

    def __init__(self, *answers: Answer, seconds: float = 0.0) -> None:
        self.operation = FakeOperation()
        self.asked = 0
        self._answers = list(answers)
        self._seconds = seconds

    def ask(self, url: str, settings: Settings) -> int:
        assert url == PAGE
        self.asked += 1
        self.operation.time += self._seconds
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def check(self, deadline: float = 3600.0) -> None:
        check_health(JOB, PAGE, PAGE, Settings(), self.operation, deadline, self.ask)


@pytest.mark.parametrize("status", [200, 204, 301, 308, 399])
def test_a_good_answer_ends_the_look(status: int) -> None:
    """One answer from 200 to 399 is enough, and a line that stays says what it was."""
    site = Site(status)
    site.check()
    assert site.asked == 1
    assert site.operation.infos == [f"{PAGE} answers: HTTP {status}"]


@pytest.mark.parametrize("answer", [Unreached("NoConnection"), 404, 403, 500, 199, 400])
def test_a_bad_answer_may_become_good(answer: Answer) -> None:
    """The edges of the network learn of a release one by one, so it is looked again."""
    site = Site(answer, answer, 200)
    site.check()
    assert site.asked == 3
    said = f"HTTP {answer}" if isinstance(answer, int) else str(answer)
    assert [row for _, row in site.operation.rows] == [f"checking {PAGE}: {said}"] * 2


@pytest.mark.parametrize(
    ("answer", "said", "status"),
    [(403, "HTTP 403", 403), (Unreached("ConnectTimeoutError"), "ConnectTimeoutError", None)],
)
def test_after_a_minute_it_is_an_error(answer: Answer, said: str, status: int | None) -> None:
    """The error has the job, which is live, the last answer, and what is next."""
    site = Site(answer)
    with pytest.raises(Unhealthy) as caught:
        site.check()
    assert MOST_SECONDS <= site.operation.now() < MOST_SECONDS + 1
    assert (caught.value.job, caught.value.status) == (JOB, status)
    assert str(caught.value) == (
        f"Amplify job {JOB.id} SUCCEED, but {PAGE} does not answer well: {said}, after 1m00s. The "
        "release is live.\nThe job is recorded in the stack. The next `pulumi up` looks again, and "
        "releases nothing."
    )


def test_a_good_answer_at_the_end_counts() -> None:
    """The last look is at the end of the minute."""
    site = Site(*[500] * 60, 200)
    with pytest.raises(Unhealthy):
        site.check()
    assert site.asked < 60


def test_the_user_s_time_counts_as_well() -> None:
    """`custom_timeouts` may leave less than a minute."""
    site = Site(500)
    with pytest.raises(Unhealthy):
        site.check(deadline=7.0)
    assert site.operation.now() == pytest.approx(7.0)


@pytest.mark.parametrize("seconds", [0.0, 100.0])
def test_an_interrupt_ends_it(seconds: float) -> None:
    """Ctrl-C is not waited out, neither between two looks nor while the site does not answer."""
    site = Site(500, seconds=seconds)
    site.operation.interrupt_at = 3.0
    with pytest.raises(Unhealthy, match="does not answer well: interrupted, last "):
        site.check()
    assert site.operation.now() <= max(4.0, seconds)


def test_what_is_given_up_has_no_status() -> None:
    """A page that hangs is given up with the operation."""
    site = Site(Unanswered("reading", "TimedOut", "there was no answer yet"))
    with pytest.raises(Unhealthy) as caught:
        site.check(deadline=0.5)
    assert caught.value.status is None
    assert "does not answer well: no answer, after" in str(caught.value)


def test_a_fault_is_no_answer() -> None:
    """What is not foreseen comes out as it is."""
    site = Site(ZeroDivisionError("a fault"))
    check: Callable[[], None] = site.check
    with pytest.raises(ZeroDivisionError):
        check()
