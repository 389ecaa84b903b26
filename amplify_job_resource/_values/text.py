"""Text that is safe to print: one line, no control characters, a known length."""

from __future__ import annotations

import unicodedata
from typing import Any, Final

#: What stands for a tab, wherever it is.
_TAB: Final = "    "


def printable(text: str, length: int) -> str:
    """Text on one line, without control characters, at most `length` characters long."""
    return cut(" ".join("".join(c if c.isprintable() else " " for c in text).split()), length)


def cut(text: str, length: int) -> str:
    """Text of at most `length` characters, one or more; an ellipsis stands for what is left out."""
    return text if len(text) <= length else text[: length - 1] + "…"


def harmless(text: str) -> str:
    """Text on one line with its spaces, without characters that steer a terminal or turn text around.

    Escape characters go, and not the sequences that they begin.
    """
    return text if text.isprintable() else "".join(map(_harmless, text))


def encodable(text: str) -> str:
    """Text that has a UTF-8 form: JSON can name halves of characters, which have none."""
    return text.encode("utf-8", "replace").decode()


def untagged(text: str) -> str:
    """Text without Pulumi's color tags, `<{%red%}>`: its CLI breaks down at an unknown one."""
    return text.replace("<{%", "< {%")


def _harmless(character: str) -> str:
    if character.isprintable():
        return character
    if character == "\t":
        return _TAB
    category = unicodedata.category(character)
    if category.startswith("Z"):
        return " "
    return "" if category in ("Cc", "Cf") else "\N{REPLACEMENT CHARACTER}"


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
