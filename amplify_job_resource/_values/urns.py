"""Pulumi's name of a resource: `urn:pulumi:<stack>::<project>::<type>::<name>`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

#: The type tokens of this package's resources in every language, and those of the dynamic resources.
TYPES: Final = {
    "amplify-job:index:Job": "pulumi-python:dynamic/amplify:Job",
    "amplify-job:index:Deployment": "pulumi-python:dynamic/amplify:Deployment",
}
#: All of them: the types of resources that are releases.
RELEASE_TYPES: Final = frozenset((*TYPES, *TYPES.values()))


@dataclass(frozen=True, slots=True)
class Urn:
    """The parts of a URN; `str()` of it is the URN.

    Attributes:
        stack: the stack's name.
        project: the project's name.
        types: the resource's type token, behind those of its parents, joined by `$`.
        name: the resource's name in the program; it may hold `::` itself.
    """

    stack: str
    project: str
    types: str
    name: str

    @classmethod
    def parse(cls, text: str) -> Urn | None:
        """The parts of a URN, None when the text is no URN."""
        head, *rest = text.split("::", maxsplit=3)
        prefix, _, stack = head.rpartition(":")
        if len(rest) != 3 or prefix != "urn:pulumi":
            return None
        return cls(stack, *rest)

    @property
    def type(self) -> str:
        """The resource's own type token."""
        return self.types.rpartition("$")[2]

    def __str__(self) -> str:
        return f"urn:pulumi:{self.stack}::{self.project}::{self.types}::{self.name}"


def identity(urn: str) -> str:
    """What stands for a resource in trailers and notes: its URN, with the type of the dynamic resource.

    A stack may move from the dynamic resource to the native one: it is the same release then.
    """
    parsed = Urn.parse(urn)
    if parsed is None or parsed.type not in TYPES:
        return urn
    parents, mark, own = parsed.types.rpartition("$")
    return str(replace(parsed, types=f"{parents}{mark}{TYPES[own]}"))
