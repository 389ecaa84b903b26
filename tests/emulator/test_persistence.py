"""The emulator's state in a file."""

from __future__ import annotations

from pathlib import Path

from amplify_job_resource.emulator import Control, Plan, emulator_state
from amplify_job_resource.emulator.persistence import load, save

from tests.emulator.conftest import APP, Branch, MachineTime


def test_time_passes_between_save_and_load(
    machine_time: MachineTime, emulator: Control, branch: Branch, tmp_path: Path
) -> None:
    """A loaded job goes on as if the emulator had run all the time."""
    branch.plan(Plan(pending=0, provisioning=0, build=100, deploy=0, verify=0))
    job = branch.start()
    began = emulator_state.clock.now()
    emulator.advance(50)
    save(tmp_path / "state")
    emulator.reset()
    machine_time.pass_by(49)
    load(tmp_path / "state")
    assert emulator_state.clock.now() == began + 99
    assert branch.status(job) == "RUNNING"
    machine_time.pass_by(1)
    assert branch.status(job) == "SUCCEED"


def test_plans_are_kept(emulator: Control, branch: Branch, tmp_path: Path) -> None:
    """Jobs that start after a load follow the plans that were set before the save."""
    branch.plan(Plan.instant(outcome="FAILED"))
    emulator.default_plan(Plan.instant())
    save(tmp_path / "state")
    emulator.reset()
    load(tmp_path / "state")
    assert [branch.status(branch.start()) for _ in range(2)] == ["FAILED", "SUCCEED"]


def test_without_a_file_nothing_is_loaded(emulator: Control, tmp_path: Path) -> None:
    """The first start with a file finds none, and changes nothing."""
    began = emulator_state.clock.now()
    load(tmp_path / "none")
    assert emulator_state.clock.now() == began
    assert emulator.jobs(APP) == []
