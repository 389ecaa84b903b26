"""What the engine in miniature reports, to whom, and the history that comes of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Protocol

from amplify_job_resource import errors
from amplify_job_resource._lifecycle import RecordedFailure

#: A job of the app: its branch and its number there. The number is negative for a job of an earlier
#: branch of that name.
JobKey = tuple[str, int]


@dataclass
class History:
    """What has happened so far.

    Attributes:
        counts: how often each thing happened; several histories may share it.
        lines: what happened in this history, oldest first.
    """

    counts: Counter[str]
    lines: list[str] = field(default_factory=list)

    def add(self, line: str) -> None:
        """Add a line."""
        self.lines.append(line)


@dataclass
class Resource:
    """What the engine has in state of a resource.

    Attributes:
        id: the resource id.
        inputs: the checked inputs of the last create or update.
        outputs: the properties that the provider returned.
        failed: whether the last operation ended as a recorded failure.
        lost: whether the job's branch was deleted and created again since.
    """

    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    failed: bool = False
    lost: bool = False

    @property
    def job(self) -> JobKey:
        """The job that the resource is about."""
        number = int(self.outputs["jobId"])
        return self.outputs["branchName"], -number if self.lost else number


class Observer(Protocol):
    """Learns what the engine does. It ends a history when it raises."""

    def begins(self, command: str) -> None:
        """A command begins: `up`, `up --replace`, `refresh` or `destroy`."""

    def calls(self, method: str) -> None:
        """A method of the provider is about to be called."""

    def inputs_refused(self, reason: str) -> None:
        """`check` found a problem with the inputs."""

    def requests(self, inputs: dict[str, Any]) -> None:
        """`create` is about to be called with these inputs."""

    def create_failed(self, failure: RecordedFailure) -> None:
        """`create` failed, and the failure comes with a resource."""

    def created(self, resource: Resource, *, first: bool) -> None:
        """A new resource is in state; `first` if there was none before it."""

    def deletes(self, resource: Resource, kept: Resource | None) -> None:
        """`delete` is about to be called; `kept` is what stays in state after the command."""

    def destroyed(self) -> None:
        """The resource is deleted, and nothing is left in state."""

    def up_succeeded(self, resource: Resource) -> None:
        """All steps of `up` are done, and none failed."""

    def refused(self, error: errors.AmplifyJobError) -> None:
        """The command fails, and nothing is recorded of the step that failed."""

    def closed(self) -> None:
        """The engine has recorded all results, and the plugin has done what waited for that."""

    def ended(self, outcome: str, resource: Resource | None) -> None:
        """The command is over; `resource` is what is in state."""
