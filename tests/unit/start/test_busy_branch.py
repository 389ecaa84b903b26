"""What is done about a branch with an active job."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from amplify_job_resource._amplify.records import JobRecord
from amplify_job_resource._inputs.words import JobType
from amplify_job_resource._start import messages
from amplify_job_resource._start.busy_branch import HINT_SECONDS, BusyBranch
from amplify_job_resource._start.decide import Why
from amplify_job_resource._start.patience import GivenUp, Patience
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
    FakeBranch,
)

JOB = a_job("RUNNING", id="41")


class Scene:
    """A branch with job 41 running, and 100 seconds of time."""

    def __init__(self) -> None:
        self.operation = FakeOperation()
        self.branch = FakeBranch(self.operation, JOB)
        self.busy = BusyBranch(self.branch, self.operation, Patience(self.operation, 100.0))


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_free_branch_is_not_spoken_of(scene: Scene) -> None:
    """Where nothing was waited for, no sentence gets longer."""
    assert (scene.busy.during, scene.busy.waited_for) == ("", "")


def test_the_job_that_blocks_is_in_each_reason(scene: Scene) -> None:
    """A timeout or an interrupt on a busy branch says which job it is busy with."""
    scene.busy.blocking = JOB
    assert scene.busy.during == f": {messages.blocked_by(JOB)}"


def test_a_wait_counts_from_its_begin(scene: Scene) -> None:
    """Rows and the line that stays have the whole time of the wait, not that of the last pause."""
    scene.operation.time = 7
    while scene.operation.now() < 57:
        scene.busy.wait_for(JOB)
    waited = scene.operation.now() - 7
    assert scene.busy.waited_for == messages.waited(waited, JOB)
    assert len(scene.operation.rows) > 5
    for time, row in scene.operation.rows:
        assert row == messages.waiting(time - 7, JOB)


def test_a_look_waits_for_its_turn(scene: Scene) -> None:
    """All waits of a process share a budget of calls, those for a busy branch as well."""
    turns = [scene.branch.budget.turn(0.0) for _ in range(400)]
    scene.busy.wait_for(JOB)
    assert scene.operation.now() == pytest.approx(turns[-1] + 1 / scene.branch.budget.rate)


def test_the_last_job_is_the_one_that_was_waited_for(scene: Scene) -> None:
    """When another job comes first, the line names it, with the time of the whole wait."""
    scene.busy.wait_for(JOB)
    scene.busy.wait_for(a_job("RUNNING", id="42"))
    assert scene.busy.waited_for == messages.waited(
        scene.operation.now(), a_job("RUNNING", id="42")
    )


@pytest.mark.parametrize(
    ("job", "is_told"),
    [
        (a_job("PENDING", job_type=JobType.MANUAL), True),
        (a_job("RUNNING", job_type=JobType.MANUAL), False),
        (a_job("PENDING", job_type=JobType.RELEASE), False),
    ],
)
def test_a_wait_for_files_that_may_never_come_is_told_of(
    scene: Scene, job: JobRecord, is_told: bool
) -> None:
    """Once, after a minute: an upload that is under way has ended by then, as a rule."""
    while scene.operation.now() < HINT_SECONDS:
        assert scene.operation.warnings == []
        scene.busy.wait_for(job)
    for _ in range(3):
        scene.busy.wait_for(job)
    assert scene.operation.warnings == [messages.may_wait_for_ever(job)] * is_told


def at_the_deadline(operation: FakeOperation) -> None:
    operation.time = 100


def interrupted(operation: FakeOperation) -> None:
    operation.interrupt_at = 0


@pytest.mark.parametrize(
    ("end", "word"), [(at_the_deadline, "timed out"), (interrupted, "interrupted")]
)
def test_a_wait_that_is_given_up_names_the_job(
    scene: Scene, end: Callable[[FakeOperation], None], word: str
) -> None:
    """The reason says what the branch is busy with, and how to stop it."""
    end(scene.operation)
    with pytest.raises(GivenUp) as given_up:
        scene.busy.wait_for(JOB)
    assert given_up.value.why == f"{word}: {messages.blocked_by(JOB)}"


def test_each_job_is_stopped_and_told_of(scene: Scene) -> None:
    """`stop` sends one StopJob for each job, and says so in a line that stays."""
    other = a_job("PENDING", id="40")
    scene.branch.add(other)
    scene.busy.stop([JOB, other], Why.ON_BUSY)
    assert scene.branch.asked == ["stop 41", "stop 40"]
    assert scene.operation.infos == [
        messages.stopping(job, scene.operation.front) for job in (JOB, other)
    ]


def test_what_is_left_over_is_stopped_with_other_words(scene: Scene) -> None:
    """Nobody has asked for the end of such a job, so it is said why it is stopped."""
    scene.busy.stop([JOB], Why.LEFT_OVER)
    assert scene.branch.asked == ["stop 41"]
    assert scene.operation.infos == [messages.stopping_left_over(JOB)]


def test_nothing_is_stopped_where_all_are_being_stopped(scene: Scene) -> None:
    """Jobs that are CANCELLING already are left to it."""
    scene.busy.stop([], Why.ON_BUSY)
    assert (scene.branch.asked, scene.operation.infos) == ([], [])


@pytest.mark.parametrize("error", [MISSING, THROTTLED, UNCLEAR])
def test_a_stop_without_an_answer_is_seen_by_the_next_look(scene: Scene, error: AwsError) -> None:
    """A job that is gone, a throttled StopJob and a lost reply are no reason to give up."""
    scene.branch.fail("stop", error)
    scene.busy.stop([JOB, a_job("PENDING", id="40")], Why.ON_BUSY)
    assert scene.branch.asked == ["stop 41", "stop 40"]


@pytest.mark.parametrize("status", ["SUCCEED", "CANCELLED", "CANCELLING"])
def test_a_stop_that_came_too_late_is_fine(scene: Scene, status: str) -> None:
    """AWS refuses to stop a job that has just ended, or is being stopped: that was the aim."""
    scene.branch.add(a_job(status, id="41"))
    scene.branch.fail("stop", REJECTED)
    scene.busy.stop([JOB], Why.ON_BUSY)
    assert scene.branch.asked == ["stop 41", "get 41"]


@pytest.mark.parametrize("error", [DENIED, BAD_CREDENTIALS, REJECTED])
@pytest.mark.parametrize("read", [None, DENIED, UNCLEAR])
def test_a_job_that_may_not_be_stopped_is_the_end(
    scene: Scene, error: AwsError, read: AwsError | None
) -> None:
    """As long as the job goes on, or cannot be read, a refused StopJob ends it in AWS's words."""
    scene.branch.fail("stop", error)
    scene.branch.fail("get", read)
    with pytest.raises(GivenUp) as given_up:
        scene.busy.stop([JOB], Why.ON_BUSY)
    assert given_up.value.why == str(error)
    assert given_up.value.__cause__ is error


def test_a_stop_that_is_given_up_is_the_end(scene: Scene) -> None:
    """After Ctrl-C, or when the time is up, no other job is stopped, and none is read."""
    scene.branch.fail("stop", UNANSWERED)
    with pytest.raises(GivenUp) as given_up:
        scene.busy.stop([JOB, a_job("PENDING", id="40")], Why.ON_BUSY)
    assert given_up.value.why == str(UNANSWERED)
    assert scene.branch.asked == ["stop 41"]
