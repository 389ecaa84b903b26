"""How soon a command ends at Ctrl-C, a plugin after a kill, and how soon the native plugin serves."""

from __future__ import annotations

import statistics
import subprocess
import time
from typing import Final

from amplify_job_resource.emulator import Plan

from tests.engine.fronts import DYNAMIC, PLUGIN_FOLDER, Front, native
from tests.engine.stack import Running, Stack
from tests.native.sdks import SDKs

from .results import Cell, Part, Table
from .stacks import Place

WAITING: Final = 50
_ENDLESS: Final = Plan(pending=0, provisioning=0, build=3600)


def run(place: Place) -> Part:
    """Measure both fronts."""
    rows: list[list[Cell]] = []
    for front in (DYNAMIC, native(SDKs(place.folder / "sdk").python())):
        seconds, recorded = interrupted(place, front)
        serves = start_up() if front.name == "native" else None
        rows.append([front.name, seconds, recorded, orphan(place, front), serves])
    table = Table(
        "endings",
        [
            "provider",
            "s from Ctrl-C to the end",
            "recorded",
            "s from a kill to the end",
            "s to serve",
        ],
        rows,
        [f"{WAITING} releases wait at Ctrl-C; a kill is SIGKILL of `pulumi` while one waits."],
    )
    return Part([table])


def interrupted(place: Place, front: Front) -> tuple[float, int]:
    """Seconds from SIGINT to the end of `pulumi up`, and how many of its releases are recorded."""
    stack, running = _waiting(place, front, WAITING)
    begun = time.monotonic()
    running.interrupt()
    running.finish()
    seconds = time.monotonic() - begun
    types = [resource["type"] for resource in stack.state()["resources"]]
    return seconds, types.count(front.job_type)


def orphan(place: Place, front: Front) -> float:
    """Seconds from a SIGKILL of the CLI to the end of its last plugin."""
    _, running = _waiting(place, front, 1)
    running.kill()
    begun = time.monotonic()
    while running.plugins():
        time.sleep(0.05)
    return time.monotonic() - begun


def start_up() -> float:
    """Seconds until the native plugin's process has printed its port: the median of nine."""

    def once() -> float:
        begun = time.monotonic()
        # Nobody listens at this address; the plugin looks for its engine only later.
        command = [str(PLUGIN_FOLDER / "pulumi-resource-amplify-job"), "127.0.0.1:1"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            assert process.stdout.readline().strip().isdecimal()
            seconds = time.monotonic() - begun
            process.kill()
        return seconds

    return statistics.median(once() for _ in range(9))


def _waiting(place: Place, front: Front, count: int) -> tuple[Stack, Running]:
    """A stack, and its `pulumi up` with so many releases that wait for their jobs."""
    place.emulator.prepare(count, _ENDLESS)
    stack = place.stack(front=front)
    running = stack.start("up", "--parallel=100", config={"count": str(count)})
    while len(place.emulator.control.calls("GetJob")) < count:
        assert running.process.poll() is None, running.text
        time.sleep(0.05)
    return stack, running
