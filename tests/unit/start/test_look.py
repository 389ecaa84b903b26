"""Looks at the branch's jobs, also while AWS is away."""

from __future__ import annotations

import pytest
from amplify_job_resource._amplify.records import BuildTimes, JobRecord
from amplify_job_resource._start.look import MAX_FIRST_LOOKS, BranchLook
from amplify_job_resource._start.patience import GivenUp, Patience
from amplify_job_resource._values.pauses import MAX_BACKOFF
from amplify_job_resource.errors import AwsError

from tests.operations import FakeOperation
from tests.unit.samples import a_job
from tests.unit.start.fakes import (
    BAD_CREDENTIALS,
    DENIED,
    MISSING,
    REJECTED,
    THROTTLED,
    UNANSWERED,
    UNCLEAR,
    UNREACHABLE,
    FakeBranch,
)

PASSING = [THROTTLED, UNCLEAR, UNREACHABLE]
LASTING = [BAD_CREDENTIALS, MISSING, REJECTED]


class Scene:
    """Looks at a branch with two jobs, for an hour at most."""

    def __init__(self) -> None:
        self.operation = FakeOperation()
        self.jobs = [a_job("RUNNING", id="10"), a_job("SUCCEED", id="9", took=90)]
        self.branch = FakeBranch(self.operation, *self.jobs)
        self.look = BranchLook(self.branch, self.operation, Patience(self.operation, 3600.0))


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_look_shows_the_newest_jobs(scene: Scene) -> None:
    """The jobs come newest first, down to the number asked for, and the look keeps them."""
    assert scene.look.newest(7) == scene.jobs
    assert scene.branch.down_to == [7]
    assert scene.look.seen == scene.jobs
    assert scene.look.builds == BuildTimes((90,))
    assert scene.operation.now() == 0


def test_who_may_not_list_is_not_asked_again(scene: Scene) -> None:
    """A denied look is no error: it shows nothing, says why in the debug log, and is the last."""
    scene.branch.fail("newest", DENIED)
    assert scene.look.newest() is None
    assert scene.look.newest() is None
    assert scene.look.denied is DENIED
    assert scene.branch.asked == ["newest"]
    assert scene.operation.debugs == [str(DENIED)]


@pytest.mark.parametrize("error", PASSING, ids=lambda error: type(error).__name__)
def test_an_outage_is_lasted_out(scene: Scene, error: AwsError) -> None:
    """A look without an answer is made again after a pause, and a row says why it takes so long."""
    scene.branch.fail("newest", error, error)
    assert scene.look.newest() == scene.jobs
    assert scene.branch.count("newest") == 3
    assert {text for _, text in scene.operation.rows} == {
        f"AWS does not answer ({error.code}), trying again"
    }
    assert 0 < scene.operation.now() <= 2 * MAX_BACKOFF


def test_where_nothing_ever_answered_the_looks_have_an_end(scene: Scene) -> None:
    """A dead network ends the first look after some minutes, not after the whole timeout."""
    scene.branch.fail("newest", *[UNCLEAR] * 100)
    with pytest.raises(GivenUp) as end:
        scene.look.newest()
    assert end.value.why == f"{UNCLEAR}\nAWS answered this {MAX_FIRST_LOOKS} times."
    assert end.value.__cause__ is UNCLEAR
    assert scene.branch.count("newest") == MAX_FIRST_LOOKS
    assert scene.operation.now() < 600


def test_after_an_answer_only_time_is_a_bound(scene: Scene) -> None:
    """Once the branch could be listed, a long outage ends no wait before its deadline."""
    scene.look.newest()
    scene.branch.fail("newest", *[UNCLEAR] * 10 * MAX_FIRST_LOOKS)
    assert scene.look.newest() == scene.jobs
    scene.branch.fail("newest", *[UNCLEAR] * 10_000)
    with pytest.raises(GivenUp, match=r"^timed out"):
        scene.look.newest()
    assert scene.operation.now() == 3600


@pytest.mark.parametrize("error", LASTING, ids=lambda error: type(error).__name__)
def test_an_error_that_stays_ends_it(scene: Scene, error: AwsError) -> None:
    """What no later look would change is the end at once, in AWS's words."""
    scene.branch.fail("newest", error)
    with pytest.raises(GivenUp) as end:
        scene.look.newest()
    assert end.value.why == str(error)
    assert end.value.__cause__ is error
    assert scene.branch.count("newest") == 1


@pytest.mark.parametrize(
    ("during", "why"),
    [
        ("", "timed out while listing the branch's jobs"),
        (": the branch is busy", "timed out: the branch is busy"),
    ],
)
def test_without_time_there_is_no_look(scene: Scene, during: str, why: str) -> None:
    """At the deadline nothing is asked, and the reason says what was going on."""
    scene.operation.time = 3600
    with pytest.raises(GivenUp) as end:
        scene.look.newest(during=during)
    assert end.value.why == why
    assert scene.branch.asked == []


@pytest.mark.parametrize("late", [False, True])
def test_a_job_that_may_be_there_is_looked_for_in_any_case(scene: Scene, late: bool) -> None:
    """Neither the deadline nor Ctrl-C keeps it from one look; a second one is not made."""
    if late:
        scene.operation.time = 3600
    else:
        scene.operation.interrupt_at = 0
    assert scene.look.newest(at_least_once=True) == scene.jobs
    scene.branch.fail("newest", UNCLEAR)
    with pytest.raises(GivenUp):
        scene.look.newest(at_least_once=True)
    assert scene.branch.count("newest") == 2


def test_the_last_pause_ends_with_the_time(scene: Scene) -> None:
    """A look that got no answer shortly before the deadline is not made again at the deadline."""
    scene.operation.time = 3599.5
    scene.branch.fail("newest", UNCLEAR)
    with pytest.raises(GivenUp):
        scene.look.newest(at_least_once=True)
    assert scene.branch.count("newest") == 1
    assert scene.operation.now() == 3600


@pytest.mark.parametrize(
    ("interrupt_at", "deadline", "why"), [(5, 60, "interrupted"), (99, 5, "timed out")]
)
@pytest.mark.parametrize("during", ["", ": the branch is busy"])
def test_a_look_that_is_given_up_says_why(
    interrupt_at: float, deadline: float, why: str, during: str
) -> None:
    """Where the operation was over before the answer, no other look is made, also at least once."""
    operation = FakeOperation()
    branch = FakeBranch(operation)

    def hangs(down_to: int | None = None) -> list[JobRecord]:
        branch.asked.append("newest")
        operation.time = 5
        raise UNANSWERED

    branch.newest = hangs  # type: ignore[method-assign]
    operation.interrupt_at = interrupt_at
    look = BranchLook(branch, operation, Patience(operation, deadline))
    with pytest.raises(GivenUp) as caught:
        look.newest(during=during, at_least_once=True)
    assert caught.value.why == why + (during or " while listing the branch's jobs")
    assert branch.asked == ["newest"]
    assert operation.rows == []


def test_what_may_not_be_listed_is_read_one_by_one(scene: Scene) -> None:
    """A job that is known by its number is seen as it is now; one that is gone is known no more."""
    gone, running = a_job("PENDING", id="3"), a_job("PENDING", id="10")
    for job in (gone, running):
        scene.look.saw(job)
    assert scene.look.seen == [running, gone]
    assert scene.look.again() == [scene.jobs[0]]
    scene.branch.fail("get", DENIED)
    assert scene.look.again() == [scene.jobs[0]]
