"""What a part of the benchmark has found: tables, goals and series, which JSON can hold."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import Any

import psutil

#: What stands in a table; a number comes with the digits that it deserves.
Cell = str | int | float | None


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        name: what a document calls the place where it goes.
        columns: the titles, the first one that of the rows.
        rows: a cell for each column; None for what is not measured.
        notes: sentences below it.
    """

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Goal:
    """Something that shall not exceed, or not fall below, a limit.

    Attributes:
        text: what it is, with its unit.
        value: what was measured.
        limit: the bound.
        at_least: whether the bound is the least; else it is the most.
    """

    text: str
    value: float
    limit: float
    at_least: bool = False

    @property
    def is_reached(self) -> bool:
        """Whether the value keeps to its bound."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    @property
    def sentence(self) -> str:
        """The goal, the value, and by how much it is missed."""
        bound = "at least" if self.at_least else "at most"
        away = abs(self.value - self.limit)
        verdict = "reached" if self.is_reached else f"missed by {digits(away)}"
        return f"{self.text}: {digits(self.value)}, goal {bound} {digits(self.limit)}: {verdict}"


@dataclass(frozen=True)
class Series:
    """A line of the chart: named points, `x` releases and `y` seconds."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Part:
    """All that one part of the benchmark has found.

    Attributes:
        tables: its tables.
        goals: what was to be reached.
        series: lines of the chart, in a panel of the part's own; none for no panel.
        took: seconds that the part took.
    """

    tables: Sequence[Table]
    goals: Sequence[Goal] = ()
    series: Sequence[Series] = ()
    took: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """The part as JSON has it."""
        return asdict(self)

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> Part:
        """A part that was written before."""
        return cls(
            [Table(**table) for table in found["tables"]],
            [Goal(**goal) for goal in found["goals"]],
            [Series(**series) for series in found["series"]],
            found["took"],
        )


def _pulumi() -> str:
    command = [shutil.which("pulumi") or "pulumi", "version"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout.strip().removeprefix("v")


@dataclass(frozen=True)
class Machine:
    """Where the figures come from."""

    system: str = field(default_factory=lambda: f"{platform.system()} {platform.machine()}")
    cores: int = field(default_factory=lambda: os.cpu_count() or 1)
    memory_gb: int = field(default_factory=lambda: round(psutil.virtual_memory().total / 1e9))
    python: str = field(default_factory=platform.python_version)
    pulumi: str = field(default_factory=_pulumi)
    sdk: str = field(default_factory=lambda: version("pulumi"))

    @property
    def sentence(self) -> str:
        """The machine in a line."""
        return (
            f"{self.system}, {self.cores} cores, {self.memory_gb} GB; Python {self.python}, "
            f"pulumi {self.pulumi} with SDK {self.sdk}"
        )


def digits(value: Cell) -> str:
    """A cell as text: three significant digits, and no more than two after the point."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
