"""Rows while a job runs, and the judgement of what came out."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from amplify_job_resource import JobFailed, Throttled, WrongCommit
from amplify_job_resource._amplify.api import JobRecord, Step
from amplify_job_resource._amplify.ids import JobId
from amplify_job_resource._follow.judge import LATE_ROW_INTERVAL, ROW_INTERVAL, Rows, judge
from amplify_job_resource._inputs.inputs import Wish
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.samples import a_job

THROTTLED = Throttled("reading", "TooManyRequestsException", "slow down")
BUILD = Step("BUILD", "RUNNING")


class FakeCall:
    """A call whose time is set by the test; it keeps what is said."""

    urn = "urn:pulumi:dev::shop::pulumi-python:dynamic/amplify:Job::site"
    timeout: float | None = None

    def __init__(self, *, records_failures: bool = True) -> None:
        self.records_failures = records_failures
        self.next_run, self.timeout_name = "The next `pulumi up`", "custom_timeouts"
        self.time = 0.0
        self.rows: list[tuple[float, str]] = []
        self.warnings: list[str] = []

    def goes_on(self, _: JobId, /) -> str:
        return f"{self.next_run} goes on waiting for it."

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> bool:
        self.time += seconds
        return True

    def status(self, text: str) -> None:
        self.rows.append((self.time, text))

    def info(self, text: str) -> None:
        raise AssertionError(text)

    def warn(self, text: str) -> None:
        self.warnings.append(text)

    def debug(self, text: str) -> None:
        raise AssertionError(text)

    def when_told(self, action: Any) -> None:
        action()


def test_a_change_is_shown_at_once() -> None:
    """Another status, another step, an error and its end each make a row; an end makes none."""
    call = FakeCall()
    rows = Rows(call, 0.0, usual=190)
    for job, error in (
        (a_job("PENDING"), None),
        (a_job("RUNNING"), None),
        (a_job("RUNNING", steps=(BUILD,)), None),
        (a_job("RUNNING", steps=(BUILD,)), THROTTLED),
        (a_job("RUNNING", steps=(BUILD,)), None),
        (a_job("SUCCEED"), None),
    ):
        rows.show(job, error)
        call.time += 1
    assert [text for _, text in call.rows] == [
        "job 42 PENDING 0s of about 3m10s",
        "job 42 RUNNING 1s of about 3m10s",
        "job 42 BUILD 2s of about 3m10s",
        "job 42 BUILD 3s of about 3m10s (AWS does not answer: TooManyRequestsException; trying again)",
        "job 42 BUILD 4s of about 3m10s",
    ]


def test_the_same_is_shown_only_now_and_then() -> None:
    """An hour of the same status is some hundred rows: every ten seconds, later every thirty."""
    call = FakeCall()
    rows = Rows(call, 0.0)
    while call.time < 3600:
        rows.show(a_job("RUNNING"))
        call.time += 1
    times = [time for time, _ in call.rows]
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
def test_what_was_wished_for_is_accepted(status: str, changes: dict[str, Any]) -> None:
    """A success, a job that goes on, and a failure that is allowed raise nothing."""
    call = FakeCall()
    judge(a_job(status, commit_id="1f3c9e2a77"), Wish("d1a2", "main", **changes), call)
    assert call.warnings == []


@pytest.mark.parametrize("status", ["FAILED", "CANCELLED"])
def test_a_failure_says_what_failed_and_what_comes_next(status: str) -> None:
    """The error has job, time, step with its reason, console, what is live and what is recorded."""
    steps = (Step("BUILD", "SUCCEED"), Step("DEPLOY", status, status_reason="no\nartifacts"))
    job = a_job(status, took=92, steps=steps)
    with pytest.raises(JobFailed) as caught:
        judge(job, Wish("d1a2", "main"), FakeCall())
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
        judge(a_job("FAILED"), Wish("d1a2", "main"), FakeCall(records_failures=False))
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
    call = FakeCall()
    wish = Wish("d1a2", "main", commit_id="1f3c9e2a77")
    judge(a_job(SUCCESS, commit_id=reported), wish, call)
    assert bool(call.warnings) is warns


@pytest.mark.parametrize("reported", ["HEAD", None, "8b02d4a111"])
def test_verify_commit_wants_exactly_that_commit(reported: str | None) -> None:
    """Under `verify_commit` anything else, HEAD included, is an error that names both."""
    wish = Wish("d1a2", "main", commit_id="1f3c9e2a77", verify_commit=True)
    with pytest.raises(WrongCommit) as caught:
        judge(a_job(SUCCESS, commit_id=reported), wish, FakeCall())
    assert f"reports {reported or 'no commit'}, not 1f3c9e2a77" in str(caught.value)
    assert "The job is live." in str(caught.value)
    judge(a_job(SUCCESS, commit_id="1f3c9e2a77"), wish, FakeCall())


@given(st.booleans(), st.text("0123456789abcdef", min_size=7, max_size=40))
def test_a_secret_commit_is_in_no_message(verify: bool, reported: str) -> None:
    """Neither the secret commit nor what the job reports of it is said."""
    wish = Wish(
        "d1a2",
        "main",
        commit_id="topsecret1",
        verify_commit=verify,
        secret_inputs=frozenset({"commitId"}),
    )
    call = FakeCall()
    said = _said(a_job(SUCCESS, commit_id=f"secret{reported}"), wish, call)
    assert said
    assert "secret1" not in said
    assert reported not in said


def _said(job: JobRecord, wish: Wish, call: FakeCall) -> str:
    try:
        judge(job, wish, call)
    except WrongCommit as error:
        return str(error)
    return "\n".join(call.warnings)
