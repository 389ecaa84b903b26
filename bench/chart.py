"""The chart: a panel for each part with series, releases to the right and seconds upwards, in SVG.

Both scales are logarithmic: a line at 45 degrees takes twice the time for twice the releases.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from xml.sax.saxutils import escape

from .results import Series, digits

_WIDTH: Final = 400
_PLOT: Final = (52, 34, 376, 234)
"""Left, top, right and bottom of a panel's plot."""
_LEGEND: Final = 16
_LIGHT: Final = ("#0b62c4", "#b8500a", "#178043", "#8a2fb0", "#a3123f", "#5b6470")
_DARK: Final = ("#6cb2ff", "#ffa45e", "#5fd28c", "#d69bf2", "#ff8aa8", "#b3bcc6")


def chart(panels: Mapping[str, Sequence[Series]]) -> str:
    """The chart as an SVG document, for light and dark pages.

    Args:
        panels: The series of each panel, by the panel's title; each with a point at least.
    """
    names = list(dict.fromkeys(series.name for panel in panels.values() for series in panel))
    rows = max(len(panel) for panel in panels.values())
    width, height = _WIDTH * len(panels), _PLOT[3] + 44 + _LEGEND * rows
    shown = "\n".join(
        f'<g transform="translate({number * _WIDTH} 0)">\n{_panel(title, panel, names)}\n</g>'
        for number, (title, panel) in enumerate(panels.items())
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'font-family="sans-serif" font-size="12">\n<title>Seconds of many releases at once</title>\n'
        f"<style>\n{_styles()}\n</style>\n{shown}\n</svg>\n"
    )


def _styles() -> str:
    def colours(ink: str, faint: str, lines: Sequence[str]) -> str:
        plain = f"text {{ fill: {ink} }} .grid {{ stroke: {faint} }}"
        each = (
            f".c{number} {{ stroke: {colour} }} circle.c{number} {{ fill: {colour} }}"
            for number, colour in enumerate(lines)
        )
        return " ".join([plain, *each])

    return (
        f"{colours('#24292f', '#d8dee4', _LIGHT)}\npolyline {{ fill: none; stroke-width: 2 }}\n"
        f"@media (prefers-color-scheme: dark) {{ {colours('#e6edf3', '#3d444d', _DARK)} }}"
    )


def _panel(title: str, panel: Sequence[Series], names: Sequence[str]) -> str:
    left, top, right, bottom = _PLOT
    xs = [x for series in panel for x, _ in series.points]
    ys = [y for series in panel for _, y in series.points]
    x_scale = _Scale(min(xs), max(xs), left, right)
    y_scale = _Scale(_below(min(ys)), max(ys) * 1.1, bottom, top)
    lines = [f'<text x="{left}" y="18" font-weight="bold">{escape(title)}</text>']
    for value in sorted({*xs}):
        x = x_scale(value)
        lines.append(f'<path class="grid" d="M{x:.0f} {top}V{bottom}"/>')
        lines.append(_text(x, bottom + 16, digits(int(value)), "middle"))
    for value in _ticks(min(ys), max(ys)):
        y = y_scale(value)
        lines.append(f'<path class="grid" d="M{left} {y:.0f}H{right}"/>')
        lines.append(_text(left - 6, y + 4, f"{value:,g} s", "end"))
    for row, series in enumerate(panel):
        number = names.index(series.name) % len(_LIGHT)
        points = [(x_scale(x), y_scale(y)) for x, y in series.points]
        dash = ' stroke-dasharray="5 3"' if row % 2 else ""
        path = " ".join(f"{x:.0f},{y:.1f}" for x, y in points)
        lines.append(f'<polyline class="c{number}" points="{path}"{dash}/>')
        lines += [f'<circle class="c{number}" cx="{x:.0f}" cy="{y:.1f}" r="3"/>' for x, y in points]
        y = bottom + 40 + _LEGEND * row
        lines.append(
            f'<polyline class="c{number}" points="{left},{y - 4} {left + 22},{y - 4}"{dash}/>'
        )
        lines.append(_text(left + 28, y, series.name, "start"))
    return "\n".join(lines)


class _Scale:
    """From values to places, logarithmically."""

    def __init__(self, least: float, most: float, begin: float, end: float) -> None:
        self._begin = begin
        self._least = math.log(least)
        self._slope = (end - begin) / ((math.log(most) - self._least) or 1)

    def __call__(self, value: float) -> float:
        return self._begin + (math.log(value) - self._least) * self._slope


def _below(value: float) -> float:
    """The nearest tick that is not larger."""
    return next(_ticks(value, value), value)


def _ticks(least: float, most: float) -> Iterator[float]:
    """1, 2, 5, 10, ... from the last one that is not larger than `least`."""
    exponent = math.floor(math.log10(least))
    every = [10.0**power * step for power in range(exponent, exponent + 9) for step in (1, 2, 5)]
    first = max(tick for tick in every if tick <= least)
    yield from (tick for tick in every if first <= tick <= max(most, first))


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{escape(text)}</text>'
