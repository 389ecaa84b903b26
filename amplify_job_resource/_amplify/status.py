"""The eight statuses of an Amplify job, in three groups.

Source: `JobStatus` in the AWS Amplify API (2017-07-25). AWS adds words from time to time, so a job's
status stays the text that AWS sent. A word that is not known here counts as "not ended yet": a wait
goes on, bounded by its timeout, and never mistakes a new word for a success or a failure.
"""

from __future__ import annotations

from enum import Enum
from typing import Final


class Status(str, Enum):
    """A status that is known; it equals AWS's text."""

    CREATED = "CREATED"
    PENDING = "PENDING"
    PROVISIONING = "PROVISIONING"
    RUNNING = "RUNNING"
    SUCCEED = "SUCCEED"
    FAILED = "FAILED"
    CANCELLING = "CANCELLING"
    CANCELLED = "CANCELLED"

    __str__ = str.__str__
    __format__ = str.__format__  # type: ignore[assignment]  # Python 3.12 would write the member's name


#: The job's result is live.
SUCCEEDED_STATUSES: Final = frozenset({Status.SUCCEED})
#: The job is over and its result is not live; the previous deployment stays live.
FAILED_STATUSES: Final = frozenset({Status.FAILED, Status.CANCELLED})
#: The job has not ended.
ACTIVE_STATUSES: Final = frozenset(Status) - SUCCEEDED_STATUSES - FAILED_STATUSES
#: The job waits for its turn: nothing is built yet.
QUEUED_STATUSES: Final = frozenset({Status.CREATED, Status.PENDING})
#: What stands for a status that AWS did not send.
NO_STATUS: Final = "UNKNOWN"


def has_ended(status: object) -> bool:
    """Whether a job with this status will never change again."""
    return has_failed(status) or (isinstance(status, str) and status in SUCCEEDED_STATUSES)


def has_failed(status: object) -> bool:
    """Whether a job with this status ended without a release."""
    return isinstance(status, str) and status in FAILED_STATUSES
