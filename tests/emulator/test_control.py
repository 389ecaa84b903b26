"""`Control` and the emulator's clock."""

from __future__ import annotations

from typing import Any

import boto3
import moto.backend_index
import pytest
from amplify_job_resource.emulator import Control, Fault, Plan, emulator_state, register
from amplify_job_resource.emulator.clock import Clock
from amplify_job_resource.emulator.exceptions import AmplifyError

from tests.emulator.conftest import APP, Branch, MachineTime


def test_a_new_clock_shows_the_machines_time(machine_time: MachineTime) -> None:
    """It begins with the machine's time and runs as fast."""
    clock = Clock()
    assert clock.now() == machine_time.time()
    machine_time.pass_by(7)
    assert clock.now() == machine_time.time()
    assert not clock.frozen


def test_speeds_are_exact_across_changes(machine_time: MachineTime) -> None:
    """Each stretch of real time counts at the speed that the clock had during it."""
    clock = Clock()
    began = clock.now()
    clock.run(10)
    machine_time.pass_by(3)
    assert clock.now() == began + 30
    clock.run(0.5)
    assert clock.now() == began + 30
    machine_time.pass_by(4)
    assert clock.now() == began + 32
    clock.freeze()
    machine_time.pass_by(100)
    assert clock.now() == began + 32
    clock.advance(5)
    assert clock.now() == began + 37
    clock.run()
    machine_time.pass_by(1)
    assert clock.now() == began + 38


def test_a_clock_is_stopped_at_a_time(machine_time: MachineTime) -> None:
    """`freeze(at=...)` sets a time that has not come yet, and the clock stays there."""
    clock = Clock()
    at = clock.now() + 10
    clock.freeze(at=at)
    machine_time.pass_by(100)
    assert clock.now() == at
    assert clock.frozen


@pytest.mark.parametrize("speed", [0.1, 1, 10, 600])
def test_clients_are_shown_the_machines_time_at_any_speed(
    machine_time: MachineTime, speed: float
) -> None:
    """Only jobs go faster: what is shown for the present is the machine's time, now and later."""
    clock = Clock()
    machine_time.pass_by(5)
    clock.run(speed)
    for _ in range(3):
        machine_time.pass_by(20)
        assert clock.shown(clock.now()) == pytest.approx(machine_time.time(), abs=1e-6)
    clock.run(3)
    machine_time.pass_by(7)
    assert clock.shown(clock.now()) == pytest.approx(machine_time.time(), abs=1e-6)


def test_a_stopped_clock_shows_one_time_and_catches_up(machine_time: MachineTime) -> None:
    """What was shown once stays; a clock that runs again shows the machine's time."""
    clock = Clock()
    clock.freeze()
    stopped_at = clock.now()
    assert clock.shown(stopped_at) == machine_time.time()
    machine_time.pass_by(600)
    assert clock.shown(stopped_at) == machine_time.time() - 600
    clock.run()
    machine_time.pass_by(1)
    assert clock.now() == stopped_at + 1
    assert clock.shown(clock.now()) == machine_time.time()
    assert clock.shown(stopped_at) == machine_time.time() - 601


@pytest.mark.parametrize(("speed", "shown"), [(0, 60), (1, 60), (10, 6)])
def test_an_advance_is_shown(machine_time: MachineTime, speed: float, shown: float) -> None:
    """Clients are shown as much time as the clock would have taken, and never less afterwards."""
    clock = Clock()
    clock.run(speed)
    clock.advance(60)
    assert clock.shown(clock.now()) == pytest.approx(machine_time.time() + shown, abs=1e-6)
    clock.run()
    machine_time.pass_by(1)
    assert clock.shown(clock.now()) == pytest.approx(machine_time.time() + shown, abs=1e-6)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_the_clock_takes_finite_numbers_only(emulator: Control, number: float) -> None:
    """A speed or a step that is no finite number is refused, and the clock stays as it is."""
    before = emulator_state.clock.now()
    with pytest.raises(ValueError, match="the clock cannot"):
        emulator.run(number)
    with pytest.raises(ValueError, match="the clock cannot"):
        emulator.advance(number)
    assert emulator_state.clock.now() == before


def test_a_fast_job_has_believable_times(
    machine_time: MachineTime, emulator: Control, branch: Branch
) -> None:
    """At speed 10 a job begins now, and a build of 100 seconds ends after 10; so do its steps."""
    emulator.run(10)
    machine_time.pass_by(60)
    branch.plan(Plan(pending=0, provisioning=0, build=100, deploy=0, verify=0))
    emulator.clear_calls()
    job = branch.start()
    began = machine_time.time()
    assert emulator.calls()[0]["time"] == pytest.approx(began, abs=1e-3)
    assert branch.summary(job)["startTime"].timestamp() == pytest.approx(began, abs=1e-3)
    machine_time.pass_by(60)
    summary, build = branch.summary(job), branch.steps(job)[0]
    assert summary["commitTime"] == summary["startTime"]
    for times in (summary, build):
        assert times["startTime"].timestamp() == pytest.approx(began, abs=1e-3)
        assert times["endTime"].timestamp() == pytest.approx(began + 10, abs=1e-3)
    client = branch.client
    app, place = client.create_app(name="new")["app"], branch.place["branchName"]
    made = client.create_branch(appId=app["appId"], branchName=place)["branch"]
    for times in (app, made):
        assert times["createTime"].timestamp() == pytest.approx(machine_time.time(), abs=1e-3)
        assert times["updateTime"] == times["createTime"]


def test_the_clock_never_goes_back(emulator: Control) -> None:
    """A negative step, a negative speed and an earlier time are refused."""
    with pytest.raises(ValueError, match="cannot go back"):
        emulator.advance(-1)
    with pytest.raises(ValueError, match="cannot go back"):
        emulator.run(-1)
    clock = Clock()
    clock.freeze(at=clock.now() + 10)
    at = clock.now()
    with pytest.raises(ValueError, match="cannot go back"):
        clock.freeze(at=at - 1)
    assert clock.now() == at


@pytest.mark.parametrize(
    ("speed", "real_time", "slept", "passed"),
    [
        (0, False, [], 20),
        (0, True, [20], 0),
        (3, False, [20], 60),
        (3, True, [20], 60),
    ],
)
def test_a_wait_is_real_unless_the_clock_is_stopped(
    machine_time: MachineTime, speed: float, real_time: bool, slept: list[float], passed: float
) -> None:
    """Only a stopped clock is advanced, and not if a client measures real time."""
    clock = Clock()
    clock.run(speed)
    began = clock.now()
    clock.wait(20, real_time=real_time)
    assert machine_time.slept == slept
    assert clock.now() == began + passed


def test_jobs_follow_the_clock(
    machine_time: MachineTime, emulator: Control, branch: Branch
) -> None:
    """With speed 0 a job changes only by `advance`; with a speed it changes as time passes."""
    branch.plan(Plan(pending=0, provisioning=0, build=100, deploy=0, verify=0))
    job = branch.start()
    emulator.advance(79)
    machine_time.pass_by(1000)
    assert branch.status(job) == "RUNNING"
    emulator.run(10)
    machine_time.pass_by(2)
    assert branch.status(job) == "RUNNING"
    machine_time.pass_by(0.2)
    assert branch.status(job) == "SUCCEED"


def test_wrong_requests_are_refused(emulator: Control) -> None:
    """The error for an unknown verb names the known ones; one for a wrong argument names it."""
    with pytest.raises(ValueError, match="no verb 'explode'; its verbs are advance, "):
        emulator._perform("explode")
    with pytest.raises(ValueError, match=r"advance: .*unexpected keyword"):
        emulator._perform("advance", minutes=3)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"app_id": "UP"}, "appId: 'UP' does not match"),
        ({"app_id": "my-app"}, "appId: 'my-app' does not match"),
        ({"app_id": "d" * 21}, "is more than 20 characters"),
        ({"app_id": ""}, "appId: '' does not match"),
        ({"app_id": "d1", "branches": ["b" * 256]}, "branchName: 'b*' is more than 255 characters"),
        ({"app_id": "d1", "branches": [""]}, "branchName: '' does not match"),
        ({"app_id": "d1", "region": "us-east1"}, "no Amplify in a region 'us-east1'"),
    ],
)
def test_what_aws_cannot_have_is_not_made(
    amplify: Control, arguments: dict[str, Any], words: str
) -> None:
    """An id, a name or a region that AWS does not know is refused, and no app is made."""
    with pytest.raises(AmplifyError, match=words):
        amplify.create_app(**arguments)
    assert boto3.client("amplify").list_apps()["apps"] == []


def test_a_reset_forgets_everything(emulator: Control, branch: Branch) -> None:
    """After a reset there are no apps, jobs, plans, faults and calls, and the clock runs."""
    emulator.default_plan(Plan.instant())
    branch.start()
    emulator.fault(Fault("500", times=None))
    emulator.reset()
    assert emulator.calls() == []
    assert not emulator_state.clock.frozen
    assert emulator_state.default_plan == Plan()
    emulator.run(0)
    emulator.create_app(APP, ["main"])
    assert branch.start() == "1"
    assert branch.status("1") == "PENDING"


def test_jobs_are_returned_newest_first(emulator: Control, branch: Branch) -> None:
    """`Control.jobs` has the newest job first, and each with all of its entries."""
    branch.plan(Plan.instant(), Plan(stuck="PENDING"))
    branch.start(commitMessage="one")
    branch.start()
    emulator.stop_job(APP, "main", "2")
    assert emulator.jobs(APP) == [
        {
            "job_id": "2",
            "job_type": "RELEASE",
            "commit_id": "HEAD",
            "commit_message": "",
            "status": "CANCELLING",
            "stopped": True,
        },
        {
            "job_id": "1",
            "job_type": "RELEASE",
            "commit_id": "HEAD",
            "commit_message": "one",
            "status": "SUCCEED",
            "stopped": False,
        },
    ]
    emulator.delete_job(APP, "main", "1")
    assert [job["job_id"] for job in emulator.jobs(APP)] == ["2"]


def test_registering_twice_changes_nothing() -> None:
    """Moto has one entry for Amplify, however often it is registered."""
    register()
    register()
    assert [name for name, _ in moto.backend_index.backend_url_patterns].count("amplify") == 1


def test_calls_of_an_operation_that_is_none_are_refused(branch: Branch) -> None:
    """A slip in its name would pass every test that wants no call of it."""
    with pytest.raises(ValueError, match="Amplify has no operation 'StartJobs'"):
        branch.control.calls("StartJobs")
    assert branch.control.calls("StartJob") == branch.control.calls("GetLog") == []
