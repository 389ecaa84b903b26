"""The list of requests that the emulator got."""

from __future__ import annotations

import json
import threading
from collections import deque
from itertools import islice
from typing import Any

#: How many requests are remembered: a server that runs for weeks must not grow.
MOST_CALLS = 10_000
#: How much JSON of a body is remembered whole, in characters, and how much of a member beyond that.
LONGEST_BODY = 100_000
LONGEST_MEMBER = 1_000


class CallLog(deque[dict[str, Any]]):
    """One entry for each request, oldest first; the last `MOST_CALLS` stay.

    `Control.calls` says what is in an entry.
    """

    def __init__(self) -> None:
        super().__init__(maxlen=MOST_CALLS)
        self._of_thread = threading.local()

    def append(self, entry: dict[str, Any]) -> None:
        """Add a request, which this thread answers."""
        if len(json.dumps(entry["body"], default=str)) > LONGEST_BODY:
            # No request of AWS has as many members as are kept.
            members = islice(entry["body"].items(), LONGEST_BODY // LONGEST_MEMBER)
            entry["body"] = {name[:LONGEST_MEMBER]: _short(value) for name, value in members}
        super().append(entry)
        self._of_thread.entry = entry

    def taken(self) -> dict[str, Any] | None:
        """The last entry that this thread added since it asked before; None if there is none."""
        entry: dict[str, Any] | None = self._of_thread.__dict__.pop("entry", None)
        return entry


def _short(value: Any) -> Any:
    """A member of a body, or the beginning of its JSON if that is long."""
    text = json.dumps(value, default=str)
    return value if len(text) <= LONGEST_MEMBER else f"{text[:LONGEST_MEMBER]}…"
