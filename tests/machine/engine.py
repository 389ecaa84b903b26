"""A Pulumi engine in miniature: `up`, `refresh` and `destroy` of a stack with one resource.

It calls the real provider's methods in the engine's order and keeps what they return in state. Its
process can be killed at each point that is passed to `tick`, and Ctrl-C can be pressed. It judges
nothing: it reports to an `Observer` what happens.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from amplify_job_resource import errors
from amplify_job_resource._engine.operation import use
from amplify_job_resource._lifecycle import RecordedFailure
from amplify_job_resource.emulator import emulator_state
from amplify_job_resource.provider import JobProvider

from tests.machine.observer import History, Observer, Resource
from tests.operations import FakeOperation

APP: Final = "d1"
BRANCHES: Final = ("main", "feature/x 1")
REGION: Final = "us-east-1"


class Kill(BaseException):
    """The engine's process is killed, with the plugin process in it."""


class DrivenOperation(FakeOperation):
    """An operation of this engine: its clock is the emulator's, and it keeps each line it is given."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(timeout=engine.timeout)
        self._engine = engine
        self.lines: list[str] = []

    def now(self) -> float:
        return emulator_state.clock.now()

    def interrupted(self) -> bool:
        return self._engine.interrupted()

    def sleep(self, seconds: float) -> bool:
        self._engine.tick("a pause")
        if self.interrupted():
            return False
        emulator_state.clock.advance(seconds)
        return True

    def status(self, text: str) -> None:
        self.lines.append(text)

    info = warn = warn_once = debug = status


class Engine:
    """The engine, its state, and the program that it runs.

    A command returns how it ended:
        `same`: there was nothing to do;
        `ok`: it succeeded;
        `recorded failure`: it failed, and the job is in state;
        `unknown`: it failed, and it is unknown whether a job was started;
        `refused`: it failed for another reason, and nothing is recorded of that step;
        `killed`: its process was killed;
        `gone`: a refresh found that the job is gone, and dropped the resource.

    Attributes:
        inputs: what the program asks for.
        resource: the resource in state.
        pending_deletes: replaced resources that are still to be deleted.
        operation: the operation of the last command, with the lines that it was given.
        error: what the last command failed with, empty when it did not.
        ticks: how many points the last command has passed.
        kill_at: the tick of the next command at which its process is killed.
        kill_point: the point at which the process is killed when it is passed for the first time.
        interrupt_at: the tick of the next command from which on Ctrl-C is pressed.
        timeout: the seconds that the program gives each operation, None for the provider's own.
    """

    timeout: float | None = None

    def __init__(self, provider: JobProvider, observer: Observer, history: History) -> None:
        self.history = history
        self.inputs: dict[str, Any] = {
            "appId": APP,
            "branchName": BRANCHES[0],
            "commitId": "a" * 40,
            "region": REGION,
        }
        self.resource: Resource | None = None
        self.pending_deletes: list[Resource] = []
        self.operation, self.error = DrivenOperation(self), ""
        self.ticks = 0
        self.kill_at: int | None = None
        self.kill_point: str | None = None
        self.interrupt_at: int | None = None
        self._provider = provider
        self._observer = observer

    # --- commands ---------------------------------------------------------------------------------

    def up(self, *, replace: bool = False) -> str:
        """Run `pulumi up`; with `replace` also `--replace` of the resource."""
        return self._command("up --replace" if replace else "up", lambda: self._up(replace))

    def refresh(self) -> str:
        """Run `pulumi refresh`."""
        return self._command("refresh", self._refresh)

    def destroy(self) -> str:
        """Run `pulumi destroy`."""
        return self._command("destroy", self._destroy)

    def shown_inputs(self) -> str:
        """The program's inputs as they stand in a history: without app and region, and cut."""
        shown = {key: value for key, value in self.inputs.items() if key not in ("appId", "region")}
        return str(
            {k: v[:3] if isinstance(v, str) and len(v) > 20 else v for k, v in shown.items()}
        )

    # --- kills and Ctrl-C -------------------------------------------------------------------------

    def tick(self, point: str) -> None:
        """Pass a point at which the process can be killed.

        Raises:
            Kill: this is where it is killed.
        """
        self.ticks += 1
        at_point = point == self.kill_point
        if at_point:
            self.kill_point = None
        if at_point or (self.kill_at is not None and self.ticks >= self.kill_at):
            self.kill_at = None
            self.history.counts[f"kill: at {point}"] += 1
            self.history.add(f"  killed at {point}")
            raise Kill

    def interrupted(self) -> bool:
        """Whether Ctrl-C was pressed by now."""
        return self.interrupt_at is not None and self.ticks >= self.interrupt_at

    # --- a command from its begin to its end ------------------------------------------------------

    def _command(self, name: str, steps: Callable[[], str]) -> str:
        self.operation, self.error, self.ticks = DrivenOperation(self), "", 0
        self._observer.begins(name)
        # Each command has a plugin process of its own.
        self._provider.lifecycle.plans.clear()
        self._provider.lifecycle.announcer.releasing.clear()
        self.history.add(f"{name}; inputs {self.shown_inputs()}")
        try:
            with use(self.operation):
                outcome = steps()
                self._close()
        except Kill:
            outcome = "killed"
        except errors.AmplifyJobError as error:
            outcome = self._fail(error)
            self._close()
        except RuntimeError as error:
            # Nothing but an Exception leaves the provider's methods.
            if not isinstance(error.__cause__, Kill):
                raise
            outcome = "killed"
        self.kill_at = self.interrupt_at = None
        self._observer.ended(outcome, self.resource)
        self.history.counts[f"{name}: {outcome}"] += 1
        self.history.add(f"  -> {outcome}; t={emulator_state.clock.now() % 100_000:.0f}")
        return outcome

    def _fail(self, error: errors.AmplifyJobError) -> str:
        self.error = str(error)
        first_line = self.error.splitlines()[0][:150]
        self.history.add(f"  {type(error).__name__}: {first_line}")
        self._observer.refused(error)
        return "unknown" if isinstance(error, errors.StartUnknown) else "refused"

    def _close(self) -> None:
        """All results are recorded: end the plugin process, which is not killed from here on."""
        self.kill_at = None
        self.operation.record()
        self._observer.closed()

    def _call(self, method: str) -> None:
        """Report that a method of the provider is called next."""
        self._observer.calls(method)
        self.history.counts["provider calls"] += 1
        self.history.counts[f"method: {method}"] += 1

    # --- steps: which methods are called, in which order ------------------------------------------

    def _up(self, replace: bool) -> str:
        known = self.resource
        if known is None or replace:
            outcome = self._create()
        else:
            news = self._check(known.inputs)
            self._call("diff")
            found = self._provider.diff(known.id, known.outputs, news)
            if found.replaces:
                outcome = self._create()
            elif found.changes or known.failed:
                outcome = self._update(known, news)
            else:
                outcome = "same"
        if outcome in ("ok", "same"):
            self._delete_pending(self.resource)
            assert self.resource
            self._observer.up_succeeded(self.resource)
        return outcome

    def _refresh(self) -> str:
        if self.resource is None:
            return "same"
        self._call("read")
        found = self._provider.read(self.resource.id, self.resource.outputs)
        if not found.id:
            self.resource = None
            return "gone"
        self.resource.outputs = dict(found.outs or {})
        self.resource.failed = False
        return "ok"

    def _destroy(self) -> str:
        self._delete_pending(None)
        if self.resource:
            self._delete(self.resource, None)
            self._observer.destroyed()
            self.resource = None
        return "ok"

    def _check(self, olds: dict[str, Any]) -> dict[str, Any]:
        self._call("check")
        result = self._provider.check(olds, dict(self.inputs))
        for failure in result.failures:
            self._observer.inputs_refused(failure.reason)
        return dict(result.inputs)

    def _create(self) -> str:
        news = self._check({})
        old, failed = self.resource, False
        self._observer.requests(news)
        self._call("create")
        try:
            made = self._provider.create(news)
            id_, outputs = made.id, made.outs or {}
        except RecordedFailure as failure:
            self._observer.create_failed(failure)
            id_, outputs, failed = failure.id, failure.properties, True
            self.error = str(failure)
            self.history.add(f"  {self.error.splitlines()[0][:150]}")
        self.tick("an answer on its way to the engine")
        self.resource = Resource(id_, news, dict(outputs), failed)
        self._observer.created(self.resource, first=old is None)
        if old:
            self.pending_deletes.append(old)
        self.tick("the end of a step")
        return "recorded failure" if failed else "ok"

    def _update(self, known: Resource, news: dict[str, Any]) -> str:
        self._call("update")
        failed = False
        try:
            outputs = self._provider.update(known.id, known.outputs, news).outs or {}
        except RecordedFailure as failure:
            outputs, failed, self.error = failure.properties, True, str(failure)
        self.tick("an answer on its way to the engine")
        self.resource = Resource(known.id, news, dict(outputs), failed, known.lost)
        return "recorded failure" if failed else "ok"

    def _delete_pending(self, kept: Resource | None) -> None:
        while self.pending_deletes:
            self._delete(self.pending_deletes[0], kept)
            self.pending_deletes.pop(0)

    def _delete(self, old: Resource, kept: Resource | None) -> None:
        self._observer.deletes(old, kept)
        self._call("delete")
        self._provider.delete(old.id, old.outputs)
        self.tick("an answer on its way to the engine")
