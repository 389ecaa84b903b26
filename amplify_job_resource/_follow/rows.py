"""The rows that people see while a job runs, and the line that stays when it has ended."""

from __future__ import annotations

from typing import Final

from .._amplify.records import JobRecord
from .._amplify.status import QUEUED_STATUSES, Status
from .._operation import Operation
from .._values.durations import format_duration
from .._values.text import printable
from ..errors import AwsError

#: An unchanged row is shown again after so many seconds; later in a long job, less often.
ROW_INTERVAL: Final = 10.0
LATE_ROW_INTERVAL: Final = 30.0
#: When a job counts as long, in seconds.
LATE: Final = 120.0


class Pace:
    """Lets a change through at once, and the same only now and then: in a log, each row is a line."""

    def __init__(self) -> None:
        """Nothing was shown so far."""
        self._shown: object = None
        self._shown_at = 0.0

    def is_due(self, content: object, elapsed: float) -> bool:
        """Whether a row is to be shown now.

        Args:
            content: What it says, without the time.
            elapsed: Seconds since the wait, or what is waited for, began.
        """
        every = ROW_INTERVAL if elapsed < LATE else LATE_ROW_INTERVAL
        if content == self._shown and elapsed - self._shown_at < every:
            return False
        self._shown, self._shown_at = content, elapsed
        return True


class Rows:
    """Shows how a job goes on, at a pace that people and logs can take."""

    def __init__(
        self, operation: Operation, started: float, typical_seconds: float | None = None
    ) -> None:
        """Begin.

        Args:
            operation: Where rows are shown.
            started: When the job began, on the operation's clock.
            typical_seconds: How long the branch's builds typically take, if known.
        """
        self._operation = operation
        self._started = started
        self._typical_seconds = typical_seconds
        self._pace = Pace()

    def show(self, job: JobRecord, error: Exception | None = None) -> None:
        """Show a job as last seen, and the error if the last look failed.

        A job that has ended makes no row: the line that stays follows at once.
        """
        if job.has_ended:
            return
        elapsed = self._operation.now() - self._started
        code = error.code if isinstance(error, AwsError) else None
        content = (job.status, current_step(job), code)
        if not self._pace.is_due(content, elapsed):
            return
        line = running_line(job, elapsed, self._typical_seconds)
        failed = f" (AWS does not answer: {code}; trying again)" if code else ""
        self._operation.status(line + failed)


def current_step(job: JobRecord) -> str | None:
    """The step that a running job is at: the last one that has begun."""
    begun = [step for step in job.steps if step.status not in QUEUED_STATUSES]
    return printable(begun[-1].name, 30) if begun and job.status == Status.RUNNING else None


def running_line(job: JobRecord, elapsed: float, typical_seconds: float | None = None) -> str:
    """A row: `job 42 BUILD 1m32s of about 3m10s`.

    Args:
        job: The job as last seen.
        elapsed: Seconds since it began.
        typical_seconds: How long the branch's builds typically take, if known.
    """
    doing = current_step(job) or job.status
    of = (
        f" of about {format_duration(typical_seconds)}"
        if typical_seconds and not job.has_ended
        else ""
    )
    return f"job {job.id.number_text} {doing} {format_duration(elapsed)}{of}"


def ended_line(job: JobRecord, waited_for: str = "", site: str | None = None) -> str:
    """The line that stays: `job 42 SUCCEED in 3m02s (waited 40s for job 41)  https://…`.

    Args:
        job: The job as it ended.
        waited_for: What the release waited for before, in words.
        site: The address of the branch's site, which shows the job if it succeeded.
    """
    seconds = job.duration_seconds
    took = "" if seconds is None else f" in {format_duration(seconds)}"
    waited = f" ({waited_for})" if waited_for else ""
    address = f"  {site}" if site and job.status == Status.SUCCEED else ""
    return f"job {job.id.number_text} {job.status}{took}{waited}{address}"
