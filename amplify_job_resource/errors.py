"""Everything that can go wrong.

It is one tree::

    AmplifyJobError
    ├── InvalidId             an id that is not appId/branchName/jobId
    ├── InvalidSettings       stack config, profile or region that cannot be used
    ├── AwsError              AWS answered, or did not
    │   ├── NotFound          app, branch or job is not there
    │   ├── AccessDenied      the credentials may not do this
    │   ├── BadCredentials    no credentials, or expired or invalid ones
    │   ├── BranchBusy        StartJob: the branch has an active job
    │   ├── Throttled         too many requests, or a quota
    │   ├── RequestRejected   any other 4xx
    │   ├── Unanswered        the operation was over before an answer came
    │   └── OutcomeUnclear    5xx, timeout, lost connection: may have had its effect
    │       └── Unreachable   the request never left: it had no effect
    ├── NotStarted            no job was started, and why
    ├── StartUnknown          unknown whether a job was started
    └── JobError              there is a job, and it is not what was asked for
        ├── JobFailed         it ended FAILED or CANCELLED
        ├── WrongCommit       it built another commit, under verify_commit
        ├── Unhealthy         it is live, and the page of health_check does not answer well
        ├── WaitTimeout       it had not ended in time
        ├── WaitInterrupted   waiting for it was interrupted
        └── WaitFailed        AWS could not be asked how it is

A message says what happened, to which app, branch and job, what is recorded, and what to do next.
The attributes carry the same as data; docs/reference.md lists them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from ._amplify.ids import BranchId
    from ._amplify.records import JobRecord, Step


class AmplifyJobError(Exception):
    """The root of all errors that this package foresees."""


class InvalidId(AmplifyJobError):
    """The id is not of the form `appId/branchName/jobId`.

    Attributes:
        text: the id as it was given.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(
            f"'{text}' is not the id of an Amplify job: expected appId/branchName/jobId, "
            "for example d1a2b3c4/main/42"
        )


class InvalidSettings(AmplifyJobError):
    """Stack config, profile or region cannot be used, or the account is not an allowed one."""


class AwsError(AmplifyJobError):
    """A call to AWS did not succeed.

    Attributes:
        action: what was being done, and to what: `starting Amplify job (d1a2/main)`.
        code: AWS's error code, or the name of botocore's exception; `Interrupted` or `TimedOut` when
            the call was given up.
        detail: AWS's own words.
        advice: what to do next, empty when there is nothing to say.
    """

    def __init__(self, action: str, code: str, detail: str, advice: str = "") -> None:
        self.action = action
        self.code = code
        self.detail = detail
        self.advice = advice
        text = f"{action}: {detail or 'no message'} ({code})"
        super().__init__(f"{text}\n{advice}" if advice else text)


class NotFound(AwsError):
    """The app, branch or job is not there, in the region that was asked."""


class AccessDenied(AwsError):
    """The credentials are good but may not do this; `advice` names action and ARN."""


class BadCredentials(AwsError):
    """There are no credentials, or they are expired or not valid."""


class BranchBusy(AwsError):
    """StartJob was refused because the branch has an active job: nothing was started."""


class Throttled(AwsError):
    """AWS asks for fewer requests, or a quota is used up."""


class RequestRejected(AwsError):
    """AWS understood the request and rejects it."""


class Unanswered(AwsError):
    """The operation was interrupted, or its time was up, before an answer came."""


class OutcomeUnclear(AwsError):
    """No usable answer: the call may or may not have had its effect."""


class Unreachable(OutcomeUnclear):
    """No connection could be made, so the request never left this machine: it had no effect."""


class NotStarted(AmplifyJobError):
    """No job was started, and nothing is recorded.

    Attributes:
        branch: the branch that was to be released.
        reason: why no job was started.
        blocking_job: the active job that kept the branch busy, if that was why.
    """

    def __init__(
        self, message: str, branch: BranchId, reason: str, blocking_job: JobRecord | None = None
    ) -> None:
        self.branch = branch
        self.reason = reason
        self.blocking_job = blocking_job
        super().__init__(message)


class StartUnknown(AmplifyJobError):
    """StartJob was tried, and it is unknown whether a job exists. Nothing is recorded.

    Attributes:
        branch: the branch that was to be released.
        reason: why it is unknown.
        note: the note on disk by which the next run looks again, None when none could be written.
    """

    def __init__(self, message: str, branch: BranchId, reason: str, note: Path | None) -> None:
        self.branch = branch
        self.reason = reason
        self.note = note
        super().__init__(message)


class JobError(AmplifyJobError):
    """There is a job, and it is not what was asked for.

    Attributes:
        job: the job as last seen; it is what gets recorded in state.
    """

    def __init__(self, job: JobRecord, message: str) -> None:
        self.job = job
        super().__init__(message)


class JobFailed(JobError):
    """The job ended FAILED or CANCELLED; the previous deployment stays live.

    Attributes:
        failed_steps: its steps that failed or were cancelled, with AWS's reasons.
    """

    @property
    def failed_steps(self) -> tuple[Step, ...]:
        """The steps of the job that failed or were cancelled."""
        return self.job.failed_steps


class WrongCommit(JobError):
    """The job ended well but reports another commit than the one asked for; it is live.

    Attributes:
        wanted: the commit asked for, None when it is a secret.
        reported: the commit that AWS reports, None when it reports none or it is a secret.
    """

    def __init__(
        self, job: JobRecord, message: str, wanted: str | None, reported: str | None
    ) -> None:
        self.wanted = wanted
        self.reported = reported
        super().__init__(job, message)


class Unhealthy(JobError):
    """The job succeeded and is live, but the page of `health_check` did not answer well.

    Attributes:
        status: the HTTP status of its last answer, None when there was none.
    """

    def __init__(self, job: JobRecord, message: str, status: int | None) -> None:
        self.status = status
        super().__init__(job, message)


class WaitTimeout(JobError):
    """The job had not ended when the timeout was reached; it goes on.

    Attributes:
        waited_seconds: how long it was waited for.
        last_status: its status as last seen.
    """

    def __init__(self, job: JobRecord, message: str, waited_seconds: float) -> None:
        self.waited_seconds = waited_seconds
        self.last_status = job.status
        super().__init__(job, message)


class WaitInterrupted(JobError):
    """Waiting was interrupted (Ctrl-C, or the CLI is gone); the job goes on.

    Attributes:
        waited_seconds: how long it was waited for.
        last_status: its status as last seen.
    """

    def __init__(self, job: JobRecord, message: str, waited_seconds: float) -> None:
        self.waited_seconds = waited_seconds
        self.last_status = job.status
        super().__init__(job, message)


class WaitFailed(JobError):
    """AWS could not be asked how the job is; the job goes on.

    Attributes:
        cause: why AWS could not be asked.
    """

    def __init__(self, job: JobRecord, message: str, cause: AwsError) -> None:
        self.cause = cause
        super().__init__(job, message)
