"""The words of the inputs: kinds of jobs, and what to do while a branch is busy."""

from __future__ import annotations

from enum import Enum


class Word(str, Enum):
    """A word that equals its text, also in JSON, f-strings and hashes."""

    __str__ = str.__str__
    __format__ = str.__format__  # type: ignore[assignment]  # Python 3.12 would write the member's name


class JobType(Word):
    """The kinds of jobs that StartJob knows. Source: `JobType` in the AWS Amplify API (2017-07-25)."""

    RELEASE = "RELEASE"
    """Build the branch's HEAD."""
    RETRY = "RETRY"
    """Run an older job again: `source_job_id` names it."""
    WEB_HOOK = "WEB_HOOK"
    """A kind that AWS lists; it is not known for certain what StartJob does with it."""
    MANUAL = "MANUAL"
    """A deployment of files; StartJob refuses it."""


class OnBusy(Word):
    """What to do while the branch has an active job; `_start.decide` has what each one leads to."""

    WAIT = "wait"
    """Wait until the active job has ended."""
    ADOPT = "adopt"
    """Take the active job if it reports exactly `commit_id`, else wait until it has ended."""
    STOP = "stop"
    """Stop the active job."""
    FAIL = "fail"
    """End with an error; nothing is started."""
