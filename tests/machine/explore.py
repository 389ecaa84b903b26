"""A long walk through random histories: `python -m tests.machine.explore --calls 200000`.

Each history has a seed of its own, so a broken invariant can be seen again with `--seed`.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from typing import Any, Literal, cast, get_args

from amplify_job_resource.emulator import Fault, Plan
from amplify_job_resource.inputs import RELEASE_KEYS

from tests.machine.driver import APP, BRANCHES, Driver

COMMITS = tuple(letter * 40 for letter in "abc")
OPERATIONS = ("StartJob", "GetJob", "ListJobs", "StopJob", "GetBranch", "GetApp", "*")
Kind = Literal["500", "503", "throttled", "limit", "denied", "expired", "drop", "slow"]


def walk(seed: int, counts: Counter[str], steps: int = 25) -> None:
    """One history of some steps, then all is well, and the wish must come true."""
    chance = random.Random(seed)
    random.seed(seed)  # the pauses' share of chance
    driver = Driver(counts)
    counts["histories"] += 1
    with driver.running():
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
    if outcome == "unknown":
        # A job without a message may be ours: a person has to decide.
        driver.counts["decided by a person"] += 1
        driver.forget_note()
        outcome = driver.up()
    if outcome in ("refused", "recorded failure"):
        outcome = driver.up()
    if outcome not in ("ok", "same"):
        raise driver.violated(f"all is well, and up ends as {outcome}")
    if driver.up() != "same":
        raise driver.violated("a second up finds something to do")
    recorded = driver.resource.inputs if driver.resource else {}
    if any(recorded.get(key) != driver.inputs.get(key) for key in RELEASE_KEYS[:3]):
        raise driver.violated("up succeeded, and state is not what was wished for")


def _step(driver: Driver, chance: random.Random) -> None:  # noqa: C901 - a table of chances
    branch = chance.choice(BRANCHES)
    pick = chance.random()
    if pick < 0.30:
        if chance.random() < 0.25:
            driver.kill_at = chance.randint(1, 30)
        elif chance.random() < 0.15:
            driver.interrupt_at = chance.randint(1, 20)
        driver.up(replace=chance.random() < 0.05)
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
    elif pick < 0.86:
        driver.another_machine()
    elif pick < 0.92:
        driver.control.plan(APP, branch, _plan(chance))
    else:
        driver.pass_time(chance.choice((1, 30, 100, 1000)))


def _fault(chance: random.Random) -> Fault:
    kind = chance.choice(cast("tuple[Kind, ...]", get_args(Kind)))
    # A request that is refused or throttled has no effect; any other may have had it.
    lost = kind in ("500", "503", "drop", "slow")
    return Fault(
        kind,
        chance.choice(OPERATIONS),
        chance.choice(("before", "after")) if lost else "before",
        times=chance.choice((1, 1, 2, 5, 40)),
        skip=chance.choice((0, 0, 1, 3)),
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
        pending=chance.choice((0, 5, 100)),
        build=chance.choice((0, 30, 900)),
        cancelling=chance.choice((0, 5, 60)),
        outcome=chance.choice(("SUCCEED", "SUCCEED", "FAILED", "CANCELLED")),
        echo_message=chance.random() > 0.1,
        padded_id=chance.random() < 0.2,
        skip_ids=chance.choice((0, 0, 3)),
        commit_id=chance.choice((None, None, *COMMITS)),
        words=chance.choice(((), ("BRAND_NEW",))),
    )


def main() -> int:
    """Walk until so many provider calls were made, and print what was met on the way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=20_000, help="provider calls (default 20000)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the first history (default 0)")
    parser.add_argument("--steps", type=int, default=25, help="steps of a history (default 25)")
    given = parser.parse_args()
    counts: Counter[str] = Counter()
    begun, seed = time.monotonic(), given.seed
    while counts["provider calls"] < given.calls:
        try:
            walk(seed, counts, given.steps)
        except AssertionError as error:
            sys.stdout.write(f"seed {seed}: {error}\n")
            return 1
        seed += 1
    seconds = time.monotonic() - begun
    for name, count in sorted(counts.items()):
        sys.stdout.write(f"{count:9}  {name}\n")
    sys.stdout.write(f"{seconds:9.0f}  seconds; no invariant was broken\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
