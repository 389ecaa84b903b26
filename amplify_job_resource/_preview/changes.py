"""What a change of inputs means: nothing, an update in place, or a new release.

Old inputs are compared with new ones, never with what AWS reports: a RELEASE often reports `HEAD`,
and a comparison with that would plan a release for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from .._inputs.deployment import ALL_INPUTS
from .._inputs.request import Properties
from .._inputs.secrets import commit_in
from .._values.commits import Commit
from .file_reasons import FilesChanged
from .reasons import (
    AnotherRetry,
    First,
    FoundReason,
    InputChanged,
    LastJobFailed,
    Moved,
    NewCommit,
    NotARelease,
    NotHealthy,
    OnlyRecorded,
    OtherCommitBuilt,
    Place,
    Reason,
    StillActive,
    TriggersChanged,
    verb,
)

#: Inputs that ask for a release: all that are found count, in this order.
RELEASE_REASONS: Final[tuple[type[FoundReason], ...]] = (
    Moved,
    NewCommit,
    FilesChanged,
    TriggersChanged,
    AnotherRetry,
    InputChanged,
)
#: What counts when no input asks for a release: the first that is found.
OTHER_REASONS: Final[tuple[type[FoundReason], ...]] = (
    LastJobFailed,
    StillActive,
    OtherCommitBuilt,
    NotHealthy,
    OnlyRecorded,
)


class ChangeKind(Enum):
    """The three things that a change can ask for."""

    NOTHING = "nothing"
    UPDATE = "update"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Change:
    """What is pending for one resource.

    Attributes:
        reasons: why; `sentences.sentence` makes the line that people see from them.
        place: the app and branch that the new inputs name.
        commit: the commit that the new inputs name.
        verb: what it is that is done to the place, `release` or `deploy`.
    """

    reasons: tuple[Reason, ...]
    place: Place
    commit: Commit
    verb: str = "release"

    @property
    def kind(self) -> ChangeKind:
        """What to do."""
        if not self.reasons:
            return ChangeKind.NOTHING
        releases = any(reason.releases for reason in self.reasons)
        return ChangeKind.RELEASE if releases else ChangeKind.UPDATE

    @property
    def keys(self) -> tuple[str, ...]:
        """The state keys that ask for it: where, what, then the other inputs as in their table."""
        keys = [key for reason in self.reasons for key in reason.keys]
        order = [*Moved.all_keys, *NewCommit.keys, *ALL_INPUTS.by_key]
        return tuple(sorted(keys, key=lambda key: order.index(key) if key in order else -1))

    @property
    def triggers_changed(self) -> bool:
        """Whether a new value of a trigger is among the reasons."""
        return any(isinstance(reason, TriggersChanged) for reason in self.reasons)


def compare(old: Properties, new: Properties) -> Change:
    """Compare a recorded resource with new inputs.

    Args:
        old: The recorded properties, inputs and outputs; empty when nothing is recorded.
        new: The new inputs; a value that is not known yet is `UNKNOWN`.
    """
    if not old:
        return first_release(new)
    reasons = [reason for kind in RELEASE_REASONS for reason in kind.find(old, new)]
    others = (kind.find(old, new) for kind in OTHER_REASONS)
    found = reasons or next((found for found in others if found), [])
    return Change(tuple(found), Place.of(new, old), commit_in(new), verb(new))


def taking_over(new: Properties) -> Change:
    """What is pending where something is recorded that is no release of this package."""
    return Change((NotARelease(),), Place.of(new), commit_in(new), verb(new))


def first_release(new: Properties) -> Change:
    """What is pending where nothing is recorded: a new resource, or one forced by `--replace`."""
    found = (First(), *FilesChanged.find({}, new), *AnotherRetry.find({}, new))
    return Change(found, Place.of(new), commit_in(new), verb(new))
