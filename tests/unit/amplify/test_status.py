"""The statuses in their groups, held against AWS's own model."""

from __future__ import annotations

import pytest
from amplify_job_resource._amplify.status import (
    ACTIVE_STATUSES,
    FAILED_STATUSES,
    SUCCEEDED_STATUSES,
    Status,
    has_ended,
    has_failed,
)
from botocore.loaders import Loader
from hypothesis import given
from hypothesis import strategies as st


def test_the_groups_are_what_aws_models() -> None:
    """The groups hold each word of the model's `JobStatus` (older ones lack CREATED), and just once."""
    model = Loader().load_service_model("amplify", "service-2")["shapes"]["JobStatus"]["enum"]
    assert set(model) <= set(Status)
    assert set(Status) - set(model) <= {"CREATED"}
    groups = (SUCCEEDED_STATUSES, FAILED_STATUSES, ACTIVE_STATUSES)
    assert sum(map(len, groups)) == len(set(Status))


@pytest.mark.parametrize(
    ("status", "ended", "failed"),
    [
        ("CREATED", False, False),
        ("PENDING", False, False),
        ("PROVISIONING", False, False),
        ("RUNNING", False, False),
        ("CANCELLING", False, False),
        ("SUCCEED", True, False),
        ("FAILED", True, True),
        ("CANCELLED", True, True),
        (None, False, False),
    ],
)
def test_each_status_has_its_meaning(status: str | None, ended: bool, failed: bool) -> None:
    """Only SUCCEED, FAILED and CANCELLED end a job, and only the last two are failures."""
    assert has_ended(status) is ended
    assert has_failed(status) is failed


@pytest.mark.parametrize("status", [7.0, ["FAILED"], {"FAILED": 1}, True])
def test_what_is_no_text_ends_nothing(status: object) -> None:
    """State that was edited by hand may hold anything: it is neither an end nor a failure."""
    assert not has_ended(status)
    assert not has_failed(status)


@given(st.text().filter(lambda word: word not in set(Status)))
def test_a_word_never_seen_ends_nothing(word: str) -> None:
    """A new word of AWS's is neither an end nor a failure."""
    assert not has_ended(word)
    assert not has_failed(word)
