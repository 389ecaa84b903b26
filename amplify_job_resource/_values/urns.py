"""Pulumi's name of a resource: `urn:pulumi:<stack>::<project>::<type>::<name>`."""

from __future__ import annotations

from dataclasses import dataclass


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
