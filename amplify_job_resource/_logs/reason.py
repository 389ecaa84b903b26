"""Which lines of a failed step's log say why it failed.

AWS's build writes its own verdict as `[ERROR]: !!! …`. What a tool said stands above it, at whatever
level, since a tool's standard error becomes WARNING and much of the rest INFO. Caching comes after or
in between.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .._values.text import cut, harmless
from .lines import LogLine

#: How long a line of an excerpt is at most, in characters.
EXCERPT_CHARACTERS: Final = 300

_ERROR: Final = "ERROR"
_VERDICT: Final = "!!!"

#: What a build that failed has in common with one that did not.
_NOISE: Final = re.compile(
    r"#+ (?:"
    r"(?:Environment )?[Cc]aching completed"
    r"|(?:Starting|Checking|Creating|Created|Retrieving|Retrieved|Extracting|Extracted|Uploading"
    r"|Uploaded)\b.*\b[Cc]ach(?:e|ing)\b.*"
    r"|(?:Completed [A-Z][a-z]+ Build|Build completed successfully)"
    r")[.\s]*"
    r"|Terminating logging[.\s]*"
)

#: Causes in words that are well known, and that stand in a log without a verdict.
_CAUSES: Final = re.compile(
    "|".join(
        map(
            re.escape,
            (
                "heap out of memory",
                "process exited too early",
                "no space left on device",
                "Unable to update submodules",
                "failed to validate the deploy-manifest",
                "Unable to parse build spec",
                "Monorepo spec provided without",
                "Artifact directory doesn't exist",
                "exceeds the max allowed size",
                "Non-Zero Exit Code detected",
                "Command failed with exit code",
                "Failed to deploy",
            ),
        )
    )
)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The lines of a log that matter for a failure.

    Attributes:
        lines: the lines from above to below, safe to print, without their times and levels.
        names_a_cause: whether there is a line of an error among them; else they are the last ones.
    """

    lines: tuple[str, ...]
    names_a_cause: bool


def excerpt(lines: Sequence[LogLine], most: int) -> Excerpt:
    """The lines that say why a step failed.

    They end with the last verdict and what belongs to it; where there is none, with the last error or
    well-known cause; where there is none either, with the log's end.

    Args:
        lines: The log, or its end.
        most: How many lines to give at most; none at 0.
    """
    if most <= 0:
        return Excerpt((), names_a_cause=False)
    telling = [line for line in lines if line.text and not _NOISE.fullmatch(line.text)]
    anchor = _anchor(telling)
    if anchor is None:
        return Excerpt(_shown(telling[-most:]), names_a_cause=False)
    end = _end_of_entry(telling, anchor)
    # The line itself matters more than all that belongs to it.
    start = anchor if end - anchor > most else max(end - most, 0)
    return Excerpt(_shown(telling[start : min(start + most, end)]), names_a_cause=True)


def _anchor(lines: Sequence[LogLine]) -> int | None:
    """Where the line is that names the cause, or comes right after it."""
    backwards = range(len(lines) - 1, -1, -1)
    for at in backwards:
        if lines[at].level == _ERROR and lines[at].text.startswith(_VERDICT):
            return at
    for at in backwards:
        if _CAUSES.search(lines[at].text):
            return at
        if lines[at].level == _ERROR and lines[at].time is not None:
            return at
    return None


def _end_of_entry(lines: Sequence[LogLine], at: int) -> int:
    """Where the next entry begins."""
    for following in range(at + 1, len(lines)):
        if lines[following].time is not None or lines[following].level is None:
            return following
    return len(lines)


def _shown(lines: Sequence[LogLine]) -> tuple[str, ...]:
    return tuple(cut(harmless(line.text).rstrip(), EXCERPT_CHARACTERS) for line in lines)
