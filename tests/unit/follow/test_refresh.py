"""Whether a recorded job is still there, and how it is now."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from amplify_job_resource import AwsError, NotFound
from amplify_job_resource._amplify.records import BranchRecord, JobRecord
from amplify_job_resource._follow.refresh import is_same_job, still_there

from tests.operations import FakeOperation
from tests.unit.samples import NOON, a_job
from tests.unit.start.fakes import DENIED, MISSING, UNCLEAR, FakeBranch

ENDED = a_job("SUCCEED", took=92)


def seen(recorded: JobRecord | None, branch: FakeBranch) -> JobRecord | None:
    """Job 42 as it is on a branch."""
    return still_there(a_job().id, recorded, branch)


def test_a_job_that_is_there_is_as_it_is_now() -> None:
    """What AWS reports takes the place of what was recorded, or of nothing in an import."""
    branch = FakeBranch(FakeOperation(), ENDED)
    assert seen(a_job("RUNNING"), branch) is ENDED
    assert seen(None, branch) is ENDED
    assert branch.asked == ["get 42", "get 42"]


def test_an_import_of_what_is_not_there_is_an_error() -> None:
    """Where nothing is recorded, nothing can be gone."""
    with pytest.raises(NotFound):
        seen(None, FakeBranch(FakeOperation()))


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


def test_another_job_under_the_same_id_is_not_ours() -> None:
    """A branch that was made anew counts from 1 again: the job of that number is another one."""
    later = replace(ENDED, start_time=NOON + timedelta(days=1))
    assert seen(ENDED, FakeBranch(FakeOperation(), later)) is None


@pytest.mark.parametrize(
    ("recorded", "found", "same"),
    [
        (ENDED, ENDED, True),
        (ENDED, replace(ENDED, start_time=NOON + timedelta(seconds=0.9)), True),
        (ENDED, replace(ENDED, start_time=NOON + timedelta(seconds=1)), False),
        (ENDED, replace(ENDED, start_time=NOON - timedelta(seconds=1)), False),
        (ENDED, replace(ENDED, start_time=None), True),
        (replace(ENDED, start_time=None), ENDED, True),
        (a_job("RUNNING", start_time=NOON), replace(ENDED, start_time=NOON + timedelta(1)), True),
    ],
)
def test_a_job_that_has_ended_keeps_its_start(
    recorded: JobRecord, found: JobRecord, same: bool
) -> None:
    """Start times tell two jobs apart, less what state rounds; while a job runs they say nothing."""
    assert is_same_job(recorded, found) is same
