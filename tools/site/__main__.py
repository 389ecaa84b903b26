"""Build the site into build/docs; a warning, such as of a link that leads nowhere, is a failure."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Build from nothing, so that no page of before remains.

    Returns:
        Sphinx's exit code, not 0 also where there was a warning; they are on stderr.
    """
    if find_spec("sphinx") is None:
        sys.exit("Sphinx is not installed: the site needs an environment of Python 3.11 or newer")
    from sphinx.cmd.build import build_main

    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--root", type=Path, default=ROOT, help="another checkout")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "docs")
    where = parser.parse_args()
    if (where.output / ".buildinfo").exists():  # Sphinx was here before
        shutil.rmtree(where.output)
    with tempfile.TemporaryDirectory() as cache:
        options = ("--fail-on-warning", "--keep-going", "--quiet", "--doctree-dir", cache)
        folders = ("--conf-dir", str(Path(__file__).parent), str(where.root), str(where.output))
        failed = build_main([*options, *folders])
    if not failed:
        print(where.output / "index.html")
    return failed


if __name__ == "__main__":
    sys.exit(main())
