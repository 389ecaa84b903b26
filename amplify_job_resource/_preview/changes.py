"""What a change of inputs means: nothing, an update in place, or a new release.

Old wishes are compared with new ones, never with what AWS reports: a RELEASE often reports `HEAD`,
and a comparison with that would plan a release for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from .._amplify.status import has_ended, has_failed
from .._inputs.inputs import (
    DEFAULTS,
    INPUTS,
    PYTHON_NAMES,
    RELEASE_KEYS,
    SECRET_INPUTS,
    UNKNOWN,
    Bag,
    canonical,
    contains_unknown,
    printable,
    shown_commit,
)


class Kind(Enum):
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
        summary: one line for people, empty when nothing is pending.
    """

    kind: Kind
    keys: tuple[str, ...] = ()
    summary: str = ""


def change(old: Bag, new: Bag) -> Change:
    """Compare a recorded resource with new inputs.

    Args:
        old: The recorded bag, inputs and outputs.
        new: The new inputs; a value not known yet is `UNKNOWN`.
    """
    changed = [key for key in RELEASE_KEYS if _differs(key, old, new)]
    if changed:
        return Change(Kind.RELEASE, tuple(changed), _release_summary(changed, old, new))
    status = old.get("status")
    job = f"job {_job_id(old)}"
    if has_failed(status) and _value(new, "allowFailure") is not True:
        return Change(Kind.RELEASE, ("status",), f"release again: {job} {status}")
    if old.get("jobId") and not has_ended(status) and _value(new, "waitForCompletion") is True:
        return Change(Kind.UPDATE, ("status",), f"go on waiting for {job}")
    others = [key for key in INPUTS.values() if key not in RELEASE_KEYS and _differs(key, old, new)]
    if others:
        names = ", ".join(PYTHON_NAMES[key] for key in others)
        return Change(Kind.UPDATE, tuple(others), f"no release, only {names} changed")
    return Change(Kind.NOTHING)


def first_release(new: Bag) -> Change:
    """What is pending where nothing is recorded: a new resource, or one forced by `--replace`."""
    summary = f"release {_place(new)}"
    commit = _commit(new)
    return Change(Kind.RELEASE, (), f"{summary}: {commit}" if commit else summary)


def _value(bag: Bag, key: str) -> Any:
    value = bag.get(key)
    if key == "triggers" and not value:
        return None  # No trigger is none, however that is written.
    return DEFAULTS.get(key) if value is None else value


def _differs(key: str, old: Bag, new: Bag) -> bool:
    before, after = _value(old, key), _value(new, key)
    if contains_unknown(after):
        return True
    if key == "region" and (before is None or after is None):
        # A machine without any AWS settings can preview; it knows no region and changes none.
        return False
    return canonical(before) != canonical(after)


def _job_id(bag: Bag) -> str:
    return str(bag.get("jobId") or "?")


def _place(bag: Bag) -> str:
    app, branch = (
        "(app known after the update)" if bag.get("appId") is UNKNOWN else bag.get("appId"),
        "(branch known after the update)"
        if bag.get("branchName") is UNKNOWN
        else printable(str(bag.get("branchName")), 80),
    )
    return f"{app}/{branch}"


def _commit(bag: Bag, secret_in: Bag | None = None) -> str | None:
    """A bag's commit as people may see it; it may have become a secret in another bag."""
    secret = _has_secret_commit(bag) or _has_secret_commit(secret_in or {})
    return shown_commit(bag.get("commitId"), secret=secret)


def _has_secret_commit(bag: Bag) -> bool:
    secrets = bag.get(SECRET_INPUTS)
    # Until it is known which inputs are secret, the commit may be one.
    return secrets is UNKNOWN or "commitId" in (secrets or ())


def _release_summary(changed: list[str], old: Bag, new: Bag) -> str:
    place = _place(new)
    if "appId" in changed or "branchName" in changed:
        place = f"{_place(old)} -> {place}"
    commit = _commit(new)
    reasons = []
    if "commitId" in changed:
        reasons.append(f"{_commit(old, new) or 'no commit'} -> {commit or 'no commit'}")
    elif commit:
        place = f"{place} at {commit}"
    if "triggers" in changed:
        reasons.append(_trigger_reason(old.get("triggers"), new.get("triggers")))
    for key in ("jobType", "sourceJobId", "region"):
        if key in changed:
            after = _value(new, key)
            shown = "known after the update" if after is UNKNOWN else (after or "none")
            reasons.append(f"{PYTHON_NAMES[key]} {_value(old, key) or 'none'} -> {shown}")
    return f"release {place}: {'; '.join(reasons)}" if reasons else f"release {place}"


def _trigger_reason(before: Any, after: Any) -> str:
    """Which trigger changed, by name only: a value may be a secret."""
    if after is UNKNOWN:
        return "triggers known after the update"
    if isinstance(before, dict) and isinstance(after, dict):
        names = sorted(
            name
            for name in before.keys() | after.keys()
            if contains_unknown(after.get(name))
            or canonical(before.get(name)) != canonical(after.get(name))
            or (name in before) != (name in after)
        )
        if names:
            shown = ", ".join(printable(name, 40) for name in names[:5])
            more = f" and {len(names) - 5} more" if len(names) > 5 else ""
            return f"trigger{'s' if len(names) > 1 else ''} {shown}{more} changed"
    return "triggers changed"
