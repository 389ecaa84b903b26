"""Tables as text for a terminal, and as Markdown between the marks of a document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from .results import Goal, Table, digits

_MARKED = re.compile(r"(<!-- bench: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def as_text(table: Table) -> str:
    """A table with aligned columns, and its notes."""
    lines = [[*table.columns], *([digits(cell) for cell in row] for row in table.rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(table.columns))]
    shown = [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
    return "\n".join([*shown, *table.notes])


def as_markdown(table: Table) -> str:
    """A table as a document has it, and its notes as a paragraph."""
    rule = ["---", *("---:" for _ in table.columns[1:])]
    lines = [[*table.columns], rule, *([digits(cell) for cell in row] for row in table.rows)]
    text = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    return f"{text}\n{' '.join(table.notes)}\n" if table.notes else text


def goals_as_markdown(goals: Iterable[Goal]) -> str:
    """A list with a line for each goal."""
    return "".join(f"- {goal.sentence}\n" for goal in goals)


def fill(document: Path, texts: Mapping[str, str]) -> None:
    """Write each text between the marks of its name: `<!-- bench: NAME -->` and `<!-- end -->`.

    What is marked with another name stays as it is.
    """
    before = document.read_text(encoding="utf-8")
    after = filled(before, texts)
    if after != before:
        document.write_text(after, encoding="utf-8")


def filled(text: str, texts: Mapping[str, str]) -> str:
    """A document's text, with each text between the marks of its name."""

    def between(found: re.Match[str]) -> str:
        begin, name, end = found.groups()
        return f"{begin}\n{texts[name]}\n{end}" if name in texts else found[0]

    return _MARKED.sub(between, text)


def marked(text: str) -> list[str]:
    """The names of a document's marks."""
    return [name for _, name, _ in _MARKED.findall(text)]
