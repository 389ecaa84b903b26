"""What the picture shows of a run of the demo, and nothing else of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rich.text import Text

from tools.demo import AT_WORK

from .screens import Command, Screen, commands
from .tidy import tidy


@dataclass(frozen=True)
class Scene:
    """A part of the picture: lines of one moment of a command.

    Attributes:
        chapter: what the demo says before it begins with this.
        command: how the command begins.
        lines: patterns of the first and of the last line that is shown.
        moment: what the screen holds, all at once; when it is empty, the last screen is taken.
        without: a pattern of lines that are left out.
    """

    chapter: str
    command: str
    lines: tuple[str, str]
    moment: tuple[str, ...] = ()
    without: str = r"(?!)"

    def take(self, run: list[Command]) -> Screen:
        """The lines of this scene in a run of the demo.

        Raises:
            LookupError: the run has no such command, moment or line.
        """
        for command in run:
            chapter = command.chapter.startswith(f"# {self.chapter}")
            if chapter and command.line.startswith(self.command):
                return [Text(command.chapter, "bold"), *self._choose(command)]
        raise LookupError(f"the demo has no `{self.command}` in {self.chapter!r}")

    def _choose(self, command: Command) -> Screen:
        screens = [
            screen
            for screen in command.screens()
            if all(any(words in line.plain for line in screen) for words in self.moment)
        ]
        if not screens:
            raise LookupError(f"no screen of `{command.line}` holds {self.moment}")
        screen = tidy(screens[0] if self.moment else screens[-1])
        first, last = (
            next((n for n, line in enumerate(screen) if re.search(each, line.plain)), None)
            for each in self.lines
        )
        if first is None or last is None:
            raise LookupError(f"the screen of `{command.line}` lacks {self.lines}")
        chosen = screen[first : last + 1]
        return [screen[0], *(line for line in chosen if not re.search(self.without, line.plain))]


SCENES = (
    Scene("New commits", "pulumi preview", (r"^ +Type ", r" -> ")),
    Scene(
        "A build that fails",
        "pulumi up",
        (r"From the log", r"The job is recorded"),
        without=r"^ +console: ",
    ),
    Scene("Many branches", "pulumi up", (r"^ +Type ", r"└─"), moment=AT_WORK),
)


def scenes(recording: str) -> Screen:
    """The lines of all scenes in a run of the demo, with a blank line between two of them.

    Raises:
        LookupError: the run lacks what a scene shows.
    """
    run, lines = commands(recording), []
    for scene in SCENES:
        lines += [*scene.take(run), Text()]
    return lines[:-1]
