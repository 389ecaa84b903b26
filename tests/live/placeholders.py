"""What keeps the data of an account out of a report: placeholders for all that is somebody's."""

from __future__ import annotations

import re
from collections.abc import Mapping
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
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        # A name that holds another one goes first.
        self._names = sorted(names.items(), key=lambda entry: -len(entry[0]))

    def __call__(self, text: str) -> str:
        """The text with placeholders, on one line, and cut where it is long."""
        for name, stands_for in self._names:
            if name:
                text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", stands_for, text)
        for form, stands_for in _FORMS:
            text = form.sub(stands_for, text)
        text = " ".join(text.split())
        return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
