"""Faults, and the log of calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from amplify_job_resource.emulator import Control, Fault, Plan, emulator_state
from botocore.exceptions import ClientError, ConnectionClosedError

from tests.emulator.conftest import APP, Branch, MachineTime, make_client


def outcome(call: Callable[[], object]) -> tuple[int, str] | None:
    """The HTTP status and code of a call that fails; None for one that succeeds."""
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
    """The call gets the error of that kind; with `after` it has its effect, with `before` none."""
    emulator.fault(Fault(kind, "StartJob", when=when))
    assert outcome(branch.start) == expected
    assert len(branch.listed()) == (1 if when == "after" else 0)
    assert [call["status"] for call in emulator.calls("StartJob")] == [expected[0]]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_connection_can_be_dropped(branch: Branch, emulator: Control, when: Any) -> None:
    """The client gets no answer; with `after` the call has its effect, with `before` none."""
    emulator.fault(Fault("drop", "StartJob", when=when))
    with pytest.raises(ConnectionClosedError):
        branch.start()
    assert len(branch.listed()) == (1 if when == "after" else 0)
    assert [call["status"] for call in emulator.calls("StartJob")] == [None]


def test_a_denial_names_the_action_and_the_branch(branch: Branch, emulator: Control) -> None:
    """The message is like IAM's: it has the action and the ARN, with the branch."""
    emulator.fault(Fault("denied", "GetJob"))
    branch.start()
    with pytest.raises(ClientError) as caught:
        branch.status("1")
    assert "is not authorized to perform: amplify:GetJob on resource: arn:aws:amplify:" in str(
        caught.value
    )
    assert f"apps/{APP}/branches/main/jobs/*" in str(caught.value)


def test_a_fault_counts_calls(branch: Branch, emulator: Control) -> None:
    """`skip` calls succeed, then `times` calls fail; calls of other operations are not counted."""
    branch.start()
    emulator.fault(Fault("500", "GetJob", skip=2, times=3))
    branch.listed()
    worked = [outcome(lambda: branch.status("1")) is None for _ in range(8)]
    assert worked == [True, True, False, False, False, True, True, True]


def test_a_fault_can_last(branch: Branch, emulator: Control) -> None:
    """With `times=None` every call fails until faults are cleared."""
    emulator.fault(Fault("throttled", times=None))
    assert [outcome(branch.listed) for _ in range(5)] == [(429, "TooManyRequestsException")] * 5
    emulator.clear_faults()
    assert outcome(branch.listed) is None


def test_a_fault_can_be_for_one_branch(
    branch: Branch, new_branch: Callable[[str], Branch], emulator: Control
) -> None:
    """A fault with an app and a branch does not apply to other apps and branches."""
    other = new_branch("dev")
    emulator.fault(Fault("500", branch_name="dev", app_id=APP, times=None))
    emulator.fault(Fault("503", app_id="dother", times=None))
    assert outcome(branch.start) is None
    assert outcome(other.start) == (500, "InternalFailureException")


def test_the_first_of_two_faults_decides(branch: Branch, emulator: Control) -> None:
    """If two faults apply to a call, the first decides the answer, and both count the call."""
    emulator.fault(Fault("500", "ListJobs"), Fault("503", "ListJobs", times=2))
    assert [outcome(branch.listed) for _ in range(3)] == [
        (500, "InternalFailureException"),
        (503, "ServiceUnavailableException"),
        None,
    ]


def test_a_slow_answer_moves_a_stopped_clock(
    machine_time: MachineTime, branch: Branch, emulator: Control
) -> None:
    """In process, with the clock stopped, a slow answer takes no real time."""
    branch.plan(Plan(pending=0, provisioning=0, build=100))
    branch.start()
    emulator.fault(Fault("slow", "GetJob", seconds=1000))
    began = emulator_state.clock.now()
    assert branch.status("1") == "SUCCEED"
    assert emulator_state.clock.now() == began + 1000
    assert machine_time.slept == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"kind": "flood"}, "kind is one of"),
        ({"kind": "500", "times": 1.5}, "times is a whole number, 0 or more, not 1.5"),
        ({"kind": "500", "times": True}, "times is a whole number, 0 or more, not True"),
        ({"kind": "500", "skip": None}, "skip is a whole number, 0 or more, not None"),
        ({"kind": "slow"}, "a slow call needs seconds"),
        ({"kind": "500", "when": "during"}, "when is before or after"),
        ({"kind": "500", "operation": "StartJobs"}, "Amplify has no operation .StartJobs."),
    ],
)
def test_a_wrong_fault_is_refused(arguments: dict[str, Any], words: str) -> None:
    """A misspelt fault is an error; otherwise a test could pass without its fault."""
    with pytest.raises(ValueError, match=words):
        Fault(**arguments)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"outcome": "SUCCEEDED"}, "outcome is one of SUCCEED, FAILED, CANCELLED"),
        ({"step": "TEST"}, "step is one of BUILD, DEPLOY, VERIFY"),
        ({"stuck": "SUCCEED"}, "never has that status"),
        ({"stuck": "UPLOADING"}, "never has that status"),
        ({"build": -1}, "build cannot be negative"),
        ({"skip_ids": -1}, "skip_ids cannot be negative"),
    ],
)
def test_a_wrong_plan_is_refused(arguments: dict[str, Any], words: str) -> None:
    """The error says what is wrong with the plan."""
    with pytest.raises(ValueError, match=words):
        Plan(**arguments)


def test_plans_and_faults_travel_as_json() -> None:
    """A plan or fault that was written as JSON and read again is equal to the first one."""
    plan = Plan(build=1.5, words=("A", "B"), outcome="FAILED", status_reason="x", stuck="A")
    fault = Fault("slow", "GetJob", when="after", times=None, skip=3, seconds=0.5)
    assert Plan.from_json(plan.to_json()) == plan
    assert Fault.from_json(fault.to_json()) == fault


def test_calls_are_logged(branch: Branch, emulator: Control) -> None:
    """Each request is kept with all of its entries, oldest first."""
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
    assert start["time"] == emulator_state.clock.now()
    assert emulator.calls("GetJob")[0]["job_id"] == "1"
    emulator.clear_calls()
    assert emulator.calls() == []


def test_the_log_has_the_access_key(emulator: Control) -> None:
    """A key in AWS's form is logged, so that a test can tell callers apart."""
    make_client(key="AKIA" + "B" * 16).get_app(appId=APP)
    assert [call["access_key"] for call in emulator.calls("GetApp")] == ["AKIA" + "B" * 16]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("StartJob:503", Fault("503", "StartJob")),
        ("StartJob:drop:after:times=2", Fault("drop", "StartJob", "after", times=2)),
        ("*:denied:times=all:skip=1", Fault("denied", times=None, skip=1)),
        ("GetLog:slow:seconds=0.5", Fault("slow", "GetLog", seconds=0.5)),
        (
            "GetJob:500:branch_name=a/b:app_id=d1",
            Fault("500", "GetJob", app_id="d1", branch_name="a/b"),
        ),
    ],
)
def test_a_fault_is_read_from_a_text(text: str, fault: Fault) -> None:
    """The operation, the kind, and then what else there is, in any order."""
    assert Fault.from_text(text) == fault


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("StartJob", "a fault is OPERATION:KIND, such as StartJob:503, not 'StartJob'"),
        ("StartJobs:503", "Amplify has no operation 'StartJobs'"),
        ("StartJob:504", "kind is one of 500, 503, "),
        ("StartJob:503:later", "when is before or after, not 'later'"),
        ("StartJob:503:time=2", "a fault has no 'time'; it can have when, times, "),
        ("StartJob:503:times=two", "times is a whole number, not 'two'"),
        ("StartJob:503:skip=1.5", "skip is a whole number, not '1.5'"),
        ("StartJob:slow:seconds=two", "seconds is a number, not 'two'"),
        ("StartJob:slow", "a slow call needs seconds, such as 5: how much longer it takes"),
        ("StartJob:503:times=-1", "times is a whole number, 0 or more, not -1"),
        ("StartJob:slow:seconds=nan", "seconds is a number, 0 or more, not nan"),
        ("StartJob:503:skip=1:skip=2", "skip is given twice"),
    ],
)
def test_a_text_that_names_no_fault_is_refused(text: str, words: str) -> None:
    """The message says what is wrong with it."""
    with pytest.raises(ValueError, match=r".") as caught:
        Fault.from_text(text)
    assert str(caught.value).startswith(words)
