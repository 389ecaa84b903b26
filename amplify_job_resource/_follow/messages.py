"""The sentences about a job that is not what was asked for, or that has not ended."""

from __future__ import annotations

from .._amplify.records import JobRecord
from .._amplify.status import QUEUED_STATUSES, Status
from .._inputs.request import Request
from .._operation import Operation
from .._values.commits import names_a_commit
from .._values.durations import format_duration
from .._values.text import printable
from ..errors import AwsError, NotFound


def failed(job: JobRecord, operation: Operation) -> str:
    """The job ended FAILED or CANCELLED: which step, why, what is live, where to look, what is next."""
    seconds = job.duration_seconds
    after = "" if seconds is None else f" after {format_duration(seconds)}"
    lines = [f"{name(job)} {job.status}{after}"]
    for step in job.failed_steps:
        # A secret that is cut would not be known as one any more.
        reason = (
            f": {printable(operation.hide(step.status_reason), 500)}" if step.status_reason else ""
        )
        lines.append(f"  step {printable(step.name, 40)} {step.status}{reason}")
    if job.status == Status.CANCELLED:
        lines.append(
            "  Somebody stopped it, or Amplify cancelled it by itself, as it does when diff deploys "
            "find nothing to build: see AMPLIFY_DIFF_DEPLOY and AMPLIFY_MONOREPO_APP_ROOT."
        )
    lines.append("  The previous deployment stays live.")
    lines.append(f"  log: {job.logs_command}")
    again = f"{operation.front.next_run} releases again."
    return "\n".join(lines) + _console(job) + _recorded(operation, again)


def gone(job: JobRecord, operation: Operation) -> str:
    """A refresh found that a recorded job is not there any more."""
    return (
        f"{name(job)} is gone: AWS has no such job any more, or its branch was created again since. "
        f"{operation.front.next_run} releases."
    )


def built_another(job: JobRecord, request: Request) -> str:
    """The job reports another commit than the one asked for."""
    if request.commit.secret:
        return f"{name(job)} reports another commit than the secret one"
    reported = printable(job.reported_commit or "no commit", 64)
    return f"{name(job)} reports {reported}, not {request.commit.text}"


def wrong_commit(job: JobRecord, request: Request, operation: Operation) -> str:
    """The same under `verify_commit`: what is live, and the ways out."""
    input_name = operation.front.input_name
    recorded = "\nThe job is recorded in the stack." if operation.records_failures else ""
    is_named = names_a_commit(job.reported_commit)
    why = "." if is_named else ", since AWS does not say which commit this job built."
    return (
        f"{built_another(job, request)}: a RELEASE builds the branch's HEAD, whatever commit it is "
        f"labelled with. The job is live.{recorded}\n"
        "Push the commit to the branch and release again: "
        f"pulumi up --replace '{operation.urn}'\n"
        f"Or set another {input_name('commitId')}, or leave out {input_name('verifyCommit')}{why}"
    )


def warn_of_another(job: JobRecord, request: Request) -> str:
    """The same without `verify_commit`."""
    return f"{built_another(job, request)}: the branch's HEAD was another commit when the job ran."


def healthy(page: str, status: int) -> str:
    """The page of a health check answers well."""
    return f"{page} answers: HTTP {status}"


def not_yet_healthy(page: str, answer: str) -> str:
    """The row of a health check that goes on."""
    return f"checking {page}: {answer}"


def unhealthy(job: JobRecord, page: str, answer: str, seconds: float, operation: Operation) -> str:
    """A page does not answer well after a release."""
    what = f"{name(job)} SUCCEED, but {page} does not answer well: {answer}"
    again = f"{operation.front.next_run} looks again, and releases nothing."
    return (
        f"{what}, after {format_duration(seconds)}. The release is live."
        f"{_recorded(operation, again)}"
    )


def no_address(name: str) -> str:
    """The warning that there is nothing to look at."""
    return f"{name} was left out: AWS does not tell the address of the site"


def timed_out(job: JobRecord, seconds: float, operation: Operation) -> str:
    """The job had not ended in time."""
    queue = ""
    if job.status in QUEUED_STATUSES:
        queue = (
            " It is still queued: by default an account builds 5 jobs at once in a region; the "
            "others wait as PENDING."
        )
    return (
        f"{name(job)} has not ended: {job.status} after {format_duration(seconds)} of waiting, which "
        f"is the timeout ({operation.front.timeout}).{queue}{_console(job)}\n"
        f"  to stop it: {job.stop_command}" + _recorded(operation, _keeps_waiting(job, operation))
    )


def interrupted(job: JobRecord, seconds: float, operation: Operation) -> str:
    """Waiting was interrupted."""
    return (
        f"interrupted after {format_duration(seconds)} of waiting for {name(job)}, {job.status}. The "
        f"job goes on.{_console(job)}" + _recorded(operation, _keeps_waiting(job, operation))
    )


def goes_on(job: JobRecord) -> str:
    """The job is not waited for: how it is, where to look, and how to wait after all."""
    return f"job {job.id.number_text} {job.status}{_console(job)}\n  to wait for it: {job.wait_command}"


def unreadable(job: JobRecord, error: AwsError, operation: Operation) -> str:
    """AWS could not be asked how the job is."""
    text = (
        f"{name(job)} was {job.status} when last seen, and can no longer be read.\n{error}"
        f"{_console(job)}"
    )
    if not isinstance(error, NotFound):
        return text + _recorded(operation, _keeps_waiting(job, operation))
    if not operation.records_failures:
        return text
    return text + _recorded(
        operation, "If it is gone for good, `pulumi refresh` removes it from state."
    )


def stop_timed_out(job: JobRecord, seconds: float, operation: Operation) -> str:
    """A job had not ended in time after its StopJob."""
    kept = " It stays recorded." if operation.records_failures else ""
    return (
        f"{name(job)} was told to stop {format_duration(seconds)} ago and is still {job.status}.{kept} "
        "Run the command again to keep waiting."
    )


def stop_interrupted(job: JobRecord, operation: Operation) -> str:
    """Waiting for the end of a stopped job was interrupted."""
    kept = " It stays recorded." if operation.records_failures else ""
    return (
        f"interrupted while waiting for {name(job)} to end ({job.status}).{kept} Run the command again "
        "to wait for it."
    )


def not_ours(job: JobRecord) -> str:
    """A job that is not stopped, since this resource did not start it."""
    return (
        f"job {job.id.number_text} does not carry this resource's trailer and is left alone: the "
        "resource was renamed, or the branch was deleted and created again"
    )


def name(job: JobRecord) -> str:
    """How a sentence names a job."""
    return f"Amplify job {job.id}"


def _console(job: JobRecord) -> str:
    return f"\n  console: {job.console_url}" if job.console_url else ""


def _recorded(operation: Operation, then: str) -> str:
    recorded = "The job is recorded in the stack. " if operation.records_failures else ""
    return f"\n{recorded}{then}"


def _keeps_waiting(job: JobRecord, operation: Operation) -> str:
    front = operation.front
    if front.waits_by_command:
        return f"`{job.wait_command}` keeps waiting for it."
    if operation.records_failures:
        return f"{front.next_run} keeps waiting for it."
    return f"{front.next_run} resumes it while it is active."
