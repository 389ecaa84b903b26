"""What differs from run to run on a screen, made equal: times, the order of rows, blanks.

Rows that come side by side come in any order; they get the order of their names. A column is as wide
as it has ever been; it gets as wide as it must be.
"""

from __future__ import annotations

import re
from io import StringIO

from rich.console import Console
from rich.text import Text

from .screens import Screen

#: What a time becomes: Pulumi's, and that of a job in a state.
_TIMES = (
    (re.compile(r"\bcreating \([^)]*s\)\.*"), "creating (4s)..."),
    (re.compile(r"(?<=[A-Z]{5} )\d+s\b"), "3s"),
)
_COLUMNS = ("Type", "Name", "Plan", "Status", "Info")
_PLAIN = Console(file=StringIO())


def tidy(screen: Screen) -> Screen:
    """The same screen with equal times, its rows in the order of their names, its columns close."""
    is_head = [bool(re.match(r" +Type +Name\b", line.plain)) for line in screen]
    if not any(is_head):
        return [_with_equal_times(line) for line in screen]
    head = is_head.index(True)
    end = next((n for n in range(head, len(screen)) if not screen[n].plain), len(screen))
    starts = [at for name in _COLUMNS if (at := screen[head].plain.find(name)) >= 0]
    rows = [[_with_equal_times(cell) for cell in line.divide(starts)] for line in screen[head:end]]
    outside = [_with_equal_times(line) for line in screen]
    return [*outside[:head], *_table(rows), *outside[end:]]


def _table(rows: list[list[Text]]) -> Screen:
    """Rows of cells as lines; below the head and the stack are its resources."""
    resources = sorted(rows[2:], key=lambda row: row[2].plain)
    for row in resources:
        branch = "└─" if row is resources[-1] else "├─"
        row[1].plain = branch + row[1].plain[2:]
    rows = [*rows[:2], *resources]
    for row in rows:
        for cell in row[1:]:
            cell.rstrip()
    widths = [max(len(cell) for cell in column) + 2 for column in zip(*rows, strict=True)]
    lines = []
    for line, *cells in rows:
        for cell, width in zip(cells, widths[1:], strict=True):
            cell.pad_right(width - len(cell))
            line.append_text(cell)
        line.rstrip()
        lines.append(line)
    return lines


def _with_equal_times(line: Text) -> Text:
    for pattern, equal in _TIMES:
        for found in reversed(list(pattern.finditer(line.plain))):
            style = line.get_style_at_offset(_PLAIN, found.start())
            line = line[: found.start()] + Text(equal, style) + line[found.end() :]
    return line
