"""What people read while a job runs: short lines, durations, the usual build time."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import datetime, timezone
from statistics import median

from .._amplify.api import JobRecord
from .._amplify.status import SUCCEED
from .._inputs.inputs import printable


def duration(seconds: float) -> str:
    """Seconds as `42s`, `3m10s` or `1h02m`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole}s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}m{rest:02d}s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes:02d}m"


def age(job: JobRecord, now: datetime | None = None) -> str | None:
    """How long ago a job was started, None when that is not known."""
    seconds = age_seconds(job, now)
    return None if seconds is None else duration(seconds)


def age_seconds(job: JobRecord, now: datetime | None = None) -> float | None:
    """How many seconds ago a job was started, None when that is not known."""
    if job.start_time is None:
        return None
    now = now or datetime.now(timezone.utc)
    return max(0.0, (now - job.start_time).total_seconds())


def stop_command(job: JobRecord) -> str:
    """What a person types to stop a job."""
    return shlex.join(
        ["aws", "amplify", "stop-job", "--app-id", job.id.app_id]
        + ["--branch-name", job.id.branch_name, "--job-id", job.id.job_id]
        + (["--region", job.region] if job.region else [])
    )


def usual_seconds(jobs: Sequence[JobRecord], most: int = 10) -> float | None:
    """How long this branch's successful jobs usually take: the median of the newest ones."""
    durations = [
        job.duration_seconds
        for job in jobs
        if job.status == SUCCEED and job.duration_seconds is not None
    ]
    return median(durations[:most]) if durations else None


def current_step(job: JobRecord) -> str | None:
    """The step that a running job is at: the last one that has begun."""
    begun = [step for step in job.steps if step.status not in ("CREATED", "PENDING")]
    return printable(begun[-1].name, 30) if begun and job.status == "RUNNING" else None


def row(job: JobRecord, elapsed: float, usual: float | None = None) -> str:
    """The line in a resource's row: `job 42 BUILD 1m32s of about 3m10s`."""
    doing = current_step(job) or job.status
    of = f" of about {duration(usual)}" if usual and not job.has_ended else ""
    return f"job {job.id.job_id} {doing} {duration(elapsed)}{of}"


def ended(job: JobRecord, waited_for: str = "") -> str:
    """The line that stays: `job 42 SUCCEED in 3m02s (waited 40s for job 41)`."""
    took = f" in {duration(job.duration_seconds)}" if job.duration_seconds is not None else ""
    waited = f" ({waited_for})" if waited_for else ""
    return f"job {job.id.job_id} {job.status}{took}{waited}"
