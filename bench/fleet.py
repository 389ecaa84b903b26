"""How long a fleet needs for 5,000 releases, on a fake clock: builds, slots, engines, workers.

`make bench-fleet` prints a table: for so many accounts and regions, and so many machines with workers,
the time that all releases take, what of it the build slots alone need, and how busy everything is.
What a stack costs was measured by `bench/fleet_costs.py`; `ARGS=--measure` measures it again.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Generator
from dataclasses import dataclass

import simpy

from .fleet_costs import Costs, measure

RELEASES = 5_000
#: Accounts and regions, and machines: the rows of the table.
ROWS = ((1, 1), (10, 1), (100, 1), (100, 10), (1000, 10))
#: What `make bench-fleet ARGS=--measure` has found on a machine with two cores.
MEASURED = Costs(
    preview=3.0,
    preview_each=0.012,
    up=4.5,
    up_each=0.069,
    memory=274,
    writes_each=4,
    state_each=3435,
)
#: Seconds of a build: mean and standard deviation.
BUILD = (240.0, 48.0)
#: Seconds from the end of a build to the look that sees it: `make bench-schedule`.
DELAY = 1.3
#: What the example does: releases of a stack, stacks at work of an account and region, jobs of a stack.
IN_A_STACK, STACKS, JOBS = 200, 2, 5
#: AWS's build slots of an account and region.
SLOTS = 5
#: A machine with workers: its cores, and the stacks that it has at once, about 6 GB of them.
CORES, THREADS = 2, 20
#: A write to S3: seconds that it takes at least, and bytes a second. Assumed, as S3 was not measured.
S3_SECONDS, S3_RATE = 0.05, 20e6

Steps = Generator[simpy.Event, object, None]


@dataclass(frozen=True)
class Result:
    """What one row of the table says.

    Attributes:
        hours: from the beginning of the previews to the end of the last release.
        preview_hours: those of the previews.
        slots_hours: what the builds alone need in the slots that there are.
        cores: how busy the machines' cores are, from 0 to 1.
        threads: the same of the threads that wait for stacks.
        engine: the same of the busiest stack's state writes, while the stack is at work.
        writes: state writes a second, of all stacks.
    """

    hours: float
    preview_hours: float
    slots_hours: float
    cores: float
    threads: float
    engine: float
    writes: float


class Fleet:
    """A fleet at work on a fake clock.

    Args:
        places: How many accounts and regions there are; each has the same number of releases.
        machines: How many machines have workers.
        costs: What a stack costs.
    """

    def __init__(self, places: int, machines: int, costs: Costs) -> None:
        self._costs = costs
        self._chance = random.Random(1)
        self._clock = simpy.Environment()
        self._cores = simpy.Resource(self._clock, machines * CORES)
        self._threads = simpy.Resource(self._clock, machines * THREADS)
        self._machines = machines
        self._places = [_sizes(RELEASES // places) for _ in range(places)]
        self._built = self._computed = self._waited = self._engine = 0.0
        self._writes = 0

    def run(self) -> Result:
        """Preview and release everything."""
        clock = self._clock
        previews = [clock.process(self._preview(size)) for sizes in self._places for size in sizes]
        clock.run(clock.all_of(previews))
        previewed = clock.now
        clock.run(clock.all_of([clock.process(self._place(sizes)) for sizes in self._places]))
        seconds = clock.now
        return Result(
            hours=seconds / 3600,
            preview_hours=previewed / 3600,
            slots_hours=self._built / (SLOTS * len(self._places)) / 3600,
            cores=self._computed / (seconds * self._machines * CORES),
            threads=self._waited / (seconds * self._machines * THREADS),
            engine=self._engine,
            writes=self._writes / seconds,
        )

    def _preview(self, size: int) -> Steps:
        with self._threads.request() as thread:
            yield thread
            yield from self._compute(self._costs.preview + size * self._costs.preview_each)

    def _place(self, sizes: list[int]) -> Steps:
        """An account and region: so many of its stacks are at work, and share its slots."""
        at_work = simpy.Resource(self._clock, STACKS)
        slots = simpy.Resource(self._clock, SLOTS)
        yield self._clock.all_of(
            [self._clock.process(self._stack(size, at_work, slots)) for size in sizes]
        )

    def _stack(self, size: int, at_work: simpy.Resource, slots: simpy.Resource) -> Steps:
        with at_work.request() as turn:
            yield turn
            with self._threads.request() as thread:
                yield thread
                begun = self._clock.now
                yield from self._compute(self._costs.up)
                jobs = simpy.Resource(self._clock, JOBS)
                state = simpy.Resource(self._clock, 1)
                releases = (self._release(size, jobs, state, slots) for _ in range(size))
                yield self._clock.all_of([self._clock.process(each) for each in releases])
                taken = self._clock.now - begun
                self._waited += taken
                writing = size * 2 * self._half_of_writes(size)
                self._engine = max(self._engine, writing / taken)

    def _release(
        self, size: int, jobs: simpy.Resource, state: simpy.Resource, slots: simpy.Resource
    ) -> Steps:
        with jobs.request() as job:
            yield job
            yield from self._compute(self._costs.up_each)
            yield from self._write(size, state)
            seconds = max(30.0, self._chance.gauss(*BUILD))
            with slots.request() as slot:
                yield slot
                yield self._clock.timeout(seconds)
            self._built += seconds
            yield self._clock.timeout(DELAY)
            yield from self._write(size, state)

    def _write(self, size: int, state: simpy.Resource) -> Steps:
        """Half of the writes of a release: the engine does one after the other."""
        with state.request() as turn:
            yield turn
            yield self._clock.timeout(self._half_of_writes(size))
        self._writes += round(self._costs.writes_each / 2)

    def _half_of_writes(self, size: int) -> float:
        return self._costs.writes_each / 2 * (S3_SECONDS + size * self._costs.state_each / S3_RATE)

    def _compute(self, seconds: float) -> Steps:
        with self._cores.request() as core:
            yield core
            yield self._clock.timeout(seconds)
        self._computed += seconds


def _sizes(releases: int) -> list[int]:
    """The sizes of the stacks of an account and region."""
    full, rest = divmod(releases, IN_A_STACK)
    return [IN_A_STACK] * full + ([rest] if rest else [])


def table(costs: Costs = MEASURED) -> str:
    """The table, in Markdown."""
    lines = [
        "| accounts and regions | stacks | machines | hours | previews | build slots alone |"
        " cores busy | threads busy | busiest engine | state writes |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for places, machines in ROWS:
        found = Fleet(places, machines, costs).run()
        cells = (
            f"{places:,}",
            f"{places * len(_sizes(RELEASES // places)):,}",
            f"{machines}",
            f"{found.hours:.2f}",
            f"{found.preview_hours:.2f}",
            f"{found.slots_hours:.2f}",
            f"{found.cores:.1%}",
            f"{found.threads:.0%}",
            f"{found.engine:.1%}",
            f"{found.writes:.1f}/s",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Simulate all rows, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure", action="store_true", help="measure first what a stack costs")
    costs = measure() if parser.parse_args().measure else MEASURED
    sys.stdout.write(f"{costs}\n\n{table(costs)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
