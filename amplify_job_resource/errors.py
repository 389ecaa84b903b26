"""Everything that can go wrong, as one tree.

    AmplifyJobError
    ├── InvalidId             an id that is not appId/branchName/jobId
    ├── InvalidSettings       stack config, profile or region that cannot be used
    ├── AwsError              AWS answered, or did not
    │   ├── NotFound          app, branch or job is not there
    │   ├── AccessDenied      the credentials may not do this
    │   ├── BadCredentials    no credentials, or expired or invalid ones
    │   ├── BranchBusy        StartJob: the branch has an active job
    │   ├── Throttled         too many requests, or a quota
    │   ├── Refused           any other 4xx
    │   └── OutcomeUnclear    5xx, timeout, lost connection: may have had its effect
    │       └── Unreachable   the request never left: it had no effect
    ├── NotStarted            no job was started, and why
    ├── StartUnknown          cannot be known whether a job was started
    └── JobError              there is a job, and it is not what was wished for
        ├── JobFailed         it ended FAILED or CANCELLED
        ├── WrongCommit       it built another commit, under verify_commit
        ├── WaitTimeout       it had not ended in time
        ├── WaitInterrupted   waiting for it was interrupted
        └── WaitFailed        AWS could not be asked how it is

A message says what happened, to which app, branch and job, what is recorded, and what to do next.
The attributes carry the same as data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._amplify.api import JobRecord


class AmplifyJobError(Exception):
    """The root of all errors that this package foresees."""


class InvalidId(AmplifyJobError):
    """The id is not of the form `appId/branchName/jobId`."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(
            f"'{text}' is not the id of an Amplify job: expected appId/branchName/jobId, "
            "for example d1a2b3c4/main/42"
        )


class InvalidSettings(AmplifyJobError):
    """Stack config, profile or region cannot be used."""


class AwsError(AmplifyJobError):
    """A call to AWS did not succeed.

    Attributes:
        doing: what was being done, `starting Amplify job (d1a2/main)`.
        code: AWS's error code, or the name of botocore's exception.
        detail: AWS's own words.
    """

    def __init__(self, doing: str, code: str, detail: str, advice: str = "") -> None:
        self.doing = doing
        self.code = code
        self.detail = detail
        self.advice = advice
        text = f"{doing}: {detail or 'no message'} ({code})"
        super().__init__(f"{text}\n{advice}" if advice else text)


class NotFound(AwsError):
    """The app, branch or job is not there (in the region asked)."""


class AccessDenied(AwsError):
    """The credentials are good but may not do this; `advice` names action and ARN."""


class BadCredentials(AwsError):
    """There are no credentials, or they are expired or not valid."""


class BranchBusy(AwsError):
    """StartJob was refused because the branch has an active job: nothing was started."""


class Throttled(AwsError):
    """AWS asks for fewer requests, or a quota is used up."""


class Refused(AwsError):
    """AWS understood the request and refuses it."""


class OutcomeUnclear(AwsError):
    """No usable answer: the call may or may not have had its effect."""


class Unreachable(OutcomeUnclear):
    """No connection could be made, so the request never left this machine: it had no effect."""


class NotStarted(AmplifyJobError):
    """No job was started; the message says why. Nothing is recorded."""


class StartUnknown(AmplifyJobError):
    """StartJob was tried and it cannot be known whether a job exists."""


class JobError(AmplifyJobError):
    """There is a job, and it is not what was wished for.

    Attributes:
        job: the job as last seen; it is what gets recorded in state.
    """

    def __init__(self, job: JobRecord, message: str) -> None:
        self.job = job
        super().__init__(message)


class JobFailed(JobError):
    """The job ended FAILED or CANCELLED."""


class WrongCommit(JobError):
    """The job ended well but reports another commit than the one wished for."""


class WaitTimeout(JobError):
    """The job had not ended when the timeout was reached; it goes on."""


class WaitInterrupted(JobError):
    """Waiting was interrupted (Ctrl-C, or the CLI is gone); the job goes on."""


class WaitFailed(JobError):
    """AWS could not be asked how the job is; the job goes on."""
