"""What keeps the data of an account out of a report: placeholders for all that is somebody's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

#: What somebody's data looks like wherever it comes from, and what stands for it.
_FORMS: Final = (
    (re.compile(r"\barn:[^\s,;\"')]+"), "<arn>"),
    (re.compile(r"\b(?:https?|s3|ssh|git)://[^\s,;\"')]+"), "<address>"),
    (re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.:/-]+"), "<address>"),
    (re.compile(r"\b(?:AKIA|ASIA|AIDA|AROA)[A-Z0-9]{12,}\b"), "<key>"),
    (re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"), "<id>"),
    (re.compile(r"\b[0-9a-f]{40}\b"), "<commit>"),
    (re.compile(r"\b(?:[\w-]+\.)+amplifyapp\.com\b"), "<host>"),
    (re.compile(r"(?<![\w.])\d{12}(?!\w)"), "<account>"),
    (re.compile(r"\bd(?=[a-z]*\d)[a-z0-9]{7,19}\b"), "<app>"),
)
#: More of one text than this is cut off.
LONGEST: Final = 300


class Placeholders:
    """Takes names out of texts.

    Args:
        names: The names that are known to be somebody's, and what stands for each.
        parts: Names that are parts of addresses, too, so that these are replaced first.
    """

    def __init__(self, names: Mapping[str, str], parts: Mapping[str, str] | None = None) -> None:
        self._names = names
        self._parts = parts or {}

    def __call__(self, text: str) -> str:
        """The text with placeholders, on one line, and cut where it is long."""
        text = _replaced(text, self._names, ())
        for form, stands_for in _FORMS:
            text = form.sub(stands_for, text)
        forms = [stands_for for _, stands_for in _FORMS]
        text = _replaced(text, self._parts, (*forms, *self._names.values()))
        text = " ".join(text.split())
        return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def parts_of(repository: str) -> tuple[str, str]:
    """The owner and the name of a repository, of its address in any form; "" for what it has not."""
    path = repository.partition("://")[2] or repository
    _, *parts = re.split(r"[/:]", path.rstrip("/").removesuffix(".git"))
    owner, name = ["", "", *parts][-2:]
    return owner, name


def _replaced(text: str, names: Mapping[str, str], placeholders: Iterable[str]) -> str:
    """The text with what stands for the names; placeholders that it has stay, whatever the names."""
    # A name that holds another one goes first.
    found = sorted(filter(None, names), key=len, reverse=True)
    if not found:
        return text
    stay = "|".join(map(re.escape, {*placeholders})) or "(?!)"
    words = "|".join(map(re.escape, found))
    return re.sub(
        rf"{stay}|(?<!\w)(?:{words})(?!\w)", lambda match: names.get(match[0], match[0]), text
    )
