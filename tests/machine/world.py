"""The world around the engine: Amplify, two machines, and other people.

AWS is the emulator in this process, on a clock that moves only when somebody sleeps. What the
provider does to AWS and to its note on disk is watched: each such step is a point at which the
process can be killed, and the invariants learn of it.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, ClassVar, Final, cast

import botocore.endpoint
import pytest
from amplify_job_resource._amplify import budget, session
from amplify_job_resource._amplify.api import BranchApi
from amplify_job_resource._amplify.app_answers import AppAnswers
from amplify_job_resource._amplify.ids import BranchId
from amplify_job_resource._amplify.records import JobRecord
from amplify_job_resource._amplify.session import Clients
from amplify_job_resource._amplify.settings import Settings
from amplify_job_resource._ask import Ask
from amplify_job_resource._kind import JOB, Kind
from amplify_job_resource._lifecycle import Lifecycle
from amplify_job_resource._start.notes import Note, Notes
from amplify_job_resource.emulator import Control, Fault, Plan, emulator_state, register
from amplify_job_resource.emulator.models import AmplifyBackend, amplify_backends
from amplify_job_resource.provider import JobProvider
from moto import mock_aws

from tests.machine.direct import DirectClients
from tests.machine.engine import APP, BRANCHES, REGION, Engine
from tests.machine.invariants import Invariants
from tests.machine.observer import History, JobKey

ACCOUNT: Final = "123456789012"
KEYS: Final = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
}


class WatchedApi(BranchApi):
    """The real API calls, watched."""

    def __init__(self, clients: Clients, branch: BranchId, ask: Ask, world: World) -> None:
        super().__init__(clients, branch, ask)
        self._world = world

    def start(self, request: Mapping[str, Any]) -> JobRecord:
        with self._watched("StartJob"), self._starting():
            return super().start(request)

    def get(self, number: str) -> JobRecord:
        with self._watched("GetJob"):
            return super().get(number)

    def newest(self, down_to: int | None = None) -> list[JobRecord]:
        with self._watched("ListJobs"):
            found = super().newest(down_to)
            self._world.listed(self.branch_id.branch_name, found)
            return found

    def stop(self, number: str) -> None:
        with self._watched("StopJob"):
            self._world.invariants.stopping((self.branch_id.branch_name, int(number)))
            super().stop(number)

    def create_deployment(self) -> tuple[JobRecord, str]:
        branch = self.branch_id.branch_name
        with self._watched("CreateDeployment"):
            before = self._world.newest_number(branch)
            try:
                return super().create_deployment()
            finally:
                if self._world.newest_number(branch) > before:
                    self._world.made(branch)

    def start_deployment(self, request: Mapping[str, Any]) -> JobRecord:
        with self._watched("StartDeployment"), self._starting():
            return super().start_deployment(request)

    @contextmanager
    def _starting(self) -> Iterator[None]:
        branch = self.branch_id.branch_name
        self._world.attempting()
        before = self._world.job_count(branch)
        try:
            yield
        finally:
            self._world.started(branch, self._world.job_count(branch) - before)

    @contextmanager
    def _watched(self, operation: str) -> Iterator[None]:
        self._world.history.counts["AWS calls"] += 1
        self._world.tick(f"{operation} unsent")
        yield
        self._world.tick(f"{operation} answered")


class WatchedNotes(Notes):
    """The real notes on disk, watched: a run can be killed before and after each change."""

    def __init__(self, urn: str, world: World) -> None:
        super().__init__(urn)
        self._world = world

    def remove(self) -> None:
        self._world.tick("a note")
        super().remove()
        self._world.tick("a note")

    def write(self, note: Note) -> None:
        self._world.tick("a note")
        super().write(note)
        if note.job:
            self._world.invariants.noted((note.job.branch_name, note.job.number), note.trailer)
        self._world.tick("a note")


class World(Engine):
    """An engine that is run from two machines, in a world with others in it.

    Attributes:
        kind: the resource that the program has.
        rules: its rules.
        machine: the machine that the next commands run on, 0 or 1.
        control: the emulator's control.
        invariants: the rules, which are checked all the time.
    """

    kind: ClassVar[Kind] = JOB
    rules: ClassVar[type[Invariants]] = Invariants

    def __init__(self, counts: Counter[str] | None = None, *, through_sdk: bool = True) -> None:
        """Make a world without an app.

        Args:
            counts: Where it is counted what happens.
            through_sdk: Whether calls go through the SDK; without it they are faster, see `direct`.
        """
        self._through_sdk = through_sdk
        history = History(Counter() if counts is None else counts)
        self.machine = 0
        self.control = Control()
        self.invariants = self.rules(self, history)
        super().__init__(self._watched_provider(), self.invariants, history)

    def _watched_provider(self) -> JobProvider:
        """The real provider, with a lifecycle whose API and notes are watched."""

        class WatchedProvider(JobProvider):
            lifecycle: ClassVar[Lifecycle] = Lifecycle(
                lambda clients, branch, ask: WatchedApi(self._clients(clients), branch, ask, self),
                lambda urn: WatchedNotes(urn, self),
                self.kind,
            )

        return WatchedProvider()

    def _clients(self, clients: Clients) -> Clients:
        return clients if self._through_sdk else cast(Clients, DirectClients(clients, ACCOUNT))

    # --- one history ------------------------------------------------------------------------------

    @contextmanager
    def running(self) -> Iterator[None]:
        """Make an app with two idle branches, and two machines without notes, for one history."""
        with (
            TemporaryDirectory(prefix="amplify-job-machine-") as home,
            pytest.MonkeyPatch.context() as patch,
        ):
            self._homes = (Path(home, "one"), Path(home, "other"))
            for name, value in {"PULUMI_HOME": str(self._homes[0]), **KEYS}.items():
                patch.setenv(name, value)
            register()
            with mock_aws():
                self.control.reset()
                emulator_state.clock.freeze()
                self._patch(patch)
                self.control.create_app(APP, BRANCHES, repository=self.kind is JOB)
                self.control.default_plan(Plan(pending=5, build=60, cancelling=5))
                yield

    def _patch(self, patch: pytest.MonkeyPatch) -> None:
        # botocore pauses between its own retries, and takes the function for it from its module.
        pauses = SimpleNamespace(sleep=emulator_state.clock.advance)
        patch.setattr(botocore.endpoint, "time", pauses)
        # Private: the session keeps its clients for the whole process, and nothing is handed in by
        # which a test could have others. Those of other tests may be for a server; these are for
        # the emulator in this process, and shared by all histories, since making one takes long.
        patch.setattr(session, "_clients", _clients)
        for made in _clients.values():
            made.result().app_answers = AppAnswers(emulator_state.clock.now)
        patch.setattr(budget, "_budgets", {})
        # A power failure is no part of these histories, and fsync takes long.
        patch.setattr(os, "fsync", lambda _: None)
        # The emulator's log of calls does not say which fault has struck.
        real = emulator_state.faults.matching

        def matching(operation: str, app_id: str | None, branch_name: str | None) -> list[Fault]:
            faults = real(operation, app_id, branch_name)
            for fault in faults[:1]:
                self._fault_struck(fault, operation)
            return faults

        patch.setattr(emulator_state.faults, "matching", matching)

    def _fault_struck(self, fault: Fault, operation: str) -> None:
        when = "" if fault.kind == "slow" else f" {fault.when} the effect"
        self.history.counts[f"fault: {fault.kind}{when}, {operation}"] += 1
        self.history.add(f"  {operation}: {fault.kind}{when}")
        self.invariants.fault_struck(operation, fault.kind)

    # --- what the provider does; a test may put in a method of its own to act at that moment ------

    def attempting(self) -> None:
        """A StartJob is about to be sent; it takes a second, so no two jobs begin at the same time."""
        emulator_state.clock.advance(1)

    def made(self, branch: str) -> None:
        """A CreateDeployment has made the branch's newest job."""
        self.history.counts["jobs made"] += 1

    def started(self, branch: str, jobs: int) -> None:
        """A StartJob has started this many jobs."""
        if jobs:
            self.history.counts["jobs started"] += jobs
        self.invariants.started(branch, jobs)

    def listed(self, branch: str, jobs: list[JobRecord]) -> None:
        """ListJobs has shown these jobs to the provider."""
        self.invariants.listed(branch, jobs)

    # --- what there is ----------------------------------------------------------------------------

    @property
    def backend(self) -> AmplifyBackend:
        """The emulator's apps, branches and jobs."""
        return amplify_backends[ACCOUNT][REGION]

    @property
    def notes(self) -> list[Path]:
        """The notes on the disk of the machine at hand."""
        return sorted(Path(os.environ["PULUMI_HOME"]).glob("amplify-job-resource/*.json"))

    def job_count(self, branch: str) -> int:
        """How many jobs the branch has that were started through the API."""
        if branch not in self.backend.app(APP).branches:
            return 0
        jobs = self.backend.branch(APP, branch).jobs.values()
        return sum(job.job_type != "WEB_HOOK" for job in jobs)

    def newest_number(self, branch: str) -> int:
        """The number of the branch's newest job, 0 if it has none."""
        app = self.backend.apps.get(APP)
        found = app.branches.get(branch) if app else None
        return max(found.jobs, default=0) if found else 0

    def newest_job(self, branch: str) -> JobKey:
        """See `Facts`."""
        return branch, max(self.backend.branch(APP, branch).jobs)

    def is_active(self, job: JobKey) -> bool:
        """See `Facts`."""
        app = self.backend.apps.get(APP)
        branch = app.branches.get(job[0]) if app else None
        found = branch.jobs.get(job[1]) if branch else None
        return found is not None and not self.backend.snapshot(found).ended

    def status(self, job: JobKey) -> str | None:
        """See `Facts`."""
        found = self.backend.branch(APP, job[0]).jobs.get(job[1])
        return self.backend.snapshot(found).status if found else None

    # --- what a person does -----------------------------------------------------------------------

    def look_again(self) -> None:
        """Let the program see what it deploys as it is now."""

    def stop_waiting(self) -> None:
        """Stop the jobs that wait for somebody to start them."""

    # --- what others do ---------------------------------------------------------------------------

    def another_machine(self) -> None:
        """Run the next commands on the other machine, which has only the notes written there."""
        self.machine = 1 - self.machine
        os.environ["PULUMI_HOME"] = str(self._homes[self.machine])
        self.history.add(f"on machine {self.machine} from here")

    def forget_notes(self) -> None:
        """Remove the notes, as a person does who wants a new job in any case."""
        for note in self.notes:
            note.unlink()
        self.history.add("a person removes the notes")
        self.invariants.note_removed_by_hand()

    def foreign_start(self, branch: str) -> None:
        """Start somebody else's job through the API, if the branch is free."""
        if not self.backend.branch(APP, branch).active(self.backend.assign_build_slots()):
            self.backend.start_job(
                APP, branch, {"jobType": "RELEASE", "commitMessage": "somebody else's"}
            )
            self.history.add(f"a foreign job on {branch}")

    def foreign_stop(self, branch: str) -> None:
        """Stop the active jobs of a branch, as somebody may do in the console."""
        for job in self.backend.branch(APP, branch).active(self.backend.assign_build_slots()):
            self.backend.stop_job(APP, branch, job.job_id)
            self.history.add(f"job {job.job_id} of {branch} is stopped by somebody")

    def purge(self, branch: str) -> None:
        """Delete the records of all jobs of a branch that have ended, but for unrecorded ones."""
        unrecorded = {job for each in self.invariants.unrecorded.values() for job in each.jobs}
        now = self.backend.assign_build_slots()
        for job in list(self.backend.branch(APP, branch).jobs.values()):
            if job.ended(now) and (branch, job.number) not in unrecorded:
                self.backend.delete_job(APP, branch, job.job_id)
        self.history.add(f"{branch} is purged of jobs that have ended")

    def make_anew(self, branch: str) -> None:
        """Delete a branch and create it again under the same name."""
        settings = self.backend.delete_branch(APP, branch).settings
        emulator_state.clock.advance(1)
        self.backend.create_branch(APP, branch, settings)
        for resource in (self.resource, *self.pending_deletes):
            if resource and resource.job[0] == branch:
                resource.lost = True
        self.history.add(f"{branch} is deleted and created again")
        self.invariants.made_anew(branch)

    def push(self, branch: str, commit: str) -> None:
        """Push a commit, which starts a job."""
        self.control.push(APP, branch, commit)
        self.history.add(f"a push to {branch}")

    def pass_time(self, seconds: float) -> None:
        """Let time pass between two commands."""
        emulator_state.clock.advance(seconds)
        self.history.add(f"{seconds:.0f} s pass")

    def fault(self, *faults: Fault) -> None:
        """Let calls to AWS go wrong."""
        self.control.fault(*faults)
        for fault in faults:
            times = f"{fault.times} times" if fault.times else "for ever"
            shown = f"{fault.kind} {fault.when} {fault.operation}, {times}, +{fault.skip}"
            self.history.add(shown)

    def heal(self) -> None:
        """Let nothing go wrong any more."""
        self.control.clear_faults()
        self.history.add("all is well again")


_clients: dict[Settings, Future[Clients]] = {}
