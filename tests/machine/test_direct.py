"""Calls without the SDK are those with it: the same answers, refusals and second tries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from amplify_job_resource._amplify.session import Clients
from amplify_job_resource._amplify.settings import Settings
from amplify_job_resource.emulator import Fault, emulator_state
from botocore.exceptions import ClientError, ConnectionClosedError

from tests.machine.direct import DirectClients
from tests.machine.engine import APP, BRANCHES, REGION
from tests.machine.world import ACCOUNT, World

BRANCH = {"appId": APP, "branchName": BRANCHES[0]}
CALLS = [
    ("get_app", {"appId": APP}),
    ("get_branch", BRANCH),
    ("list_domain_associations", {"appId": APP, "maxResults": 50}),
    ("list_jobs", {**BRANCH, "maxResults": 2}),
    ("get_job", {**BRANCH, "jobId": "1"}),
    ("get_job", {**BRANCH, "jobId": "99"}),
    ("get_job", {**BRANCH, "branchName": "nowhere", "jobId": "1"}),
    ("start_job", {**BRANCH, "jobType": "MANUAL"}),
    ("stop_job", {**BRANCH, "jobId": "3"}),
]
KINDS = ("500", "503", "throttled", "limit", "denied", "expired", "drop")


@pytest.fixture
def world() -> Iterator[World]:
    """A branch with three jobs, of which the last one runs."""
    world = World()
    with world.running():
        for _ in range(3):
            world.foreign_start(BRANCHES[0])
            emulator_state.clock.advance(40)
            if world.is_active((BRANCHES[0], 3)):
                break
            emulator_state.clock.advance(100)
        yield world


def said(call: Callable[[], Any]) -> Any:
    """What a call returns, without what only HTTP has; or what it raises."""
    try:
        answer = dict(call())
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return error.operation_name, status, error.response["Error"]["Code"]
    except ConnectionClosedError:
        return "closed"
    answer.pop("ResponseMetadata", None)
    for step in answer.get("job", {}).get("steps", ()):
        step.pop("logUrl", None)  # Nothing serves logs to a walk.
    return answer


def both() -> tuple[Clients, DirectClients]:
    """Clients of both kinds; new ones, since the SDK's give up second tries after many in a row."""
    clients = Clients(Settings(region=REGION))
    return clients, DirectClients(clients, ACCOUNT)


@pytest.mark.parametrize(("name", "members"), CALLS)
def test_an_answer_is_the_same(world: World, name: str, members: dict[str, Any]) -> None:
    """Members, types and times of an answer; operation, status and code of a refusal."""
    through, direct = both()
    expected = said(lambda: getattr(through.single_attempt, name)(**members))
    assert said(lambda: getattr(direct.single_attempt, name)(**members)) == expected


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("times", [1, 4])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_fault_is_the_same(world: World, kind: Any, times: int, when: Any) -> None:
    """What is tried again, how often, and what comes out in the end."""
    ends: list[list[Any]] = []
    for clients in both():
        found = []
        for client in (clients.retrying, clients.single_attempt):
            world.heal()
            world.fault(Fault(kind, "GetBranch", when, times=times))
            found += [said(partial(client.get_branch, **BRANCH)) for _ in range(2)]
        ends.append(found)
    assert ends[0] == ends[1]
