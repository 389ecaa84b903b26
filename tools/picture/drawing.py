"""An SVG of a terminal, for light and dark.

The file fetches nothing, so it has the font of whoever looks at it. Each run of characters is
stretched to its place, and columns stay columns in any font.
"""

from __future__ import annotations

import re
from io import StringIO
from xml.etree import ElementTree as ET

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from .screens import Screen

TITLE = "make demo"
WORDS = (
    "A terminal. pulumi preview names a pending release, from one commit to another. pulumi up "
    "fails, with the compiler's error from the log of the build. A pulumi up at work has a live "
    "row for each of four branches: one builds, one is deployed, one is verified, one waits."
)


def _theme(background: str, foreground: str, *colors: str) -> TerminalTheme:
    def rgb(code: str) -> tuple[int, int, int]:
        return int(code[:2], 16), int(code[2:4], 16), int(code[4:], 16)

    normal, bright = colors[:8], colors[8:]
    return TerminalTheme(rgb(background), rgb(foreground), [*map(rgb, normal)], [*map(rgb, bright)])


#: The sixteen colours that a terminal names, in their order: each can be read on its background.
LIGHT = _theme(
    *("ffffff", "1f2328"),
    *("24292f", "cf222e", "116329", "7d4e00", "0969da", "8250df", "1b6f75", "59636e"),
    *("57606a", "a40e26", "1a7f37", "633c01", "0550ae", "6639ba", "0e5f66", "32383f"),
)
DARK = _theme(
    *("161b22", "e6edf3"),
    *("8b949e", "ff7b72", "3fb950", "d29922", "58a6ff", "bc8cff", "39c5cf", "b1bac4"),
    *("9198a1", "ffa198", "56d364", "e3b341", "79c0ff", "d2a8ff", "56d4dd", "f0f6fc"),
)

#: How wide a letter and how high a line is in what rich draws.
_LETTER, _LINE = 12.2, 24.4
_FORM = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {columns} {rows}" width="{columns}" \
height="{rows}" role="img" aria-labelledby="title words">
<title id="title">{title}</title>
<desc id="words">{words}</desc>
<style>
.window {{ fill: #ffffff; stroke: #d0d7de }} .bar {{ stroke: #d0d7de }} .name {{ fill: #59636e }}
text {{ font: 20px ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace }}
{light}
@media (prefers-color-scheme: dark) {{
.window {{ fill: #161b22; stroke: #3d444d }} .bar {{ stroke: #3d444d }} .name {{ fill: #9198a1 }}
{dark}
}}
</style>
<rect class="window" x="1" y="1" width="{inner}" height="{high}" rx="12"/>
<path class="bar" d="M1 44H{inner}"/>
<circle cx="26" cy="22" r="7" fill="#ff5f57"/>
<circle cx="50" cy="22" r="7" fill="#febc2e"/>
<circle cx="74" cy="22" r="7" fill="#28c840"/>
<text class="name" x="{middle}" y="29" text-anchor="middle">{title}</text>
<g transform="translate(24 58)">
{drawn}
</g>
</svg>
"""


def draw(lines: Screen) -> str:
    """An SVG of a terminal with these lines."""
    width = max(len(line) for line in lines)
    console = Console(record=True, width=width, file=StringIO(), color_system="truecolor")
    console.print(Text("\n").join(lines), highlight=False)

    def export(form: str, theme: TerminalTheme) -> str:
        return console.export_svg(theme=theme, code_format=form, unique_id="t", clear=False)

    light, dark = (export("{styles}", theme) for theme in (LIGHT, DARK))
    # No line is cut, and a line's end is nothing to draw.
    drawn = re.sub(r' clip-path="[^"]*"|<text[^>]*>\n</text>', "", export("{matrix}", LIGHT))
    columns, rows = round(width * _LETTER + 48), round(len(lines) * _LINE + 78)
    return _FORM.format(
        columns=columns,
        rows=rows,
        inner=columns - 2,
        high=rows - 2,
        middle=columns // 2,
        title=TITLE,
        words=WORDS,
        light=light,
        dark=dark,
        drawn=drawn.replace("<text", "\n<text").strip(),
    )


def words(svg: str) -> list[str]:
    """The lines in the terminal of a picture; each word is in the column where it is drawn."""
    rows: dict[float, str] = {}
    for text in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"):
        if text.get("textLength"):
            at, column = float(text.attrib["y"]), round(float(text.attrib["x"]) / _LETTER)
            rows[at] = rows.get(at, "").ljust(column) + (text.text or "").replace("\xa0", " ")
    return [row.rstrip() for _, row in sorted(rows.items())]
