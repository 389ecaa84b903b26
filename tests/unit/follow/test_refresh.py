"""Whether a recorded job is still there, and how it is now."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from amplify_job_resource import AwsError
from amplify_job_resource._amplify.records import BranchRecord, JobRecord
from amplify_job_resource._follow.refresh import still_there

from tests.operations import FakeOperation
from tests.unit.samples import NOON, a_job
from tests.unit.start.fakes import DENIED, MISSING, THROTTLED, UNCLEAR, FakeBranch

ENDED = a_job("SUCCEED", took=92)


def seen(recorded: JobRecord, branch: FakeBranch) -> JobRecord | None:
    """Job 42 as it is on a branch."""
    return still_there(recorded, branch)


def test_a_job_that_is_there_is_as_it_is_now() -> None:
    """What AWS reports takes the place of what was recorded."""
    branch = FakeBranch(FakeOperation(), ENDED)
    assert seen(a_job("RUNNING"), branch) is ENDED
    assert branch.asked == ["get 42"]


def test_a_purged_job_that_had_ended_stays() -> None:
    """It was released: that AWS forgets old jobs is no reason to build again."""
    assert seen(ENDED, FakeBranch(FakeOperation())) is ENDED


@pytest.mark.parametrize("status", ["PENDING", "RUNNING", "CANCELLING", "BRAND_NEW"])
def test_a_purged_job_that_had_not_ended_is_gone(status: str) -> None:
    """Nobody knows how it would have ended."""
    assert seen(a_job(status), FakeBranch(FakeOperation())) is None


def test_a_job_of_a_deleted_branch_is_gone() -> None:
    """Without its branch nothing of a release is left."""
    branch = FakeBranch(FakeOperation())
    branch.fail("branch", MISSING)
    assert seen(ENDED, branch) is None


@pytest.mark.parametrize(
    ("made", "gone"),
    [(NOON + timedelta(hours=1), True), (NOON - timedelta(hours=1), False), (None, False)],
)
def test_a_job_of_an_earlier_branch_is_gone(made: datetime | None, gone: bool) -> None:
    """A branch that is younger than a job was deleted and made anew, without the release."""
    branch = FakeBranch(FakeOperation())
    branch.settings = BranchRecord(create_time=made)
    assert (seen(ENDED, branch) is None) is gone


@pytest.mark.parametrize("call", ["get", "branch"])
@pytest.mark.parametrize("error", [DENIED, UNCLEAR])
def test_what_cannot_be_asked_is_not_gone(call: str, error: AwsError) -> None:
    """Only what AWS says is not there is gone: any other error stays one."""
    branch = FakeBranch(FakeOperation())
    branch.fail(call, error)
    with pytest.raises(type(error)) as caught:
        seen(ENDED, branch)
    assert caught.value is error


@pytest.mark.parametrize(
    ("recorded", "found", "same"),
    [
        (NOON, NOON, True),
        (NOON, NOON + timedelta(seconds=0.9), True),
        (NOON, NOON + timedelta(seconds=1), False),
        (NOON, NOON - timedelta(seconds=1), False),
        (NOON, None, True),
        (None, NOON, True),
    ],
)
def test_a_job_that_has_ended_keeps_its_start(
    recorded: datetime | None, found: datetime | None, same: bool
) -> None:
    """Another job under its id, of a branch made anew, began at another time."""
    now = replace(ENDED, start_time=found)
    branch = FakeBranch(FakeOperation(), now)
    result = seen(replace(ENDED, start_time=recorded), branch)
    assert result is (now if same else None)
    assert branch.asked == ["get 42"]


@pytest.mark.parametrize("status", ["PENDING", "RUNNING", "CANCELLING"])
@pytest.mark.parametrize(
    ("made", "same"), [(NOON + timedelta(hours=1), False), (NOON - timedelta(days=1), True)]
)
def test_a_branch_tells_whether_an_active_job_is_another_one(
    status: str, made: datetime, same: bool
) -> None:
    """A queued job may begin later than it was said to, but not before its branch was made."""
    later = replace(ENDED, start_time=NOON + timedelta(days=1))
    branch = FakeBranch(FakeOperation(), later)
    branch.settings = BranchRecord(create_time=made)
    assert seen(a_job(status, start_time=NOON), branch) is (later if same else None)


@pytest.mark.parametrize("error", [DENIED, THROTTLED, UNCLEAR])
def test_an_active_job_needs_no_right_to_read_the_branch(error: AwsError) -> None:
    """Where GetBranch does not tell, the job under that number is taken for the recorded one."""
    later = replace(ENDED, start_time=NOON + timedelta(seconds=40))
    branch = FakeBranch(FakeOperation(), later)
    branch.fail("branch", error)
    assert seen(a_job("PENDING", start_time=NOON), branch) is later


def test_an_active_job_of_a_branch_that_is_gone_since_is_gone() -> None:
    """The branch was deleted between the two calls."""
    branch = FakeBranch(FakeOperation(), replace(ENDED, start_time=NOON + timedelta(days=1)))
    branch.fail("branch", MISSING)
    assert seen(a_job("RUNNING", start_time=NOON), branch) is None
