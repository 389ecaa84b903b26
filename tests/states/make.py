"""`make states`: keep the state of this version's stacks, to be previewed by each later version.

The stacks of the program in `program/` are made with the code that is here, against the emulator. What
they hold, and what a preview says of it, is kept in a folder of the version's name. That of a released
version is never made again: users have that state, whatever the code became since.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Final

from amplify_job_resource.emulator import Control, Plan, Server

from tests.engine.conftest import APP, QUICK
from tests.states.projects import FIRST, FRONTS, NAMES, NEXT, PROGRAM, STATES, project, steps

SLOW: Final = Plan(pending=0, provisioning=0, build=3600)
FAILS: Final = replace(QUICK, outcome="FAILED")
PLANS: Final = {"active": SLOW, "adopted": SLOW, "failed": FAILS, "allowed": FAILS, "late": SLOW}


def main() -> int:
    """Make the folder of this version."""
    name = version("amplify-job-resource")
    if tagged(name):
        sys.exit(f"{name} is released: its states stay as they are")
    with tempfile.TemporaryDirectory() as scratch:
        made = shutil.copytree(PROGRAM, Path(scratch) / "made")
        write(made / "steps.json", {front: keep(front, made) for front in FRONTS})
        shutil.rmtree(STATES / name, ignore_errors=True)
        shutil.copytree(made, STATES / name)
    return 0


def tagged(name: str) -> bool:
    """Whether there is a tag of a version."""
    command = ["git", "tag", "--list", f"v{name}"]
    return bool(subprocess.run(command, cwd=STATES, check=True, capture_output=True).stdout)


def keep(front: str, folder: Path) -> dict[str, str]:
    """Write the state of a stack of the program in `folder`; the steps of its next preview."""
    with tempfile.TemporaryDirectory() as scratch, Server() as server:
        prepare(server.control)
        stack = project(front, folder, Path(scratch), server.url)
        # Of the failed and the late release, `up` tells by failing.
        stack.up("--continue-on-error", config=FIRST).failed()
        exported = stack.pulumi("stack", "export", "--stack=dev").ok().json
        for resource in exported["deployment"]["resources"]:
            for place in ("sourcePosition", "stackTrace"):  # in files of this machine
                resource.pop(place, None)
        for name in NAMES:
            assert f'::{name}"' in json.dumps(exported), f"{name} is not in state"
        assert scratch not in json.dumps(exported), "a path of this machine is in state"
        write(folder / f"{front}.json", exported)
        return steps(stack.preview(config=NEXT).ok())


def prepare(control: Control) -> None:
    """An app with a branch for each release, on one of which a foreign job runs, and one for files."""
    control.reset()
    control.create_app(APP, NAMES)
    control.create_app("dfiles", ["main"], repository=False)
    control.default_plan(QUICK)
    for branch, plan in PLANS.items():
        control.plan(APP, branch, plan)
    control.push(APP, "adopted", "1f3c9e2a77" * 4)


def write(file: Path, content: object) -> None:
    """Write a file of JSON."""
    file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
