"""The sentences about the start of a release: rows, lines that stay, and errors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .._amplify.ids import BranchId
from .._amplify.records import JobRecord
from .._inputs.words import JobType
from .._operation import Front
from .._values.commits import Commit
from .._values.durations import format_duration
from ..errors import AccessDenied, NotStarted, StartUnknown


def _nothing_recorded(front: Front) -> str:
    """For a front that records releases."""
    return "" if front.waits_by_command else "Nothing is recorded. "


def not_started(
    branch: BranchId, why: str, front: Front, blocking: JobRecord | None = None
) -> NotStarted:
    """The error of a release that ended without a job."""
    return NotStarted(
        f"no Amplify job was started for {branch}: {why}\n"
        f"{_nothing_recorded(front)}{front.next_run} tries again.",
        branch,
        why,
        blocking,
    )


def start_unknown(
    branch: BranchId,
    why: str,
    front: Front,
    denied: AccessDenied | None,
    note: Path | None,
) -> StartUnknown:
    """The error of a release of which it is unknown whether it has a job.

    Args:
        branch: The branch that was to be released.
        why: Why it is unknown.
        front: The user's words.
        denied: Why the jobs may not be listed, if that is so.
        note: Where the note is; None when none could be written.
    """
    permission = f"\n{denied.advice}" if denied else ""
    if note:
        then = (
            "Nothing is recorded, and no second job is started on this machine until that is known. "
            f"{front.next_run} looks again. To start a new job regardless, delete the note {note}"
        )
    else:
        then = (
            "Nothing is recorded, and no note about it could be written. Look at the branch first. "
            f"{front.next_run} may start a second job."
        )
    return StartUnknown(
        f"it is unknown whether an Amplify job was started for {branch}: {why}{permission}\n{then}",
        branch,
        why,
        note,
    )


def no_notes(folder: Path | None, error: OSError) -> str:
    """The warning of a run that cannot note what it begins."""
    where = f" in {folder}" if folder else ""
    return (
        f"no note about a release can be kept{where}: {error.strerror or error}. If this run is killed "
        "before its job is recorded, the next one may start a second job."
    )


def may_be_ours(numbers: Sequence[str]) -> str:
    """Why it is unknown whether there is a job: some of the branch may be it."""
    jobs, has = ("job", "has") if len(numbers) == 1 else ("jobs", "have")
    return (
        f"{jobs} {', '.join(numbers)} began at about that time and {has} no commit message that shows "
        "who started it"
    )


def answered_so_often(error: Exception, times: int) -> str:
    """Why a release is given up after the same answer many times."""
    return f"{error}\nAWS answered this {times} times."


def never_clear(error: Exception, times: int) -> str:
    """Why a release is given up after unclear answers."""
    seen = "the branch shows no job of this release"
    return f"{error}\nAWS gave no clear answer {times} times, and {seen}"


def blocked_unseen(error: Exception, denied: AccessDenied) -> str:
    """Why `fail` gives up on a busy branch whose jobs may not be listed."""
    return f"{error}\nCould not determine which job blocks the branch: {denied}"


def blocked_by(job: JobRecord) -> str:
    """Why a branch is busy, and what a person can do about it."""
    console = f"\n  console: {job.console_url}" if job.console_url else ""
    is_waiting = job.is_queued and job.job_type == JobType.MANUAL
    files = (
        "\nIt may wait for files that nobody uploads any more: then stop it." if is_waiting else ""
    )
    return (
        f"the branch is busy: job {job.id.number_text} is {job.status}{_since(job)}{files}{console}\n"
        f"  to stop it: {job.stop_command}"
    )


def waiting(seconds: float, job: JobRecord) -> str:
    """The row of a release that waits for an active job."""
    return f"waiting {format_duration(seconds)} for job {job.id.number_text} {job.status}"


def waited(seconds: float, job: JobRecord) -> str:
    """What the wait for an active job was, for the line that stays."""
    return f"waited {format_duration(seconds)} for job {job.id.number_text}"


def stopping(job: JobRecord, front: Front) -> str:
    """A job is stopped, since the user asked for that."""
    return (
        f"stopping job {job.id.number_text}, {job.status}{_since(job)} "
        f"({front.input_name('onBusy')}=stop)"
    )


def stopping_left_over(job: JobRecord) -> str:
    """A job is stopped that was made for a deployment and never started."""
    return (
        f"job {job.id.number_text} was created for a deployment that was cut off, and never started: "
        "stopping it"
    )


def not_uploaded(why: str) -> str:
    """Why a deployment is given up before it is started."""
    return f"the files were not uploaded: {why}"


def taken_back(why: str, job: JobRecord) -> str:
    """Why a deployment is given up, whose job does not block the branch any more."""
    return f"{why}\nJob {job.id.number_text}, which was created for it, was stopped."


def left_behind(why: str, job: JobRecord) -> str:
    """Why a deployment is given up, whose job may still block the branch."""
    return (
        f"{why}\nJob {job.id.number_text}, which was created for it, could not be stopped, and blocks "
        "the branch until it is. The next run on this machine stops it.\n"
        f"  to stop it: {job.stop_command}"
    )


def left_elsewhere(job: JobRecord) -> str:
    """The warning about a job of a run that was cut off, on a branch that this run does not touch."""
    return (
        f"job {job.id.number_text} of {job.id.branch} was created for a deployment that was cut off. "
        f"If it still waits, it blocks that branch.\n  to stop it: {job.stop_command}"
    )


def may_wait_for_ever(job: JobRecord) -> str:
    """What a person can do about a deployment that blocks the branch and does not begin."""
    return (
        f"job {job.id.number_text} is a deployment that may wait for its files. If nobody uploads them "
        f"any more, it blocks the branch for hours.\n  to stop it: {job.stop_command}"
    )


def resumed(job: JobRecord) -> str:
    """An active job of this release is taken."""
    return f"job {job.id.number_text} is this release and still active: resumed"


def resumed_after_a_kill(job: JobRecord) -> str:
    """The job of a run that was killed is taken."""
    return f"job {job.id.number_text} was started by an earlier run that was cut off: resumed"


def not_resumed(job: JobRecord, error: Exception) -> str:
    """Why it is unknown whether a job goes on that an earlier run may have started."""
    return (
        f"an earlier run was cut off while it was starting job {job.id.number_text}\nThen: {error}"
    )


def adopted(job: JobRecord, commit: Commit) -> str:
    """Somebody else's job of the same commit is taken."""
    number = job.id.number_text
    builds = "has built" if job.has_ended else "builds"
    return f"job {number} ({job.status}) {builds} {commit}: used instead of a new job"


def has_no_effect(input_name: str, denied: AccessDenied) -> str:
    """A policy that needs the list of jobs has no effect without it."""
    return f"{input_name} has no effect, since the branch's jobs cannot be listed: {denied}"


def _since(job: JobRecord) -> str:
    seconds = job.age_seconds()
    return "" if seconds is None else f", started {format_duration(seconds)} ago"
