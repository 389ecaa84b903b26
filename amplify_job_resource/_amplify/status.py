"""The eight statuses of an Amplify job, in three groups.

Source: `JobStatus` in the AWS Amplify API (2017-07-25). AWS adds words from time to time, so a word
that is not known here counts as "not ended yet": a wait goes on, bounded by its timeout, and never
mistakes a new word for a success or a failure.
"""

from __future__ import annotations

from typing import Final

SUCCEED: Final = "SUCCEED"
FAILED: Final = "FAILED"
CANCELLED: Final = "CANCELLED"
CANCELLING: Final = "CANCELLING"

#: The job's result is live.
SUCCEEDED_STATUSES: Final = frozenset({SUCCEED})
#: The job is over and its result is not live; the previous deployment stays live.
FAILED_STATUSES: Final = frozenset({FAILED, CANCELLED})
#: The job is on its way.
ACTIVE_STATUSES: Final = frozenset({"CREATED", "PENDING", "PROVISIONING", "RUNNING", CANCELLING})

KNOWN_STATUSES: Final = SUCCEEDED_STATUSES | FAILED_STATUSES | ACTIVE_STATUSES


def has_ended(status: str | None) -> bool:
    """Whether a job with this status will never change again."""
    return status in SUCCEEDED_STATUSES or status in FAILED_STATUSES


def has_failed(status: str | None) -> bool:
    """Whether a job with this status ended without a release."""
    return status in FAILED_STATUSES
