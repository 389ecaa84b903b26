"""State that the dynamic resource has made: what its SDK did to values on their way.

A stack moves to the native resource without a release, so what differs only by that is no change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._inputs.request import Properties
from .._kind import Kind
from .._values.unknown import canonical


def as_given(olds: dict[str, Any], news: Properties, kind: Kind) -> dict[str, Any]:
    """The recorded properties, with triggers as a program gives them where they are the same.

    Pulumi's SDK for Python leaves out keys without a value, at any depth, and a key that is named like
    an input or output in Python gets the name that it has in state.

    Args:
        olds: The recorded properties of a dynamic resource.
        news: The new inputs of the native one.
        kind: The resource.
    """
    before, after = olds.get("triggers"), news.get("triggers")
    if not (isinstance(before, dict) and isinstance(after, dict)):
        same = before is not None and canonical(_stored(after, kind)) == canonical(before)
        return {**olds, "triggers": after} if same else olds
    triggers, names = dict(before), _names(kind)
    for key, value in after.items():
        name = names.get(key, key)
        if canonical(_stored(value, kind)) == canonical(before.get(name)):
            triggers.pop(name, None)
            triggers[key] = value
    return {**olds, "triggers": triggers}


def _names(kind: Kind) -> dict[str, str]:
    """The names that the SDK gives to keys, wherever they are."""
    return {**kind.inputs.keys, **kind.outputs}


def _stored(value: Any, kind: Kind) -> Any:
    """A value as the SDK stores it."""
    if isinstance(value, Mapping):
        names = _names(kind)
        return {
            names.get(key, key): _stored(each, kind)
            for key, each in value.items()
            if each is not None
        }
    if isinstance(value, list):
        return [_stored(each, kind) for each in value]
    return value
