"""Text that is safe to print: one line, no control characters, a known length."""

from __future__ import annotations

from typing import Any


def printable(text: str, length: int) -> str:
    """Text on one line, without control characters, at most `length` characters long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= length else line[: length - 1] + "…"


def shortened(value: Any, length: int = 60) -> str:
    """A value's `repr`, at most `length` characters long; its type for an object that has none.

    Pulumi hands over each number as a float; a whole one is shown as people write it.
    """
    text = repr(_whole_numbers(value))
    text = type(value).__name__ if text.startswith("<") else text
    return text if len(text) <= length else text[: length - 3] + "..."


def _whole_numbers(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, dict):
        return {key: _whole_numbers(entry) for key, entry in value.items()}
    return [_whole_numbers(entry) for entry in value] if isinstance(value, list) else value


def on_one_line(text: str) -> str:
    """Text with each run of white space as one space, for comparison."""
    return " ".join(text.split())
