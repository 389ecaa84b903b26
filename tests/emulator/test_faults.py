"""What goes wrong on request, and the log of what was asked."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from amplify_job_resource.emulator import Control, Fault, Plan
from botocore.exceptions import ClientError, ConnectionClosedError

from tests.emulator.conftest import APP, Branch


def outcome(call: Callable[[], object]) -> tuple[int, str] | None:
    """HTTP status and code of a refused call, None when it worked."""
    try:
        call()
    except ClientError as error:
        response: Any = error.response
        return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]
    return None


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("500", (500, "InternalFailureException")),
        ("503", (503, "ServiceUnavailableException")),
        ("throttled", (429, "TooManyRequestsException")),
        ("limit", (429, "LimitExceededException")),
        ("denied", (403, "AccessDeniedException")),
        ("expired", (403, "ExpiredTokenException")),
        ("refused", (400, "BadRequestException")),
    ],
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_each_kind_of_fault_is_an_answer(
    branch: Branch, emulator: Control, kind: Any, when: Any, expected: tuple[int, str]
) -> None:
    """The call gets the answer of that kind; `after` it has had its effect, `before` it has not."""
    emulator.fault(Fault(kind, "StartJob", when=when))
    assert outcome(branch.start) == expected
    assert len(branch.listed()) == (1 if when == "after" else 0)
    assert [call["status"] for call in emulator.calls("StartJob")] == [expected[0]]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_connection_can_be_dropped(branch: Branch, emulator: Control, when: Any) -> None:
    """There is no answer at all, whether the call has had its effect or not."""
    emulator.fault(Fault("drop", "StartJob", when=when))
    with pytest.raises(ConnectionClosedError):
        branch.start()
    assert len(branch.listed()) == (1 if when == "after" else 0)
    assert [call["status"] for call in emulator.calls("StartJob")] == [None]


def test_a_denial_names_who_and_what(branch: Branch, emulator: Control) -> None:
    """AccessDenied reads as IAM's: action and ARN, with the branch."""
    emulator.fault(Fault("denied", "GetJob"))
    branch.start()
    with pytest.raises(ClientError) as caught:
        branch.status("1")
    assert "is not authorized to perform: amplify:GetJob on resource: arn:aws:amplify:" in str(
        caught.value
    )
    assert f"apps/{APP}/branches/main/jobs/*" in str(caught.value)


def test_a_fault_counts_its_calls(branch: Branch, emulator: Control) -> None:
    """`skip` lets calls pass first, `times` says how many it befalls, and others are not counted."""
    branch.start()
    emulator.fault(Fault("500", "GetJob", skip=2, times=3))
    branch.listed()
    worked = [outcome(lambda: branch.status("1")) is None for _ in range(8)]
    assert worked == [True, True, False, False, False, True, True, True]


def test_a_fault_may_last(branch: Branch, emulator: Control) -> None:
    """`times=None` befalls every call until faults are cleared."""
    emulator.fault(Fault("throttled", times=None))
    assert [outcome(branch.listed) for _ in range(5)] == [(429, "TooManyRequestsException")] * 5
    emulator.clear_faults()
    assert outcome(branch.listed) is None


def test_a_fault_may_be_for_one_branch(
    branch: Branch, new_branch: Callable[[str], Branch], emulator: Control
) -> None:
    """A fault with an app and a branch leaves others alone."""
    other = new_branch("dev")
    emulator.fault(Fault("500", branch_name="dev", app_id=APP, times=None))
    emulator.fault(Fault("503", app_id="dother", times=None))
    assert outcome(branch.start) is None
    assert outcome(other.start) == (500, "InternalFailureException")


def test_faults_befall_in_their_order(branch: Branch, emulator: Control) -> None:
    """Of two faults of one call the first counts, and both have seen it."""
    emulator.fault(Fault("500", "ListJobs"), Fault("503", "ListJobs", times=2))
    assert [outcome(branch.listed) for _ in range(3)] == [
        (500, "InternalFailureException"),
        (503, "ServiceUnavailableException"),
        None,
    ]


def test_a_slow_answer_takes_the_emulators_time(branch: Branch, emulator: Control) -> None:
    """In process, with the clock stopped, slowness moves the clock and costs no real time."""
    branch.plan(Plan(pending=0, provisioning=0, build=100))
    branch.start()
    emulator.fault(Fault("slow", "GetJob", seconds=1000))
    began = time.monotonic()
    assert branch.status("1") == "SUCCEED"
    assert time.monotonic() - began < 60


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"kind": "flood"}, "kind is one of"),
        ({"kind": "500", "when": "during"}, "when is before or after"),
    ],
)
def test_a_fault_that_does_not_exist_is_refused(arguments: dict[str, Any], words: str) -> None:
    """A misspelt fault would make a test pass that should not: it is an error."""
    with pytest.raises(ValueError, match=words):
        Fault(**arguments)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"outcome": "SUCCEEDED"}, "outcome is one of SUCCEED, FAILED, CANCELLED"),
        ({"step": "TEST"}, "step is one of BUILD, DEPLOY, VERIFY"),
        ({"stuck": "SUCCEED"}, "never gets there"),
        ({"stuck": "UPLOADING"}, "never gets there"),
        ({"build": -1}, "build cannot be negative"),
        ({"skip_ids": -1}, "skip_ids cannot be negative"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(arguments: dict[str, Any], words: str) -> None:
    """A plan says at once what is wrong with it."""
    with pytest.raises(ValueError, match=words):
        Plan(**arguments)


def test_plans_and_faults_travel_as_json() -> None:
    """What goes to a server and back is equal to what was sent."""
    plan = Plan(build=1.5, words=("A", "B"), outcome="FAILED", status_reason="x", stuck="A")
    fault = Fault("slow", "GetJob", when="after", times=None, skip=3, seconds=0.5)
    assert Plan.from_json(plan.to_json()) == plan
    assert Fault.from_json(fault.to_json()) == fault


def test_the_log_tells_what_was_asked(branch: Branch, emulator: Control) -> None:
    """Each request is kept with its place, body, region, key and answer, oldest first."""
    emulator.clear_calls()
    branch.start(commitId="1f3c9e2", commitMessage="m")
    branch.status("1")
    with pytest.raises(ClientError):
        branch.status("9")
    assert [(call["operation"], call["status"]) for call in emulator.calls()] == [
        ("StartJob", 200),
        ("GetJob", 200),
        ("GetJob", 404),
    ]
    (start,) = emulator.calls("StartJob")
    assert (start["app_id"], start["branch_name"], start["region"]) == (APP, "main", "us-east-1")
    assert start["body"] == {"jobType": "RELEASE", "commitId": "1f3c9e2", "commitMessage": "m"}
    assert start["access_key"]
    assert emulator.calls("GetJob")[0]["job_id"] == "1"
    emulator.clear_calls()
    assert emulator.calls() == []
