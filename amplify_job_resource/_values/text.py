"""Text that is safe to print: one line, no control characters, a known length."""

from __future__ import annotations

from typing import Any


def printable(text: str, length: int) -> str:
    """Text on one line, without control characters, at most `length` characters long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= length else line[: length - 1] + "…"


def shortened(value: Any, length: int = 60) -> str:
    """A value's `repr`, at most `length` characters long."""
    text = repr(value)
    return text if len(text) <= length else text[: length - 3] + "..."


def on_one_line(text: str) -> str:
    """Text with each run of white space as one space, for comparison."""
    return " ".join(text.split())
