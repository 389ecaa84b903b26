"""`make bench`: measure all parts, print tables and goals, write JSON and a chart.

Each ratio compares what was measured in the same run, on the same emulator. What was not measured in
this run stays as an earlier run has left it in the JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from . import delays, endings, growth, previews, side_by_side
from .emulator import Emulator
from .report import RECORDED, SCRATCH, print_part, write
from .results import Machine, Part
from .stacks import Place

PARTS: Final[Mapping[str, Callable[[Place], Part]]] = {
    "side-by-side": side_by_side.run,
    "endings": endings.run,
    "growth": growth.run,
    "previews": previews.run,
    "schedule": delays.run,
    "growth-most": growth.run_most,
}
#: What `make bench` runs; the last part takes minutes by itself, and is asked for by its name.
USUAL: Final = tuple(PARTS)[:-1]


def measure(name: str) -> Part:
    """Run a part, with an emulator and a folder of its own."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, Emulator() as emulator:
        part = PARTS[name](Place(Path(folder), emulator))
    return replace(part, took=time.monotonic() - begun)


def main() -> int:
    """Run the chosen parts; with `--record`, the documents get what was found."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument(
        "--only", choices=PARTS, nargs="+", help="only these parts", default=USUAL, metavar="PART"
    )
    parser.add_argument(
        "--record", action="store_true", help="write JSON, chart and tables of docs/performance.md"
    )
    given = parser.parse_args()
    target = RECORDED if given.record else SCRATCH
    found: dict[str, Any] = json.loads(target.read_text("utf-8")) if target.exists() else {}
    for name in given.only:
        sys.stdout.write(f"\n== {name}\n")
        sys.stdout.flush()
        part = measure(name)
        print_part(part)
        found[name] = {"machine": asdict(Machine()), **part.to_json()}
        # After each part, so that a run that is interrupted leaves what it has found.
        write(found, target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
