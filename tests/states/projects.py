"""The program of `program/`, as a project of each front; `make states` keeps what its stacks hold.

`0.1.0` is of the code that is to be released, `0.1.0-early` of the first checkouts with that version:
they knew no `url`, no deployments and no native provider.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Final

from tests.engine.stack import Run, Stack
from tests.native.yaml_stack import YamlStack

STATES: Final = Path(__file__).parent
PROGRAM: Final = STATES / "program"
#: A front -> the file with its program, and what makes a stack of it.
FRONTS: Final[dict[str, tuple[str, Callable[..., Stack]]]] = {
    "dynamic": ("dynamic.py", Stack),
    "native": ("native.yaml", YamlStack),
}
FIRST, NEXT = {"commit": "1f3c9e2a77"}, {"commit": "8b02d4a111"}
#: The releases of the program.
NAMES: Final = (
    "succeeded",
    "pending",
    "active",
    "adopted",
    "failed",
    "allowed",
    "late",
    "secret",
    "files",
)


def project(front: str, kept: Path, folder: Path, emulator_url: str) -> Stack:
    """A stack, in `folder`, of the program in `kept`."""
    name, make = FRONTS[front]
    text = (kept / name).read_text(encoding="utf-8")
    stack = make(folder, text, emulator_url=emulator_url)
    if (kept / "pages").exists():
        shutil.copytree(kept / "pages", stack.cwd / "pages")
    return stack


def steps(preview: Run, names: Collection[str] = NAMES) -> dict[str, str]:
    """What a preview would do to each release: `same`, `update` or `replace`."""
    found = {name: preview.steps(name) for name in names}
    return {
        name: "replace" if "replace" in taken else ", ".join(taken) for name, taken in found.items()
    }
