"""1 to 1,000 releases of a second each: where the time stops to grow in proportion, and why."""

from __future__ import annotations

from typing import Final

from amplify_job_resource.emulator import Plan

from . import stacks
from .results import Part, Series, Table
from .stacks import Measured, Place

COUNTS: Final = (1, 10, 100, 1000)
_PLAN: Final = Plan(pending=0, provisioning=0, build=1, deploy=0, verify=0)
#: The engine then writes the state once, at the end. For measuring only: a kill loses all.
WITHOUT_STATE_WRITES: Final = {"PULUMI_SKIP_CHECKPOINTS": "true"}


def run(place: Place) -> Part:
    """Release so many branches, with the engine's writes of its state and without them."""
    rows: list[list[str | int | float | None]] = []
    ours, unwritten = [], []
    for count in COUNTS:
        found, calls = _first_up(place, count, {})
        bare, _ = _first_up(place, count, WITHOUT_STATE_WRITES)
        ours.append((float(count), found.seconds))
        unwritten.append((float(count), bare.seconds))
        rows.append(
            [
                count,
                found.seconds,
                bare.seconds,
                calls / count,
                found.usage.cpu,
                bare.usage.cpu,
                found.usage.plugin_threads,
                found.usage.plugin_memory,
            ]
        )
    table = Table(
        "growth",
        [
            "releases",
            "seconds",
            "without state writes",
            "calls each",
            "CPU s",
            "without state writes",
            "threads of the plugin",
            "MB of the plugin",
        ],
        rows,
        [f"A job takes {_PLAN.build:g} s; `--parallel` is the number of releases, at least 100."],
    )
    series = [Series("this package", ours), Series("without state writes", unwritten)]
    return Part([table], series=series)


def _first_up(place: Place, count: int, environment: dict[str, str]) -> tuple[Measured, int]:
    place.emulator.prepare(count, _PLAN)
    done = stacks.up(place.stack(environment=environment), count)
    return done, len(place.emulator.control.calls())
