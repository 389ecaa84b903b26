"""The fixture `scene`: a world at the beginning of its history, and short ways to say what happens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from amplify_job_resource._engine.operation import use
from amplify_job_resource.emulator import Plan

from tests.machine.books import Started
from tests.machine.deployments import DeploymentWorld
from tests.machine.engine import APP, DrivenOperation
from tests.machine.world import World


class Scene(World):
    """A world with short ways to say what happens, and to ask what has happened."""

    def create(self, **inputs: Any) -> dict[str, Any]:
        """Call `check` and `create` with these inputs in place of the program's own.

        Returns:
            The recorded outputs, and `outcome`: `ok` or `recorded failure`.

        Raises:
            errors.AmplifyJobError: `create` fails, and nothing is recorded.
        """
        self.inputs.update(inputs)
        self.operation = DrivenOperation(self)
        with use(self.operation):
            outcome = self._create()
        assert self.resource
        return {**self.resource.outputs, "outcome": outcome}

    def refused(self, **inputs: Any) -> str:
        """Call `create` with these inputs, which must fail and record nothing; the message."""
        with pytest.raises(Exception) as caught:  # noqa: PT011 - the message is the point
            self.create(**inputs)
        assert self.resource is None
        return str(caught.value)

    def killed_up(self, at: str) -> None:
        """Run `pulumi up`, which is killed when it first comes to a point."""
        self.kill_point = at
        assert self.up() == "killed"

    def start_long(self, seconds: float = 900) -> None:
        """Let the next job of `main` take that long, and a stop of it a minute."""
        plan = Plan(pending=0, provisioning=0, build=seconds, deploy=0, verify=0, cancelling=60)
        self.control.plan(APP, "main", plan)

    def jobs(self) -> list[str]:
        """The statuses of the jobs of `main`, oldest first."""
        return [job["status"] for job in reversed(self.control.jobs(APP))]

    @property
    def said(self) -> str:
        """The lines that the last command printed."""
        return "\n".join(self.operation.lines)

    def asked(self, operation: str) -> int:
        """How many calls of one AWS operation were made."""
        return len(self.control.calls(operation))

    @property
    def unrecorded(self) -> dict[str, Started]:
        """The jobs that were started and are not in state yet; see `Books`."""
        return self.invariants.unrecorded


class DeploymentScene(Scene, DeploymentWorld):
    """The same for a program that deploys a folder to an app without a repository."""


@pytest.fixture
def scene() -> Iterator[Scene]:
    """An app with two idle branches, and nothing in state."""
    scene = Scene()
    with scene.running():
        yield scene


@pytest.fixture
def deploying() -> Iterator[DeploymentScene]:
    """A folder with the page `a`, an app without repository with two idle branches, empty state."""
    scene = DeploymentScene()
    with scene.running():
        yield scene
