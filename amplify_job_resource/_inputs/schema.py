"""How the inputs of a resource are declared: one row for each input, on a field of a typed request.

All else that the package knows of an input is derived from its row: its key in state, its rules, its
default, whether a change of it means a new release, and the StartJob member that takes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import MISSING, dataclass, fields
from enum import Enum
from functools import cached_property
from typing import Any, get_type_hints

from .words import Word


class Form(Enum):
    """What kind of value an input takes."""

    #: A name or a word: no white space around it.
    TEXT = "text"
    #: Words for people, of any number of lines.
    PROSE = "prose"
    FLAG = "flag"
    #: A whole number, 0 or more.
    COUNT = "count"
    TIME = "time"
    TRIGGERS = "triggers"
    #: Files: the text or the list that `_content.source` reads.
    SOURCE = "source"
    #: A list of texts.
    TEXTS = "texts"
    #: A whole number of any size.
    NUMBER = "number"


class OnChange(Enum):
    """What a change of an input means."""

    #: The new value is recorded; no job is started.
    RECORD = "record"
    #: A new release, and so another trailer.
    RELEASE = "release"
    #: The same, for the inputs of the first version: they are in every trailer's hash, set or not. An
    #: input added later is hashed only where it is set, so that jobs of older versions are still found.
    RELEASE_ALWAYS_HASHED = "release, always hashed"


@dataclass(frozen=True, slots=True)
class Input:
    """The row of one input, written as an annotation of its field.

    Attributes:
        form: what kind of value it takes.
        on_change: what a change of it means.
        member: the member of StartJob's request that takes it, and whose limits it has.
        words: the words that it may be, where they are ours and not AWS's.
        what: what a user has to give, for an input that is required.
        is_derived: whether the program's side makes it from other inputs, so that nobody gives it.
    """

    form: Form
    on_change: OnChange = OnChange.RECORD
    member: str | None = None
    words: type[Word] | tuple[Word, ...] | None = None
    what: str = ""
    is_derived: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """An `Input` with what its field says: its names and its default.

    Attributes:
        name: its name in Python, `commit_id`.
        key: its name in state, in previews and in other languages, `commitId`.
        default: the value when it is left out; None when there is none.
        required: whether it must be given.
        input: the rest of the row.
    """

    name: str
    key: str
    default: Any
    required: bool
    input: Input

    @property
    def releases(self) -> bool:
        """Whether a change means a new release."""
        return self.input.on_change is not OnChange.RECORD


class Schema:
    """The inputs of one resource, in the order of their fields."""

    def __init__(self, rows: Sequence[Row]) -> None:
        """Take the rows."""
        self.rows = tuple(rows)

    @classmethod
    def of(cls, request: type[Any]) -> Schema:
        """Read the rows of a dataclass whose fields are annotated with an `Input`."""
        hints = get_type_hints(request, include_extras=True)
        return cls(
            [
                Row(
                    name=field.name,
                    key=camel_case(field.name),
                    default=None if field.default is MISSING else field.default,
                    required=field.default is MISSING,
                    input=mark,
                )
                for field in fields(request)
                for mark in getattr(hints[field.name], "__metadata__", ())
                if isinstance(mark, Input)
            ]
        )

    def __or__(self, other: Schema) -> Schema:
        """These inputs and those of another resource that have other names."""
        return Schema([*self.rows, *(row for row in other.rows if row.key not in self.by_key)])

    @cached_property
    def given(self) -> dict[str, str]:
        """Each input that a program gives: its key in state by its Python name."""
        return {row.name: row.key for row in self.rows if not row.input.is_derived}

    @cached_property
    def by_key(self) -> dict[str, Row]:
        """Each row by its key in state."""
        return {row.key: row for row in self.rows}

    @cached_property
    def keys(self) -> dict[str, str]:
        """Each input's key in state by its Python name."""
        return {row.name: row.key for row in self.rows}

    @cached_property
    def release_keys(self) -> tuple[str, ...]:
        """The keys of which a change means a new release."""
        return tuple(row.key for row in self.rows if row.releases)

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """The default of each input that has one, by key, as state holds it."""
        return {
            row.key: row.default.value if isinstance(row.default, Word) else row.default
            for row in self.rows
            if row.default is not None
        }

    @cached_property
    def members(self) -> dict[str, Row]:
        """The rows that StartJob takes, by its members' names."""
        return {row.input.member: row for row in self.rows if row.input.member}


def camel_case(name: str) -> str:
    """Python's name of a property -> its name elsewhere: `commit_id` -> `commitId`."""
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def snake_case(key: str) -> str:
    """The name of a property elsewhere -> Python's: `commitId` -> `commit_id`."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in key)
