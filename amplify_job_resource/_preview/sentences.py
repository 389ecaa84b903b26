"""The sentences of a preview, made from the reasons of a change. Nothing else words a change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from .._inputs.schema import snake_case
from .._values.text import printable
from .changes import Change, ChangeKind
from .reasons import (
    First,
    InputChanged,
    LastJobFailed,
    Moved,
    NewCommit,
    OnlyRecorded,
    Place,
    Reason,
    StillActive,
    TriggersChanged,
)

#: How many changed triggers are named.
MAX_NAMES: Final = 5
_LATER: Final = "known after the update"


def sentence(change: Change, name: Callable[[str], str] = snake_case) -> str:
    """The line that a preview shows, empty when nothing is pending.

    Args:
        change: What is pending.
        name: The user's name of an input, made from its key: Python's, unless another front asks.
    """
    phrases = [phrase(reason, name) for reason in change.reasons]
    if change.kind is not ChangeKind.RELEASE:
        return "; ".join(phrases)
    moved = [shown_place(r.before) for r in change.reasons if isinstance(r, Moved)]
    place = " -> ".join([*moved, shown_place(change.place)])
    by_type = {type(reason): reason for reason in change.reasons}
    if LastJobFailed in by_type:
        return phrases[0]
    if First in by_type:
        return f"release {place}" + (f": {change.commit}" if change.commit.shown else "")
    if NewCommit not in by_type and change.commit.shown:
        place = f"{place} at {change.commit}"
    rest = [
        text
        for text, reason in zip(phrases, change.reasons, strict=True)
        if not isinstance(reason, Moved)
    ]
    return f"release {place}: {'; '.join(rest)}" if rest else f"release {place}"


def phrase(reason: Reason, name: Callable[[str], str] = snake_case) -> str:
    """One reason in words."""
    match reason:
        case First():
            return "first release"
        case Moved(before=before):
            return f"moves from {shown_place(before)}"
        case NewCommit(before=old, after=new):
            return f"{old} -> {new}"
        case TriggersChanged():
            return _triggers(reason)
        case InputChanged(key=key, before=before_value, after=after, unknown=unknown):
            return (
                f"{name(key)} {before_value or 'none'} -> {_LATER if unknown else after or 'none'}"
            )
        case LastJobFailed(job_number=number, status=status):
            return f"release again: job {number} {status}"
        case StillActive(job_number=number):
            return f"keep waiting for job {number}"
        case OnlyRecorded(keys=keys):
            return f"no release, only {', '.join(map(name, keys))} changed"


def shown_place(place: Place) -> str:
    """`appId/branchName`, as far as it is known."""
    app = f"(app {_LATER})" if place.app_id is None else place.app_id
    branch = f"(branch {_LATER})" if place.branch_name is None else place.branch_name
    return f"{app}/{branch}"


def _triggers(reason: TriggersChanged) -> str:
    if reason.unknown:
        return f"triggers {_LATER}"
    if not reason.names:
        return "triggers changed"
    shown = ", ".join(printable(name, 40) for name in reason.names[:MAX_NAMES])
    left = len(reason.names) - MAX_NAMES
    more = f" and {left} more" if left > 0 else ""
    return f"trigger{'s' if len(reason.names) > 1 else ''} {shown}{more} changed"
