"""A long walk through random histories: `python -m tests.machine.explore --calls 200000`.

Each history has a seed of its own, so a broken invariant can be seen again with `--seed N --calls 1`.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, Literal, cast, get_args

from amplify_job_resource._inputs.request import JOB_INPUTS
from amplify_job_resource.emulator import Fault, Plan

from tests.machine.driver import APP, BRANCHES, Driver

COMMITS = tuple(letter * 40 for letter in "abc")
OPERATIONS = ("StartJob", "GetJob", "ListJobs", "StopJob", "GetBranch", "GetApp", "*")
WEIGHTS = (8, 2, 3, 2, 1, 1, 1)
#: Long enough to be killed in, short enough to make many histories.
BRIEF = Plan(pending=2, provisioning=2, build=8, deploy=2, verify=2, cancelling=3)
Kind = Literal["500", "503", "throttled", "limit", "denied", "expired", "drop", "slow"]


def walk(seed: int, counts: Counter[str], steps: int = 25) -> None:
    """One history of some steps, then all is well, and the wish must come true."""
    chance = random.Random(seed)
    random.seed(seed)  # the pauses' share of chance
    driver = Driver(counts)
    counts["histories"] += 1
    with driver.running():
        driver.control.default_plan(BRIEF)
        for _ in range(steps):
            _step(driver, chance)
        settle(driver)


def settle(driver: Driver) -> None:
    """Faults end, what runs comes to its end; then `up` succeeds and has nothing left to do."""
    driver.heal()
    driver.inputs["allowFailure"] = True
    driver.inputs["onBusy"] = "wait"
    driver.inputs["waitForCompletion"] = True
    driver.pass_time(4000)
    outcome = driver.up()
    if outcome == "unknown" and "has no message" in driver.error:
        # A job without a message may be ours: a person has to decide.
        driver.counts["decided by a person"] += 1
        driver.forget_note()
        outcome = driver.up()
    if "`pulumi refresh` forgets it" in driver.error:
        # The record of a job was purged that state knows as active.
        driver.refresh()
    if outcome in ("refused", "recorded failure"):
        outcome = driver.up()
    if outcome not in ("ok", "same"):
        raise driver.violated(f"all is well, and up ends as {outcome}")
    if driver.up() != "same":
        raise driver.violated("a second up finds something to do")
    recorded = driver.resource.inputs if driver.resource else {}
    wished = [key for key in JOB_INPUTS.release_keys if key in driver.inputs]
    if any(recorded.get(key) != driver.inputs[key] for key in wished):
        raise driver.violated("up succeeded, and state is not what was wished for")


def _step(driver: Driver, chance: random.Random) -> None:  # noqa: C901 - a table of chances
    branch = chance.choice(BRANCHES)
    pick = chance.random()
    if pick < 0.30:
        if chance.random() < 0.3:
            driver.kill_at = chance.randint(1, chance.choice((15, 15, 40)))
        elif chance.random() < 0.15:
            driver.interrupt_at = chance.randint(1, 20)
        driver.up(replace=chance.random() < 0.07)
    elif pick < 0.34:
        driver.refresh()
    elif pick < 0.36:
        driver.destroy()
    elif pick < 0.55:
        driver.inputs.update(_change(chance))
        driver.history.append(f"inputs become {driver._shown()}")
    elif pick < 0.70:
        driver.fault(_fault(chance))
    elif pick < 0.75:
        driver.heal()
    elif pick < 0.79:
        driver.push(branch, chance.choice(COMMITS))
    elif pick < 0.83:
        driver.foreign_start(branch)
    elif pick < 0.84:
        driver.foreign_stop(branch)
    elif pick < 0.85:
        driver.purge(branch)
    elif pick < 0.88:
        driver.another_machine()
    elif pick < 0.93:
        driver.control.plan(APP, branch, _plan(chance))
    else:
        driver.pass_time(chance.choice((1, 30, 100, 1000)))


def _fault(chance: random.Random) -> Fault:
    kind = chance.choice(cast("tuple[Kind, ...]", get_args(Kind)))
    # A request that is refused or throttled has no effect; any other may have had it.
    lost = kind in ("500", "503", "drop", "slow")
    return Fault(
        kind,
        chance.choices(OPERATIONS, WEIGHTS)[0],
        chance.choice(("before", "after")) if lost else "before",
        times=chance.choice((1, 1, 1, 2, 5, 40)),
        skip=chance.choice((0, 0, 0, 1, 3)),
        seconds=20,
    )


def _change(chance: random.Random) -> dict[str, Any]:
    changes: tuple[tuple[str, tuple[Any, ...]], ...] = (
        ("commitId", COMMITS),
        ("commitId", COMMITS),
        ("branchName", (BRANCHES[0], BRANCHES[0], BRANCHES[1])),
        ("triggers", ({"env": 1.0}, {"env": 2.0})),
        ("commitMessage", ("one", "two", "m" * 10_000)),
        ("onBusy", ("wait", "adopt", "stop", "fail")),
        ("waitForCompletion", (True, True, False)),
        ("allowFailure", (True, False)),
        ("skipIfBuilt", (True, False, False)),
    )
    key, values = chance.choice(changes)
    return {key: chance.choice(values)}


def _plan(chance: random.Random) -> Plan:
    return Plan(
        pending=chance.choice((0, 5, 60)),
        build=chance.choice((0, 10, 10, 300)),
        cancelling=chance.choice((0, 5, 40)),
        outcome=chance.choice(("SUCCEED", "SUCCEED", "FAILED", "CANCELLED")),
        echo_message=chance.random() > 0.1,
        padded_id=chance.random() < 0.2,
        skip_ids=chance.choice((0, 0, 3)),
        commit_id=chance.choice((None, None, *COMMITS)),
        words=chance.choice(((), ("BRAND_NEW",))),
    )


@dataclass(frozen=True)
class Share:
    """What one process walks: every so many seeds from the first one, until the calls are made."""

    first: int
    every: int
    calls: int
    steps: int


def explore(share: Share) -> tuple[Counter[str], str]:
    """Walk a share; what was met, and the history in which an invariant broke, if one did."""
    counts: Counter[str] = Counter()
    seed = share.first
    while counts["provider calls"] < share.calls:
        try:
            walk(seed, counts, share.steps)
        except AssertionError as error:
            return counts, f"seed {seed}: {error}"
        seed += share.every
    return counts, ""


def report(counts: Counter[str], seconds: float) -> str:
    """The table of what was met."""
    lines = [
        f"{counts['histories']:9,}  histories, {counts['provider calls']:,} provider calls, "
        f"{counts['AWS calls']:,} AWS calls in {seconds:,.0f} s",
        f"{counts['wishes']:9,}  releases wished for, {counts['jobs started']:,} jobs started",
    ]
    shown = {"histories", "provider calls", "AWS calls", "wishes", "jobs started"}
    for title, words in (
        ("faults that struck, by kind and operation", "fault: "),
        ("kills, by where they struck", "kill: "),
        ("provider calls, by method", "method: "),
        ("commands, by how they ended", ""),
    ):
        names = [name for name in sorted(counts) if name.startswith(words) and name not in shown]
        shown.update(names)
        total = sum(counts[name] for name in names)
        lines.append(f"\n{total:9,}  {title}")
        lines += [f"{counts[name]:13,}  {name.removeprefix(words)}" for name in names]
    return "\n".join(lines)


def main() -> int:
    """Walk until so many provider calls were made, and print what was met on the way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=20_000, help="provider calls (default 20000)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the first history (default 0)")
    parser.add_argument("--steps", type=int, default=25, help="steps of a history (default 25)")
    parser.add_argument("--processes", type=int, default=1, help="walk side by side (default 1)")
    given = parser.parse_args()
    many = given.processes
    shares = [
        Share(given.seed + number, many, given.calls // many, given.steps) for number in range(many)
    ]
    begun = time.monotonic()
    if many == 1:
        results = [explore(shares[0])]
    else:
        with ProcessPoolExecutor(many, get_context("spawn")) as pool:
            results = list(pool.map(explore, shares))
    counts = sum((counts for counts, _ in results), Counter[str]())
    broken = [error for _, error in results if error]
    sys.stdout.write("\n".join([report(counts, time.monotonic() - begun), "", *broken, ""]))
    if not broken:
        sys.stdout.write("no invariant was broken\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
