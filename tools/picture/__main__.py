"""Draw docs/demo.svg: a terminal with what `make demo` shows.

The picture is made of a run of the demo. `scenes.py` says what is shown; a scene leaves lines out,
and changes none. `tidy.py` makes equal what differs from run to run. A test makes the words of the
picture anew from another run.
"""

from __future__ import annotations

import sys
from pathlib import Path

from .drawing import draw
from .scenes import scenes
from .screens import record

PICTURE = Path(__file__).parents[2] / "docs" / "demo.svg"


def main() -> int:
    """Run the demo and draw it."""
    PICTURE.write_text(draw(scenes(record())), encoding="utf-8")
    print(f"docs/{PICTURE.name}: {PICTURE.stat().st_size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
