"""Which inputs a program gave as secrets: no row, message, report or note may show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .._values.commits import Commit
from .._values.unknown import UNKNOWN

#: The key under which `Job` writes the keys of secret inputs.
SECRET_INPUTS: Final = "secretInputs"  # noqa: S105 - a key, not a secret
#: The inputs that are in the resource's id, which Pulumi keeps and shows in clear.
IN_THE_ID: Final = ("appId", "branchName")


def is_secret(properties: Mapping[str, Any], key: str, *others: Mapping[str, Any]) -> bool:
    """Whether an input is a secret; as long as that is not known, it counts as one.

    Args:
        properties: Where the input stands.
        key: The input's key.
        others: More properties of the same resource: an input that is a secret in one of them is one.
    """
    names = [each.get(SECRET_INPUTS) for each in (properties, *others)]
    return any(keys is UNKNOWN or key in (keys or ()) for keys in names)


def secret_triggers(properties: Mapping[str, Any]) -> list[Any]:
    """The values of the triggers that are secrets: all of them, or those of the keys that are named."""
    triggers = properties.get("triggers")
    if is_secret(properties, "triggers"):
        return [triggers]
    parts = dict(enumerate(triggers)) if isinstance(triggers, list) else triggers
    if not isinstance(parts, dict):
        return []
    return [part for key, part in parts.items() if is_secret(properties, f"triggers.{key}")]


def commit_in(properties: Mapping[str, Any], *others: Mapping[str, Any]) -> Commit:
    """The commit in properties.

    Args:
        properties: Where the commit stands.
        others: More properties of the same resource; see `is_secret`.
    """
    value = properties.get("commitId")
    return Commit(
        text=value if isinstance(value, str) else None,
        secret=is_secret(properties, "commitId", *others),
        unknown=value is UNKNOWN,
    )
