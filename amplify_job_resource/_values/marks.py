"""The marks by which Pulumi tells a value of another kind from a map, and an unknown one from a text.

They are the same on the wire, in state, and in what the CLI prints as JSON. Source:
`pulumi/sdk/go/common/resource/sig`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

#: The key of a map that is no map: it says what the value is.
KIND: Final = "4dabf18193072939515e22adb298388d"
SECRET_KIND: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a mark, not a secret
#: A text that stands for a value which is known only after the update.
UNKNOWN_TEXT: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
#: The same for values of other kinds: a flag, a number, a list, an asset, an archive, a map.
UNKNOWN_TEXTS: Final = frozenset(
    {
        UNKNOWN_TEXT,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)


def is_marked_secret(value: Any) -> bool:
    """Whether a value in JSON is a secret, encrypted or masked."""
    return isinstance(value, Mapping) and value.get(KIND) == SECRET_KIND
