"""What AWS reports, typed, and what follows from it."""

from __future__ import annotations

import shlex
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from amplify_job_resource._amplify.ids import JobId
from amplify_job_resource._amplify.records import (
    BranchRecord,
    BuildTimes,
    JobRecord,
    Step,
    build_times,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.samples import NOON, a_job


def test_the_typical_time_is_the_median_of_the_newest_successes() -> None:
    """Failures are kept apart; running jobs and what is long ago do not count."""
    successes = [a_job("SUCCEED", took=took) for took in (10, 30, 20, 9999)]
    others = [
        a_job("FAILED", took=1),
        a_job("RUNNING"),
        a_job("SUCCEED"),
        a_job("CANCELLED", took=2),
    ]
    long_ago = a_job("FAILED", took=5)
    times = build_times([*others, *successes, long_ago], most=3)
    assert times == BuildTimes((10, 30, 20), (1,))
    assert times.typical == 20
    assert build_times(others) == BuildTimes((), (1,))
    assert build_times(others).typical is None


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=30))
def test_the_typical_time_is_one_that_happened_or_between(took: list[int]) -> None:
    """Whatever the history, the typical time lies within that of the newest ten."""
    typical = build_times([a_job("SUCCEED", took=one) for one in took]).typical
    assert typical is not None
    assert min(took[:10]) <= typical <= max(took[:10])


def test_the_age_counts_from_the_start() -> None:
    """The age says how long ago a job was started; it is not known without a start time."""
    assert a_job(start_time=NOON).age_seconds(NOON + timedelta(minutes=3)) == 180
    assert a_job(start_time=NOON).age_seconds(NOON - timedelta(minutes=3)) == 0
    assert a_job().age_seconds() is None
    assert a_job(start_time=NOON).age_seconds() is not None


def test_the_command_to_stop_a_job_can_be_pasted() -> None:
    """The command names app, branch, job and region."""
    assert a_job().stop_command == (
        "aws amplify stop-job --app-id d1a2 --branch-name main --job-id 42 --region eu-west-1"
    )


def test_a_branch_name_cannot_break_out_of_the_command() -> None:
    """A branch is called what its author likes: the shell must see one word."""
    job = replace(a_job(), id=JobId("d1a2", "x; rm -rf $HOME", "1"), region=None)
    assert job.stop_command == (
        "aws amplify stop-job --app-id d1a2 --branch-name 'x; rm -rf $HOME' --job-id 1"
    )


@given(st.text(min_size=1))
def test_the_shell_sees_one_branch(branch: str) -> None:
    """Whatever a branch is called, the command has as many words as ever."""
    job = replace(a_job(), id=JobId("d1a2", branch, "1"))
    words = shlex.split(job.stop_command)
    assert len(words) == 11
    assert words[words.index("--branch-name") + 1] == branch


@pytest.mark.parametrize(
    ("job", "seconds"),
    [
        (a_job("SUCCEED", took=90.5), 90.5),
        (a_job("FAILED", took=0), 0),
        (a_job("SUCCEED", took=-5), 0),
        (a_job("RUNNING", start_time=NOON), None),
        (a_job("SUCCEED", end_time=NOON), None),
    ],
)
def test_a_job_took_from_its_start_to_its_end(job: JobRecord, seconds: float | None) -> None:
    """A duration needs both times, and is never negative."""
    assert job.duration_seconds == seconds


def test_the_failed_steps_are_those_that_failed_or_were_cancelled() -> None:
    """A step that ended well, has not ended or was never begun is no failed one."""
    statuses = ["SUCCEED", "FAILED", "CANCELLED", "RUNNING", "PENDING", "BRAND_NEW"]
    job = a_job("FAILED", steps=tuple(Step(status, status) for status in statuses))
    assert [step.name for step in job.failed_steps] == ["FAILED", "CANCELLED"]


@pytest.mark.parametrize(
    ("status", "ended", "failed"),
    [("RUNNING", False, False), ("SUCCEED", True, False), ("FAILED", True, True)],
)
def test_a_job_has_ended_when_its_status_says_so(status: str, ended: bool, failed: bool) -> None:
    """A job with an end time but an active status has not ended."""
    job = a_job(status, took=5)
    assert (job.has_ended, job.has_failed) == (ended, failed)


def test_a_job_knows_its_number_and_its_page() -> None:
    """The number is a number, whatever zeros AWS writes, and the page lies in the job's region."""
    job = a_job(id="0000000042")
    assert job.number == 42
    assert job.console_url
    assert job.console_url.startswith("https://eu-west-1.console.aws.amazon.com/")
    assert replace(job, region=None).console_url is None


@pytest.mark.parametrize(
    ("branch", "is_pull_request"),
    [
        (BranchRecord(), False),
        (BranchRecord(stage="PRODUCTION"), False),
        (BranchRecord(stage="PULL_REQUEST"), True),
        (BranchRecord(source_branch="feature/x"), True),
    ],
)
def test_the_preview_of_a_pull_request_is_known(
    branch: BranchRecord, is_pull_request: bool
) -> None:
    """A branch is a pull-request preview by its stage, or since it was made from another branch."""
    assert branch.is_pull_request is is_pull_request


@pytest.mark.parametrize(
    ("made", "began", "younger"),
    [
        (NOON, NOON - timedelta(seconds=1), True),
        (NOON, NOON, False),
        (NOON, NOON + timedelta(days=1), False),
        (None, NOON, False),
        (NOON, None, False),
    ],
)
def test_a_branch_may_be_younger_than_a_job(
    made: datetime | None, began: datetime | None, younger: bool
) -> None:
    """A job that began before its branch was made ran on an earlier branch of that name."""
    branch = BranchRecord(create_time=made)
    assert branch.is_younger_than(a_job("SUCCEED", start_time=began)) is younger


@pytest.mark.parametrize(
    ("job", "other", "newer"),
    [
        (("main", 43, None), ("main", 42, None), True),
        (("main", 42, 0), ("main", 42, 0), False),
        (("main", 41, None), ("main", 42, None), False),
        # The branch was deleted and created again: it counts from 1.
        (("main", 1, 100), ("main", 42, 0), True),
        (("main", 1, 0), ("main", 42, 100), False),
        # Each branch counts its own jobs.
        (("dev", 1, 100), ("main", 42, 0), True),
        (("dev", 99, 0), ("main", 42, 100), False),
        (("dev", 1, None), ("main", 42, 100), True),
    ],
)
def test_which_of_two_jobs_is_newer(
    job: tuple[str, int, int | None], other: tuple[str, int, int | None], newer: bool
) -> None:
    """A greater number tells it on one branch, a later start anywhere."""

    def made(branch: str, number: int, start: int | None) -> JobRecord:
        time = None if start is None else NOON + timedelta(seconds=start)
        return JobRecord(JobId("d1a2", branch, str(number)), "RUNNING", start_time=time)

    assert made(*job).is_newer_than(made(*other)) is newer
