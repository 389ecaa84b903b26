"""1, 10 and 100 releases at once: both fronts, a textbook provider, a shell loop with the AWS CLI.

All ask the same emulator, in the same run. A job takes `JOB` seconds, and each has a build slot.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from amplify_job_resource.emulator import Plan

from tests.engine.fronts import native
from tests.engine.stack import Stack, clean_environment
from tests.native.sdks import SDKs

from . import stacks
from .emulator import APP
from .peers.aws_cli import folder_with_aws
from .process_tree import Usage, Watch
from .results import Goal, Part, Series, Table
from .stacks import Place, textbook

#: How a job runs, in seconds.
PLAN: Final = Plan(pending=0, provisioning=0, build=7, deploy=2, verify=1)
JOB: Final = PLAN.build + PLAN.deploy + PLAN.verify
_MOST: Final = 100
_SCRIPT: Final = Path(__file__).parent / "peers" / "release_all.sh"

OURS: Final = "this package"
NATIVE: Final = "this package, native provider"
LOOP: Final = "shell loop with the AWS CLI, every 5 s"


@dataclass(frozen=True)
class Outcome:
    """What so many releases have taken: seconds, calls to AWS, and what the processes used."""

    count: int
    seconds: float
    calls: int
    usage: Usage


#: Releases so many branches: seconds, and what that used.
Way = Callable[[Place, int], tuple[float, Usage]]


def run(place: Place) -> Part:
    """Measure each way with each number of releases that it can do in a reasonable time."""
    sdk = native(SDKs(place.folder / "sdk").python())
    all_ = (1, 10, _MOST)
    ways: dict[str, tuple[Way, tuple[int, ...]]] = {
        OURS: (lambda where, count: _up(where.stack(), count), all_),
        NATIVE: (lambda where, count: _up(where.stack(front=sdk), count), all_),
        LOOP: (_shell_loop, all_),
        "textbook provider, every 5 s": (_textbook(5), all_[:2]),
        "textbook provider, every 10 s": (_textbook(10), all_[:1]),
    }
    outcomes = {
        name: [_outcome(place, name, way, count) for count in counts]
        for name, (way, counts) in ways.items()
    }
    return Part(
        [_table(outcomes), _costs(outcomes)],
        _goals(outcomes),
        [
            Series(name, [(outcome.count, outcome.seconds) for outcome in found])
            for name, found in outcomes.items()
        ],
    )


def _outcome(place: Place, name: str, way: Way, count: int) -> Outcome:
    place.emulator.prepare(count, PLAN)
    seconds, usage = way(place, count)
    stacks.say(f"{name}, {count}", seconds)
    calls = place.emulator.control.calls()
    succeeded = sum(call["operation"] == "StartJob" and call["status"] == 200 for call in calls)
    assert succeeded == count, f"{succeeded} jobs and not {count}"
    return Outcome(count, seconds, len(calls), usage)


def _up(stack: Stack, count: int) -> tuple[float, Usage]:
    done = stacks.up(stack, count)
    return done.seconds, done.usage


def _textbook(poll: int) -> Way:
    return lambda place, count: _up(place.stack(textbook(poll)), count)


def _shell_loop(place: Place, count: int) -> tuple[float, Usage]:
    """A loop for each release, all at once."""
    folder = place.folder / "shell"
    (folder / "home").mkdir(parents=True, exist_ok=True)
    environment = clean_environment(folder)
    environment["PATH"] = os.pathsep.join([str(folder_with_aws()), environment["PATH"]])
    environment["AWS_ENDPOINT_URL_AMPLIFY"] = place.emulator.url
    environment.update(stacks.REGION)
    begun = time.monotonic()
    process = subprocess.Popen([str(_SCRIPT), APP, str(count), "5"], env=environment)
    with Watch(process.pid) as watch:
        code = process.wait(stacks.TIMEOUT)
    seconds = time.monotonic() - begun
    assert code == 0, f"the shell loops ended with {code}"
    return seconds, watch.usage


def _table(outcomes: dict[str, list[Outcome]]) -> Table:
    """Seconds, and how many times as long as a job."""
    rows: list[list[str | float | None]] = []
    for name, found in outcomes.items():
        by_count = {outcome.count: outcome.seconds for outcome in found}
        row: list[str | float | None] = [name]
        for count in (1, 10, _MOST):
            seconds = by_count.get(count)
            row += [seconds, seconds and f"{seconds / JOB:.2f} T"]
        rows.append(row)
    columns = ["seconds", "1 release", "", "10 releases", "", f"{_MOST} releases", ""]
    return Table(
        "side-by-side",
        columns,
        rows,
        [
            f"A job takes T = {JOB:g} s.",
            "More releases of the textbook provider are left out, for their time: its process has four "
            f"threads, so that {_MOST} take {_MOST // 4} times as long as one.",
        ],
    )


def _costs(outcomes: dict[str, list[Outcome]]) -> Table:
    """What one release costs in the largest run of each way."""
    rows: list[list[str | int | float | None]] = []
    for name, found in outcomes.items():
        one, most = found[0], found[-1]
        rows.append(
            [
                name,
                most.count,
                one.calls,
                most.calls / most.count,
                one.usage.cpu,
                most.usage.cpu / most.count,
                one.usage.memory,
                most.usage.memory / most.count,
            ]
        )
    return Table(
        "cost",
        [
            "for each release",
            "releases",
            "calls of one",
            "calls",
            "CPU s of one",
            "CPU s",
            "MB of one",
            "MB",
        ],
        rows,
        [
            "Calls are those to AWS.",
            "CPU and the peak of memory are those of all processes, Pulumi's own included, without the "
            "emulator's; a page of memory that processes share counts once.",
        ],
    )


def _goals(outcomes: dict[str, list[Outcome]]) -> list[Goal]:
    goals = []
    loop = outcomes[LOOP][-1]
    for name in (OURS, NATIVE):
        one, most = outcomes[name][0], outcomes[name][-1]
        limit = 1.15 * JOB + (one.seconds - JOB) + 2
        goals.append(Goal(f"{name}: seconds of {most.count} releases", most.seconds, limit))
        for what, theirs, our in (
            ("CPU", loop.usage.cpu, most.usage.cpu),
            ("memory", loop.usage.memory, most.usage.memory),
        ):
            text = f"{name}: times less {what} for each of {most.count} than the shell loop"
            goals.append(Goal(text, theirs / our, 10, at_least=True))
    return goals
