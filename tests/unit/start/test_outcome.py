"""What StartJob's answer means for the release."""

from __future__ import annotations

import pytest
from amplify_job_resource import errors
from amplify_job_resource._amplify.records import JobRecord
from amplify_job_resource._start.outcome import (
    Busy,
    Outcome,
    PutOff,
    Rejected,
    Started,
    Unclear,
    outcome_of,
)
from amplify_job_resource.errors import AwsError

from tests.unit.samples import a_job
from tests.unit.start.fakes import (
    BAD_CREDENTIALS,
    BUSY,
    DENIED,
    MISSING,
    REJECTED,
    THROTTLED,
    UNANSWERED,
    UNCLEAR,
    UNREACHABLE,
)

JOB = a_job("PENDING")
OUTCOMES: list[tuple[JobRecord | AwsError, Outcome]] = [
    (JOB, Started(JOB)),
    (BUSY, Busy(BUSY)),
    (THROTTLED, PutOff(THROTTLED)),
    # It is an unclear answer by its class, and is known to have had no effect.
    (UNREACHABLE, PutOff(UNREACHABLE)),
    (UNCLEAR, Unclear(UNCLEAR)),
    (UNANSWERED, Unclear(UNANSWERED)),
    (MISSING, Rejected(MISSING)),
    (DENIED, Rejected(DENIED)),
    (BAD_CREDENTIALS, Rejected(BAD_CREDENTIALS)),
    (REJECTED, Rejected(REJECTED)),
]


@pytest.mark.parametrize(
    ("answer", "outcome"), OUTCOMES, ids=[type(answer).__name__ for answer, _ in OUTCOMES]
)
def test_each_answer_has_its_outcome(answer: JobRecord | AwsError, outcome: Outcome) -> None:
    """A job, a refusal for now or for good, or no usable answer: each is told from the others."""
    assert outcome_of(answer) == outcome


def test_every_error_of_aws_has_a_row() -> None:
    """A new kind of error has to say whether it may have had an effect."""
    classes = [cls for cls in vars(errors).values() if isinstance(cls, type)]
    kinds = {cls for cls in classes if issubclass(cls, AwsError)} - {AwsError}
    assert {type(answer) for answer, _ in OUTCOMES} - {JobRecord} == kinds
