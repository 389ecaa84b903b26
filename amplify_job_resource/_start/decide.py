"""What to do next, from what a look at the branch has shown: a pure decision.

Amplify runs one job at a time on each branch. A job that is there already may be the one asked for:
our own of a run that was killed, or one that `skip_if_built` or `on_busy="adopt"` accepts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from .._amplify.records import JobRecord
from .._amplify.status import Status
from .._inputs.request import Request
from .._inputs.words import OnBusy
from .method import ReleaseMethod


class TakenAs(Enum):
    """Why a job that is there is taken as the one asked for."""

    #: An earlier StartJob of this attempt made it, and it was not listed at first.
    STARTED = "started"
    #: An earlier run started it for this release, and it is still active.
    RESUMED = "resumed"
    #: An earlier run started it for this release and was cut off; it has succeeded since.
    FINISHED = "finished"
    #: Somebody else started it, and it builds the commit asked for.
    ADOPTED = "adopted"


@dataclass(frozen=True, slots=True)
class Take:
    """Use this existing job."""

    job: JobRecord
    taken_as: TakenAs


@dataclass(frozen=True, slots=True)
class Start:
    """The branch is free: send StartJob."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait for the end of an active job."""

    blocking: JobRecord


class Why(Enum):
    """Why active jobs are stopped."""

    #: The program asks for it: `on_busy="stop"`.
    ON_BUSY = "on busy"
    #: This resource has made them, and will never start them.
    LEFT_OVER = "left over"


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop active jobs, then wait for their end."""

    jobs: tuple[JobRecord, ...]
    blocking: JobRecord
    why: Why = Why.ON_BUSY


@dataclass(frozen=True, slots=True)
class Refuse:
    """Give up, since a job is active."""

    blocking: JobRecord


Decision = Take | Start | Wait | Stop | Refuse


def decide(
    jobs: Sequence[JobRecord],
    request: Request,
    method: ReleaseMethod,
    *,
    sent: bool,
    resumes: bool,
    recorded: JobRecord | None = None,
    resumes_finished: bool = True,
) -> Decision:
    """What to do next.

    Args:
        jobs: The branch's newest jobs, newest first.
        request: What is asked for.
        method: Knows our own jobs again.
        sent: Whether this attempt has sent a StartJob already.
        resumes: Whether an active job of this very release is the one asked for. Where nothing is
            recorded between two runs, it may as well be that of an earlier request.
        recorded: The job that Pulumi has in state now, if it is known.
        resumes_finished: Whether a job of this release that has ended, and is newer than the recorded
            one, can only be that of a run that was cut off.
    """
    if sent:
        late = next((job for job in jobs if method.started(job, method.attempt)), None)
        if late:
            return Take(late, TakenAs.STARTED)
    active = [job for job in jobs if not job.has_ended]
    going_on = [job for job in jobs if not job.is_ending]
    left_over = tuple(job for job in going_on if method.is_left_over(job))
    if left_over:
        return Stop(left_over, left_over[0], Why.LEFT_OVER)
    if resumes:
        own = next((job for job in going_on if _is_asked_for(job, method, recorded)), None)
        if own:
            return Take(own, TakenAs.RESUMED)
    finished = None
    if recorded and resumes_finished and not sent:
        finished = _finished(jobs, method, recorded)
    if finished:
        return Take(finished, TakenAs.FINISHED)
    adopted = _adopted(jobs, going_on, request, method)
    if adopted:
        return Take(adopted, TakenAs.ADOPTED)
    if not active:
        return Start()
    return WHEN_BUSY[request.on_busy](active[0], tuple(going_on))


def _wait(blocking: JobRecord, _: tuple[JobRecord, ...]) -> Decision:
    return Wait(blocking)


def _stop(blocking: JobRecord, going_on: tuple[JobRecord, ...]) -> Decision:
    return Stop(going_on, blocking)


def _refuse(blocking: JobRecord, _: tuple[JobRecord, ...]) -> Decision:
    return Refuse(blocking)


#: What each policy does about the newest active job, when no job there is the one asked for. Given
#: are that job, and all active jobs that are not being stopped already.
WHEN_BUSY: Final[Mapping[OnBusy, Callable[[JobRecord, tuple[JobRecord, ...]], Decision]]] = {
    OnBusy.WAIT: _wait,
    OnBusy.ADOPT: _wait,
    OnBusy.STOP: _stop,
    OnBusy.FAIL: _refuse,
}


def _is_asked_for(job: JobRecord, method: ReleaseMethod, recorded: JobRecord | None) -> bool:
    """Whether an active job was started for this request, and not for an equal one before.

    A job that is recorded, or older than the recorded one, is that of an earlier request.
    """
    is_new = recorded is None or job.is_newer_than(recorded)
    return is_new and method.is_this_release(job)


def _finished(
    jobs: Sequence[JobRecord], method: ReleaseMethod, recorded: JobRecord
) -> JobRecord | None:
    """The job of a run that was cut off, after its end, on whatever machine that run was.

    Only such a run can have started a job of this very release that is newer than the recorded one.
    It is live unless this resource was released for other inputs since.
    """
    for job in jobs:
        if job.id.branch != recorded.id.branch or not job.is_newer_than(recorded):
            return None
        if method.is_this_release(job):
            return job if job.status == Status.SUCCEED else None
        if method.is_other_release(job):
            return None
    return None


def _adopted(
    jobs: Sequence[JobRecord],
    going_on: Sequence[JobRecord],
    request: Request,
    method: ReleaseMethod,
) -> JobRecord | None:
    """The job of somebody else that builds, or has built, the commit asked for."""
    commit = request.commit
    if request.on_busy == OnBusy.ADOPT or request.skip_if_built:
        for job in going_on:
            if commit.is_same(job.reported_commit) and not method.is_other_release(job):
                return job
    if request.skip_if_built:
        built = next((job for job in jobs if job.status == Status.SUCCEED), None)
        if built and commit.is_same(built.reported_commit):
            return built
    return None
