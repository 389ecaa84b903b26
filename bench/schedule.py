"""How late the end of a build is seen, against how many calls that costs: builds on a fake clock.

`delays` makes a table of it, which `make bench-schedule` prints: for each family of builds, the mean
delay and the mean number of calls of the package's schedule, of fixed and growing pauses, and of the
best that anybody could do who knows the distribution. No time passes; the builds are random, and the
same for everybody.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import mean

from amplify_job_resource._amplify.records import BuildTimes
from amplify_job_resource._follow.schedule import Schedule

#: Makes the pause before the next look: of the seconds since the job began, and of those since a look
#: has shown that it deploys, None while none has.
Pauses = Callable[[float, float | None], float]


@dataclass(frozen=True)
class Build:
    """One build, and how long the ten before it took; times in seconds.

    Attributes:
        seconds: from its start to its end.
        deploys_for: how long before its end it came to DEPLOY; 0 for one that fails before.
        history: how long the builds before it took.
    """

    seconds: float
    deploys_for: float
    history: BuildTimes


@dataclass(frozen=True)
class Result:
    """What a way of looking costs on average: seconds of delay, and calls."""

    delay: float
    calls: float


def steady(chance: random.Random, deviation: float) -> tuple[float, list[float]]:
    """Builds of 1 to 10 minutes with a normal deviation, as a part of their mean."""
    typical = chance.uniform(60, 600)
    took = [max(20.0, chance.gauss(typical, deviation * typical)) for _ in range(11)]
    return took[0], took[1:]


def drifting(chance: random.Random) -> tuple[float, list[float]]:
    """Each build takes 3 % more, or less, than the one before, and deviates by 5 %."""
    typical, factor = chance.uniform(60, 600), chance.choice((1.03, 0.97))
    took = [
        max(20.0, chance.gauss(typical * factor**-age, 0.05 * typical * factor**-age))
        for age in range(11)
    ]
    return took[0], took[1:]


def bimodal(chance: random.Random) -> tuple[float, list[float]]:
    """A cache is hit (six of ten times) or missed; a miss takes half as much again to three times."""
    hit = chance.uniform(60, 200)
    miss = hit * chance.uniform(1.5, 3)
    took = []
    for _ in range(11):
        typical = hit if chance.random() < 0.6 else miss
        took.append(max(20.0, chance.gauss(typical, 0.05 * typical)))
    return took[0], took[1:]


def heavy_tail(chance: random.Random) -> tuple[float, list[float]]:
    """A lognormal distribution: a few builds take several times as long."""
    typical = chance.uniform(60, 300)
    took = [max(20.0, typical * chance.lognormvariate(0, 0.6)) for _ in range(11)]
    return took[0], took[1:]


def unknown(chance: random.Random) -> tuple[float, list[float]]:
    """The first build of a branch."""
    return chance.uniform(60, 600), []


def fails_early(chance: random.Random) -> tuple[float, list[float]]:
    """Steady builds, of which this one fails in the first half of its time."""
    seconds, history = steady(chance, 0.05)
    return early(chance, seconds), history


def fails_late(chance: random.Random) -> tuple[float, list[float]]:
    """Steady builds, of which this one fails near its end."""
    seconds, history = steady(chance, 0.05)
    return late(chance, seconds), history


def late(chance: random.Random, seconds: float) -> float:
    """When a build fails in its tests, if it would have taken so long."""
    return chance.uniform(0.8, 1.0) * seconds


def early(chance: random.Random, seconds: float) -> float:
    """When a build fails that would have taken so long."""
    return chance.uniform(10, max(20.0, seconds / 2))


FAMILIES: dict[str, Callable[[random.Random], tuple[float, list[float]]]] = {
    "steady, sd 5 %": lambda chance: steady(chance, 0.05),
    "steady, sd 10 %": lambda chance: steady(chance, 0.10),
    "steady, sd 20 %": lambda chance: steady(chance, 0.20),
    "drifting": drifting,
    "bimodal": bimodal,
    "heavy tail": heavy_tail,
    "no history": unknown,
    "fails early": fails_early,
    "first failure": fails_early,
    "fails late": fails_late,
}


#: When the builds before have failed, on a branch whose builds do.
FAILING = {"fails early": early, "fails late": late}


def builds(family: str, count: int, seed: int = 1) -> Iterator[Build]:
    """So many random builds of a family; the same seed gives the same ones."""
    chance = random.Random(f"{family} {seed}")
    for _ in range(count):
        seconds, history = FAMILIES[family](chance)
        deploys = chance.uniform(5, 20) + chance.uniform(2, 6)
        fails = family in FAILING or family == "first failure"
        # On a branch that fails, every third build has failed before.
        failed = [FAILING[family](chance, each) for each in history[::3] if family in FAILING]
        times = BuildTimes(tuple(history), tuple(failed))
        yield Build(seconds, 0.0 if fails else min(deploys, seconds), times)


def ours(build: Build) -> Pauses:
    """The package's schedule."""
    return Schedule(build.history).pause


def fixed(seconds: float) -> Callable[[Build], Pauses]:
    """The same pause all the time, as in most scripts."""
    return lambda _: lambda *_: seconds * random.uniform(0.95, 1.0)


def exponential(_: Build) -> Pauses:
    """Pauses that double from 1 s to 30 s."""
    return lambda elapsed, _: min(30.0, max(1.0, elapsed)) * random.uniform(0.95, 1.0)


PEERS: dict[str, Callable[[Build], Pauses]] = {
    "ours": ours,
    "every 2 s": fixed(2),
    "every 5 s": fixed(5),
    "every 10 s": fixed(10),
    "every 30 s": fixed(30),
    "exponential": exponential,
}


def watch(build: Build, pauses: Pauses) -> tuple[float, int]:
    """Look at one build until its end is seen: seconds of delay, and calls."""
    now, calls = 0.0, 0
    near_since: float | None = None
    while True:
        now += pauses(now, None if near_since is None else now - near_since)
        calls += 1
        if now >= build.seconds:
            return now - build.seconds, calls
        if near_since is None and now >= build.seconds - build.deploys_for:
            near_since = now


def simulate(family: str, peer: str, count: int, seed: int = 1) -> Result:
    """What a way of looking costs on average over so many builds of a family."""
    random.seed(seed)  # the chance in the pauses
    watched = [watch(build, PEERS[peer](build)) for build in builds(family, count, seed)]
    return Result(mean(delay for delay, _ in watched), mean(calls for _, calls in watched))


def optimum(deviation: float, calls: float) -> float:
    """The least mean delay, in seconds, for normal build times and so many expected looks.

    With `n(t)` looks per second the mean delay is `∫ f / 2n` and the mean number of looks `∫ n (1-F)`.
    The first is least, for a given second, where `n` goes with the root of the hazard `f / (1-F)`; put
    in, that gives `(∫ √(f (1-F)))² / 2N`, which is 1.04 standard deviations over the number of looks.
    (With the density alone, `n` as the root of `f`, it is 1.25 of them.) It knows the distribution, and
    nothing of the steps of the build at hand.

    Args:
        deviation: The standard deviation, in seconds.
        calls: How many looks are expected.
    """
    step = 0.001
    root = sum(
        math.sqrt(math.exp(-z * z / 2) / math.sqrt(2 * math.pi) * math.erfc(z / math.sqrt(2)) / 2)
        * step
        for z in (-8 + step * index for index in range(int(16 / step)))
    )
    return deviation * root * root / (2 * calls)
