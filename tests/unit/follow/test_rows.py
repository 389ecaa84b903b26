"""What people read while a job runs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from amplify_job_resource._amplify.records import JobRecord, Step, typical_seconds
from amplify_job_resource._follow.rows import (
    current_step,
    ended_line,
    running_line,
)
from amplify_job_resource._values.durations import format_duration
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.samples import NOON, a_job

BUILD = Step("BUILD", "RUNNING")
DONE = Step("BUILD", "SUCCEED")
WAITING = Step("DEPLOY", "PENDING")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0s"),
        (0, "0s"),
        (0.4, "0s"),
        (59.4, "59s"),
        (59.6, "1m00s"),
        (60, "1m00s"),
        (190, "3m10s"),
        (3599.6, "1h00m"),
        (3720, "1h02m"),
        (100 * 3600, "100h00m"),
    ],
)
def test_a_duration_is_short(seconds: float, text: str) -> None:
    """Seconds, minutes with seconds, or hours with minutes, rounded once."""
    assert format_duration(seconds) == text


@pytest.mark.parametrize(
    ("job", "text"),
    [
        (a_job("PENDING"), "job 42 PENDING 1m32s of about 3m10s"),
        (a_job("RUNNING"), "job 42 RUNNING 1m32s of about 3m10s"),
        (a_job("RUNNING", steps=(BUILD,)), "job 42 BUILD 1m32s of about 3m10s"),
        (a_job("RUNNING", steps=(DONE, WAITING)), "job 42 BUILD 1m32s of about 3m10s"),
        (a_job("RUNNING", steps=(WAITING,)), "job 42 RUNNING 1m32s of about 3m10s"),
        (a_job("CANCELLING", steps=(BUILD,)), "job 42 CANCELLING 1m32s of about 3m10s"),
        (a_job("BRAND_NEW"), "job 42 BRAND_NEW 1m32s of about 3m10s"),
        (a_job("SUCCEED"), "job 42 SUCCEED 1m32s"),
    ],
)
def test_a_row_says_what_the_job_does(job: JobRecord, text: str) -> None:
    """The step while one runs, else the status; for how long, and how long it usually takes."""
    assert running_line(job, 92, 190) == text
    assert running_line(job, 92) == text.partition(" of about")[0]


def test_a_step_is_named_on_one_line() -> None:
    """A step's name is AWS's text: control characters and length do no harm to the running_line."""
    job = a_job("RUNNING", steps=(Step("BUILD\n\x1b[31m" + "x" * 90, "RUNNING"),))
    step = current_step(job)
    assert step is not None
    assert step.isprintable()
    assert len(step) == 30


@pytest.mark.parametrize(
    ("job", "waited", "text"),
    [
        (a_job("SUCCEED", took=182), "", "job 42 SUCCEED in 3m02s"),
        (a_job("SUCCEED"), "", "job 42 SUCCEED"),
        (
            a_job("FAILED", took=5),
            "waited 40s for job 41",
            "job 42 FAILED in 5s (waited 40s for job 41)",
        ),
    ],
)
def test_the_last_line_tells_the_outcome(job: JobRecord, waited: str, text: str) -> None:
    """How it ended_line, how long the job took, and what it waited for."""
    assert ended_line(job, waited) == text


def test_the_usual_time_is_the_median_of_the_newest_successes() -> None:
    """Failures, running jobs and what is long ago do not count."""
    successes = [a_job("SUCCEED", took=took) for took in (10, 30, 20, 9999)]
    others = [a_job("FAILED", took=1), a_job("RUNNING"), a_job("SUCCEED")]
    assert typical_seconds([*others, *successes], most=3) == 20
    assert typical_seconds(others) is None
    assert typical_seconds([]) is None


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=30))
def test_the_usual_time_is_one_that_happened_or_between(took: list[int]) -> None:
    """Whatever the history, the usual time lies within that of the newest ten."""
    usual = typical_seconds([a_job("SUCCEED", took=one) for one in took])
    assert usual is not None
    assert min(took[:10]) <= usual <= max(took[:10])


def test_the_age_counts_from_the_start() -> None:
    """How long ago a job was started; not known without a start time."""
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
    from dataclasses import replace

    from amplify_job_resource._amplify.ids import JobId

    job = replace(a_job(), id=JobId("d1a2", "x; rm -rf $HOME", "1"), region=None)
    assert job.stop_command == (
        "aws amplify stop-job --app-id d1a2 --branch-name 'x; rm -rf $HOME' --job-id 1"
    )
