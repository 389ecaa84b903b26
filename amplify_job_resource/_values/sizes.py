"""Sizes in bytes as people read them, in decimal units as AWS's console has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_UNITS: Final = ("kB", "MB", "GB", "TB")


def format_size(size: int) -> str:
    """Bytes as `1 byte`, `312 kB` or `4.1 MB`: rounded, with one decimal place below ten."""
    scale = _scale_of(max(0, size))
    return f"{scale.number(scale.rounded)} {scale.unit}"


def upload_line(sent: int, total: int) -> str:
    """How far an upload is, in the unit of all of it: `uploading 12 of 48 MB`.

    The two numbers are the same only when all bytes are sent.

    Args:
        sent: Bytes that are sent.
        total: Bytes that are to be sent.
    """
    scale = _scale_of(max(0, total))
    steps = scale.rounded
    if sent < total:
        steps = min(max(0, sent) // scale.step, steps - 1)
    return f"uploading {scale.number(steps)} of {format_size(total)}"


@dataclass(frozen=True, slots=True)
class _Scale:
    """How a size is shown.

    Attributes:
        step: the bytes of what is told apart: the unit, or its tenth.
        unit: the unit's name.
        tenths: how many steps a unit has: 1 or 10.
        rounded: the size in steps.
    """

    step: int
    unit: str
    tenths: int
    rounded: int

    def number(self, steps: int) -> str:
        """So many steps in the unit."""
        whole, tenth = divmod(steps, self.tenths)
        return f"{whole}.{tenth}" if tenth else str(whole)


def _scale_of(size: int) -> _Scale:
    if size < 1000:
        return _Scale(1, "byte" if size == 1 else "bytes", 1, size)
    power = 1
    # What would be rounded to 1000 is one of the next unit.
    while power < len(_UNITS) and _rounded(size, 1000**power) >= 1000:
        power += 1
    factor, unit = 1000**power, _UNITS[power - 1]
    tenths = _rounded(size, factor // 10)
    if tenths < 100:
        return _Scale(factor // 10, unit, 10, tenths)
    return _Scale(factor, unit, 1, _rounded(size, factor))


def _rounded(size: int, step: int) -> int:
    return (size + step // 2) // step
