"""What a program waits for: a resource's registration, and what was made of its outputs."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from amplify_job_resource import Job
from amplify_job_resource._program.waiting import wait_for_registration_only
from pulumi.runtime.settings import SETTINGS

from tests.unit.programs import GOOD, Run

#: What the SDK waits for of any resource.
OWN = ("id", "urn")


def test_no_property_is_waited_for_by_itself(run: Run) -> None:
    """A job's properties are not among what the SDK waits for; its id and URN are."""

    def program() -> None:
        job = Job("site", **GOOD)
        waited = {name for name, out in vars(job).items() if _is_waited_for(out)}
        assert waited == {*OWN}

    run(program)


def test_what_is_made_of_outputs_is_waited_for(run: Run) -> None:
    """A program ends when what it does with an output is done, also when nobody exports it."""
    seen: list[str] = []
    run(lambda: [Job("site", **GOOD).status.apply(seen.append)])
    assert seen == ["SUCCEED"]


def test_another_sdk_is_left_alone() -> None:
    """Without the SDK's own way to stop waiting, nothing is changed, and nothing fails."""

    class Other:
        status = None

        def __init__(self) -> None:
            self.name = "x"
            self.output = object()

    resource: Any = Other()
    before = dict(vars(resource))
    wait_for_registration_only(resource, ["status", "name", "output", "missing"])
    assert vars(resource) == before


def _is_waited_for(value: Any) -> bool:
    return isinstance(value, pulumi.Output) and value._data in SETTINGS.outputs


@pytest.fixture(autouse=True)
def _newer_sdk() -> None:
    if not hasattr(pulumi.Output, "_untrack"):
        pytest.skip("this SDK waits in another way")
