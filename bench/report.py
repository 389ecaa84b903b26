"""What becomes of results: text on the terminal, JSON, a chart, and the tables of documents."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from .chart import chart
from .results import Machine, Part, Series
from .tables import as_markdown, as_text, fill, goals_as_markdown

_ROOT: Final = Path(__file__).parents[1]
#: Where results go that the documents show.
RECORDED: Final = _ROOT / "docs" / "performance.json"
#: Where others go.
SCRATCH: Final = _ROOT / "build" / "bench.json"
#: The documents with marks for tables.
DOCUMENTS: Final = (_ROOT / "docs" / "performance.md", _ROOT / "docs" / "plugin-process.md")
#: The chart's panels: a title, and the parts whose series it shows; those of one name are one line.
_PANELS: Final = {
    "Releases at once, builds of 10 s": ("side-by-side",),
    "Releases at once, builds of 1 s": ("growth", "growth-most"),
}


def print_part(part: Part) -> None:
    """Print the tables, the goals and the time that a part took."""
    for table in part.tables:
        sys.stdout.write(f"\n{as_text(table)}\n")
    sys.stdout.write("".join(f"\n{goal.sentence}" for goal in part.goals))
    sys.stdout.write(f"\n({part.took:.0f} s)\n")
    sys.stdout.flush()


def write(found: Mapping[str, Any], target: Path) -> None:
    """Write results as JSON and the chart beside it; those that are recorded also into documents."""
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    target.with_suffix(".svg").write_text(chart_of(found), encoding="utf-8")
    if target == RECORDED:
        for document in DOCUMENTS:
            fill(document, texts_of(found))


def chart_of(found: Mapping[str, Any]) -> str:
    """The chart of all parts with series, as SVG; empty without one."""
    panels = {}
    for title, names in _PANELS.items():
        lines: dict[str, list[tuple[float, float]]] = {}
        for name in names:
            for series in Part.from_json(found[name]).series if name in found else ():
                lines.setdefault(series.name, []).extend(series.points)
        if lines:
            panels[title] = [Series(name, points) for name, points in lines.items()]
    return chart(panels) if panels else ""


def texts_of(found: Mapping[str, Any]) -> dict[str, str]:
    """What goes between each mark of a document, as Markdown."""
    parts = [Part.from_json(each) for each in found.values()]
    machines = dict.fromkeys(Machine(**each["machine"]).sentence for each in found.values())
    minutes = sum(part.took for part in parts) / 60
    return {
        "machine": f"Machine: {'; and '.join(machines)}. All parts took {minutes:.1f} minutes.\n",
        "goals": goals_as_markdown(goal for part in parts for goal in part.goals),
        **{table.name: as_markdown(table) for part in parts for table in part.tables},
    }
