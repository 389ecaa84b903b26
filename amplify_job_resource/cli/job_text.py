"""A job as a command prints it: as lines for people, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timezone
from typing import Any

from .._amplify.records import JobRecord
from .._state import properties_of
from .._values.durations import format_duration
from .._values.text import printable


def job_json(job: JobRecord) -> dict[str, Any]:
    """The job as JSON has it: the outputs of the resource, and what AWS knows besides."""
    properties = properties_of({}, job, adopted=False, url=None)
    for of_the_resource in ("adopted", "healthy", "url"):
        del properties[of_the_resource]
    return {
        "id": str(job.id),
        "jobType": job.job_type,
        "commitMessage": job.commit_message,
        **properties,
    }


def job_lines(job: JobRecord, url: str | None) -> Iterator[str]:
    """The job as lines of plain text: its status, its steps, and where to look.

    Args:
        job: The job.
        url: The address of the branch's site.
    """
    took = "" if job.duration_seconds is None else f"  {format_duration(job.duration_seconds)}"
    yield f"{printable(str(job.id), 300)}  {printable(job.status, 40)}{took}"
    if job.start_time:
        yield f"  began    {started(job)} UTC"
    if job.reported_commit:
        yield f"  commit   {printable(job.reported_commit, 64)}"
    if message := first_line(job.commit_message):
        yield f"  message  {message}"
    for step in job.steps:
        reason = f"  {printable(step.status_reason, 500)}" if step.status_reason else ""
        yield f"  {printable(step.name, 40)}  {printable(step.status, 40)}{reason}"
    log = job.logs_command if job.has_failed else None
    for name, where in (("log", log), ("site", url), ("console", job.console_url)):
        if where:
            yield f"  {name:7}  {printable(where, 600)}"


def started(job: JobRecord) -> str:
    """When a job began, to the minute, in UTC; empty where that is not known."""
    time = job.start_time
    return time.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M") if time else ""


def first_line(message: str | None) -> str:
    """The first line of a commit message, harmless to show."""
    lines = (message or "").strip().splitlines()
    return printable(lines[0], 300) if lines else ""
