"""Follow a job to its end, tell how it goes, and judge what came out."""

from __future__ import annotations

from .._amplify.api import JobRecord, Jobs
from .._inputs.inputs import Wish, printable
from .._operation import Call
from .._start.release import Release
from ..errors import (
    AwsError,
    JobFailed,
    NotFound,
    WaitFailed,
    WaitInterrupted,
    WaitTimeout,
    WrongCommit,
)
from .rows import age_seconds, current_step, duration, ended, row, stop_command
from .wait import End, wait_until_ended

#: An unchanged row is shown again after so many seconds; later in a long job less often.
ROW_INTERVAL = 10.0
LATE_ROW_INTERVAL = 30.0


def complete(release: Release, wish: Wish, jobs: Jobs, call: Call, deadline: float) -> JobRecord:
    """The job when it is over and good; when the wish does not wait, the job as it is.

    Raises:
        errors.JobError: the job is not what was wished for, or not over; `.job` is its last state.
    """
    job = release.job
    if wish.wait_for_completion:
        job = _followed(release, jobs, call, deadline)
    if job.has_ended:
        job = _with_steps(job, jobs)
        tell = call.warn if job.has_failed and wish.allow_failure else call.info
        tell(ended(job, release.waited_for))
    judge(job, wish, call)
    return job


def judge(job: JobRecord, wish: Wish, call: Call) -> None:
    """Accept a job as the one wished for.

    Raises:
        errors.JobFailed: it ended FAILED or CANCELLED and the wish does not allow that.
        errors.WrongCommit: it built another commit and the wish wants that verified.
    """
    if job.has_failed:
        if not wish.allow_failure:
            raise JobFailed(job, _failed_text(job, call))
        return
    if not job.has_ended or not wish.commit_id or _is_commit(job.commit_id, wish.commit_id):
        return
    if "commitId" in wish.secret_inputs:
        built = f"{_name(job)} reports another commit than the secret one"
    else:
        reported = printable(job.commit_id or "no commit", 64)
        built = f"{_name(job)} reports {reported}, not {wish.commit_id}"
    if wish.verify_commit:
        raise WrongCommit(
            job,
            f"{built}: a RELEASE builds the branch's HEAD, whatever commit it is labelled with. "
            f"The job is live.{_recorded(call)}\nPush the commit to the branch and release again: "
            f"pulumi up --replace '{call.urn}'\nOr set another commit_id, or leave out verify_commit"
            + (
                ", since AWS does not say which commit this job built."
                if job.commit_id in (None, "HEAD")
                else "."
            ),
        )
    if job.commit_id and job.commit_id != "HEAD":
        call.warn(f"{built}: the branch's HEAD was another commit when it was built.")


def _with_steps(job: JobRecord, jobs: Jobs) -> JobRecord:
    """The job with its steps: one that had ended when it was started or listed came without."""
    if job.steps:
        return job
    try:
        return jobs.get(job.id.job_id)
    except AwsError:
        return job  # How it ended is known; what is missing is only the detail.


def _followed(release: Release, jobs: Jobs, call: Call, deadline: float) -> JobRecord:
    job = release.job
    started = call.now()
    last_seen = [job]
    rows = Rows(call, started - (age_seconds(job) or 0), release.usual)

    def fetch() -> JobRecord:
        return jobs.get(job.id.job_id)

    def report(seen: JobRecord, error: Exception | None) -> None:
        last_seen[0] = seen
        rows.show(seen, error)

    rows.show(job)
    try:
        waited = wait_until_ended(job, fetch, call, deadline, report)
    except AwsError as error:
        raise WaitFailed(last_seen[0], _unreadable_text(last_seen[0], error, call)) from error
    if waited.end is End.ENDED:
        return waited.job
    if waited.end is End.TIMEOUT:
        raise WaitTimeout(waited.job, _timeout_text(waited.job, waited.seconds, call))
    raise WaitInterrupted(waited.job, _interrupted_text(waited.job, waited.seconds, call))


class Rows:
    """Shows a change at once and the same again only now and then: logs are rows, too."""

    def __init__(self, call: Call, started: float, usual: float | None = None) -> None:
        self._call = call
        self._started = started
        self._usual = usual
        self._shown: object = None
        self._shown_at = started

    def show(self, job: JobRecord, error: Exception | None = None) -> None:
        """Show the job as last seen, and the error if the last look failed."""
        if job.has_ended:
            return  # What stays to be said of it comes at once.
        now = self._call.now()
        elapsed = now - self._started
        code = error.code if isinstance(error, AwsError) else None
        content = (job.status, current_step(job), code)
        every = ROW_INTERVAL if elapsed < 120 else LATE_ROW_INTERVAL
        if content == self._shown and now - self._shown_at < every:
            return
        self._shown, self._shown_at = content, now
        line = row(job, elapsed, self._usual)
        self._call.status(f"{line} (AWS does not answer: {code}; trying again)" if code else line)


def _is_commit(reported: str | None, wanted: str) -> bool:
    """Whether a reported commit is the one wanted; either may be a short form of the other."""
    if not reported:
        return False
    short, long = sorted((reported.lower(), wanted.lower()), key=len)
    return short == long or (len(short) >= 7 and long.startswith(short))


def _name(job: JobRecord) -> str:
    return f"Amplify job {job.id}"


def _console(job: JobRecord) -> str:
    return f"\n  console: {job.console_url}" if job.console_url else ""


def _recorded(call: Call, then: str = "") -> str:
    if call.records_failures:
        return f"\nThe job is recorded in the stack.{f' {then}' if then else ''}"
    return ""


def _failed_text(job: JobRecord, call: Call) -> str:
    took = f" after {duration(job.duration_seconds)}" if job.duration_seconds is not None else ""
    lines = [f"{_name(job)} {job.status}{took}"]
    for step in job.steps:
        if step.status not in ("FAILED", "CANCELLED"):
            continue
        reason = f": {printable(step.status_reason, 500)}" if step.status_reason else ""
        lines.append(f"  step {printable(step.name, 40)} {step.status}{reason}")
    if job.status == "CANCELLED":
        lines.append(
            "  It was stopped, or Amplify cancelled it by itself, as it does when diff deploys find "
            "nothing to build: see AMPLIFY_DIFF_DEPLOY and AMPLIFY_MONOREPO_APP_ROOT."
        )
    lines.append("  The previous deployment stays live.")
    again = f"{call.next_run} releases again."
    return "\n".join(lines) + _console(job) + (_recorded(call, again) or f"\n{again}")


def _timeout_text(job: JobRecord, seconds: float, call: Call) -> str:
    queue = (
        " It is still queued: an account builds 5 jobs at once by default, in a region; more wait as "
        "PENDING."
        if job.status in ("CREATED", "PENDING")
        else " An account builds 5 jobs at once by default; others wait their turn."
    )
    return (
        f"{_name(job)} has not ended: {job.status} after {duration(seconds)} of waiting, which is the "
        f"timeout ({call.timeout_name}).{queue}{_console(job)}\n  to stop it: {stop_command(job)}"
        + _goes_on(job, call)
    )


def _interrupted_text(job: JobRecord, seconds: float, call: Call) -> str:
    return (
        f"interrupted after {duration(seconds)} of waiting for {_name(job)}, {job.status}. The job "
        f"goes on.{_console(job)}" + _goes_on(job, call)
    )


def _unreadable_text(job: JobRecord, error: AwsError, call: Call) -> str:
    return (
        f"{_name(job)} was {job.status} when last seen, and cannot be read any more.\n{error}"
        f"{_console(job)}"
        + (_is_gone(call) if isinstance(error, NotFound) else _goes_on(job, call))
    )


def _is_gone(call: Call) -> str:
    return _recorded(call, "If it is gone for good, `pulumi refresh` forgets it.")


def _goes_on(job: JobRecord, call: Call) -> str:
    return _recorded(call, call.goes_on(job.id)) or f"\n{call.goes_on(job.id)}"
