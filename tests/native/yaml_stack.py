"""A Pulumi project in YAML: the whole program is in its Pulumi.yaml."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.engine.fronts import native
from tests.engine.stack import Run, Stack

_CHANGED = re.compile(r"^ +[~+-] +([\w.\[\]]+) *:", re.MULTILINE)


class YamlStack(Stack):
    """A stack whose programs are YAML: what comes after name and runtime."""

    def __init__(self, folder: Path, program: str = "", **options: Any) -> None:
        super().__init__(folder, program, front=native(folder), **options)

    def describe(self, **more: Any) -> None:
        """Do nothing: the project is written with the program."""

    def write(self, program: str) -> None:
        """Make `program` the stack's; it may be indented, as text in a test is."""
        self.program = textwrap.dedent(program)
        about: Mapping[str, Any] = {"name": self.project, "runtime": "yaml", **self.front.project}
        head = "".join(f"{key}: {json.dumps(value)}\n" for key, value in about.items())
        (self.cwd / "Pulumi.yaml").write_text(head + self.program, encoding="utf-8")

    def change(self, before: str, after: str) -> None:
        """Replace a part of the program."""
        assert before in self.program
        self.write(self.program.replace(before, after))


def changed_properties(run: Run) -> list[str]:
    """The names of the properties that `--diff` lists as changed, as deep as they go."""
    return _CHANGED.findall(run.text)
