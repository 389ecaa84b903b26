"""An engine in miniature that drives the provider through histories full of faults.

It calls the provider's real methods in the engine's order, on the emulator in process and on a
clock that only moves when somebody sleeps. Whoever steers it, Hypothesis or chance, picks the steps;
the driver keeps count of what was wished for and what was started, and says when they disagree.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import botocore.endpoint
import pytest
from amplify_job_resource import errors, provider
from amplify_job_resource._amplify import session
from amplify_job_resource._amplify.api import BranchApi
from amplify_job_resource._amplify.records import JobRecord
from amplify_job_resource._amplify.session import Clients
from amplify_job_resource._amplify.settings import Settings
from amplify_job_resource._amplify.status import Status
from amplify_job_resource._engine.operation import use
from amplify_job_resource._inputs.request import ReleaseRequest
from amplify_job_resource._lifecycle import Lifecycle, RecordedFailure
from amplify_job_resource._start.notes import Note, NoteFile
from amplify_job_resource._start.trailers import Trailer
from amplify_job_resource.emulator import Control, Fault, Plan, emulator_state, register
from amplify_job_resource.emulator.models import AmplifyBackend, amplify_backends
from moto import mock_aws

from tests.operations import FakeOperation

URN = "urn:pulumi:dev::site::pulumi-python:dynamic/amplify:Job::site"
APP, REGION = "d1", "us-east-1"
BRANCHES = ("main", "feature/x 1")
#: Faults after which StartJob may have had its effect.
UNCLEAR = frozenset({"500", "503", "drop", "slow"})

#: A job as the driver names it: branch and number.
Number = tuple[str, int]


class Kill(BaseException):
    """The process is killed at this very point."""


class Violated(AssertionError):
    """An invariant does not hold."""


@dataclass
class Resource:
    """What the engine keeps of the resource."""

    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    failed: bool = False

    @property
    def job(self) -> Number:
        return self.outputs["branchName"], int(self.outputs["jobId"])


@dataclass
class Started:
    """A job that was started for a wish and that no state has taken in yet."""

    job: Number
    machine: int
    #: The machines on which a job was started for the wish: one each, at most.
    machines: frozenset[int]
    #: The command at hand has seen it active and with its mark: it must be taken.
    seen: bool = False


class DrivenOperation(FakeOperation):
    """An operation of the miniature engine, on the emulator's clock."""

    def __init__(self, driver: Driver) -> None:
        super().__init__(urn=URN)
        self._driver = driver
        self.lines: list[str] = []

    def now(self) -> float:
        return emulator_state.clock.now()

    def sleep(self, seconds: float) -> bool:
        self._driver.tick("a pause")
        if self._driver.interrupted():
            return False
        emulator_state.clock.advance(seconds)
        return True

    def status(self, text: str) -> None:
        self.lines.append(text)

    info = warn = debug = status

    def after_recorded(self, action: Callable[[], None]) -> None:
        self._driver.kept.append(action)


class WatchedApi(BranchApi):
    """The real API, watched: each call is a point to be killed at, and its effect is counted."""

    driver: Driver

    def start(self, request: Any) -> JobRecord:
        with self._watched("StartJob"):
            self.driver.attempting()
            before = self.driver.job_count(self.branch_id.branch_name)
            try:
                return super().start(request)
            finally:
                made = self.driver.job_count(self.branch_id.branch_name) - before
                self.driver.started(made, self.branch_id.branch_name)

    def get(self, job_id: str) -> JobRecord:
        with self._watched("GetJob"):
            return super().get(job_id)

    def newest(self, down_to: int | None = None) -> list[JobRecord]:
        with self._watched("ListJobs"):
            found = super().newest(down_to)
            self.driver.listed(self.branch_id.branch_name, found)
            return found

    def stop(self, job_id: str) -> None:
        with self._watched("StopJob"):
            self.driver.stopping(self.branch_id.branch_name, job_id)
            super().stop(job_id)

    @contextmanager
    def _watched(self, operation: str) -> Iterator[None]:
        self.driver.counts["AWS calls"] += 1
        self.driver.tick(f"{operation} unsent")
        yield
        self.driver.tick(f"{operation} answered")


class WatchedNoteFile(NoteFile):
    """The real `NoteFile`: each change on disk is a point to be killed at, before and after."""

    driver: Driver

    def remove(self) -> None:
        self.driver.tick("a note")
        super().remove()
        self.driver.tick("a note")

    def write(self, note: Note) -> bool:
        self.driver.tick("a note")
        written = super().write(note)
        if note.job:
            self.driver.taken((note.job.branch_name, note.job.number), note.trailer)
        self.driver.tick("a note")
        return written


class Driver:
    """One stack with one resource, two machines that it is run from, and the world around it.

    Attributes:
        resource: what the engine has in state.
        pending_deletes: replaced resources that are still to be deleted.
        counts: how often each thing happened, for the report.
        operation: the operation of the last command, with the lines that it said.
        error: what the last command failed with.
        kill_at: the tick of the next command at which its process is killed.
        interrupt_at: the tick of the next command from which on Ctrl-C is pressed.
    """

    def __init__(self, counts: Counter[str] | None = None) -> None:
        self.counts: Counter[str] = Counter() if counts is None else counts
        self.provider = provider.JobProvider()
        self.resource: Resource | None = None
        self.pending_deletes: list[Resource] = []
        self.kept: list[Callable[[], None]] = []
        self.kill_at: int | None = None
        self.interrupt_at: int | None = None
        self.operation, self.error = DrivenOperation(self), ""
        self.ticks = 0
        self.doing = ""
        self.inputs: dict[str, Any] = {
            "appId": APP,
            "branchName": BRANCHES[0],
            "commitId": "a" * 40,
            "region": REGION,
        }
        self.machine = 0
        #: The marker of the wish that is open.
        self.open: str | None = None
        #: By marker: one job at most may be started for each.
        self.unrecorded: dict[str, Started] = {}
        #: The jobs that we started, each with the marker of its wish.
        self.ours: dict[Number, str] = {}
        self.recorded: set[Number] = set()
        #: Our jobs that were active when the command began.
        self.active: set[Number] = set()
        #: The job that was recorded by a run that was killed before its note was removed.
        self.untold: Number | None = None
        #: By machine: jobs settled on the other one; a note here may still name them.
        self.old_notes: tuple[set[Number], set[Number]] = (set(), set())
        #: How many jobs the command at hand has started.
        self.made = 0
        self.noted = False
        self.struck: Counter[str] = Counter()
        self.forced = False
        self.destroying = False
        #: The job of the resource that is being deleted.
        self.deleting: Number | None = None
        self.history: list[str] = []

    # --- the world -----------------------------------------------------------------------------

    @contextmanager
    def running(self) -> Iterator[None]:
        """The emulator, two empty homes for notes, and the clock, for one history."""
        patch = pytest.MonkeyPatch()
        home = Path(tempfile.mkdtemp(prefix="amplify-job-machine-"))
        self.homes = (home / "one", home / "other")
        for name, value in {"PULUMI_HOME": str(self.homes[0]), **_KEYS}.items():
            patch.setenv(name, value)
        register()
        with mock_aws():
            try:
                self.control = Control()
                self.control.reset()
                emulator_state.clock.freeze()
                # botocore pauses between its own retries: on this clock, too.
                patch.setattr(
                    botocore.endpoint, "time", SimpleNamespace(sleep=emulator_state.clock.advance)
                )
                # Made here, for the emulator in process; others in this process may be for a server.
                patch.setattr(session, "_clients", _clients)
                api = type("_", (WatchedApi,), {"driver": self})
                notes = type("_", (WatchedNoteFile,), {"driver": self})
                patch.setattr(provider.JobProvider, "lifecycle", Lifecycle(api, notes))
                # A disk that loses its power is no part of these histories, and fsync takes long.
                patch.setattr(os, "fsync", lambda _: None)
                self._count_faults(patch)
                self._new_process()
                self.control.create_app(APP, BRANCHES)
                self.control.default_plan(Plan(pending=5, build=60, cancelling=5))
                yield
            finally:
                patch.undo()
                shutil.rmtree(home)

    def _count_faults(self, patch: pytest.MonkeyPatch) -> None:
        real = emulator_state.faults.matching

        def due(operation: str, app_id: str | None, branch_name: str | None) -> list[Fault]:
            faults = real(operation, app_id, branch_name)
            for fault in faults[:1]:
                when = "" if fault.kind == "slow" else f" {fault.when} the effect"
                self.counts[f"fault: {fault.kind}{when}, {operation}"] += 1
                self.struck[f"{operation} {fault.kind}"] += 1
                self.history.append(f"  {operation}: {fault.kind}{when}")
            return faults

        patch.setattr(emulator_state.faults, "matching", due)

    @staticmethod
    def _new_process() -> None:
        provider.JobProvider.lifecycle.plans.clear()

    @property
    def backend(self) -> AmplifyBackend:
        """The emulator's Amplify."""
        return amplify_backends["123456789012"][REGION]

    @property
    def note(self) -> Path | None:
        """The note on the disk of the machine at hand."""
        return next(iter(Path(os.environ["PULUMI_HOME"]).glob("amplify-job-resource/*.json")), None)

    def job_count(self, branch: str) -> int:
        """How many jobs the branch has that were started through the API."""
        if branch not in self.backend.app(APP).branches:
            return 0
        jobs = self.backend.branch(APP, branch).jobs.values()
        return sum(job.job_type != "WEB_HOOK" for job in jobs)

    def tick(self, point: str) -> None:
        """A point at which the process may be killed."""
        self.ticks += 1
        if self.kill_at is not None and self.ticks >= self.kill_at:
            self.kill_at = None
            self.counts[f"kill: at {point}"] += 1
            self.history.append(f"  killed at {point}")
            raise Kill

    def interrupted(self) -> bool:
        """Whether Ctrl-C was pressed by now."""
        return self.interrupt_at is not None and self.ticks >= self.interrupt_at

    # --- what is watched -------------------------------------------------------------------------

    def attempting(self) -> None:
        """A StartJob is about to be sent: earlier wishes that were cut off are given up by it."""
        self.unrecorded = {k: job for k, job in self.unrecorded.items() if k == self.open}

    def started(self, made: int, branch: str) -> None:
        """A StartJob of ours had this many effects."""
        if not made:
            return
        self.counts["jobs started"] += made
        self.made += made
        if self.open is None:
            raise self.violated("a job was started that nobody wished for")
        before = self.unrecorded.get(self.open)
        machines = before.machines if before else frozenset[int]()
        if before and not before.seen and self.machine not in machines:
            # The documented limit: killed, ended since, and no note here.
            self.counts["built again on another machine"] += 1
        elif before or made > 1:
            raise self.violated("two jobs were started for one wish")
        job = (branch, max(self.backend.branch(APP, branch).jobs))
        self.ours[job] = self.open
        self.history.append(f"  job {job} is started")
        self.unrecorded[self.open] = Started(job, self.machine, machines | {self.machine})

    def taken(self, job: Number, marker: str) -> None:
        """A note names the job: an earlier one of this wish, still active, is as good as started."""
        first = job in self.active and job not in self.recorded
        if first and self.open == marker == self.ours.get(job):
            here = frozenset({self.machine})
            self.unrecorded.setdefault(marker, Started(job, self.machine, here))

    def listed(self, branch: str, jobs: list[JobRecord]) -> None:
        """The provider has seen these jobs."""
        before = self.unrecorded.get(self.open or "")
        for job in jobs:
            if before and before.job == (branch, job.number) and job.commit_message:
                before.seen |= not job.has_ended and job.status != Status.CANCELLING

    def stopping(self, branch: str, job_id: str) -> None:
        """A StopJob of ours is about to be sent."""
        job = (branch, int(job_id))
        if self.doing == "create":
            stops = self.inputs.get("onBusy") == "stop"
        else:
            stops = self.doing == "delete" and job in self.ours and job == self.deleting
        if not stops:
            raise self.violated(f"job {job_id} of {branch} is being stopped, and nobody wants that")
        kept = self.resource.job if self.resource and not self.destroying else None
        if self.doing == "delete" and kept == job:
            raise self.violated(f"job {job_id} of {branch} is stopped, and it is the one in state")

    def violated(self, what: str) -> Violated:
        """An error that tells the whole history."""
        return Violated(what + "\n  " + "\n  ".join(self.history))

    # --- what the engine does --------------------------------------------------------------------

    def up(self, *, replace: bool = False) -> str:
        """`pulumi up`; returns how it ended: `same`, `ok`, `recorded failure`, `refused` and so on."""
        return self._operation("up --replace" if replace else "up", lambda: self._up(replace))

    def refresh(self) -> str:
        """`pulumi refresh`."""
        return self._operation("refresh", self._refresh)

    def destroy(self) -> str:
        """`pulumi destroy`."""
        self.destroying = True
        try:
            return self._operation("destroy", self._destroy)
        finally:
            self.destroying = False

    def _operation(self, name: str, run: Callable[[], str]) -> str:
        self.ticks = self.made = 0
        self.kept = []
        self.operation, self.error = DrivenOperation(self), ""
        self.noted = self.note is not None
        self.active = {job for job in self.ours if self._is_active(job)}
        self.struck.clear()
        for started in self.unrecorded.values():
            started.seen = False
        self._new_process()
        self.history.append(f"{name} on machine {self.machine}; inputs {self._shown()}")
        try:
            with use(self.operation):
                outcome = run()
                self._tell()
        except Violated:
            raise
        except Kill:
            outcome = "killed"
        except errors.AmplifyJobError as error:
            outcome = self._judge(error)
            self._tell()
        except RuntimeError as error:
            if not isinstance(error.__cause__, Kill):
                raise
            outcome = "killed"
        self.kill_at = self.interrupt_at = None
        if self.note is None:
            self.old_notes[self.machine].clear()
        if self.resource:
            self.old_notes[1 - self.machine].add(self.resource.job)
        if outcome in ("ok", "same") and self.doing != "read" and self.note:
            self._judge_note()
        self.counts[f"{name}: {outcome}"] += 1
        self.history.append(f"  -> {outcome}; t={emulator_state.clock.now() % 100_000:.0f}")
        return outcome

    def _tell(self) -> None:
        """The engine's last word to the plugin: it has taken in all that was returned."""
        self.kill_at = None
        for action in self.kept:
            action()
        self.untold = None

    def _shown(self) -> str:
        kept = {key: value for key, value in self.inputs.items() if key not in ("appId", "region")}
        return str({k: v[:3] if isinstance(v, str) and len(v) > 20 else v for k, v in kept.items()})

    def _judge(self, error: errors.AmplifyJobError) -> str:
        """How an error that records nothing counts; what it says must be true."""
        text = self.error = str(error)
        self.history.append(f"  {type(error).__name__}: {text.splitlines()[0][:150]}")
        if APP not in text:
            raise self.violated(f"an error that does not say where: {text}")
        if isinstance(error, errors.StartUnknown):
            unclear = any(self.struck[f"StartJob {kind}"] for kind in UNCLEAR)
            if not (unclear or self.noted):
                raise self.violated(f"nothing was unclear: {text}")
            if self.note is None or str(self.note) not in text:
                raise self.violated(f"the next run has no note to look with: {text}")
            return "unknown"
        if self.made and self.doing == "create":
            raise self.violated(f"{self.made} job was started, and the error is: {text}")
        left = self.unrecorded.get(self.open or "")
        if left and left.machine == self.machine and self.note and "no Amplify job" in text:
            raise self.violated(f"job {left.job} is open, and the error is: {text}")
        return "refused"

    def _judge_note(self) -> None:
        """A note that is left after success must be about another wish."""
        note = self.note
        known = self.resource
        if known and note and str(known.id) in note.read_text(encoding="utf-8"):
            raise self.violated("state knows the job, and the note of it is still there")

    def _called(self, method: str) -> None:
        self.doing = method
        self.counts["provider calls"] += 1
        self.counts[f"method: {method}"] += 1

    def _check(self, olds: dict[str, Any]) -> dict[str, Any]:
        self._called("check")
        result = self.provider.check(olds, dict(self.inputs))
        if result.failures:
            raise self.violated(f"good inputs were refused: {result.failures[0].reason}")
        return dict(result.inputs)

    def _up(self, replace: bool) -> str:
        self.forced = replace
        known = self.resource
        if known is None or replace:
            outcome = self._create(self._check({}))
        else:
            news = self._check(known.inputs)
            self._called("diff")
            found = self.provider.diff(known.id, known.outputs, news)
            if found.replaces:
                outcome = self._create(self._check({}))
            elif found.changes or known.failed:
                outcome = self._update(known, news)
            else:
                outcome = "same"
        if outcome in ("ok", "same"):
            self._delete_pending()
            self._agrees()
        return outcome

    def _create(self, news: dict[str, Any]) -> str:
        self._wish(news)
        old, failed = self.resource, False
        try:
            self._called("create")
            made = self.provider.create(news)
            id_, outputs = made.id, made.outs or {}
        except RecordedFailure as failure:
            id_, outputs, failed = failure.id, failure.properties, True
            if id_ not in str(failure):
                raise self.violated(f"a failure that does not name its job: {failure}") from None
            self.error = str(failure)
            self.history.append(f"  {self.error.splitlines()[0][:150]}")
        self.tick("an answer on its way to the engine")
        self.resource = Resource(id_, news, dict(outputs), failed)
        self._taken_in(self.resource, first=old is None)
        if old:
            self.pending_deletes.append(old)
        self.untold = self.resource.job
        self.tick("the end of a step")
        return "recorded failure" if failed else "ok"

    def _taken_in(self, made: Resource, *, first: bool) -> None:
        """A job is recorded: it must be the one started for this wish, or knowingly adopted."""
        assert self.open
        wish = self.open
        started = self.unrecorded.pop(wish, None)
        self.open = None
        if made.outputs["adopted"]:
            asked = made.inputs["onBusy"] == "adopt" or made.inputs["skipIfBuilt"]
            if not asked or made.outputs["reportedCommitId"] != made.inputs.get("commitId"):
                raise self.violated(f"job {made.job} was adopted, and nobody asked for that")
            if started and started.machine == self.machine:
                raise self.violated(f"job {started.job} is lost: {made.job} was adopted instead")
            return
        if self.ours.get(made.job) != wish:
            raise self.violated(f"job {made.job} was recorded, and it is of another wish")
        # A job of a wish that was given up for another and then came back may still be active and
        # known by its mark; and --replace alone may take the running job again, or that of a run
        # that was killed after it: the provider cannot tell it from a run that was killed.
        unwished = made.job not in self.recorded
        known = made.job in self.active and (unwished or self.forced)
        known |= self.forced and made.job == self.untold
        outdated = made.job in self.old_notes[self.machine] and (self.forced or first)
        if started is None and not known and outdated:
            # The documented limit: settled on the other machine, and no plain command here since.
            self.counts["taken up by an old note"] += 1
            known = True
        if (started is None or made.job != started.job) and (started or not known):
            shown = started.job if started else "none"
            raise self.violated(f"job {made.job} was recorded, and {shown} was started for it")
        self.recorded.add(made.job)

    def _wish(self, news: dict[str, Any]) -> None:
        """A release is wished for: the one that is open still, or a new one."""
        marker = str(Trailer.of(URN, ReleaseRequest.from_properties(news)))
        if self.open != marker:
            self.open = marker
            self.counts["wishes"] += 1

    def _update(self, known: Resource, news: dict[str, Any]) -> str:
        self._called("update")
        failed = False
        try:
            outputs = self.provider.update(known.id, known.outputs, news).outs or {}
        except RecordedFailure as failure:
            outputs, failed, self.error = failure.properties, True, str(failure)
        self.tick("an answer on its way to the engine")
        self.resource = Resource(known.id, news, dict(outputs), failed)
        return "recorded failure" if failed else "ok"

    def _delete_pending(self) -> None:
        while self.pending_deletes:
            self._delete(self.pending_deletes[0])
            self.pending_deletes.pop(0)

    def _delete(self, old: Resource) -> None:
        self._called("delete")
        self.deleting = old.job
        self.provider.delete(old.id, old.outputs)
        self.tick("an answer on its way to the engine")

    def _refresh(self) -> str:
        if self.resource is None:
            return "same"
        self._called("read")
        found = self.provider.read(self.resource.id, self.resource.outputs)
        if not found.id:
            self.resource = None
            return "gone"
        self.resource.outputs = dict(found.outs or {})
        self.resource.failed = False
        return "ok"

    def _destroy(self) -> str:
        self._delete_pending()
        if self.resource:
            self._delete(self.resource)
            # With a resource to delete, a destroy ends a wish that was cut off, too.
            if self.open:
                started = self.unrecorded.pop(self.open, None)
                if started:
                    self.old_notes[1 - self.machine].add(started.job)
                    ended = not self._is_active(started.job)
                    self.counts["given up by a destroy"] += ended
            self.open = self.resource = None
        return "ok"

    def _agrees(self) -> None:
        """After success, state and service tell the same of the job."""
        if self.resource is None:
            return
        outputs = self.resource.outputs
        branch, number = self.resource.job
        job = self.backend.branch(APP, branch).jobs.get(number)
        if job is None:
            return  # purged
        status = self.backend.snapshot(job).status
        if outputs["status"] in ("SUCCEED", "FAILED", "CANCELLED") and status != outputs["status"]:
            raise self.violated(f"state says {outputs['status']}, the service {status}")
        accepted = ["SUCCEED"] + ["FAILED", "CANCELLED"] * bool(outputs["allowFailure"])
        if outputs["waitForCompletion"] and outputs["status"] not in accepted:
            raise self.violated(f"up succeeded with a job that is {outputs['status']}")

    # --- what others do ----------------------------------------------------------------------------

    def another_machine(self) -> None:
        """The next runs are on the other machine: it has only the notes that it wrote itself."""
        self.machine = 1 - self.machine
        os.environ["PULUMI_HOME"] = str(self.homes[self.machine])
        self.history.append(f"on machine {self.machine} from here")

    def forget_note(self) -> None:
        """A person removes the note, as the message says, to start anew whatever happened."""
        note = self.note
        if note:
            note.unlink()
        self.history.append("a person removes the note")
        self.open = None
        self.unrecorded.clear()

    def _is_active(self, job: Number) -> bool:
        app = self.backend.apps.get(APP)
        branch = app.branches.get(job[0]) if app else None
        found = branch.jobs.get(job[1]) if branch else None
        return found is not None and not self.backend.snapshot(found).ended

    def foreign_start(self, branch: str) -> None:
        """Somebody else starts a job through the API, if the branch is free."""
        if not self.backend.branch(APP, branch).active(self.backend.assign_build_slots()):
            self.backend.start_job(
                APP, branch, {"jobType": "RELEASE", "commitMessage": "somebody else's"}
            )
            self.history.append(f"a foreign job on {branch}")

    def foreign_stop(self, branch: str) -> None:
        """Somebody stops what is active on a branch, in the console."""
        for job in self.backend.branch(APP, branch).active(self.backend.assign_build_slots()):
            self.backend.stop_job(APP, branch, job.job_id)
            self.history.append(f"job {job.job_id} of {branch} is stopped by somebody")

    def purge(self, branch: str) -> None:
        """Somebody deletes the records of all jobs of a branch that have ended and are told."""
        open_jobs = {started.job for started in self.unrecorded.values()}
        now = self.backend.assign_build_slots()
        for job in list(self.backend.branch(APP, branch).jobs.values()):
            if job.ended(now) and (branch, job.number) not in open_jobs:
                self.backend.delete_job(APP, branch, job.job_id)
        self.history.append(f"{branch} is purged of jobs that have ended")

    def push(self, branch: str, commit: str) -> None:
        """Somebody pushes."""
        self.control.push(APP, branch, commit)
        self.history.append(f"a push to {branch}")

    def pass_time(self, seconds: float) -> None:
        """Time passes between two commands; a job may end meanwhile that nobody waits for."""
        emulator_state.clock.advance(seconds)
        self.history.append(f"{seconds:.0f} s pass")

    def fault(self, *faults: Fault) -> None:
        """Something goes wrong with the next calls."""
        self.control.fault(*faults)
        for fault in faults:
            times = f"{fault.times} times" if fault.times else "for ever"
            shown = f"{fault.kind} {fault.when} {fault.operation}, {times}, +{fault.skip}"
            self.history.append(shown)

    def heal(self) -> None:
        """Nothing goes wrong any more."""
        self.control.clear_faults()
        self.history.append("all is well again")


_clients: dict[Settings, Clients] = {}
_KEYS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
}
