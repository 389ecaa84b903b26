"""A driver at the begin of its history, and short ways to say what shall happen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from amplify_job_resource import plugin

from tests.machine.driver import Driver, FakeCall


class Scene(Driver):
    """A driver that can also run one create and tell what was said."""

    def create(self, **inputs: Any) -> dict[str, Any]:
        """Create with these inputs in place of the usual ones; the recorded outputs.

        Raises what create raises, but with the job recorded where there is one.
        """
        self.inputs.update(inputs)
        self.call = FakeCall(self)
        with plugin.use(self.call):
            outcome = self._create(self._check({}))
        self.said = "\n".join(self.call.lines)
        assert self.resource
        return {**self.resource.outputs, "outcome": outcome}

    def refused(self, **inputs: Any) -> str:
        """Create with these inputs must end without a job; the message."""
        with pytest.raises(Exception) as caught:  # noqa: PT011 - the message is the point
            self.create(**inputs)
        assert self.resource is None
        return str(caught.value)

    def asked(self, operation: str) -> int:
        """How often AWS was asked for something."""
        return len(self.control.calls(operation))


@pytest.fixture
def scene() -> Iterator[Scene]:
    """An app with two idle branches, and nothing in state."""
    scene = Scene()
    with scene.running():
        yield scene
