"""The books of a history: which release was requested, which job was started for it, what is recorded.

`Books` learns what happens from the engine and from the world around it, and remembers what the
rules in `invariants` need. It judges nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from amplify_job_resource import errors
from amplify_job_resource._amplify.records import JobRecord
from amplify_job_resource._amplify.status import Status
from amplify_job_resource._inputs.request import ReleaseRequest
from amplify_job_resource._lifecycle import RecordedFailure
from amplify_job_resource._start.trailers import Trailer

from tests.machine.observer import History, JobKey, Resource
from tests.operations import URN


class Facts(Protocol):
    """What can be looked up in the world."""

    @property
    def machine(self) -> int:
        """The machine at hand, 0 or 1."""

    @property
    def notes(self) -> list[Path]:
        """The notes on the disk of that machine."""

    def is_active(self, job: JobKey) -> bool:
        """Whether the service has the job, and it has not ended."""

    def status(self, job: JobKey) -> str | None:
        """The job's status as it is now; None when its record was purged."""

    def newest_job(self, branch: str) -> JobKey:
        """The branch's newest job."""


@dataclass
class Started:
    """A job that was started for a request and that is not in state yet.

    Attributes:
        job: the job.
        machine: the machine on which it was started, or resumed.
        machines: all machines on which a job was started for the request.
        earlier: the jobs that were started for the request before, on another machine.
        seen: whether the command at hand was shown it, with its message, as active, or as a success
            that is newer than the job in state.
    """

    job: JobKey
    machine: int
    machines: frozenset[int]
    earlier: frozenset[JobKey] = frozenset()
    seen: bool = False

    @property
    def jobs(self) -> frozenset[JobKey]:
        """All jobs that were started for the request."""
        return self.earlier | {self.job}


class Books:
    """What is known so far. It is the engine's `Observer`, and the world reports to it as well.

    Attributes:
        open: the trailer of the request that is open: `create` was called for it, and no job of it is
            in state yet.
        unrecorded: the jobs that were started and are not in state yet, by the trailer of the request.
        trailers: the jobs that were started here, each with the trailer of its request.
        recorded: those of them that are or were in state.
        unfinished: the job that was recorded by a command that did not come to its end, so that its
            note may still be there.
        in_state: the job that state had when the last command ended.
        settled_elsewhere: for each machine, the jobs that were settled on the other one; a note here
            may still name them.

        replaces: whether the command at hand is `up --replace`.
        had_note: whether there was a note when the command began.
        active_at_begin: the jobs in `trailers` that were active when the command began.
        jobs_started: how many jobs the command has started.
        faults: which operations have gone wrong in the command, and how.

        method: the provider's method that was called last.
        inputs: what `create` was called with.
        deleted: the job of the resource that `delete` was called for.
        kept: the job that stays in state during that.
    """

    def __init__(self, facts: Facts, history: History) -> None:
        self.facts, self.history = facts, history
        self.open: str | None = None
        self.unrecorded: dict[str, Started] = {}
        self.trailers: dict[JobKey, str] = {}
        self.recorded: set[JobKey] = set()
        self.unfinished: JobKey | None = None
        self.in_state: JobKey | None = None
        self.settled_elsewhere: tuple[set[JobKey], set[JobKey]] = (set(), set())

        self.replaces = False
        self.had_note = False
        self.active_at_begin: set[JobKey] = set()
        self.jobs_started = 0
        self.faults: set[tuple[str, str]] = set()

        self.method = ""
        self.inputs: dict[str, Any] = {}
        self.deleted: JobKey | None = None
        self.kept: JobKey | None = None

    @property
    def started_for_open(self) -> Started | None:
        """The job that was started for the open request, if there is one."""
        return self.unrecorded.get(self.open) if self.open else None

    def _is_newer_than_state(self, job: JobKey) -> bool:
        """Whether state has an older job of the branch, and the provider is told of it."""
        told = self.in_state is not None and not self.replaces
        return (
            told
            and self.in_state is not None
            and self.in_state[0] == job[0]
            and self.in_state < job
        )

    # --- what the engine does; see `Observer` -----------------------------------------------------

    def begins(self, command: str) -> None:
        self.replaces = command == "up --replace"
        self.had_note = bool(self.facts.notes)
        self.active_at_begin = {job for job in self.trailers if self.facts.is_active(job)}
        self.jobs_started = 0
        self.faults.clear()
        for started in self.unrecorded.values():
            started.seen = False

    def calls(self, method: str) -> None:
        self.method = method

    def inputs_refused(self, reason: str) -> None:
        """Nothing changes."""

    def requests(self, inputs: dict[str, Any]) -> None:
        """The request is the one that is open already, or it takes its place."""
        self.inputs = inputs
        trailer = self.trailer_of(inputs)
        if self.open != trailer:
            self.open = trailer
            self.history.counts["requests"] += 1

    def trailer_of(self, inputs: dict[str, Any]) -> str:
        """The trailer of the request that inputs make."""
        return str(Trailer.of(URN, ReleaseRequest.from_properties(inputs)))

    def create_failed(self, failure: RecordedFailure) -> None:
        """Nothing changes before the resource is in state."""

    def created(self, resource: Resource, *, first: bool) -> None:
        """The open request has a job in state; all that was begun for others is given up."""
        self._give_up()
        self.open = None
        self.unfinished = resource.job
        if not resource.outputs.get("adopted"):
            self.recorded.add(resource.job)

    def deletes(self, resource: Resource, kept: Resource | None) -> None:
        self.deleted = resource.job
        self.kept = kept.job if kept else None

    def destroyed(self) -> None:
        """A destroy that has deleted a resource gives up the open request, too."""
        for started in self.unrecorded.values():
            ended = not self.facts.is_active(started.job)
            self.history.counts["given up by a destroy"] += ended
        self._give_up()
        self.open = None

    def _give_up(self) -> None:
        """Jobs that are not in state are of no more use; the other machine may have notes of them."""
        jobs = {started.job for started in self.unrecorded.values()}
        self.settled_elsewhere[1 - self.facts.machine].update(jobs)
        self.unrecorded.clear()

    def up_succeeded(self, resource: Resource) -> None:
        """Nothing changes."""

    def refused(self, error: errors.AmplifyJobError) -> None:
        """Nothing changes."""

    def closed(self) -> None:
        self.unfinished = None

    def ended(self, outcome: str, resource: Resource | None) -> None:
        """A note that is not here names nothing; one on the other machine may be outdated now."""
        machine = self.facts.machine
        if not self.facts.notes:
            self.settled_elsewhere[machine].clear()
        self.in_state = resource.job if resource else None
        if resource:
            self.settled_elsewhere[1 - machine].add(resource.job)
        if resource and outcome in ("ok", "same", "recorded failure"):
            # A job that a forced release has resumed is in state already, and its note is gone.
            self.unrecorded = {
                trailer: started
                for trailer, started in self.unrecorded.items()
                if started.job != resource.job
            }

    # --- what the provider does -------------------------------------------------------------------

    def started(self, branch: str, jobs: int) -> None:
        """A StartJob has started this many jobs, the branch's newest ones."""
        if not (jobs and self.open):
            return
        self.jobs_started += jobs
        job, machine = self.facts.newest_job(branch), self.facts.machine
        self.history.add(f"  job {job} is started")
        self.trailers[job] = self.open
        earlier = self.started_for_open
        machines = earlier.machines if earlier else frozenset[int]()
        before = earlier.jobs if earlier else frozenset[JobKey]()
        # What was begun for other inputs on this branch is not live any more, so it is given up.
        self.unrecorded = {
            k: other for k, other in self.unrecorded.items() if other.job[0] != branch
        }
        self.unrecorded[self.open] = Started(job, machine, machines | {machine}, before)

    def noted(self, job: JobKey, trailer: str) -> None:
        """A note names a job. An earlier one of the open request, still active, counts as started.

        `--replace` resumes one that is in state as well.
        """
        resumable = job in self.active_at_begin and (self.replaces or job not in self.recorded)
        if resumable and self.open == trailer == self.trailers.get(job):
            machine = self.facts.machine
            self.unrecorded.setdefault(trailer, Started(job, machine, frozenset({machine})))

    def listed(self, branch: str, jobs: Iterable[JobRecord]) -> None:
        """ListJobs has shown these jobs."""
        started = self.started_for_open
        for job in jobs:
            if started and started.job == (branch, job.number) and job.commit_message:
                active = not job.has_ended and job.status != Status.CANCELLING
                started.seen |= active or (
                    job.status == Status.SUCCEED and self._is_newer_than_state(started.job)
                )

    def stopping(self, job: JobKey) -> None:
        """A StopJob is about to be sent."""

    # --- what happens around it -------------------------------------------------------------------

    def fault_struck(self, operation: str, kind: str) -> None:
        """A call to AWS goes wrong."""
        self.faults.add((operation, kind))

    def made_anew(self, branch: str) -> None:
        """A branch is deleted and created again: its jobs are gone, and it counts from 1 again."""

        def now(job: JobKey) -> JobKey:
            return (branch, -abs(job[1])) if job[0] == branch else job

        self.unrecorded = {
            trailer: started
            for trailer, started in self.unrecorded.items()
            if started.job[0] != branch
        }
        self.trailers = {now(job): trailer for job, trailer in self.trailers.items()}
        self.recorded = {now(job) for job in self.recorded}
        self.unfinished = self.unfinished and now(self.unfinished)
        self.in_state = self.in_state and now(self.in_state)
        for jobs in self.settled_elsewhere:
            jobs.difference_update([job for job in jobs if job[0] == branch])

    def note_removed_by_hand(self) -> None:
        """A person has removed the note, and so gives up whatever was started."""
        self.open = None
        self.unrecorded.clear()
