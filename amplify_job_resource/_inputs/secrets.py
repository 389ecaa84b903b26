"""Which inputs a program gave as secrets: no row, message, report or note may show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .._values.commits import Commit
from .._values.unknown import UNKNOWN

#: The key under which `Job` writes the keys of secret inputs.
SECRET_INPUTS: Final = "secretInputs"  # noqa: S105 - a key, not a secret


def is_secret(properties: Mapping[str, Any], key: str) -> bool:
    """Whether an input is a secret; as long as that is not known, it counts as one."""
    names = properties.get(SECRET_INPUTS)
    return names is UNKNOWN or key in (names or ())


def commit_in(properties: Mapping[str, Any], *others: Mapping[str, Any]) -> Commit:
    """The commit in properties.

    Args:
        properties: Where the commit stands.
        others: More properties of the same resource; where one of them says that the commit is a
            secret, this one is treated as a secret as well.
    """
    value = properties.get("commitId")
    return Commit(
        text=value if isinstance(value, str) else None,
        secret=any(is_secret(each, "commitId") for each in (properties, *others)),
        unknown=value is UNKNOWN,
    )
