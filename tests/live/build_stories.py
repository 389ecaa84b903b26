"""Stories of jobs that build, on a branch of the connected app, of which facts tell.

Each starts one job and stops it as soon as it was seen: builds cost money.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Final

from tests.live.place import ENDED, PATIENCE, steps_of
from tests.live.run import Run
from tests.live.service import Reply, Unanswered

#: How many jobs that build the stories of this module start.
BUILDS: Final = 6
#: A commit that no repository has.
COMMIT: Final = "feedfacefeedfacefeedfacefeedfacefeedface"
TIME: Final = datetime(2020, 2, 2, 2, 2, 2, tzinfo=timezone.utc)
MESSAGE: Final = "A fact is asked ✓\n\nPulumi-Attempt: 0badcafe\nPulumi-Release: 0123456789abcdef"
#: As long as AWS's model lets a message be.
LONG: Final = "m" * 9_995 + "\nlast"
#: How many seconds of delay are no delay: what a client waits that looks for its job.
SOON: Final = 10.0


@dataclass(frozen=True, slots=True)
class Begun:
    """A job that was just started: what the calls right after its start have said."""

    job_id: str
    summary: Mapping[str, Any]
    found: Reply
    found_after: float | None
    listed_after: float | None
    again: Reply | None


def begun(run: Run) -> Begun:
    """Start a build; look at it at once, and try to start another one."""
    place = run.builds()
    job_id = place.start_idle(commitId=COMMIT, commitMessage=MESSAGE, commitTime=TIME)
    start = run.clock.now()
    found = place.get(job_id)

    def seconds_until(look: Any) -> float | None:
        return run.clock.now() - start if run.until(look, SOON) else None

    found_after = seconds_until(lambda: place.get(job_id).taken)
    again = place.during(job_id, "PENDING", place.start)

    def is_listed() -> bool:
        return any(summary["jobId"] == job_id for summary in place.summaries())

    listed_after = seconds_until(is_listed)
    summary = place.job(job_id)["summary"]
    return Begun(job_id, summary, found, found_after, listed_after, again)


@dataclass(frozen=True, slots=True)
class Running:
    """A job that builds: what starts were refused meanwhile, and what it showed."""

    provisioning: Reply | None
    running: Reply | None
    log_while_running: bool | None


def running(run: Run) -> Running:
    """Follow the build until it runs and has a log, and try to start another one in each status."""
    place, job_id = run.builds(), run.once(begun).job_id
    replies: dict[str, Reply | None] = {}

    def look() -> bool:
        status = place.status(job_id)
        if status in ("PROVISIONING", "RUNNING") and not replies.get(status):
            replies[status] = place.during(job_id, status, place.start)
        return status in ("RUNNING", *ENDED)

    run.until(look, PATIENCE)
    has_log: bool | None = None

    def look_at_log() -> bool:
        nonlocal has_log
        job = place.job(job_id)
        step = steps_of(job).get("BUILD", {})
        if step.get("status") == "RUNNING":
            has_log = bool(step.get("logUrl"))
        return bool(has_log) or job["summary"]["status"] in ENDED

    run.until(look_at_log, 60)
    return Running(replies.get("PROVISIONING"), replies.get("RUNNING"), has_log)


@dataclass(frozen=True, slots=True)
class Stopped:
    """A build that was stopped: the replies to calls while it was CANCELLING, and how it ended."""

    twice: Reply | None
    start: Reply | None
    status: str


def stopped(run: Run) -> Stopped:
    """Stop the build, stop it again, and try to start another one meanwhile."""
    place, job_id = run.builds(), run.once(begun).job_id
    place.stop(job_id)
    twice = place.during(job_id, "CANCELLING", lambda: place.stop(job_id))
    start = place.during(job_id, "CANCELLING", place.start)
    return Stopped(twice, start, place.ended(job_id)["summary"]["status"])


@dataclass(frozen=True, slots=True)
class Short:
    """A job that was started for one look, and then stopped.

    Attributes:
        reply: That of StartJob.
        summary: What GetJob said at once; empty where StartJob was refused.
        status: How the job ended.
    """

    reply: Reply
    summary: Mapping[str, Any]
    status: str = ""


def short(run: Run, **members: Any) -> Short:
    """Start a job, look at it, stop it."""
    place = run.builds()
    place.make_idle()
    reply = place.start(**members)
    if not reply.taken:
        return Short(reply, {})
    summary = place.job(reply.data["jobSummary"]["jobId"])["summary"]
    place.make_idle()
    return Short(reply, summary, place.status(summary["jobId"]))


def long_message(run: Run) -> Short:
    """A job with the longest commit message."""
    return short(run, commitMessage=LONG)


def retried(run: Run) -> Short:
    """A RETRY of the job with the longest message, which was stopped."""
    told = run.once(long_message)
    if not told.reply.taken:
        raise Unanswered("there is no job to retry")
    return short(run, jobType="RETRY", jobId=told.summary["jobId"])
