"""A driver at the begin of its history, and short ways to say what shall happen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from amplify_job_resource._engine.operation import use
from amplify_job_resource.emulator import Plan

from tests.machine.driver import APP, DrivenOperation, Driver


class Scene(Driver):
    """A driver that can also run one create, tell what was said, and be killed at a named point."""

    kill_point = ""

    def create(self, **inputs: Any) -> dict[str, Any]:
        """Create with these inputs in place of the usual ones; the recorded outputs.

        Raises what create raises, but with the job recorded where there is one.
        """
        self.inputs.update(inputs)
        self.operation = DrivenOperation(self)
        with use(self.operation):
            outcome = self._create(self._check({}))
        assert self.resource
        return {**self.resource.outputs, "outcome": outcome}

    def start_long(self, seconds: float = 900) -> None:
        """The next job of `main` takes that long, and a stop of it a minute."""
        plan = Plan(pending=0, provisioning=0, build=seconds, deploy=0, verify=0, cancelling=60)
        self.control.plan(APP, "main", plan)

    def killed_up(self, at: str) -> None:
        """`pulumi up`, killed when it comes to a point for the first time."""
        self.kill_point = at
        assert self.up() == "killed"

    def tick(self, point: str) -> None:
        if point == self.kill_point:
            self.kill_point, self.kill_at = "", self.ticks
        super().tick(point)

    def jobs(self) -> list[str]:
        """How the jobs of `main` are, oldest first."""
        return [job["status"] for job in reversed(self.control.jobs(APP))]

    def refused(self, **inputs: Any) -> str:
        """Create with these inputs must end without a job; the message."""
        with pytest.raises(Exception) as caught:  # noqa: PT011 - the message is the point
            self.create(**inputs)
        assert self.resource is None
        return str(caught.value)

    @property
    def said(self) -> str:
        """What the last command said while it worked."""
        return "\n".join(self.operation.lines)

    def asked(self, operation: str) -> int:
        """How often AWS was asked for something."""
        return len(self.control.calls(operation))


@pytest.fixture
def scene() -> Iterator[Scene]:
    """An app with two idle branches, and nothing in state."""
    scene = Scene()
    with scene.running():
        yield scene
