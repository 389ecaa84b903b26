"""Rows while a job runs, and the judgement of what came out."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from amplify_job_resource import JobFailed, Throttled, WrongCommit
from amplify_job_resource._amplify.records import JobRecord, Step
from amplify_job_resource._follow.follow import accept
from amplify_job_resource._follow.rows import LATE_ROW_INTERVAL, ROW_INTERVAL, Rows
from amplify_job_resource._inputs.request import ReleaseRequest
from hypothesis import given
from hypothesis import strategies as st

from tests.operations import FakeOperation
from tests.unit.samples import a_job

THROTTLED = Throttled("reading", "TooManyRequestsException", "slow down")
BUILD = Step("BUILD", "RUNNING")


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
    assert len(times) < 140


@pytest.mark.parametrize(
    ("status", "changes"),
    [
        ("SUCCEED", {}),
        ("RUNNING", {"commit_id": "1f3c9e2a77", "verify_commit": True}),
        ("FAILED", {"allow_failure": True}),
        ("CANCELLED", {"allow_failure": True, "commit_id": "1f3c9e2a77", "verify_commit": True}),
    ],
)
def test_what_was_requested_for_is_accepted(status: str, changes: dict[str, Any]) -> None:
    """A success, a job that goes on, and a failure that is allowed raise nothing."""
    operation = FakeOperation()
    accept(
        a_job(status, reported_commit="1f3c9e2a77"),
        ReleaseRequest("d1a2", "main", **changes),
        operation,
    )
    assert operation.warnings == []


@pytest.mark.parametrize("status", ["FAILED", "CANCELLED"])
def test_a_failure_says_what_failed_and_what_comes_next(status: str) -> None:
    """The error has job, time, step with its reason, console, what is live and what is recorded."""
    steps = (Step("BUILD", "SUCCEED"), Step("DEPLOY", status, status_reason="no\nartifacts"))
    job = a_job(status, took=92, steps=steps)
    with pytest.raises(JobFailed) as caught:
        accept(job, ReleaseRequest("d1a2", "main"), FakeOperation())
    text = str(caught.value)
    assert caught.value.job is job
    assert text.startswith(f"Amplify job d1a2/main/42 {status} after 1m32s\n")
    assert f"  step DEPLOY {status}: no artifacts\n" in text
    assert "BUILD" not in text
    assert "The previous deployment stays live." in text
    assert f"console: {job.console_url}" in text
    assert "The job is recorded in the stack. The next `pulumi up` releases again." in text
    assert ("AMPLIFY_DIFF_DEPLOY" in text) is (status == "CANCELLED")


def test_where_failures_are_not_recorded_none_is_claimed() -> None:
    """Without a way to record it, the error does not say that the job is in the stack."""
    with pytest.raises(JobFailed) as caught:
        accept(
            a_job("FAILED"), ReleaseRequest("d1a2", "main"), FakeOperation(records_failures=False)
        )
    assert "recorded" not in str(caught.value)
    assert "The next `pulumi up` releases again." in str(caught.value)


SUCCESS = "SUCCEED"


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
    request = ReleaseRequest("d1a2", "main", commit_id="1f3c9e2a77")
    accept(a_job(SUCCESS, reported_commit=reported), request, operation)
    assert bool(operation.warnings) is warns


@pytest.mark.parametrize("reported", ["HEAD", None, "8b02d4a111"])
def test_verify_commit_wants_exactly_that_commit(reported: str | None) -> None:
    """Under `verify_commit` anything else, HEAD included, is an error that names both."""
    request = ReleaseRequest("d1a2", "main", commit_id="1f3c9e2a77", verify_commit=True)
    with pytest.raises(WrongCommit) as caught:
        accept(a_job(SUCCESS, reported_commit=reported), request, FakeOperation())
    assert f"reports {reported or 'no commit'}, not 1f3c9e2a77" in str(caught.value)
    assert "The job is live." in str(caught.value)
    accept(a_job(SUCCESS, reported_commit="1f3c9e2a77"), request, FakeOperation())


@given(st.booleans(), st.text("0123456789abcdef", min_size=7, max_size=40))
def test_a_secret_commit_is_in_no_message(verify: bool, reported: str) -> None:
    """Neither the secret commit nor what the job reports of it is said."""
    request = ReleaseRequest(
        "d1a2",
        "main",
        commit_id="topsecret1",
        verify_commit=verify,
        secret_inputs=frozenset({"commitId"}),
    )
    operation = FakeOperation()
    said = _said(a_job(SUCCESS, reported_commit=f"secret{reported}"), request, operation)
    assert said
    assert "secret1" not in said
    assert reported not in said


def _said(job: JobRecord, request: ReleaseRequest, operation: FakeOperation) -> str:
    try:
        accept(job, request, operation)
    except WrongCommit as error:
        return str(error)
    return "\n".join(operation.warnings)
