"""What a run of the demo has shown in its terminal: a screen for each moment of each command."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pyte
from rich.style import Style
from rich.text import Text

from tools.terminal import open_terminal, shown

ROOT = Path(__file__).resolve().parent.parent
Screen = list[Text]
#: Columns and rows: wide enough for whole lines, and high enough for whatever a command shows.
SIZE = (130, 100)
#: What the demo takes from the environment here. In a CI job Pulumi would show no live rows.
KEPT = ("PATH", "HOME", "TMPDIR", "LANG")
#: Before each chapter and each command of the demo, which it shows in bold.
_BEGIN = re.compile(r"(?=\x1b\[1(?:;36)?m[\r\n]+[#$] )")
#: Pulumi draws its rows anew: the cursor goes up to the first of them.
_REDRAW = re.compile(r"(?=\r\x1b\[\d+A)")
#: The numbers of the sixteen colours that are a terminal's own, by pyte's names for them.
_NUMBERS = {code: number for number, code in enumerate(pyte.graphics.FG_BG_256[:16])} | {
    name: code - 30 for code, name in pyte.graphics.FG_ANSI.items() if code < 38
}


@dataclass(frozen=True)
class Command:
    """A command of the demo.

    Attributes:
        chapter: the chapter it belongs to, as the demo words it.
        line: the command as it is shown, without the prompt.
        output: all that the terminal got from its prompt on, control sequences included.
    """

    chapter: str
    line: str
    output: str

    def screens(self) -> Iterator[Screen]:
        """The lines on the screen at each moment, in colour; the prompt is the first of them."""
        screen = pyte.Screen(*SIZE)
        stream = pyte.Stream(screen)
        for part in _REDRAW.split(self.output):
            stream.feed(part)
            lines = [_line(screen, row) for row in range(screen.cursor.y)]
            yield lines[next((n for n, line in enumerate(lines) if line.plain), 0) :]


def record(*arguments: str) -> str:
    """Run the demo in a terminal; what the terminal got.

    Raises:
        RuntimeError: the demo has failed; its output is the message.
    """
    reader, output = open_terminal(*SIZE)
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    try:
        demo = subprocess.Popen(
            [sys.executable, "-m", "tools.demo", *arguments],
            cwd=ROOT,
            env={**kept, "TERM": "xterm-256color"},
            stdin=output,
            stdout=output,
            stderr=output,
        )
    finally:
        os.close(output)
    with demo:
        recording = b"".join(shown(reader)).decode("utf-8", "replace")
    os.close(reader)
    if demo.returncode:
        raise RuntimeError(recording)
    return recording


def commands(recording: str) -> list[Command]:
    """The commands of a run, in order."""
    found, chapter = [], ""
    for part in _BEGIN.split(recording):
        first = re.sub(r"\x1b\[[\d;]*m", "", part).strip().partition("\n")[0].strip()
        if first.startswith("# "):
            chapter = first
        elif first.startswith("$ "):
            found.append(Command(chapter, first.removeprefix("$ "), part))
    return found


def _line(screen: pyte.Screen, row: int) -> Text:
    """A line of a screen, without the blanks at its end."""
    line = Text()
    cells = (screen.buffer[row][column] for column in range(screen.columns))
    for (color, bold, underlined), same in groupby(
        cells, key=lambda cell: (_NUMBERS.get(cell.fg), cell.bold, cell.underscore)
    ):
        named = None if color is None else f"color({color})"
        style = Style(color=named, bold=bold or None, underline=underlined or None)
        line.append("".join(cell.data for cell in same), style)
    line.rstrip()
    return line
