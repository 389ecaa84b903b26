"""Follow a job to its end, show how it goes, and act on the verdict."""

from __future__ import annotations

from collections.abc import Callable

from .._amplify.api import BranchApi
from .._amplify.records import NO_BUILDS, BuildTimes, JobRecord
from .._inputs.request import Request
from .._operation import Operation
from ..errors import (
    AwsError,
    JobFailed,
    NotFound,
    OutcomeUnclear,
    Throttled,
    Unanswered,
    WaitFailed,
    WaitInterrupted,
    WaitTimeout,
    WrongCommit,
)
from . import messages
from .judge import Verdict, judge
from .refresh import Where, began_together, look_up
from .rows import Rows, ended_line
from .schedule import Looks
from .wait import End, Pause, Turn, at_once, steady_pause, wait_until_ended


def follow(
    job: JobRecord,
    request: Request,
    api: BranchApi,
    operation: Operation,
    deadline: float,
    *,
    waited_for: str = "",
    builds: BuildTimes = NO_BUILDS,
    site: str | None = None,
) -> JobRecord:
    """The job when it is over and good; as it is when the request does not wait for it.

    Args:
        job: The job as last seen.
        request: What was asked for.
        api: The branch's API.
        operation: The operation at hand: clock, rows, warnings.
        deadline: When to stop waiting, on the operation's clock.
        waited_for: What the release waited for before, in words.
        builds: How long the branch's last builds took, as far as known.
        site: The address of the branch's site, if it may be shown.

    Raises:
        errors.JobError: the job is not what was asked for, or not over; `.job` is its last state.
    """
    if request.wait_for_completion:
        job = _until_ended(job, api, operation, deadline, builds)
    if job.has_ended:
        job = _with_steps(job, api)
        say = operation.warn if job.has_failed and request.allow_failure else operation.info
        say(ended_line(job, waited_for, site))
    else:
        operation.info(messages.goes_on(job))
    accept(job, request, operation)
    return job


def follow_recorded(
    recorded: JobRecord,
    request: Request,
    api: BranchApi,
    operation: Operation,
    deadline: float,
    site: str | None = None,
) -> JobRecord:
    """The same for a job that is in state; one that had ended counts also when it is gone since.

    Raises:
        errors.WaitFailed: the job is gone, and nobody knows how it would have ended.
        errors.JobError: see `follow`.
        errors.AwsError: AWS could not be asked.
    """
    waits = request.wait_for_completion and not recorded.has_ended
    try:
        where, job = look_up(recorded, api)
    except (Throttled, OutcomeUnclear, Unanswered):
        if not waits:
            raise
        where, job = Where.UNKNOWN, recorded  # The wait lasts it out, or ends as waits do.
    if waits and where is Where.GONE:
        gone = NotFound(
            f"reading Amplify job ({recorded.id})",
            "NotFoundException",
            "its branch was deleted, or deleted and created again",
        )
        raise WaitFailed(recorded, messages.unreadable(recorded, gone, operation), gone)
    return follow(job, request, api, operation, deadline, site=site)


def accept(job: JobRecord, request: Request, operation: Operation) -> None:
    """Act on the verdict on a job.

    Raises:
        errors.JobFailed: it ended FAILED or CANCELLED, and the request does not allow that.
        errors.WrongCommit: it reports another commit, and the request wants that verified.
    """
    verdict = judge(job, request)
    if verdict is Verdict.FAILED:
        raise JobFailed(job, messages.failed(job, operation))
    if verdict is Verdict.WRONG_COMMIT:
        secret = request.commit.secret
        raise WrongCommit(
            job,
            messages.wrong_commit(job, request, operation),
            None if secret else request.commit.text,
            None if secret else job.reported_commit,
        )
    if verdict is Verdict.OTHER_COMMIT:
        operation.warn(messages.warn_of_another(job, request))


def wait_for_end(
    job: JobRecord,
    fetch: Callable[[], JobRecord],
    operation: Operation,
    deadline: float,
    show: Callable[[JobRecord, Exception | None], None],
    pause: Pause = steady_pause,
    turn: Turn = at_once,
) -> JobRecord:
    """The job as it ended.

    Args:
        job: The job as last seen.
        fetch: Reads the job anew.
        operation: The operation at hand.
        deadline: When to stop waiting, on the operation's clock.
        show: Is called after each look with the job as last seen, and the error if the look failed.
        pause: Says how long to pause before the next look.
        turn: Says after that pause how long others come first.

    Raises:
        errors.WaitFailed: the job cannot be read any more.
        errors.WaitTimeout: it has not ended in time.
        errors.WaitInterrupted: the wait was interrupted.
    """
    last_seen = job

    def report(seen: JobRecord, error: Exception | None) -> None:
        nonlocal last_seen
        last_seen = seen
        show(seen, error)

    try:
        waited = wait_until_ended(job, fetch, operation, deadline, report, pause, turn)
    except AwsError as error:
        text = messages.unreadable(last_seen, error, operation)
        raise WaitFailed(last_seen, text, error) from error
    if waited.end is End.TIMEOUT:
        text = messages.timed_out(waited.job, waited.seconds, operation)
        raise WaitTimeout(waited.job, text, waited.seconds)
    if waited.end is End.INTERRUPTED:
        text = messages.interrupted(waited.job, waited.seconds, operation)
        raise WaitInterrupted(waited.job, text, waited.seconds)
    return waited.job


def _with_steps(job: JobRecord, api: BranchApi) -> JobRecord:
    """The job with its steps: one that had ended when it was started or listed came without."""
    if job.steps:
        return job
    try:
        found = api.get(job.id.number_text)
    except AwsError:
        return job  # How it ended is known; only the detail is missing.
    # On a branch that was created again, the number names another job.
    return found if began_together(job, found) else job


def _until_ended(
    job: JobRecord,
    api: BranchApi,
    operation: Operation,
    deadline: float,
    builds: BuildTimes,
) -> JobRecord:
    began = operation.now() - (job.age_seconds() or 0)
    rows = Rows(operation, began, builds.typical)
    rows.show(job)
    looks = Looks(operation, began, builds)

    def fetch() -> JobRecord:
        return api.get(job.id.number_text)

    def turn(seen: JobRecord) -> float:
        return api.turn(seen, operation.now())

    return wait_for_end(job, fetch, operation, deadline, rows.show, looks.pause, turn)
