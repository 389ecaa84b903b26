"""StartDeployment for a job that waits, until it has begun; and the end of one that is not started."""

from __future__ import annotations

import pytest
from amplify_job_resource._amplify.records import JobRecord
from amplify_job_resource._inputs.words import JobType
from amplify_job_resource._start.patience import Patience
from amplify_job_resource._start.start_deployment import (
    MAX_STARTS,
    QUEUE_SECONDS,
    StartDeployment,
    is_unclear,
    seen,
    stopped,
)
from amplify_job_resource.errors import AwsError, Unanswered

from tests.operations import FakeOperation
from tests.unit.samples import a_job
from tests.unit.start.fakes import (
    BAD_CREDENTIALS,
    BUSY,
    DENIED,
    MISSING,
    REJECTED,
    THROTTLED,
    UNANSWERED,
    UNCLEAR,
    UNREACHABLE,
    FakeBranch,
    job_id,
)


class Scene:
    """A branch whose job 1 waits for its start, and an hour of time."""

    def __init__(self) -> None:
        self.operation = FakeOperation()
        self.branch = FakeBranch(self.operation)
        self.job = self.branch.create_deployment()[0].id
        self.branch.asked.clear()
        self.calls = self.of_a_run()

    def of_a_run(self, *, may_have_begun: bool = False) -> StartDeployment:
        """The calls of a run; of one that was cut off, the note says that it may have begun."""
        patience = Patience(self.operation, 3600.0)
        return StartDeployment(self.job, self.branch, patience, may_have_begun=may_have_begun)

    def begun(self) -> JobRecord:
        return self.calls.until_begun()


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_the_job_is_started_by_its_number(scene: Scene) -> None:
    """One call, and its answer is the job."""
    assert scene.begun().status == "RUNNING"
    assert scene.branch.asked == ["begin 1"]
    assert scene.branch.requests == [{"jobId": "1"}]


@pytest.mark.parametrize("error", [UNCLEAR, UNANSWERED])
def test_after_a_lost_reply_it_looks_first(scene: Scene, error: AwsError) -> None:
    """A job that has begun is followed, and no second call is made."""
    scene.branch.lose_reply(error, of="begin")
    assert scene.begun().status == "RUNNING"
    assert scene.branch.asked == ["begin 1", "get 1"]


def test_a_lost_request_is_sent_again(scene: Scene) -> None:
    """A job that still waits is started once more, after a pause."""
    scene.branch.fail("begin", UNCLEAR, UNREACHABLE, THROTTLED)
    assert scene.begun().status == "RUNNING"
    assert scene.branch.count("begin") == 4
    assert scene.branch.begun == [1]
    assert scene.operation.now() > 1


@pytest.mark.parametrize("denied", [None, DENIED])
def test_a_refusal_after_a_lost_reply_may_mean_that_it_has_begun(
    scene: Scene, denied: AwsError | None
) -> None:
    """A job that waits for its turn looks like one that was not started: it is seen to begin later."""
    scene.branch.queued_for = 500
    scene.branch.lose_reply(UNCLEAR, of="begin")
    scene.branch.fail("get", denied)
    job = scene.begun()
    assert (job.status, scene.branch.begun) == ("RUNNING", [1])
    assert scene.operation.now() >= 500


@pytest.mark.parametrize("error", [REJECTED, BUSY])
def test_the_job_of_an_earlier_run_may_have_begun(scene: Scene, error: AwsError) -> None:
    """There, the first refusal may mean it."""
    scene.branch.fail("begin", error, error)
    calls = scene.of_a_run(may_have_begun=True)
    assert calls.until_begun().status == "RUNNING"
    assert scene.branch.count("begin") == 3


@pytest.mark.parametrize("error", [REJECTED, BUSY])
def test_a_job_that_never_begins_cannot_be_started(scene: Scene, error: AwsError) -> None:
    """After ten minutes of refusals it is not waited for any more, whatever was lost before."""
    scene.branch.fail("begin", UNCLEAR, *[error] * 99)
    with pytest.raises(type(error)):
        scene.begun()
    assert QUEUE_SECONDS <= scene.operation.now() < QUEUE_SECONDS + 60
    assert scene.branch.begun == []


@pytest.mark.parametrize("error", [REJECTED, BUSY, DENIED, BAD_CREDENTIALS, MISSING])
def test_a_refusal_is_the_end(scene: Scene, error: AwsError) -> None:
    """What AWS refuses for good is not asked again, and nothing has begun."""
    scene.branch.fail("begin", error)
    with pytest.raises(type(error)):
        scene.begun()
    assert scene.branch.asked == ["begin 1", "get 1"]
    assert not scene.calls.may_have_begun


@pytest.mark.parametrize("read", [None, DENIED])
def test_it_is_known_whether_it_was_seen_to_wait(scene: Scene, read: AwsError | None) -> None:
    """One that is not seen may have begun after a lost reply."""
    scene.branch.fail("begin", DENIED)
    scene.branch.fail("get", read)
    with pytest.raises(type(DENIED)):
        scene.begun()
    assert scene.calls.waits is (read is None)


@pytest.mark.parametrize("status", ["CANCELLED", "CANCELLING", "FAILED"])
def test_a_job_that_somebody_has_ended_is_that(scene: Scene, status: str) -> None:
    """It is followed to its end, and told as it is."""
    scene.branch.add(a_job(status, id="1", job_type=JobType.MANUAL))
    assert scene.begun().status == status


@pytest.mark.parametrize(
    ("error", "may_have_begun"), [(UNCLEAR, True), (UNREACHABLE, False), (THROTTLED, False)]
)
def test_it_is_not_asked_for_ever(scene: Scene, error: AwsError, may_have_begun: bool) -> None:
    """After some calls it ends, and it is known whether one may have had its effect."""
    scene.branch.fail("begin", *[error] * 99)
    with pytest.raises(type(error)):
        scene.begun()
    assert scene.branch.count("begin") == MAX_STARTS
    assert scene.calls.may_have_begun is may_have_begun


@pytest.mark.parametrize(("interrupt_at", "word"), [(0.0, "interrupted"), (None, "timed out")])
def test_the_end_of_patience_is_the_end(
    scene: Scene, interrupt_at: float | None, word: str
) -> None:
    """Ctrl-C and the timeout end the pause between two calls."""
    scene.branch.fail("begin", UNCLEAR)
    scene.operation.interrupt_at = interrupt_at
    scene.operation.time = 3600.0 if interrupt_at is None else 0.0
    with pytest.raises(Unanswered, match=f"{word}: {UNCLEAR.detail}"):
        scene.begun()
    assert scene.calls.may_have_begun
    assert scene.branch.count("begin") == 1


# --- a job that is not to be started -------------------------------------------------------------


def test_a_job_is_stopped(scene: Scene) -> None:
    """An answer of StopJob is certainty enough."""
    assert stopped(scene.job, scene.branch)
    assert scene.branch.asked == ["stop 1"]


@pytest.mark.parametrize("error", [UNCLEAR, UNANSWERED, THROTTLED])
def test_a_stop_whose_reply_is_lost_is_looked_up(scene: Scene, error: AwsError) -> None:
    """The job tells whether it ends."""
    scene.branch.lose_reply(error, of="stop")
    assert stopped(scene.job, scene.branch)
    assert scene.branch.asked == ["stop 1", "get 1"]


@pytest.mark.parametrize("error", [UNCLEAR, DENIED, REJECTED])
@pytest.mark.parametrize("read", [None, DENIED])
def test_a_job_that_goes_on_is_not_stopped(
    scene: Scene, error: AwsError, read: AwsError | None
) -> None:
    """Where it still waits, or nothing is told of it, that is not certain."""
    scene.branch.fail("stop", error)
    scene.branch.fail("get", read)
    assert not stopped(scene.job, scene.branch)


def test_a_job_that_is_gone_blocks_nothing(scene: Scene) -> None:
    """Somebody has deleted it, or its branch."""
    assert stopped(job_id(7), scene.branch)


def test_a_job_is_seen_where_aws_tells(scene: Scene) -> None:
    """An error is no job."""
    found = seen(scene.job, scene.branch)
    assert found
    assert found.status == "PENDING"
    scene.branch.fail("get", UNCLEAR)
    assert seen(scene.job, scene.branch) is None


@pytest.mark.parametrize(
    ("error", "unclear"),
    [(UNCLEAR, True), (UNREACHABLE, False), (THROTTLED, False), (REJECTED, False)],
)
def test_what_was_never_sent_has_no_effect(error: AwsError, unclear: bool) -> None:
    """Only a call that left this machine and has no answer may have had one."""
    assert is_unclear(error) is unclear
