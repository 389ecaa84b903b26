"""What a change of inputs means: nothing, an update in place, or a new release.

Old inputs are compared with new ones, never with what AWS reports: a RELEASE often reports `HEAD`,
and a comparison with that would plan a release for ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from .._amplify.status import has_ended, has_failed
from .._inputs.request import JOB_INPUTS, Properties
from .._inputs.secrets import commit_in
from .._values.commits import Commit
from .._values.text import printable
from .._values.unknown import UNKNOWN, canonical, contains_unknown
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

#: The key by which the engine is told that the recorded job asks for the change.
STATUS_KEY = "status"


class ChangeKind(Enum):
    """The three things that a change can ask for."""

    NOTHING = "nothing"
    UPDATE = "update"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Change:
    """What is pending for one resource.

    Attributes:
        kind: what to do.
        keys: the state keys that ask for it.
        reasons: why; `sentences.sentence` makes the line that people see from them.
        place: the app and branch that the new inputs name.
        commit: the commit that the new inputs name.
    """

    kind: ChangeKind
    keys: tuple[str, ...]
    reasons: tuple[Reason, ...]
    place: Place
    commit: Commit

    @property
    def triggers_changed(self) -> bool:
        """Whether a new value of a trigger is among the reasons."""
        return any(isinstance(reason, TriggersChanged) for reason in self.reasons)


def compare(old: Properties, new: Properties) -> Change:
    """Compare a recorded resource with new inputs.

    Args:
        old: The recorded properties, inputs and outputs.
        new: The new inputs; a value that is not known yet is `UNKNOWN`.
    """
    place, commit = _place(new), commit_in(new)
    changed = tuple(key for key in JOB_INPUTS.release_keys if _differs(key, old, new))
    if changed:
        reasons = tuple(_release_reasons(changed, old, new))
        return Change(ChangeKind.RELEASE, changed, reasons, place, commit)
    kind, keys, reason = _without_release(old, new)
    return Change(kind, keys, (reason,) if reason else (), place, commit)


def first_release(new: Properties) -> Change:
    """What is pending where nothing is recorded: a new resource, or one forced by `--replace`."""
    return Change(ChangeKind.RELEASE, (), (First(),), _place(new), commit_in(new))


def _without_release(
    old: Properties, new: Properties
) -> tuple[ChangeKind, tuple[str, ...], Reason | None]:
    """What is pending when no input asks for a release."""
    status, number = old.get("status"), str(old.get("jobId") or "?")
    if has_failed(status) and _value(new, "allowFailure") is not True:
        return ChangeKind.RELEASE, (STATUS_KEY,), LastJobFailed(number, str(status))
    waits = _value(new, "waitForCompletion") is True
    if old.get("jobId") and not has_ended(status) and waits:
        return ChangeKind.UPDATE, (STATUS_KEY,), StillActive(number)
    changed = tuple(key for key in JOB_INPUTS.by_key if _differs(key, old, new))
    if changed:
        return ChangeKind.UPDATE, changed, OnlyRecorded(changed)
    return ChangeKind.NOTHING, (), None


def _value(properties: Properties, key: str) -> Any:
    value = properties.get(key)
    if key == "triggers" and not value:
        return None  # {}, [] and None are the same: no triggers.
    return JOB_INPUTS.defaults.get(key) if value is None else value


def _differs(key: str, old: Properties, new: Properties) -> bool:
    before, after = _value(old, key), _value(new, key)
    if contains_unknown(after):
        return True
    if key == "region" and (before is None or after is None):
        # A machine without any AWS settings can preview; it knows no region and changes none.
        return False
    return canonical(before) != canonical(after)


def _place(properties: Properties) -> Place:
    app, branch = properties.get("appId"), properties.get("branchName")
    return Place(
        None if app is UNKNOWN else printable(str(app), 80),
        None if branch is UNKNOWN else printable(str(branch), 80),
    )


def _release_reasons(
    changed: tuple[str, ...], old: Properties, new: Properties
) -> Iterator[Reason]:
    moved = tuple(key for key in ("appId", "branchName") if key in changed)
    if moved:
        yield Moved(moved, _place(old))
    if "commitId" in changed:
        yield NewCommit(commit_in(old, new), commit_in(new))
    if "triggers" in changed:
        yield _triggers_changed(old.get("triggers"), new.get("triggers"))
    for key in changed:
        if key not in (*moved, "commitId", "triggers"):
            before, after = _value(old, key), _value(new, key)
            unknown = after is UNKNOWN
            yield InputChanged(key, _text(before), None if unknown else _text(after), unknown)


def _text(value: Any) -> str | None:
    return None if value is None else printable(str(value), 80)


def _triggers_changed(before: Any, after: Any) -> TriggersChanged:
    """Which triggers changed, by name only: a value may be a secret."""
    if after is UNKNOWN:
        return TriggersChanged(unknown=True)
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return TriggersChanged()
    return TriggersChanged(
        tuple(
            sorted(
                name
                for name in before.keys() | after.keys()
                if contains_unknown(after.get(name))
                or canonical(before.get(name)) != canonical(after.get(name))
                or (name in before) != (name in after)
            )
        )
    )
