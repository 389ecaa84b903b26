"""A lifecycle with a branch in memory, and resources as state has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from amplify_job_resource._amplify import session
from amplify_job_resource._amplify.ids import BranchId
from amplify_job_resource._amplify.records import JobRecord
from amplify_job_resource._amplify.settings import Settings
from amplify_job_resource._ask import Ask
from amplify_job_resource._inputs.request import ReleaseRequest, with_defaults
from amplify_job_resource._lifecycle import Lifecycle, Recorded
from amplify_job_resource._plan import Plan
from amplify_job_resource._preview.changes import ChangeKind
from amplify_job_resource._start.git_build import GitBuild
from amplify_job_resource._start.notes import Notes
from amplify_job_resource._state import properties_of

from tests.operations import URN, FakeOperation
from tests.unit.samples import a_job
from tests.unit.start.fakes import FakeBranch

INPUTS = with_defaults({"appId": "d1a2", "branchName": "main", "region": "eu-west-1"})
ID = "d1a2/main/42"
#: The site of the branch, as `FakeBranch` has it.
SITE = "https://main.d1a2.amplifyapp.com"
ARN = "arn:aws:amplify:eu-south-1:123456789012:apps/d1a2/branches/main/jobs/0000000042"


@dataclass
class World:
    """A lifecycle with everything it touches: one clock, one branch, real notes on disk.

    Attributes:
        reached: the settings and the branch of each API that was made.
        asks: how each of them asks AWS.
    """

    operation: FakeOperation
    branch: FakeBranch
    lifecycle: Lifecycle
    reached: list[tuple[Settings, BranchId]] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)

    @property
    def notes(self) -> Notes:
        return Notes(self.operation.urn)

    @property
    def plan(self) -> Plan:
        return self.lifecycle.plans[self.operation.urn]

    def check(self, olds: Mapping[str, Any], **inputs: Any) -> dict[str, Any]:
        """Check good inputs; the inputs with defaults."""
        checked, problems = self.lifecycle.check(self.operation, olds, {**INPUTS, **inputs})
        assert problems == []
        return checked

    def diff(self, olds: Mapping[str, Any], **inputs: Any) -> ChangeKind:
        return self.lifecycle.diff(self.operation, ID, olds, {**INPUTS, **inputs}).kind

    def create(self, **inputs: Any) -> Recorded:
        return self.lifecycle.create(self.operation, {**INPUTS, **inputs})

    def read(self, props: Mapping[str, Any], id_: str = ID) -> Recorded | None:
        return self.lifecycle.read(self.operation, id_, props)

    def update(self, olds: Mapping[str, Any], **inputs: Any) -> Recorded:
        return self.lifecycle.update(self.operation, ID, olds, {**INPUTS, **inputs})

    def delete(self, props: Mapping[str, Any], id_: str = ID) -> None:
        self.lifecycle.delete(self.operation, id_, props)


def recorded(job: JobRecord | None = None, *, adopted: bool = False, **inputs: Any) -> Any:
    """The properties of a resource in state; its job has succeeded unless another is given."""
    job = job or a_job("SUCCEED", took=92)
    return properties_of({**INPUTS, **inputs}, job, adopted=adopted, url=SITE)


def own(status: str, **members: Any) -> JobRecord:
    """A job that carries the trailer of the resource."""
    request = ReleaseRequest.from_properties(INPUTS)
    message = GitBuild(URN, request).start_job_request()["commitMessage"]
    return a_job(status, commit_message=message, **members)


def a_world(monkeypatch: pytest.MonkeyPatch) -> World:
    """A free branch, no config, and nothing in state."""
    monkeypatch.setattr(session, "clients_for", lambda settings: SimpleNamespace(settings=settings))
    operation = FakeOperation()
    branch = FakeBranch(operation)
    reached: list[tuple[Settings, BranchId]] = []
    asks: list[Ask] = []

    def api(clients: Any, branch_id: BranchId, ask: Ask) -> FakeBranch:
        reached.append((clients.settings, branch_id))
        asks.append(ask)
        return branch

    return World(operation, branch, Lifecycle(api), reached, asks)
