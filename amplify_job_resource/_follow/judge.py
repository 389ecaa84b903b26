"""Whether a job is what was asked for: a pure verdict."""

from __future__ import annotations

from enum import Enum

from .._amplify.records import JobRecord
from .._inputs.request import Request
from .._values.commits import names_a_commit


class Verdict(Enum):
    """What a job is, held against its request."""

    #: It is what was asked for, or it has not ended and is not waited for.
    ACCEPTED = "accepted"
    #: It ended FAILED or CANCELLED, and that is an error.
    FAILED = "failed"
    #: It ended well, reports another commit, and that is an error.
    WRONG_COMMIT = "wrong commit"
    #: It ended well and reports another commit, which is worth a warning.
    OTHER_COMMIT = "other commit"


def judge(job: JobRecord, request: Request) -> Verdict:
    """Hold a job against its request.

    AWS reports `HEAD`, or no commit, for many jobs. That says nothing of what was built, so it is
    accepted unless `verify_commit` is set.
    """
    if job.has_failed:
        return Verdict.ACCEPTED if request.allow_failure else Verdict.FAILED
    if not job.has_ended or request.commit.text is None:
        return Verdict.ACCEPTED
    if request.commit.is_same(job.reported_commit):
        return Verdict.ACCEPTED
    if request.verify_commit:
        return Verdict.WRONG_COMMIT
    return Verdict.OTHER_COMMIT if names_a_commit(job.reported_commit) else Verdict.ACCEPTED
