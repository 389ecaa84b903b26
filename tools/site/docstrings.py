"""Docstrings say more in the repository's own way than Sphinx understands by itself."""

from __future__ import annotations

import re

from sphinx.application import Sphinx

_PAGE = re.compile(r"\bdocs/([\w-]+)\.md\b")
#: An entry below `Attributes:` as napoleon leaves it, whose type stands below its text.
_TYPE_BELOW = re.compile(
    r"(^\.\. attribute:: \w+\n)((?:\n|   .*\n)*?)   :type: (.*)\n", re.MULTILINE
)


class Docstrings:
    """Corrects docstrings before and after Sphinx's extension napoleon has read them.

    napoleon takes "The job's status: CREATED or …" below an attribute for a type and a text. So what
    stands there before is put back.
    """

    def __init__(self) -> None:
        self._before: list[str] = []

    def connect(self, app: Sphinx) -> None:
        """Be called for each docstring; napoleon's priority is 500."""
        app.connect("autodoc-process-docstring", self._keep, priority=400)
        app.connect("autodoc-process-docstring", self._correct, priority=600)

    def _keep(self, *event: list[str]) -> None:
        self._before = list(event[-1])

    def _correct(self, _: Sphinx, what: str, *event: list[str]) -> None:
        lines = self._before if what == "attribute" else event[-1]
        text = _TYPE_BELOW.sub(r"\1   :type: \3\n\2", "\n".join(lines) + "\n")
        event[-1][:] = _PAGE.sub(r":doc:`docs/\1.md </docs/\1>`", text).splitlines()
