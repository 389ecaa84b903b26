"""Why something is pending, as data: one class a kind of reason. `sentences` puts them into words."""

from __future__ import annotations

from dataclasses import dataclass

from .._values.commits import Commit


@dataclass(frozen=True, slots=True)
class Place:
    """An app and a branch as people see them; either is None while it is not known."""

    app_id: str | None
    branch_name: str | None


@dataclass(frozen=True, slots=True)
class First:
    """Nothing is recorded: a new resource, or one forced by `--replace`."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Another app or branch."""

    keys: tuple[str, ...]
    before: Place


@dataclass(frozen=True, slots=True)
class NewCommit:
    """Another commit is asked for."""

    before: Commit
    after: Commit


@dataclass(frozen=True, slots=True)
class TriggersChanged:
    """Another value of a trigger.

    Attributes:
        names: the changed triggers of a map, sorted; empty when they have no names.
        unknown: whether all triggers are known only after the update.
    """

    names: tuple[str, ...] = ()
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class InputChanged:
    """Another value of an input of which a change means a release.

    Attributes:
        key: the input's key in state.
        before: the recorded value, None for none.
        after: the new value, None for none.
        unknown: whether the new value is known only after the update.
    """

    key: str
    before: str | None
    after: str | None
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class LastJobFailed:
    """The recorded job FAILED or was CANCELLED, and that is not allowed."""

    job_number: str
    status: str


@dataclass(frozen=True, slots=True)
class StillActive:
    """The recorded job has not ended, and is to be waited for."""

    job_number: str


@dataclass(frozen=True, slots=True)
class OnlyRecorded:
    """Inputs changed of which a change means no release."""

    keys: tuple[str, ...]


Reason = (
    First
    | Moved
    | NewCommit
    | TriggersChanged
    | InputChanged
    | LastJobFailed
    | StillActive
    | OnlyRecorded
)
