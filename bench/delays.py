"""How late the end of a build is seen, against calls: the table of `bench.schedule`, for documents."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from statistics import mean
from typing import Final

from .results import Cell, Part, Table
from .schedule import FAMILIES, PEERS, Result, builds, optimum, simulate
from .stacks import Place

BUILDS: Final = 10_000
_OURS: Final = "ours"


def run(_: Place) -> Part:
    """Simulate all families of builds; neither the emulator nor an engine is asked."""
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        rows = list(pool.map(_row, FAMILIES, repeat(BUILDS)))
    titles = ["this package" if peer == _OURS else peer for peer in PEERS]
    columns = ["builds", *titles, "optimum"]
    note = f"{BUILDS:,} builds of each family: mean delay, and mean number of calls."
    return Part([Table("schedule", columns, rows, [note])])


def _row(family: str, count: int) -> list[Cell]:
    found = {peer: simulate(family, peer, count) for peer in PEERS}
    ours = found[_OURS]
    row: list[Cell] = [family, *map(_cell, found.values()), ""]
    if family.startswith("steady"):
        typical = mean(build.seconds for build in builds(family, count))
        share = float(family.split()[2]) / 100
        row[-1] = _cell(Result(optimum(share * typical, ours.calls), ours.calls))
    return row


def _cell(result: Result) -> str:
    return f"{result.delay:.2f} s, {result.calls:.1f}"
