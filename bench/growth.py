"""1 to 1,000 releases of a second each: where the time stops to grow in proportion, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from amplify_job_resource.emulator import Plan

from . import stacks
from .results import Cell, Part, Series, Table
from .stacks import Measured, Place

COUNTS: Final = (1, 10, 100, 300)
MOST: Final = 1000
#: The engine then writes the state once, at the end. For measuring only: a kill loses all.
WITHOUT_STATE_WRITES: Final = {"PULUMI_SKIP_CHECKPOINTS": "true"}
_PLAN: Final = Plan(pending=0, provisioning=0, build=1, deploy=0, verify=0)
_WRITTEN: Final = "this package"
_UNWRITTEN: Final = "without state writes"


@dataclass(frozen=True)
class _First:
    """The first `up` of so many releases."""

    count: int
    done: Measured
    calls: int

    def row(self, label: str) -> list[Cell]:
        """What it took."""
        usage = self.done.usage
        return [
            f"{self.count:,}, {label}",
            self.done.seconds,
            1000 * self.done.seconds / self.count,
            self.calls / self.count,
            usage.cpu,
            usage.memory,
            usage.plugin_threads,
            usage.plugin_memory,
        ]


def run(place: Place) -> Part:
    """Release so many branches, with the engine's writes of its state and without them."""
    written = [_first_up(place, count) for count in COUNTS]
    unwritten = [_first_up(place, count, bare=True) for count in (*COUNTS, MOST)]
    series = [
        Series(name, [(each.count, each.done.seconds) for each in found])
        for name, found in ((_WRITTEN, written), (_UNWRITTEN, unwritten))
    ]
    rows = [each.row(_WRITTEN) for each in written] + [each.row(_UNWRITTEN) for each in unwritten]
    return Part([_table("growth", rows)], series=series)


def run_most(place: Place) -> Part:
    """The most releases as users run them: the engine writes its state for minutes."""
    first = _first_up(place, MOST)
    series = [Series(_WRITTEN, [(first.count, first.done.seconds)])]
    return Part([_table("growth-most", [first.row(_WRITTEN)])], series=series)


def _table(name: str, rows: list[list[Cell]]) -> Table:
    return Table(
        name,
        [
            "releases",
            "seconds",
            "ms each",
            "calls each",
            "CPU s",
            "MB",
            "threads of the plugin",
            "MB of the plugin",
        ],
        rows,
        [f"A job takes {_PLAN.build:g} s; `--parallel` is the number of releases, at least 100."],
    )


def _first_up(place: Place, count: int, *, bare: bool = False) -> _First:
    place.emulator.prepare(count, _PLAN)
    environment = WITHOUT_STATE_WRITES if bare else {}
    done = stacks.up(place.stack(environment=environment), count)
    stacks.say(f"{count}, {_UNWRITTEN if bare else _WRITTEN}", done.seconds)
    return _First(count, done, len(place.emulator.control.calls()))
