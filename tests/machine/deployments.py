"""The world of a `Deployment`: an app without repository, a folder of files, and rules of its own."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event
from typing import Any, ClassVar

import pytest
from amplify_job_resource import errors
from amplify_job_resource._amplify.settings import Settings
from amplify_job_resource._content.zip_upload import Upload
from amplify_job_resource._inputs.deployment import DEPLOYMENT_INPUTS, DeploymentRequest
from amplify_job_resource._inputs.schema import Schema
from amplify_job_resource._kind import DEPLOYMENT, Kind
from amplify_job_resource._program.sources import describe
from amplify_job_resource._start import file_deployment, packed_files
from amplify_job_resource._start.trailers import Trailer
from amplify_job_resource._upload.upload import Receipt, put
from amplify_job_resource._values.times import parse_time
from amplify_job_resource.emulator import emulator_state
from amplify_job_resource.emulator.content import ARCHIVE
from amplify_job_resource.emulator.jobs import Job

from tests.emulator.files import SITE
from tests.machine.books import Started
from tests.machine.engine import APP, REGION
from tests.machine.invariants import Invariants
from tests.machine.observer import History, JobKey, Resource
from tests.machine.world import World
from tests.operations import URN


class DeploymentInvariants(Invariants):
    """The rules where a job is made before it is started, and does not say whose it is.

    Attributes:
        made: the jobs that CreateDeployment has made here, each with the machine.
        begun: those of them that were started, each with the machine.
        failed_starts: how many StartDeployments have gone wrong in the command at hand.
    """

    schema: ClassVar[Schema] = DEPLOYMENT_INPUTS
    starts: ClassVar[tuple[str, ...]] = ("CreateDeployment", "StartDeployment")
    facts: DeploymentWorld

    def __init__(self, facts: DeploymentWorld, history: History) -> None:
        super().__init__(facts, history)
        self.made: dict[JobKey, int] = {}
        self.begun: dict[JobKey, int] = {}
        self.failed_starts = 0

    def trailer_of(self, inputs: dict[str, Any]) -> str:
        request = DeploymentRequest.from_properties(inputs)
        return str(Trailer.of(URN, request, DEPLOYMENT_INPUTS))

    # --- rules ------------------------------------------------------------------------------------

    def _nothing_of_ours_waits(self, branch: str) -> None:
        """After a deployment, no job that this machine has made for another one waits for its start."""
        waiting = [job for job in self._waiting() if job[0] == branch]
        if waiting:
            raise self.violated(f"jobs {waiting} were made here, and still wait")

    def _nobody_waits_for_what_is_noted(self, blocking: JobKey) -> None:
        """No deployment is given up for a job that waits for its start, and to which a note leads.

        If AWS takes no StopJob and shows no jobs, and after Ctrl-C, nothing can be done.
        """
        hindered = {"StopJob", "ListJobs", "GetJob"} & {operation for operation, _ in self.faults}
        ours = blocking in self.made and self.facts.is_waiting(blocking)
        if hindered or self.facts.interrupted() or not ours:
            return
        named = any(
            (note["job"] or "").endswith(f"/{blocking[0]}/{blocking[1]}")
            for note in self._notes_about(blocking[0])
        )
        if named or self._may_be_created(blocking):
            raise self.violated(f"job {blocking} waits, and is not stopped")

    def _no_address_is_shown(self, text: str) -> None:
        """No line, error or note has the address of an upload."""
        notes = [note.read_text(encoding="utf-8") for note in self.facts.notes]
        if "X-Amz-" in "\n".join([text, *notes]):
            raise self.violated("the address of an upload is shown")

    # --- allowances -------------------------------------------------------------------------------

    def _a_stop_is_wanted(self, job: JobKey) -> None:
        """As ever; and one that waits for its start is stopped where this resource has made it."""
        if self._is_of_no_use(job) or self._start_is_given_up(job):
            return
        if self._may_be_ours(job) or self._has_a_number_of_ours(job):
            return
        super()._a_stop_is_wanted(job)

    def _is_of_no_use(self, job: JobKey) -> bool:
        """A job that was made here and waits; or that queues, and whose files nobody asks for now."""
        given_up = self.method == "delete" or self.trailers.get(job) != self.open
        queues_in_vain = given_up and self.facts.is_queued(job)
        return job in self.made and (not self.facts.has_begun(job) or queues_in_vain)

    def _start_is_given_up(self, job: JobKey) -> bool:
        """A job that queues after a lost reply looks as if it had not begun, and is not waited for.

        That is so after Ctrl-C, at the end of the time, and where the calls after it fail as well.
        """
        ends = self.facts.interrupted() or self.facts.is_late or self.failed_starts > 1
        return job in self.made and self.facts.is_queued(job) and self.failed_starts > 0 and ends

    def _may_be_ours(self, job: JobKey) -> bool:
        """Somebody else's that queues, and that an unanswered CreateDeployment may have made."""
        allowed = self.facts.is_queued(job) and self._may_be_created(job)
        if allowed:
            self.history.counts["somebody else's, that may have been ours, is stopped"] += 1
        return allowed

    def _may_build_again(self, earlier: Started) -> bool:
        """A job that somebody has stopped is none: nothing of it is live.

        Nor is one that somebody has deployed after.
        """
        was_stopped = self.facts.status(earlier.job) in ("CANCELLING", "CANCELLED")
        is_hidden = self.facts.is_deployed_after(earlier.job)
        return was_stopped or is_hidden or super()._may_build_again(earlier)

    def _has_a_number_of_ours(self, job: JobKey) -> bool:
        """One on a branch that was made anew, where AWS has not told when: it looks like ours."""
        about = [
            note for note in self._notes() if (note["job"] or "").endswith(f"/{job[0]}/{job[1]}")
        ]
        not_told = "GetBranch" in {operation for operation, _ in self.faults}
        unknown = any(not_told or note["branchCreated"] is None for note in about)
        return unknown and self.facts.is_queued(job)

    def _may_resume(self, job: JobKey, *, first: bool) -> bool:
        return super()._may_resume(job, first=first) or self._begun_here(job)

    def _begun_here(self, job: JobKey) -> bool:
        """A job of the same files that a run on this machine has started, and a note leads to."""
        allowed = self.begun.get(job) == self.facts.machine and job not in self.recorded
        if allowed:
            self.history.counts["resumed, since a note leads to it"] += 1
        return allowed

    def _the_job_is_the_one_started(self, job: JobKey, *, first: bool) -> None:
        """As ever; where two machines have started one, each knows its own."""
        started = self.started_for_open
        if started and job != started.job and self._begun_here(job):
            return
        super()._the_job_is_the_one_started(job, first=first)

    # --- when they are checked, and what is learned -----------------------------------------------

    def has_made(self, job: JobKey) -> None:
        """CreateDeployment has made a job."""
        self.made[job] = self.facts.machine

    def started(self, branch: str, jobs: int) -> None:
        super().started(branch, jobs)
        if jobs:
            self.begun[self.facts.newest_job(branch)] = self.facts.machine

    def stopping(self, job: JobKey) -> None:
        super().stopping(job)
        if self.facts.has_begun(job) and self._start_is_given_up(job):
            self.jobs_started = max(0, self.jobs_started - 1)

    def begins(self, command: str) -> None:
        super().begins(command)
        self.failed_starts = 0

    def fault_struck(self, operation: str, kind: str) -> None:
        super().fault_struck(operation, kind)
        self.failed_starts += operation == "StartDeployment"

    def ended(self, outcome: str, resource: Resource | None) -> None:
        if resource and outcome == "ok" and self.method == "create":
            self._nothing_of_ours_waits(resource.job[0])
        self._no_address_is_shown("\n".join(self.facts.operation.lines))
        super().ended(outcome, resource)

    def refused(self, error: errors.AmplifyJobError) -> None:
        blocking = error.blocking_job if isinstance(error, errors.NotStarted) else None
        if blocking:
            self._nobody_waits_for_what_is_noted((blocking.id.branch_name, blocking.number))
        self._no_address_is_shown(str(error))
        super().refused(error)

    def made_anew(self, branch: str) -> None:
        super().made_anew(branch)
        for jobs in (self.made, self.begun):
            for job in [job for job in jobs if job[0] == branch]:
                del jobs[job]

    def _waiting(self) -> list[JobKey]:
        """The jobs that wait for their start, and were made on this machine."""
        here = [job for job, machine in self.made.items() if machine == self.facts.machine]
        return [job for job in here if self.facts.is_waiting(job)]

    def _may_be_created(self, job: JobKey) -> bool:
        """Whether a note without a number may be about a job."""
        made = self.facts.made_at(job)
        return any(
            note["job"] is None
            and note["after"] is not None
            and note["after"] < job[1]
            and abs(made - parse_time(note["sentAt"])) <= file_deployment.ABOUT
            for note in self._notes_about(job[0])
        )

    def _notes_about(self, branch: str) -> list[dict[str, Any]]:
        """Those that are not about an earlier branch of that name, on which numbers were others."""
        older = self.facts.is_older_branch
        return [note for note in self._notes() if not older(branch, note["branchCreated"])]

    def _notes(self) -> list[dict[str, Any]]:
        """The notes on the machine at hand."""
        return [json.loads(note.read_text(encoding="utf-8")) for note in self.facts.notes]


class DeploymentWorld(World):
    """A world whose program deploys a folder.

    Attributes:
        folder: the folder.
    """

    #: A branch that somebody blocks for good is in many histories.
    timeout = 600.0
    kind: ClassVar[Kind] = DEPLOYMENT
    rules: ClassVar[type[Invariants]] = DeploymentInvariants
    invariants: DeploymentInvariants

    def __init__(self, counts: Counter[str] | None = None, *, through_sdk: bool = True) -> None:
        super().__init__(counts, through_sdk=through_sdk)
        self._begun_at = 0.0
        self.inputs = {"appId": APP, "branchName": self.inputs["branchName"], "region": REGION}

    @contextmanager
    def running(self) -> Iterator[None]:
        with super().running():
            self.folder = self._homes[0].parent / "site"
            self.folder.mkdir()
            self.write("a")
            yield

    def write(self, text: str, *, seen: bool = True) -> None:
        """Let the folder have a page with this text; the program sees it now, or too late."""
        (self.folder / "index.html").write_text(text, encoding="utf-8")
        if seen:
            described = describe(str(self.folder), None, "source")
            for row in DEPLOYMENT_INPUTS.rows:
                value = described.property(row.name)
                if value is not None:
                    self.inputs[row.key] = value
        self.history.add(f"the page is {text}" + ("" if seen else ", and the program has another"))

    def up(self, *, replace: bool = False) -> str:
        self._begun_at = emulator_state.clock.now()
        return super().up(replace=replace)

    def look_again(self) -> None:
        self.write((self.folder / "index.html").read_text(encoding="utf-8"))

    def is_older_branch(self, name: str, created: str | None) -> bool:
        """Whether a note is about an earlier branch of this name, on which numbers began anew."""
        clock = emulator_state.clock
        now = clock.shown(self.backend.branch(APP, name).created_at)
        # A note rounds as answers do.
        return created is not None and parse_time(created).timestamp() < now - 0.5

    def is_deployed_after(self, job: JobKey) -> bool:
        """Whether the branch has a newer job that has not failed."""
        jobs = self.backend.branch(APP, job[0]).jobs.values()
        newer = [other for other in jobs if other.number > job[1]]
        return any(
            self.backend.snapshot(other).status not in ("FAILED", "CANCELLED") for other in newer
        )

    def stop_waiting(self) -> None:
        for name, branch in self.backend.app(APP).branches.items():
            for job in branch.jobs.values():
                if self.is_waiting((name, job.number)):
                    self.backend.stop_job(APP, name, job.job_id)
                    self.history.add(f"job {job.job_id} of {name}, which waits, is stopped")
        self.pass_time(100)

    def shown_inputs(self) -> str:
        kept = ("branchName", "triggers", "onBusy", "waitForCompletion", "allowFailure")
        return str({key: self.inputs[key] for key in kept if key in self.inputs})

    def live(self, branch: str = "main") -> str | None:
        """The page that the site of a branch shows, None if there is none."""
        job = self.backend.published(self.backend.branch(APP, branch))
        files = job.content.files if job and job.content else None
        return files["index.html"].decode() if files else None

    # --- what the provider does -------------------------------------------------------------------

    def made(self, branch: str) -> None:
        super().made(branch)
        self.invariants.has_made(self.newest_job(branch))
        self.history.add(f"  job {self.newest_job(branch)} is made")

    def _patch(self, patch: pytest.MonkeyPatch) -> None:
        super()._patch(patch)

        def watched(url: str, body: Upload, settings: Settings, **given: Any) -> Receipt:
            self.history.counts["AWS calls"] += 1
            self.tick("PutUpload unsent")
            clock = _UploadClock(self)
            given["clock"] = clock
            receipt = put(url, _WatchedFiles(body, clock), settings, **given)
            self.tick("PutUpload answered")
            return receipt

        def shown_now() -> datetime:
            clock = emulator_state.clock
            return parse_time(clock.shown(clock.now()))

        patch.setattr(packed_files, "put", watched)
        patch.setattr(file_deployment, "utc_now", shown_now)

    # --- what there is ----------------------------------------------------------------------------

    def job_count(self, branch: str) -> int:
        """How many jobs of the branch have begun."""
        if branch not in self.backend.app(APP).branches:
            return 0
        return sum(map(_has_begun, self.backend.branch(APP, branch).jobs.values()))

    def has_begun(self, job: JobKey) -> bool:
        """Whether a job was started."""
        found = self._job(job)
        return found is not None and _has_begun(found)

    @property
    def is_late(self) -> bool:
        """Whether the command at hand has used up its time."""
        return emulator_state.clock.now() >= self._begun_at + self.timeout

    def made_at(self, job: JobKey) -> datetime:
        """When a job was made, as clients are shown it."""
        found = self._job(job)
        assert found
        return parse_time(emulator_state.clock.shown(found.created_at))

    def is_waiting(self, job: JobKey) -> bool:
        """Whether a job waits for its start."""
        return self.is_queued(job) and not self.has_begun(job)

    def is_queued(self, job: JobKey) -> bool:
        """Whether a job is not being worked on yet."""
        found = self._job(job)
        return found is not None and self.backend.snapshot(found).status in ("CREATED", "PENDING")

    def _job(self, job: JobKey) -> Job | None:
        branch = self.backend.app(APP).branches.get(job[0])
        return branch.jobs.get(job[1]) if branch else None

    # --- what others do ---------------------------------------------------------------------------

    def foreign_start(self, branch: str) -> None:
        """Deploy somebody else's files, if the branch is free."""
        job = self._foreign(branch)
        if job:
            self.backend.take_upload(APP, branch, job.job_id, (ARCHIVE, SITE))
            self.backend.start_deployment(APP, branch, job.job_id)
            self.history.add(f"a foreign deployment on {branch}")

    def push(self, branch: str, commit: str) -> None:
        """Nobody pushes to an app without repository; somebody begins a deployment, and forgets it."""
        if self._foreign(branch):
            self.history.add(f"a foreign deployment on {branch} that nobody starts")

    def _foreign(self, branch: str) -> Job | None:
        if self.backend.branch(APP, branch).active(self.backend.assign_build_slots()):
            return None
        return self.backend.create_deployment(APP, branch, None)


class _UploadClock:
    """The operation's clock within an upload: a look whether to go on is no point to be killed at.

    How often that is looked at depends on how fast this computer is.
    """

    def __init__(self, world: World) -> None:
        self.interrupted = Event()
        self._world = world

    def now(self) -> float:
        return self._world.operation.now()

    def sleep(self, seconds: float) -> bool:
        if seconds:
            return self._world.operation.sleep(seconds)
        if self._world.interrupted():
            self.interrupted.set()
            return False
        return True


class _WatchedFiles:
    """What is uploaded, with points to be killed at before, within and after it."""

    def __init__(self, files: Upload, clock: _UploadClock) -> None:
        self.size = files.size
        self._files, self._clock = files, clock

    def chunks(self) -> Iterator[bytes]:
        for chunk in self._files.chunks():
            middle = len(chunk) // 2
            for piece in (chunk[:middle], chunk[middle:]):
                self._pass()
                yield piece
        self._pass()

    def _pass(self) -> None:
        world = self._clock._world
        world.tick("within the upload")
        if world.interrupted():
            # The other thread has to see that before the upload is over.
            self._clock.interrupted.wait(10)


def _has_begun(job: Job) -> bool:
    return job.content is not None and job.content.started_at is not None
