"""`Control`, the emulator's clock, and the fixture."""

from __future__ import annotations

import subprocess
import sys

import boto3
import moto.backend_index
import pytest
from amplify_job_resource.emulator import Control, Fault, Plan, emulator_state, register
from amplify_job_resource.emulator.clock import Clock
from moto import mock_aws

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


def test_the_fixture_needs_no_settings(amplify_emulator: Control) -> None:
    """With `amplify_emulator`, boto3 reaches the emulator without keys or a region of its own."""
    amplify_emulator.create_app(APP)
    client = boto3.session.Session().client("amplify")
    assert [app["appId"] for app in client.list_apps()["apps"]] == [APP]


def test_the_fixture_starts_empty(request: pytest.FixtureRequest) -> None:
    """`amplify_emulator` has nothing of what was set up before it."""
    register()
    with mock_aws():
        earlier = Control()
        earlier.create_app(APP)
        earlier.default_plan(Plan.instant())
        earlier.fault(Fault("500", times=None))
        earlier.run(0)
        amplify_emulator: Control = request.getfixturevalue("amplify_emulator")
        client = boto3.session.Session().client("amplify")
        assert client.list_apps()["apps"] == []
        assert [call["status"] for call in amplify_emulator.calls()] == [200]
        assert emulator_state.default_plan == Plan()
        assert not emulator_state.clock.frozen


def test_registering_twice_changes_nothing() -> None:
    """Moto has one entry for Amplify, however often it is registered."""
    register()
    register()
    assert [name for name, _ in moto.backend_index.backend_url_patterns].count("amplify") == 1


def test_without_moto_the_error_says_what_to_install() -> None:
    """Without the extra, only the emulator fails, with the command that installs it."""
    program = (
        "import sys\n"
        "sys.modules['moto'] = None\n"
        "import amplify_job_resource\n"
        "try:\n"
        "    import amplify_job_resource.emulator\n"
        "except ImportError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert done.stdout == (
        "the Amplify emulator needs moto: pip install 'amplify-job-resource[emulator]'\n"
    )
