"""A commit: whether two texts mean the same one, and how much of it people may see."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from .text import printable

#: What AWS reports for most jobs that were started through the API.
HEAD: Final = "HEAD"
#: What stands in for a secret wherever people read.
SECRET: Final = "[secret]"  # noqa: S105 - what stands in for one
#: Digits of a sha that people see; a shorter text is no abbreviation of a sha.
SHORT: Final = 7

_LONG_SHA = re.compile(r"[0-9a-fA-F]{8,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Commit:
    """The commit that a release is for.

    Attributes:
        text: a sha or another name of a commit; None when there is none, or it is unknown.
        secret: whether the program gave it as a secret; then no part of it is shown.
        unknown: whether it is known only after the update.
    """

    text: str | None = None
    secret: bool = False
    unknown: bool = False

    def __str__(self) -> str:
        """The commit for a sentence."""
        return self.shown or "no commit"

    @property
    def shown(self) -> str | None:
        """Seven digits of a sha, other text at most 40 characters long, None for no commit."""
        if self.unknown:
            return "a commit known after the update"
        if self.text is None:
            return None
        if self.secret:
            return SECRET
        return short_sha(self.text) if _LONG_SHA.fullmatch(self.text) else printable(self.text, 40)

    def is_reported(self, reported: str | None) -> bool:
        """Whether a commit that AWS reports is this one; either may be a short form of the other."""
        if not reported or self.text is None:
            return False
        short, long = sorted((reported.lower(), self.text.lower()), key=len)
        return short == long or (len(short) >= SHORT and long.startswith(short))


def short_sha(sha: str) -> str:
    """The first seven digits of a sha."""
    return sha[:SHORT]
