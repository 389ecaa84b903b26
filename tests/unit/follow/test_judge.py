"""Whether a job is what was asked for."""

from __future__ import annotations

from typing import Any

import pytest
from amplify_job_resource._follow.judge import Verdict, judge
from amplify_job_resource._inputs.request import ReleaseRequest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.samples import a_job

COMMIT = "1f3c9e2a77"
VERIFY = {"commit_id": COMMIT, "verify_commit": True}


def verdict(status: str, reported: str | None = None, **inputs: Any) -> Verdict:
    """The verdict on a job that reports a commit, under a request with these inputs."""
    job = a_job(status, reported_commit=reported)
    return judge(job, ReleaseRequest("d1a2", "main", **inputs))


@pytest.mark.parametrize("status", ["FAILED", "CANCELLED"])
@pytest.mark.parametrize("inputs", [{}, VERIFY, {"wait_for_completion": False}])
def test_a_failure_is_a_failure_unless_it_is_allowed(status: str, inputs: dict[str, Any]) -> None:
    """Whatever commit a failed job reports, `allow_failure` alone decides."""
    assert verdict(status, COMMIT, **inputs) is Verdict.FAILED
    assert verdict(status, "8b02d4a111", **inputs, allow_failure=True) is Verdict.ACCEPTED


@pytest.mark.parametrize("status", ["CREATED", "RUNNING", "CANCELLING", "BRAND_NEW"])
def test_a_job_that_has_not_ended_is_not_judged(status: str) -> None:
    """A job that goes on is accepted, whatever commit it reports so far."""
    assert verdict(status, "8b02d4a111", **VERIFY) is Verdict.ACCEPTED


@given(st.none() | st.text(), st.booleans())
def test_without_a_commit_each_success_is_right(reported: str | None, verify: bool) -> None:
    """A request for no commit in particular is content with any."""
    assert verdict("SUCCEED", reported, verify_commit=verify) is Verdict.ACCEPTED


@pytest.mark.parametrize(
    ("reported", "lenient", "strict"),
    [
        ("1f3c9e2a77", Verdict.ACCEPTED, Verdict.ACCEPTED),
        ("1F3C9E2", Verdict.ACCEPTED, Verdict.ACCEPTED),
        ("1f3c9e2a77b0c1", Verdict.ACCEPTED, Verdict.ACCEPTED),
        ("1f3c9e", Verdict.OTHER_COMMIT, Verdict.WRONG_COMMIT),
        ("8b02d4a111", Verdict.OTHER_COMMIT, Verdict.WRONG_COMMIT),
        ("HEAD", Verdict.ACCEPTED, Verdict.WRONG_COMMIT),
        ("", Verdict.ACCEPTED, Verdict.WRONG_COMMIT),
        (None, Verdict.ACCEPTED, Verdict.WRONG_COMMIT),
    ],
)
def test_the_reported_commit_counts(
    reported: str | None, lenient: Verdict, strict: Verdict
) -> None:
    """Another commit is worth a warning, or an error under `verify_commit`; so is HEAD there only."""
    assert verdict("SUCCEED", reported, commit_id=COMMIT) is lenient
    assert verdict("SUCCEED", reported, **VERIFY) is strict
