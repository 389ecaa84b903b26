"""Where recorded properties and new inputs differ, input by input."""

from __future__ import annotations

from typing import Any

from .._inputs.deployment import ALL_INPUTS
from .._inputs.request import Properties
from .._values.addresses import is_address, unsigned
from .._values.unknown import canonical, contains_unknown


def value_of(properties: Properties, key: str) -> Any:
    """An input's value, its default where it is left out, None where it has none."""
    value = properties.get(key)
    if key == "triggers" and not value:
        return None  # {}, [] and None are the same: no triggers.
    return ALL_INPUTS.defaults.get(key) if value is None else value


def differs(key: str, old: Properties, new: Properties) -> bool:
    """Whether an input has, or may have, another value than the recorded one."""
    before, after = value_of(old, key), value_of(new, key)
    if contains_unknown(after):
        return True
    if key == "source":
        # Another signature of the same address is no change: it expires, and is of no use in state.
        before, after = _place_of(before), _place_of(after)
    if key == "region" and (before is None or after is None):
        # A machine without any AWS settings can preview; it knows no region and changes none.
        return False
    return canonical(before) != canonical(after)


def _place_of(source: Any) -> Any:
    return unsigned(source) if isinstance(source, str) and is_address(source) else source


def changed_names(before: Any, after: Any) -> tuple[str, ...]:
    """The sorted keys of two maps whose values differ; empty where one of them is no map."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return ()
    names = (
        name
        for name in before.keys() | after.keys()
        if contains_unknown(after.get(name))
        or canonical(before.get(name)) != canonical(after.get(name))
        or (name in before) != (name in after)
    )
    return tuple(sorted(names))
