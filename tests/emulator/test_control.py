"""Setting the emulator up, its clock, and the fixture."""

from __future__ import annotations

import subprocess
import sys
import time

import moto.backend_index
import pytest
from amplify_job_resource.emulator import Control, Plan, register, world
from amplify_job_resource.emulator.clock import Clock

from tests.emulator.conftest import APP, Branch, make_client


def test_the_clock_stands_and_is_moved(emulator: Control, branch: Branch) -> None:
    """With speed 0 only `advance` lets time pass; with a speed it goes on by itself."""
    branch.plan(Plan(pending=0, provisioning=0, build=100))
    job = branch.start()
    began = world.clock.now()
    assert world.clock.frozen
    assert world.clock.now() == began
    emulator.advance(99)
    assert world.clock.now() == pytest.approx(began + 99)
    assert branch.status(job) == "RUNNING"
    emulator.run(1_000_000)
    while branch.status(job) == "RUNNING":
        pass
    assert branch.status(job) == "SUCCEED"


def test_the_clock_never_goes_back(emulator: Control) -> None:
    """Neither a negative step nor a negative speed nor an earlier time is taken."""
    with pytest.raises(ValueError, match="does not go back"):
        emulator.advance(-1)
    with pytest.raises(ValueError, match="does not go back"):
        emulator.run(-1)
    clock = Clock()
    clock.freeze(at=clock.now() + 10)
    at = clock.now()
    with pytest.raises(ValueError, match="does not go back"):
        clock.freeze(at=at - 1)
    assert clock.now() == at


def test_the_clock_keeps_real_time_by_default() -> None:
    """A new clock is within a moment of the machine's, and speeds are exact across changes."""
    clock = Clock()
    assert abs(clock.now() - time.time()) < 60
    clock.freeze()
    before = clock.now()
    clock.run(0)
    clock.advance(5)
    assert clock.now() == pytest.approx(before + 5)


def test_what_is_set_up_amiss_is_refused(emulator: Control) -> None:
    """A verb or argument that does not exist is an error that says what there is."""
    with pytest.raises(ValueError, match="the emulator has no 'explode': it has advance"):
        emulator._do("explode")
    with pytest.raises(ValueError, match=r"advance: .*unexpected keyword"):
        emulator._do("advance", minutes=3)


def test_a_reset_forgets_everything(emulator: Control, branch: Branch) -> None:
    """Apps, jobs, plans, calls and the stopped clock are gone."""
    emulator.default_plan(Plan.instant())
    branch.start()
    emulator.reset()
    assert emulator.calls() == []
    assert not world.clock.frozen
    assert world.default_plan == Plan()
    emulator.create_app(APP, ["main"])
    assert branch.start() == "1"
    assert branch.status("1") != "SUCCEED"


def test_jobs_are_told_newest_first(emulator: Control, branch: Branch) -> None:
    """`Control.jobs` has what a test asks of each job."""
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


def test_the_fixture_is_empty_and_local(amplify_emulator: Control) -> None:
    """`amplify_emulator` gives an emulator with nothing in it, and boto3 needs no settings."""
    assert make_client().list_apps()["apps"] == []
    amplify_emulator.create_app(APP)
    assert [app["appId"] for app in make_client().list_apps()["apps"]] == [APP]


def test_the_fixture_is_empty_again(amplify_emulator: Control) -> None:
    """What a test before this one made is gone."""
    assert make_client().list_apps()["apps"] == []


def test_registering_twice_changes_nothing() -> None:
    """Amplify is known to moto once, however often it is registered."""
    register()
    register()
    assert [name for name, _ in moto.backend_index.backend_url_patterns].count("amplify") == 1


def test_without_moto_the_emulator_says_what_to_install() -> None:
    """A missing extra is a sentence with the command, and the package itself works without it."""
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
