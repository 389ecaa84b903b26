"""What people read while a job runs, and the line that stays."""

from __future__ import annotations

from itertools import pairwise

import pytest
from amplify_job_resource import Throttled
from amplify_job_resource._amplify.records import JobRecord, Step
from amplify_job_resource._follow.rows import (
    LATE,
    LATE_ROW_INTERVAL,
    ROW_INTERVAL,
    Rows,
    current_step,
    ended_line,
    running_line,
)

from tests.operations import FakeOperation
from tests.unit.samples import a_job

THROTTLED = Throttled("reading", "TooManyRequestsException", "slow down")
BUILD = Step("BUILD", "RUNNING")
DONE = Step("BUILD", "SUCCEED")
WAITING = Step("DEPLOY", "PENDING")


def test_a_change_is_shown_at_once() -> None:
    """Another status, another step, an error and its end each make a row; an end makes none."""
    operation = FakeOperation()
    rows = Rows(operation, 0.0, typical_seconds=190)
    for job, error in (
        (a_job("PENDING"), None),
        (a_job("RUNNING"), None),
        (a_job("RUNNING", steps=(BUILD,)), None),
        (a_job("RUNNING", steps=(BUILD,)), THROTTLED),
        (a_job("RUNNING", steps=(BUILD,)), None),
        (a_job("SUCCEED"), None),
    ):
        rows.show(job, error)
        operation.time += 1
    assert [text for _, text in operation.rows] == [
        "job 42 PENDING 0s of about 3m10s",
        "job 42 RUNNING 1s of about 3m10s",
        "job 42 BUILD 2s of about 3m10s",
        "job 42 BUILD 3s of about 3m10s (AWS does not answer: TooManyRequestsException; trying again)",
        "job 42 BUILD 4s of about 3m10s",
    ]


def test_the_same_is_shown_only_now_and_then() -> None:
    """An hour of the same status is some hundred rows: every ten seconds, later every thirty."""
    operation = FakeOperation()
    rows = Rows(operation, 0.0)
    while operation.time < 3600:
        rows.show(a_job("RUNNING"))
        operation.time += 1
    times = [time for time, _ in operation.rows]
    gaps = [after - before for before, after in pairwise(times)]
    assert set(gaps) == {ROW_INTERVAL, LATE_ROW_INTERVAL}
    assert all(gap == ROW_INTERVAL for gap, at in zip(gaps, times[1:], strict=True) if at < LATE)
    assert len(times) < 140


def test_a_row_counts_from_the_start_of_the_job() -> None:
    """A job that began before the wait shows its own age."""
    operation = FakeOperation()
    Rows(operation, -60.0).show(a_job("RUNNING"))
    assert operation.rows == [(0.0, "job 42 RUNNING 1m00s")]


def test_a_fault_without_a_code_is_no_silence_of_aws() -> None:
    """Only an error of AWS's is named in a row."""
    operation = FakeOperation()
    Rows(operation, 0.0).show(a_job("RUNNING"), OSError("disk"))
    assert operation.rows == [(0.0, "job 42 RUNNING 0s")]


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
    """The step while one runs, else the status; for how long, and how long it typically takes."""
    assert running_line(job, 92, 190) == text
    assert running_line(job, 92) == text.partition(" of about")[0]


def test_a_step_is_named_on_one_line() -> None:
    """A step's name is AWS's text: control characters and length do no harm to the row."""
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
    """The line that stays says how the job ended, how long it took, and what it waited for."""
    assert ended_line(job, waited) == text
