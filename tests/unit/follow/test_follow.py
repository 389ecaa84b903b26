"""Following a job to its end, and acting on the verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from amplify_job_resource import (
    AwsError,
    JobFailed,
    Throttled,
    WaitFailed,
    WaitInterrupted,
    WaitTimeout,
    WrongCommit,
)
from amplify_job_resource._amplify.records import BranchRecord, BuildTimes, JobRecord, Step
from amplify_job_resource._follow import messages
from amplify_job_resource._follow.follow import accept, follow, follow_recorded
from amplify_job_resource._follow.wait import NOT_FOUND_GRACE
from amplify_job_resource._inputs.request import ReleaseRequest
from hypothesis import given
from hypothesis import strategies as st

from tests.operations import FakeOperation
from tests.unit.samples import NOON, a_job
from tests.unit.start.fakes import DENIED, MISSING, THROTTLED, UNCLEAR, FakeBranch

PLAIN = ReleaseRequest("d1a2", "main")
SUCCESS = "SUCCEED"
STEPS = (Step("BUILD", "FAILED", status_reason="exit 1"),)


def followed(
    job: JobRecord,
    branch: FakeBranch,
    operation: FakeOperation,
    request: ReleaseRequest = PLAIN,
    timeout: float = 600,
    **arguments: Any,
) -> JobRecord:
    """Follow a job from now on."""
    return follow(job, request, branch, operation, operation.now() + timeout, **arguments)


def test_a_job_is_followed_to_its_end() -> None:
    """The job comes back as it ended, with rows on the way and a line that stays."""
    operation = FakeOperation()
    branch = FakeBranch(operation, a_job("RUNNING"))
    branch.end(42, at=60)
    job = followed(
        a_job("RUNNING"),
        branch,
        operation,
        waited_for="waited 40s for job 41",
        builds=BuildTimes((190,)),
    )
    assert job.status == SUCCESS
    assert operation.rows[0] == (0.0, "job 42 RUNNING 0s of about 3m10s")
    assert operation.infos == ["job 42 SUCCEED (waited 40s for job 41)"]
    assert operation.now() >= 60


def test_a_request_that_does_not_wait_takes_the_job_as_it_is() -> None:
    """Without `wait_for_completion` nothing is asked, no time passes, and a line says what goes on."""
    operation = FakeOperation()
    branch = FakeBranch(operation, a_job("RUNNING"))
    request = replace(PLAIN, wait_for_completion=False)
    assert followed(a_job("RUNNING"), branch, operation, request) == a_job("RUNNING")
    assert (branch.asked, operation.now()) == ([], 0)
    assert operation.rows == []
    assert operation.infos == [
        "job 42 RUNNING\n"
        "  console: https://eu-west-1.console.aws.amazon.com/amplify/apps/d1a2/branches/main/deployments\n"
        "  to wait for it: amplify-job wait d1a2 main 42 --region eu-west-1"
    ]


def test_a_job_that_has_ended_is_looked_at_once_for_its_steps() -> None:
    """What StartJob and ListJobs report has no steps: they are read when the job is over."""
    operation = FakeOperation()
    branch = FakeBranch(operation, a_job(SUCCESS, steps=STEPS))
    assert followed(a_job(SUCCESS), branch, operation).steps == STEPS
    assert branch.asked == ["get 42"]
    assert followed(a_job(SUCCESS, steps=STEPS), branch, operation).steps == STEPS
    assert branch.asked == ["get 42"]


def test_steps_that_cannot_be_read_are_left_out() -> None:
    """How the job ended is known; only the detail is missing."""
    operation = FakeOperation()
    branch = FakeBranch(operation, a_job(SUCCESS, steps=STEPS))
    branch.fail("get", DENIED)
    assert followed(a_job(SUCCESS), branch, operation) == a_job(SUCCESS)


@pytest.mark.parametrize("status", ["FAILED", "CANCELLED"])
def test_a_failure_is_an_error_with_the_job(status: str) -> None:
    """The error carries the job as it ended, with the steps that failed."""
    operation = FakeOperation()
    branch = FakeBranch(operation, a_job("RUNNING", steps=STEPS))
    branch.end(42, at=5, status=status)
    with pytest.raises(JobFailed) as caught:
        followed(a_job("RUNNING"), branch, operation)
    assert caught.value.job.status == status
    assert caught.value.failed_steps == STEPS
    assert str(caught.value) == messages.failed(caught.value.job, operation)
    assert operation.infos == [f"job 42 {status}"]


def test_a_failure_that_is_allowed_is_a_warning() -> None:
    """Under `allow_failure` the line that stays is a warning, and the job is the result."""
    operation = FakeOperation()
    branch = FakeBranch(operation, a_job("FAILED"))
    request = replace(PLAIN, allow_failure=True)
    assert followed(a_job("FAILED"), branch, operation, request).status == "FAILED"
    assert (operation.warnings, operation.infos) == (["job 42 FAILED"], [])


def test_a_timeout_carries_how_the_job_was() -> None:
    """The error has the job as last seen, its status, and how long it was waited for."""
    operation = FakeOperation()
    branch = FakeBranch(operation, a_job("RUNNING"))
    with pytest.raises(WaitTimeout) as caught:
        followed(a_job("PENDING"), branch, operation, timeout=90)
    assert caught.value.job.status == caught.value.last_status == "RUNNING"
    assert caught.value.waited_seconds == pytest.approx(90)
    assert str(caught.value) == messages.timed_out(caught.value.job, 90, operation)


def test_an_interrupt_carries_how_the_job_was() -> None:
    """Ctrl-C ends the wait at once, and the error has the same facts as that of a timeout."""
    operation = FakeOperation()
    operation.interrupt_at = 30
    branch = FakeBranch(operation, a_job("RUNNING"))
    with pytest.raises(WaitInterrupted) as caught:
        followed(a_job("PENDING"), branch, operation)
    error = caught.value
    assert error.job.status == error.last_status == "RUNNING"
    assert error.waited_seconds == operation.now() >= 30
    assert str(error) == messages.interrupted(error.job, error.waited_seconds, operation)


def test_a_job_that_cannot_be_read_carries_the_cause() -> None:
    """When the reading is denied, the error has AWS's error and the job as last seen."""
    operation = FakeOperation()
    branch = FakeBranch(operation, a_job("RUNNING"))
    branch.fail("get", None, DENIED)
    with pytest.raises(WaitFailed) as caught:
        followed(a_job("PENDING"), branch, operation)
    assert caught.value.cause is caught.value.__cause__ is DENIED
    assert caught.value.job.status == "RUNNING"
    assert str(caught.value) == messages.unreadable(caught.value.job, DENIED, operation)


def test_a_job_that_is_gone_ends_the_wait() -> None:
    """A job that stays unknown to AWS is an error once the grace after its start is over."""
    operation = FakeOperation()
    with pytest.raises(WaitFailed) as caught:
        followed(a_job("RUNNING"), FakeBranch(operation), operation)
    assert caught.value.cause is MISSING
    assert operation.now() > NOT_FOUND_GRACE


def test_silence_of_aws_is_shown_and_lasted_out() -> None:
    """Throttling and lost answers make a row and end nothing."""
    operation = FakeOperation()
    branch = FakeBranch(operation, a_job("RUNNING"))
    branch.fail("get", THROTTLED, UNCLEAR)
    branch.end(42, at=20)
    assert followed(a_job("RUNNING"), branch, operation).status == SUCCESS
    shown = [text for _, text in operation.rows]
    assert any(THROTTLED.code in text for text in shown)
    assert any(UNCLEAR.code in text for text in shown)


def test_the_rows_of_a_resumed_job_show_its_age() -> None:
    """A job that began before this run counts from its own start."""
    operation = FakeOperation()
    began = datetime.now(timezone.utc) - timedelta(hours=2)
    branch = FakeBranch(operation, a_job("RUNNING", start_time=began))
    branch.end(42, at=1)
    followed(a_job("RUNNING", start_time=began), branch, operation)
    assert operation.rows[0][1] == "job 42 RUNNING 2h00m"


def test_a_recorded_job_that_is_there_is_followed() -> None:
    """It is looked at first, and waited for."""
    operation = FakeOperation()
    branch = FakeBranch(operation, a_job("RUNNING"))
    branch.end(42, at=60)
    job = follow_recorded(a_job("PENDING"), PLAIN, branch, operation, operation.now() + 600)
    assert job.status == SUCCESS


def made_anew(operation: FakeOperation) -> FakeBranch:
    """A branch that was created again a day after `NOON`, and has a job of the same number."""
    branch = FakeBranch(operation, a_job("RUNNING", start_time=NOON + timedelta(days=2)))
    branch.settings = BranchRecord(create_time=NOON + timedelta(days=1))
    return branch


def test_a_job_of_an_earlier_branch_is_not_waited_for() -> None:
    """The wait would be for a job of somebody else under that number."""
    operation = FakeOperation()
    active = a_job("RUNNING", start_time=NOON)
    with pytest.raises(WaitFailed) as caught:
        follow_recorded(active, PLAIN, made_anew(operation), operation, 600)
    assert caught.value.job == active
    assert "its branch was deleted, or deleted and created again" in str(caught.value)
    assert str(caught.value).endswith("`pulumi refresh` removes it from state.")
    assert operation.now() == 0


def test_an_ended_job_of_an_earlier_branch_keeps_its_end() -> None:
    """Its steps are not those of the job that has its number now."""
    operation = FakeOperation()
    ended = a_job("CANCELLED", took=5)
    request = replace(PLAIN, allow_failure=True)
    assert follow_recorded(ended, request, made_anew(operation), operation, 600) is ended


@pytest.mark.parametrize("error", [MISSING, THROTTLED, UNCLEAR])
def test_a_wait_for_a_recorded_job_begins_with_patience(error: AwsError) -> None:
    """A job that was started a moment ago need not be readable yet, and AWS may be away."""
    operation = FakeOperation()
    branch = FakeBranch(operation, a_job("PENDING", start_time=NOON))
    branch.end(42, at=20)
    branch.fail("get", error)
    job = follow_recorded(a_job("PENDING", start_time=NOON), PLAIN, branch, operation, 3600)
    assert job.status == SUCCESS


def test_without_a_wait_an_answer_that_fails_is_an_error() -> None:
    """A changed label is recorded with the job as it is, or not at all."""
    operation = FakeOperation()
    branch = FakeBranch(operation, a_job("RUNNING"))
    branch.fail("get", THROTTLED)
    request = replace(PLAIN, wait_for_completion=False)
    with pytest.raises(Throttled):
        follow_recorded(a_job("RUNNING"), request, branch, operation, 3600)


@pytest.mark.parametrize(
    ("status", "request_"),
    [(SUCCESS, PLAIN), ("RUNNING", replace(PLAIN, wait_for_completion=False))],
)
def test_a_recorded_job_that_is_gone_stays_as_it_was(status: str, request_: ReleaseRequest) -> None:
    """It had ended, or nobody waits for it: labels and policies are recorded all the same."""
    operation = FakeOperation()
    job = follow_recorded(a_job(status), request_, FakeBranch(operation), operation, 600)
    assert job == a_job(status)


@pytest.mark.parametrize(
    ("status", "changes"),
    [
        ("SUCCEED", {}),
        ("RUNNING", {"commit_id": "1f3c9e2a77", "verify_commit": True}),
        ("FAILED", {"allow_failure": True}),
        ("CANCELLED", {"allow_failure": True, "commit_id": "1f3c9e2a77", "verify_commit": True}),
    ],
)
def test_what_was_requested_is_accepted(status: str, changes: dict[str, Any]) -> None:
    """A success, a job that goes on, and a failure that is allowed raise nothing."""
    operation = FakeOperation()
    job = a_job(status, reported_commit="1f3c9e2a77")
    accept(job, ReleaseRequest("d1a2", "main", **changes), operation)
    assert operation.warnings == []


@pytest.mark.parametrize(
    ("reported", "warns"),
    [
        ("1f3c9e2a77", False),
        ("1F3C9E2A77", False),
        ("1f3c9e2", False),
        ("1f3c9e2a77b0c1", False),
        ("HEAD", False),
        (None, False),
        ("1f3c9e", True),
        ("8b02d4a111", True),
    ],
)
def test_another_commit_is_warned_of(reported: str | None, warns: bool) -> None:
    """A job that reports another commit is a warning; a short form is the same, HEAD says nothing."""
    operation = FakeOperation()
    job = a_job(SUCCESS, reported_commit=reported)
    request = ReleaseRequest("d1a2", "main", commit_id="1f3c9e2a77")
    accept(job, request, operation)
    assert operation.warnings == ([messages.warn_of_another(job, request)] if warns else [])


@pytest.mark.parametrize("reported", ["HEAD", None, "8b02d4a111"])
def test_verify_commit_wants_exactly_that_commit(reported: str | None) -> None:
    """Under `verify_commit` anything else, HEAD included, is an error that carries both."""
    request = ReleaseRequest("d1a2", "main", commit_id="1f3c9e2a77", verify_commit=True)
    job = a_job(SUCCESS, reported_commit=reported)
    with pytest.raises(WrongCommit) as caught:
        accept(job, request, FakeOperation())
    assert caught.value.job is job
    assert (caught.value.wanted, caught.value.reported) == ("1f3c9e2a77", reported)
    assert str(caught.value) == messages.wrong_commit(job, request, FakeOperation())
    accept(a_job(SUCCESS, reported_commit="1f3c9e2a77"), request, FakeOperation())


@given(st.booleans(), st.text("0123456789abcdef", min_size=7, max_size=40))
def test_a_secret_commit_is_in_no_message(verify: bool, reported: str) -> None:
    """Neither the secret commit nor what the job reports of it is said, nor is it in the error."""
    request = ReleaseRequest(
        "d1a2",
        "main",
        commit_id="topsecret1",
        verify_commit=verify,
        secret_inputs=frozenset({"commitId"}),
    )
    operation = FakeOperation()
    job = a_job(SUCCESS, reported_commit=f"secret{reported}")
    if verify:
        with pytest.raises(WrongCommit) as caught:
            accept(job, request, operation)
        said = str(caught.value)
        assert (caught.value.wanted, caught.value.reported) == (None, None)
    else:
        accept(job, request, operation)
        said = "\n".join(operation.warnings)
    assert said
    assert "secret1" not in said
    assert reported not in said
