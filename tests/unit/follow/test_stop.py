"""Stopping a job and seeing it end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from amplify_job_resource import AccessDenied, AwsError, Unanswered, WaitInterrupted, WaitTimeout
from amplify_job_resource._amplify.records import BranchRecord, JobRecord
from amplify_job_resource._follow import messages
from amplify_job_resource._follow.stop import stop_job, stop_own_job

from tests.operations import FakeOperation
from tests.unit.samples import a_job
from tests.unit.start.fakes import (
    DENIED,
    MISSING,
    REJECTED,
    THROTTLED,
    UNANSWERED,
    UNCLEAR,
    FakeBranch,
)


def stop_own(
    branch: FakeBranch, operation: FakeOperation, *, own: bool = True, timeout: float = 600
) -> None:
    """Stop job 42, which is the resource's own or not."""
    stop_own_job(a_job("RUNNING"), branch, operation, operation.now() + timeout, lambda _: own)


@pytest.mark.parametrize("status", ["CREATED", "PENDING", "PROVISIONING", "RUNNING"])
def test_an_own_job_is_stopped_and_seen_to_end(status: str) -> None:
    """An active job gets one StopJob, and the stop is over when the job is."""
    operation = FakeOperation()
    branch = FakeBranch(operation, a_job(status))
    stop_own(branch, operation)
    assert branch.count("stop") == 1
    assert branch.get("42").status == "CANCELLED"
    assert operation.rows[0][1] == "job 42 CANCELLING 1s"


@pytest.mark.parametrize("status", ["SUCCEED", "FAILED", "CANCELLED"])
def test_a_job_that_has_ended_is_left_as_it_is(status: str) -> None:
    """History is not stopped, whoever made it, and nothing is said."""
    operation = FakeOperation()
    branch = FakeBranch(operation, a_job(status))
    stop_own(branch, operation)
    stop_own(branch, operation, own=False)
    assert branch.asked == ["get 42", "get 42"]
    assert operation.warnings == []


def test_a_job_of_somebody_else_is_never_stopped() -> None:
    """A job that this resource did not start goes on, with a warning."""
    operation = FakeOperation()
    branch = FakeBranch(operation, a_job("RUNNING"))
    stop_own(branch, operation, own=False)
    assert branch.asked == ["get 42"]
    assert operation.warnings == [messages.not_ours(a_job("RUNNING"))]


def test_a_job_that_is_gone_needs_no_stop() -> None:
    """A branch or job that was deleted is no error: there is nothing to stop."""
    operation = FakeOperation()
    stop_own(FakeBranch(operation), operation)
    assert operation.warnings == []


def test_a_job_of_a_new_branch_is_not_stopped() -> None:
    """On a branch that was created again the number names another job, be it this resource's own."""
    operation = FakeOperation()
    began = datetime(2026, 11, 25, 12, tzinfo=timezone.utc)
    branch = FakeBranch(operation, replace(a_job("RUNNING"), start_time=began))
    branch.settings = BranchRecord(create_time=began - timedelta(minutes=1))
    recorded = replace(a_job("RUNNING"), start_time=began - timedelta(hours=1))
    stop_own_job(recorded, branch, operation, 600, lambda _: True)
    assert branch.count("stop") == 0
    assert operation.warnings == []


def test_a_job_that_goes_away_while_it_is_stopped_needs_no_stop() -> None:
    """A job that vanishes between the look and StopJob is no error either."""
    operation = FakeOperation()
    branch = FakeBranch(operation, a_job("RUNNING"))
    branch.fail("stop", MISSING)
    stop_own(branch, operation)
    assert branch.asked == ["get 42", "stop 42"]


def test_a_job_that_is_being_stopped_is_waited_for() -> None:
    """A second StopJob would only be refused."""
    operation = FakeOperation()
    branch = FakeBranch(operation, a_job("CANCELLING"))
    branch.end(42, at=20, status="CANCELLED")
    assert stop_job(a_job("CANCELLING"), branch, operation, 600).status == "CANCELLED"
    assert branch.count("stop") == 0


@pytest.mark.parametrize("error", [REJECTED, THROTTLED, UNCLEAR])
@pytest.mark.parametrize("status", ["SUCCEED", "CANCELLED", "CANCELLING"])
def test_a_refused_stop_of_an_ending_job_is_no_error(error: AwsError, status: str) -> None:
    """Where StopJob fails, a look decides: a job that ends anyway is what was wanted."""
    operation = FakeOperation()
    branch = FakeBranch(operation, a_job(status))
    branch.fail("stop", error)
    branch.end(42, at=5, status="CANCELLED")
    job = stop_job(a_job("RUNNING"), branch, operation, 600)
    assert job.has_ended
    assert branch.count("stop") == 1


@pytest.mark.parametrize("error", [REJECTED, THROTTLED, UNCLEAR])
def test_a_refused_stop_of_a_running_job_is_an_error(error: AwsError) -> None:
    """A job that goes on after a failed StopJob was not stopped."""
    operation = FakeOperation()
    branch = FakeBranch(operation, a_job("RUNNING"))
    branch.fail("stop", error)
    with pytest.raises(type(error)) as caught:
        stop_own(branch, operation)
    assert caught.value is error


def test_a_denied_stop_is_an_error_at_once() -> None:
    """Without the permission there is no second look."""
    operation = FakeOperation()
    branch = FakeBranch(operation, a_job("RUNNING"))
    branch.fail("stop", DENIED)
    with pytest.raises(AccessDenied):
        stop_own(branch, operation)
    assert branch.asked == ["get 42", "stop 42"]


def test_a_stop_has_a_timeout() -> None:
    """A job that is still CANCELLING at the deadline is an error with the job as last seen."""
    operation = FakeOperation()
    branch = FakeBranch(operation, a_job("RUNNING"))
    branch.stop_takes = 900
    with pytest.raises(WaitTimeout) as caught:
        stop_own(branch, operation, timeout=60)
    assert caught.value.last_status == "CANCELLING"
    assert caught.value.waited_seconds == pytest.approx(60)
    assert str(caught.value) == messages.stop_timed_out(caught.value.job, 60, operation)


def test_a_stop_can_be_interrupted() -> None:
    """Ctrl-C ends the wait for the end; the job was stopped all the same."""
    operation = FakeOperation()
    operation.interrupt_at = 10
    branch = FakeBranch(operation, a_job("RUNNING"))
    branch.stop_takes = 900
    with pytest.raises(WaitInterrupted) as caught:
        stop_own(branch, operation)
    assert caught.value.last_status == "CANCELLING"
    assert branch.count("stop") == 1
    assert str(caught.value) == messages.stop_interrupted(caught.value.job, operation)


def test_the_job_itself_tells_whose_it_is() -> None:
    """The job is held against the resource as AWS shows it now, not as it was recorded."""
    operation = FakeOperation()
    branch = FakeBranch(operation, a_job("RUNNING", commit_message="as AWS shows it"))
    seen: list[JobRecord] = []

    def is_own(job: JobRecord) -> bool:
        seen.append(job)
        return False

    stop_own_job(a_job("RUNNING"), branch, operation, 600, is_own)
    assert [job.commit_message for job in seen] == ["as AWS shows it"]


@pytest.mark.parametrize("call", ["stop", "get"])
def test_a_stop_without_an_answer_is_interrupted(call: str) -> None:
    """Ctrl-C while AWS does not answer ends the stop, with the job as last seen."""
    operation = FakeOperation()
    operation.interrupt_at = 0
    branch = FakeBranch(operation, a_job("RUNNING"))
    branch.fail(call, UNANSWERED)
    with pytest.raises(WaitInterrupted) as caught:
        stop_job(a_job("RUNNING"), branch, operation, 600)
    assert caught.value.last_status == "RUNNING"
    assert branch.asked == ["stop 42", "get 42"][: 1 if call == "stop" else 2]


def test_a_stop_without_an_answer_has_a_timeout() -> None:
    """The time that StopJob took counts."""
    operation = FakeOperation()
    branch = FakeBranch(operation, a_job("RUNNING"))

    def hangs(number: str) -> None:
        operation.sleep(60)
        raise UNANSWERED

    branch.stop = hangs  # type: ignore[method-assign]
    with pytest.raises(WaitTimeout, match="was told to stop 1m00s ago and is still RUNNING"):
        stop_job(a_job("RUNNING"), branch, operation, 60)


def test_a_delete_that_cannot_read_the_job_is_interrupted() -> None:
    """Before StopJob there is nothing to wait for: the error says what had no answer."""
    operation = FakeOperation()
    branch = FakeBranch(operation, a_job("RUNNING"))
    branch.fail("get", UNANSWERED)
    with pytest.raises(Unanswered):
        stop_own(branch, operation)
    assert branch.asked == ["get 42"]
