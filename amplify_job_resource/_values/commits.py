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

_SHA = re.compile(rf"[0-9a-fA-F]{{{SHORT},64}}", re.ASCII)
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

    def is_same(self, other: str | None) -> bool:
        """Whether another text names the same commit; see `is_same_commit`."""
        return is_same_commit(self.text, other)

    @property
    def spellings(self) -> tuple[str, ...]:
        """The texts, no longer than this one, that name the same commit; this one comes first."""
        if self.text is None:
            return ()
        if not _SHA.fullmatch(self.text):
            return (self.text,)
        lengths = range(len(self.text), SHORT - 1, -1)
        cases = (self.text, self.text.lower(), self.text.upper())
        return tuple(dict.fromkeys(text[:length] for length in lengths for text in cases))


def told_apart(one: Commit, other: Commit) -> tuple[str, str]:
    """Two commits for one sentence, with as many digits of each sha as tell them apart."""
    shown = str(one), str(other)
    texts = one.text or "", other.text or ""
    if shown[0] != shown[1] or texts[0] == texts[1] or SECRET in shown:
        return shown
    pairs = enumerate(zip(*texts, strict=False))
    digits = next((at for at, (a, b) in pairs if a != b), min(map(len, texts))) + 1
    return texts[0][:digits], texts[1][:digits]


def is_same_commit(one: str | None, other: str | None) -> bool:
    """Whether two texts name the same commit.

    Of two shas one may be a short form of the other, seven digits or longer, in any case. Any other
    text, such as a tag or `HEAD`, is compared as it is.
    """
    if not one or not other:
        return False
    if not (_SHA.fullmatch(one) and _SHA.fullmatch(other)):
        return one == other
    short, long = sorted((one.lower(), other.lower()), key=len)
    return long.startswith(short)


def names_a_commit(reported: str | None) -> bool:
    """Whether AWS says which commit a job builds; it reports `HEAD`, or nothing, for many jobs."""
    return reported not in (None, "", HEAD)


def short_sha(sha: str) -> str:
    """The first seven digits of a sha."""
    return sha[:SHORT]
