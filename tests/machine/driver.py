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
from amplify_job_resource import errors, plugin, provider
from amplify_job_resource.emulator import Control, Fault, Plan, register, world
from amplify_job_resource.emulator.models import AmplifyBackend, amplify_backends
from amplify_job_resource.inputs import Wish
from amplify_job_resource.jobs import JobRecord, Jobs
from amplify_job_resource.marker import Marker
from moto import mock_aws

URN = "urn:pulumi:dev::site::pulumi-python:dynamic/amplify:Job::site"
APP, REGION = "d1", "us-east-1"
BRANCHES = ("main", "feature/x 1")


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


class FakeCall:
    """A call of the miniature engine: its clock is the emulator's."""

    timeout: float | None = None
    records_failures = True

    def __init__(self, driver: Driver) -> None:
        self.urn = URN
        self._driver = driver
        self.lines: list[str] = []

    def now(self) -> float:
        return world.clock.now()

    def sleep(self, seconds: float) -> bool:
        self._driver.tick()
        if self._driver.interrupted():
            return False
        world.clock.advance(seconds)
        return True

    def status(self, text: str) -> None:
        self.lines.append(text)

    info = warn = debug = status

    def when_told(self, action: Callable[[], None]) -> None:
        self._driver.told.append(action)


class WatchedJobs(Jobs):
    """The real `Jobs`, watched: each call is a point to be killed at, and its effect is counted."""

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
            return super().newest(down_to)

    def stop(self, job_id: str) -> None:
        with self._watched("StopJob"):
            self.driver.stopping(self.branch_id.branch_name, job_id)
            super().stop(job_id)

    @contextmanager
    def _watched(self, operation: str) -> Iterator[None]:
        self.driver.aws_calls[operation] += 1
        self.driver.tick()
        yield
        self.driver.tick()


class Driver:
    """One stack with one resource, and the world around it.

    Attributes:
        resource: what the engine has in state.
        counts: how often each thing happened, for the report.
    """

    def __init__(self, counts: Counter[str] | None = None) -> None:
        self.counts: Counter[str] = Counter() if counts is None else counts
        self.aws_calls: Counter[str] = Counter()
        self.provider = provider.JobProvider()
        self.resource: Resource | None = None
        self.pending_deletes: list[Resource] = []
        self.told: list[Callable[[], None]] = []
        self.kill_at: int | None = None
        self.interrupt_at: int | None = None
        self.ticks = 0
        self.inputs: dict[str, Any] = {
            "appId": APP,
            "branchName": BRANCHES[0],
            "commitId": "a" * 40,
            "region": REGION,
        }
        #: The marker of the wish that is open.
        self.open: str | None = None
        #: Our jobs that no state has taken in yet, by marker: one at most may be started of each.
        self.unrecorded: dict[str, tuple[str, int]] = {}
        self.ours: set[tuple[str, int]] = set()
        self.recorded: set[tuple[str, int]] = set()
        self.note_lost = False
        self.forced = False
        self.history: list[str] = []

    # --- the world -----------------------------------------------------------------------------

    @contextmanager
    def running(self) -> Iterator[None]:
        """The emulator, an empty home for notes, and the clock, for one history."""
        patch = pytest.MonkeyPatch()
        home = tempfile.mkdtemp(prefix="amplify-job-machine-")
        for name, value in {"PULUMI_HOME": home, **_KEYS}.items():
            patch.setenv(name, value)
        register()
        watched = type("WatchedJobs", (WatchedJobs,), {"driver": self})
        with mock_aws():
            try:
                self.control = Control()
                self.control.reset()
                world.clock.freeze()
                # botocore pauses between its own retries: on this clock, too.
                patch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=world.clock.advance))
                patch.setattr(provider, "Jobs", watched)
                self._new_process()
                self.control.create_app(APP, BRANCHES)
                self.control.default_plan(Plan(pending=5, build=60, cancelling=5))
                yield
            finally:
                patch.undo()
                shutil.rmtree(home)

    def _new_process(self) -> None:
        provider.JobProvider._planned.clear()
        provider.JobProvider._current.clear()

    @property
    def backend(self) -> AmplifyBackend:
        """The emulator's Amplify."""
        return amplify_backends["123456789012"][REGION]

    def job_count(self, branch: str) -> int:
        """How many jobs the branch has that were started through the API."""
        jobs = self.backend.branch(APP, branch).jobs.values()
        return sum(job.job_type != "WEB_HOOK" for job in jobs)

    def tick(self) -> None:
        """A point at which the process may be killed."""
        self.ticks += 1
        if self.kill_at is not None and self.ticks >= self.kill_at:
            self.kill_at = None
            raise Kill

    def interrupted(self) -> bool:
        """Whether Ctrl-C was pressed by now."""
        return self.interrupt_at is not None and self.ticks >= self.interrupt_at

    def started(self, made: int, branch: str) -> None:
        """A StartJob of ours had this many effects."""
        if not made:
            return
        self.counts["jobs started"] += made
        if self.open is None:
            raise self.violated("a job was started that nobody wished for")
        self._forget_what_nobody_can_know(self.open)
        if self.open in self.unrecorded or made > 1:
            raise self.violated("two jobs were started for one wish")
        job = (branch, max(self.backend.branch(APP, branch).jobs))
        self.ours.add(job)
        self.unrecorded[self.open] = job

    def attempting(self) -> None:
        """A StartJob is about to be sent: earlier wishes that were cut off are given up by it."""
        self.unrecorded = {k: job for k, job in self.unrecorded.items() if k == self.open}

    def stopping(self, branch: str, job_id: str) -> None:
        """A StopJob of ours is about to be sent."""
        if (branch, int(job_id)) not in self.ours and self.inputs.get("onBusy") != "stop":
            raise self.violated(f"somebody else's job {job_id} of {branch} is being stopped")

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
        return self._operation("destroy", self._destroy)

    def _operation(self, name: str, run: Callable[[], str]) -> str:
        self.ticks = 0
        self.told = []
        self._new_process()
        try:
            with plugin.use(FakeCall(self)):
                outcome = run()
        except Violated:
            raise
        except Kill:
            outcome = "killed"
        except errors.StartUnknown as error:
            outcome = "unknown"
            self._must_name_branch(error)
        except errors.AmplifyJobError as error:
            outcome = "refused"
            self._must_name_branch(error)
        except RuntimeError as error:
            if not isinstance(error.__cause__, Kill):
                raise
            outcome = "killed"
        if any(Path(os.environ["PULUMI_HOME"]).glob("amplify-job-resource/*.json")):
            self.note_lost = False
        if outcome != "killed":
            for action in self.told:
                action()
        self.kill_at = self.interrupt_at = None
        self.counts[f"{name.partition(' ')[0]}: {outcome}"] += 1
        self.history.append(f"{name}: {outcome}; inputs {self._shown()}; t={world.clock.now():.0f}")
        return outcome

    def _shown(self) -> str:
        kept = {key: value for key, value in self.inputs.items() if key not in ("appId", "region")}
        return str({k: v[:3] if k == "commitId" and v else v for k, v in kept.items()})

    def _must_name_branch(self, error: Exception) -> None:
        if APP not in str(error):
            raise self.violated(f"an error that does not say where: {error}")

    def _called(self, method: str) -> None:
        self.counts["provider calls"] += 1
        self.history.append(f"  {method}")

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
        except plugin.RecordedFailure as failure:
            id_, outputs, failed = failure.id, failure.properties, True
            if id_ not in str(failure):
                raise self.violated(f"a failure that does not name its job: {failure}") from None
        self._taken_in(outputs, forced=self.forced)
        self.resource = Resource(id_, news, dict(outputs), failed)
        if old:
            self.pending_deletes.append(old)
        return "recorded failure" if failed else "ok"

    def _taken_in(self, outputs: dict[str, Any], *, forced: bool) -> None:
        """A job is recorded: it must be the one started for this wish, or knowingly adopted."""
        assert self.open
        job = (outputs["branchName"], int(outputs["jobId"]))
        started = self.unrecorded.pop(self.open, None)
        self.open = None
        if outputs["adopted"]:
            return
        # A job of a wish that was given up for another and then came back may still be active and
        # known by its mark; and --replace alone may take the running job again: the provider
        # cannot tell it from a run that was killed.
        known = job in self.ours and (job not in self.recorded or forced)
        if job != started and (started or not known):
            raise self.violated(f"job {job} was recorded, and {started} was started for it")
        self.recorded.add(job)

    def _wish(self, news: dict[str, Any]) -> None:
        """A release is wished for: the one that is open still, or a new one."""
        marker = str(Marker.of(URN, Wish.from_bag(news)))
        if self.open != marker:
            self.open = marker
            self.counts["wishes"] += 1
        self._forget_what_nobody_can_know(marker)

    def _forget_what_nobody_can_know(self, marker: str) -> None:
        """The documented limit: killed, ended since (or without its mark), and no note here."""
        job = self.unrecorded.get(marker)
        if self.note_lost and job and not self._is_recognisable(job):
            self.counts["built again on another machine"] += 1
            del self.unrecorded[marker]

    def _update(self, known: Resource, news: dict[str, Any]) -> str:
        self._called("update")
        failed = False
        try:
            outputs = self.provider.update(known.id, known.outputs, news).outs or {}
        except plugin.RecordedFailure as failure:
            outputs, failed = failure.properties, True
        self.resource = Resource(known.id, news, dict(outputs), failed)
        return "recorded failure" if failed else "ok"

    def _delete_pending(self) -> None:
        while self.pending_deletes:
            old = self.pending_deletes[0]
            self._called("delete")
            self.provider.delete(old.id, old.outputs)
            self.pending_deletes.pop(0)

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
            self._called("delete")
            self.provider.delete(self.resource.id, self.resource.outputs)
        self.resource = None
        return "ok"

    def _agrees(self) -> None:
        """After success, state and service tell the same of the job."""
        if self.resource is None:
            return
        outputs = self.resource.outputs
        branch = self.backend.branch(APP, outputs["branchName"])
        job = branch.jobs.get(int(outputs["jobId"]))
        if job is None:
            return  # purged
        status = self.backend.look(job).status
        if outputs["status"] in ("SUCCEED", "FAILED", "CANCELLED") and status != outputs["status"]:
            raise self.violated(f"state says {outputs['status']}, the service {status}")
        accepted = ["SUCCEED"] + ["FAILED", "CANCELLED"] * bool(outputs["allowFailure"])
        if outputs["waitForCompletion"] and outputs["status"] not in accepted:
            raise self.violated(f"up succeeded with a job that is {outputs['status']}")

    # --- what others do ----------------------------------------------------------------------------

    def another_machine(self) -> None:
        """The next run is on another machine: no notes. A job that has ended is not found there."""
        shutil.rmtree(Path(os.environ["PULUMI_HOME"], "amplify-job-resource"), ignore_errors=True)
        self.note_lost = True
        self.history.append("another machine")

    def forget_note(self) -> None:
        """A person removes the note, as the message says, to start anew whatever happened."""
        self.another_machine()
        self.open, self.note_lost = None, False
        self.unrecorded.clear()

    def _is_recognisable(self, job: tuple[str, int]) -> bool:
        """Whether a job of ours is known by its mark alone: active, and its message given back."""
        found = self.backend.branch(APP, job[0]).jobs[job[1]]
        look = self.backend.look(found)
        return not look.ended and look.status != "CANCELLING" and bool(found.commit_message)

    def foreign_start(self, branch: str) -> None:
        """Somebody else starts a job through the API, if the branch is free."""
        if not self.backend.branch(APP, branch).active(self.backend.settle()):
            self.backend.start_job(
                APP, branch, {"jobType": "RELEASE", "commitMessage": "somebody else's"}
            )
            self.history.append(f"a foreign job on {branch}")

    def push(self, branch: str, commit: str) -> None:
        """Somebody pushes."""
        self.control.push(APP, branch, commit)
        self.history.append(f"a push to {branch}")

    def pass_time(self, seconds: float) -> None:
        """Time passes between two commands; a job may end meanwhile that nobody waits for."""
        world.clock.advance(seconds)
        self.history.append(f"{seconds:.0f} s pass")

    def fault(self, fault: Fault) -> None:
        """Something goes wrong with the next calls."""
        self.control.fault(fault)
        self.counts[f"fault {fault.kind} {fault.when}"] += 1
        self.history.append(str(fault))

    def heal(self) -> None:
        """Nothing goes wrong any more."""
        self.control.clear_faults()
        self.history.append("all is well again")


_KEYS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
}
