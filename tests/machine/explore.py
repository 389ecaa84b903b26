"""Many random histories: `python -m tests.machine.explore --calls 200000`.

Each history has a seed of its own. A run begins at a seed of its own, too, and prints it first:
`--seed N --calls 1` repeats the history in which a rule was broken. `--resource deployment` walks with
a `Deployment` in the place of a `Job`.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, Final, Literal, cast, get_args

from amplify_job_resource.emulator import Fault, Plan
from amplify_job_resource.emulator.faults import PUT_UPLOAD

from tests.machine.deployments import DeploymentWorld
from tests.machine.engine import APP, BRANCHES
from tests.machine.world import World

PAGES = tuple("abc")
COMMITS = tuple(letter * 40 for letter in "abc")
OPERATIONS = ("StartJob", "GetJob", "ListJobs", "StopJob", "GetBranch", "GetApp", "*")
WEIGHTS = (8, 2, 3, 2, 1, 1, 1)
#: Histories that may break a rule before a walk ends.
MOST_BROKEN = 5
#: Long enough to be killed in, and short enough for many histories.
BRIEF = Plan(pending=2, provisioning=2, build=8, deploy=2, verify=2, cancelling=3)
Kind = Literal["500", "503", "throttled", "limit", "denied", "expired", "drop", "slow"]


@dataclass(frozen=True)
class Ground:
    """What there is to walk on: one kind of resource.

    Attributes:
        world: the world with such a resource.
        operations: the calls that can go wrong.
        weights: how often each of them does.
        change: changes what the program asks for, in a random way.
        brief: how a job runs, unless there is another plan for it.
        kills: the points up to which most runs that are killed come, and the others.
    """

    world: type[World]
    operations: tuple[str, ...]
    weights: tuple[int, ...]
    change: Callable[[World, random.Random], None]
    brief: Plan = BRIEF
    kills: tuple[int, ...] = (15, 15, 40)


def walk(
    seed: int,
    counts: Counter[str],
    steps: int = 25,
    resource: str = "job",
    *,
    through_sdk: bool = True,
) -> None:
    """Live through one history: some random steps, then `settle`.

    Args:
        seed: The same seed gives the same history.
        counts: Where it is counted what happens.
        steps: How many steps.
        resource: What the program has, a name in `GROUNDS`.
        through_sdk: Whether calls go through the SDK; see `World`.

    Raises:
        Violated: a rule is broken.
    """
    chance = random.Random(seed)
    random.seed(seed)  # the random part of the provider's pauses
    ground = GROUNDS[resource]
    world = ground.world(counts, through_sdk=through_sdk)
    counts["histories"] += 1
    with world.running():
        world.control.default_plan(ground.brief)
        for _ in range(steps):
            _step(world, chance, ground)
        settle(world)


def settle(world: World) -> None:
    """End all faults and let all jobs end; from then on `up` must succeed.

    Raises:
        Violated: it does not, or a rule is broken on the way.
    """
    world.heal()
    world.look_again()
    world.inputs["allowFailure"] = True
    world.inputs["onBusy"] = "wait"
    world.inputs["waitForCompletion"] = True
    world.pass_time(4000)
    outcome = _up(world)
    if outcome == "unknown" and "began at about that time" in world.error:
        # A job without a message may be ours: a person has to decide.
        world.history.counts["decided by a person"] += 1
        world.forget_notes()
        outcome = world.up()
    if "`pulumi refresh`" in world.error:
        # The record of a job was purged that is active in state.
        world.refresh()
    if outcome in ("refused", "recorded failure"):
        outcome = _up(world)
    world.invariants.up_succeeds(outcome)
    world.invariants.nothing_is_left_to_do(world.up())
    world.invariants.state_is_as_requested(world.resource, world.inputs)


def _up(world: World) -> str:
    """Run `up`, and once more where a person has to stop a job before."""
    outcome = world.up()
    if outcome == "refused" and "It may wait for files" in world.error:
        # A deployment of somebody else, or of a killed run on the other machine.
        world.history.counts["what waits is stopped by a person"] += 1
        world.stop_waiting()
        outcome = world.up()
    return outcome


def _step(world: World, chance: random.Random, ground: Ground) -> None:  # noqa: C901 - a table of chances
    branch = chance.choice(BRANCHES)
    pick = chance.random()
    if pick < 0.30:
        if chance.random() < 0.3:
            world.kill_at = chance.randint(1, chance.choice(ground.kills))
        elif chance.random() < 0.15:
            world.interrupt_at = chance.randint(1, 20)
        world.up(replace=chance.random() < 0.07)
    elif pick < 0.34:
        world.refresh()
    elif pick < 0.36:
        world.destroy()
    elif pick < 0.55:
        ground.change(world, chance)
        world.history.add(f"inputs become {world.shown_inputs()}")
    elif pick < 0.70:
        world.fault(_fault(chance, ground))
    elif pick < 0.75:
        world.heal()
    elif pick < 0.79:
        world.push(branch, chance.choice(COMMITS))
    elif pick < 0.83:
        world.foreign_start(branch)
    elif pick < 0.84:
        world.foreign_stop(branch)
    elif pick < 0.85:
        world.purge(branch)
    elif pick < 0.86:
        world.make_anew(branch)
    elif pick < 0.88:
        world.another_machine()
    elif pick < 0.93:
        world.control.plan(APP, branch, _plan(chance))
    else:
        world.pass_time(chance.choice((1, 30, 100, 1000)))


def _fault(chance: random.Random, ground: Ground) -> Fault:
    kind = chance.choice(cast("tuple[Kind, ...]", get_args(Kind)))
    operation = chance.choices(ground.operations, ground.weights)[0]
    if operation == PUT_UPLOAD and kind in ("throttled", "limit", "slow"):
        kind = "drop"  # S3 has no such answers, and a slow one would take real time.
    # A call that is refused or throttled has no effect; any other may have had its effect.
    lost = kind in ("500", "503", "drop", "slow")
    return Fault(
        kind,
        operation,
        chance.choice(("before", "after")) if lost else "before",
        times=chance.choice((1, 1, 1, 2, 5, 40)),
        skip=chance.choice((0, 0, 0, 1, 3)),
        seconds=20,
    )


def _change_job(world: World, chance: random.Random) -> None:
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
    world.inputs[key] = chance.choice(values)


def _change_deployment(world: World, chance: random.Random) -> None:
    assert isinstance(world, DeploymentWorld)
    changes: tuple[tuple[str, tuple[Any, ...]], ...] = (
        ("page", PAGES),
        ("page", PAGES),
        ("page", PAGES),
        ("page that nobody has seen", PAGES),
        ("branchName", (BRANCHES[0], BRANCHES[0], BRANCHES[1])),
        ("triggers", ({"env": 1.0}, {"env": 2.0})),
        ("onBusy", ("wait", "stop", "fail")),
        ("waitForCompletion", (True, True, False)),
        ("allowFailure", (True, False)),
    )
    key, values = chance.choice(changes)
    value = chance.choice(values)
    if key.startswith("page"):
        world.write(value, seen=key == "page")
    else:
        world.inputs[key] = value


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


GROUNDS: Final = {
    "job": Ground(World, OPERATIONS, WEIGHTS, _change_job),
    "deployment": Ground(
        DeploymentWorld,
        ("CreateDeployment", "StartDeployment", PUT_UPLOAD, *OPERATIONS[1:]),
        (4, 5, 2, *WEIGHTS[1:]),
        _change_deployment,
        # The queue is long enough for a second StartDeployment, and all points are reached.
        Plan(pending=6, deploy=4, verify=2, cancelling=3),
        (30, 30, 45),
    ),
}


@dataclass(frozen=True)
class Share:
    """The histories of one process.

    Attributes:
        resource: what the program has, a name in `GROUNDS`.
        first: the first seed.
        every: the distance to the next seed.
        calls: how many provider calls to make, at least.
        steps: how many random steps each history has.
        through_sdk: whether calls go through the SDK.
    """

    resource: str
    first: int
    every: int
    calls: int
    steps: int
    through_sdk: bool = False


def explore(share: Share) -> tuple[Counter[str], list[str]]:
    """Live through a share of the histories, until all calls are made or a few rules are broken.

    Returns:
        How often each thing happened; and the histories in which a rule was broken.
    """
    counts: Counter[str] = Counter()
    broken: list[str] = []
    seed = share.first
    while counts["provider calls"] < share.calls and len(broken) < MOST_BROKEN:
        try:
            walk(seed, counts, share.steps, share.resource, through_sdk=share.through_sdk)
        except AssertionError as error:
            broken.append(f"seed {seed}: {error}")
            # A long walk is told of at once what it has to be told of.
            sys.stderr.write(f"{broken[-1]}\n")
        seed += share.every
    return counts, broken


def report(counts: Counter[str], seconds: float) -> str:
    """The table of how often each thing happened."""
    lines = [
        f"{counts['histories']:9,}  histories, {counts['provider calls']:,} provider calls, "
        f"{counts['AWS calls']:,} AWS calls in {seconds:,.0f} s",
        f"{counts['requests']:9,}  releases asked for, {counts['jobs started']:,} jobs started",
    ]
    shown = {"histories", "provider calls", "AWS calls", "requests", "jobs started"}
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
    """Make that many provider calls in random histories, and print how often each thing happened."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--resource", choices=GROUNDS, default="job", help="what the program has (default job)"
    )
    parser.add_argument("--calls", type=int, default=20_000, help="provider calls (default 20000)")
    parser.add_argument("--seed", type=int, help="seed of the first history (default: a new one)")
    parser.add_argument("--steps", type=int, default=25, help="steps of a history (default 25)")
    parser.add_argument(
        "--processes", type=int, default=1, help="processes side by side (default 1)"
    )
    parser.add_argument(
        "--through-sdk",
        action="store_true",
        help="make calls through botocore and moto, which takes several times as long",
    )
    given = parser.parse_args()
    many = given.processes
    # Runs at different times walk different stretches: a second has fewer than 1,000 histories.
    first = int(time.time()) * 1000 if given.seed is None else given.seed
    sys.stdout.write(f"first seed {first}\n")
    sys.stdout.flush()
    shares = [
        Share(
            given.resource,
            first + number,
            many,
            given.calls // many,
            given.steps,
            given.through_sdk,
        )
        for number in range(many)
    ]
    begun = time.monotonic()
    if many == 1:
        results = [explore(shares[0])]
    else:
        with ProcessPoolExecutor(many, get_context("spawn")) as pool:
            results = list(pool.map(explore, shares))
    counts = sum((counts for counts, _ in results), Counter[str]())
    broken = [error for _, errors in results for error in errors]
    said = "no invariant was broken"
    if broken:
        # Once more, at the end: that is the part of a long log that is kept and read.
        said = "\n".join((*broken, f"{len(broken)} histories broke a rule"))
    sys.stdout.write(f"{report(counts, time.monotonic() - begun)}\n\n{said}\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
