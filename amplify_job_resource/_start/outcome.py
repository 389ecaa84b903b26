"""What StartJob's answer means for the release: a pure table."""

from __future__ import annotations

from dataclasses import dataclass

from .._amplify.records import JobRecord
from ..errors import (
    AwsError,
    BranchBusy,
    OutcomeUnclear,
    Throttled,
    Unanswered,
    Unreachable,
)


@dataclass(frozen=True, slots=True)
class Started:
    """There is a job: this one."""

    job: JobRecord


@dataclass(frozen=True, slots=True)
class Busy:
    """Refused, since the branch has an active job: a race, or the job of an earlier unclear answer."""

    error: BranchBusy


@dataclass(frozen=True, slots=True)
class PutOff:
    """Refused for now, without an effect: ask again later."""

    error: AwsError


@dataclass(frozen=True, slots=True)
class Unclear:
    """No usable answer: there may be a job, so look before anything else."""

    error: OutcomeUnclear | Unanswered


@dataclass(frozen=True, slots=True)
class Rejected:
    """Refused for good, without an effect."""

    error: AwsError


Outcome = Started | Busy | PutOff | Unclear | Rejected


def outcome_of(answer: JobRecord | AwsError) -> Outcome:
    """What StartJob's answer, or the error in its place, means."""
    match answer:
        case JobRecord():
            return Started(answer)
        case BranchBusy():
            return Busy(answer)
        case Throttled() | Unreachable():
            return PutOff(answer)
        case OutcomeUnclear() | Unanswered():
            return Unclear(answer)
        case _:
            return Rejected(answer)
