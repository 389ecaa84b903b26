"""Values that are known only after the update, and one text for equal values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final


class Unknown:
    """The type of `UNKNOWN`."""

    def __repr__(self) -> str:
        return "UNKNOWN"


#: A value that is known only after the update, whichever way a front receives it.
UNKNOWN: Final = Unknown()


def contains_unknown(value: Any) -> bool:
    """Whether any part of a value is known only after the update."""
    if isinstance(value, Mapping):
        return any(contains_unknown(entry) for entry in value.values())
    if isinstance(value, (list, tuple)):
        return any(contains_unknown(entry) for entry in value)
    return value is UNKNOWN


def canonical(value: Any) -> str:
    """JSON text that is equal for equal values: 1 and 1.0 are equal, True and 1 are not."""

    def plain(item: Any) -> Any:
        if isinstance(item, float) and item.is_integer():
            return int(item)
        if isinstance(item, Mapping):
            return {str(key): plain(entry) for key, entry in item.items()}
        if isinstance(item, (list, tuple)):
            return [plain(entry) for entry in item]
        return item

    return json.dumps(plain(value), sort_keys=True, ensure_ascii=True, default=repr)
