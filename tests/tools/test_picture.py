"""The picture of the terminal: what it makes equal, and who can look at it."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from tests.pages import READABLE, contrast
from tools.picture.__main__ import PICTURE
from tools.picture.drawing import DARK, LIGHT, WORDS, draw, words
from tools.picture.screens import commands
from tools.picture.tidy import tidy

#: A run of two commands, as a terminal gets it: the rows of the second one are drawn twice.
RUN = (
    "\x1b[1m\r\n# A chapter: what it shows.\x1b[0m\r\n"
    "\x1b[1;36m\r\n$ pulumi stack init demo\x1b[0m\r\nCreated\r\n"
    "\x1b[1;36m\r\n$ pulumi up\x1b[0m\r\n"
    "     Type      Name  Status  Info\x1b[K\r\n + \x1b[38;5;1mone\x1b[0m\x1b[K\r\n"
    "\r\x1b[2A     Type      Name  Status  Info\x1b[K\r\n + two\x1b[K\r\n"
)


def test_a_run_has_a_screen_for_each_moment() -> None:
    """Commands have their chapter, and a screen for each time that rows were drawn, in colour."""
    first, second = commands(RUN)
    chapter = "# A chapter: what it shows."
    assert (first.chapter, first.line) == (chapter, "pulumi stack init demo")
    assert (second.chapter, second.line) == (chapter, "pulumi up")
    one, two = second.screens()
    assert [line.plain for line in one] == [
        "$ pulumi up",
        "     Type      Name  Status  Info",
        " + one",
    ]
    assert two[2].plain == " + two"
    (red,) = (span for span in one[2].spans if span.style and "color(1)" in str(span.style))
    assert one[2].plain[red.start : red.end] == "one"


def test_what_differs_from_run_to_run_is_made_equal() -> None:
    """Times, the order of rows and the width of columns are always the same."""
    slow = [
        "$ pulumi up",
        "     Type    Name        Status              Info",
        " +   Stack   shop-demo   creating (13s)..    ",
        " +   ├─ Job  gold        creating (1m02s).   job 1 BUILD 12s of about 20s",
        " +   └─ Job  blue        creating (11s)...   job 1 PENDING 0s",
        "",
        "Diagnostics:",
    ]
    assert [line.plain for line in tidy([Text(line) for line in slow])] == [
        "$ pulumi up",
        "     Type    Name       Status            Info",
        " +   Stack   shop-demo  creating (4s)...",
        " +   ├─ Job  blue       creating (4s)...  job 1 PENDING 3s",
        " +   └─ Job  gold       creating (4s)...  job 1 BUILD 3s of about 20s",
        "",
        "Diagnostics:",
    ]


def test_words_stand_where_they_are_drawn() -> None:
    """What is read from a picture is what was drawn, signs of XML included."""
    lines = [Text("  a <b> & "), Text("c   d", "bold")]
    lines[0].append("in red", "color(1)")
    assert words(draw(lines)) == ["  a <b> & in red", "c   d"]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_each_color_can_be_read(theme: TerminalTheme) -> None:
    """Each of the colours has the contrast that WCAG's level AA asks for, and no two are equal."""
    colors = [*(theme.ansi_colors[number] for number in range(16)), theme.foreground_color]
    for color in colors:
        assert contrast(color, theme.background_color) >= READABLE, color
    assert len(set(colors)) == 17


def test_the_picture_fetches_nothing() -> None:
    """It is small, has words for those who do not see it, and neither scripts nor addresses."""
    readme = PICTURE.parents[1] / "README.md"
    assert f"![{WORDS}](docs/{PICTURE.name})" in readme.read_text(encoding="utf-8")
    svg = PICTURE.read_text(encoding="utf-8")
    root = ET.fromstring(svg)
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags == {"svg", "title", "desc", "style", "rect", "path", "circle", "text", "g"}
    assert "@import" not in svg
    assert re.findall(r"url\(|href|https?://[\w./]+", svg) == ["http://www.w3.org/2000/svg"]
    assert len(svg.encode()) < 200_000
    assert set(root.attrib["aria-labelledby"].split()) == {
        element.attrib["id"] for element in root if element.tag.endswith(("title", "desc"))
    }
