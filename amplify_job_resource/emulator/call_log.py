"""The list of requests that the emulator got."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

#: How many requests are remembered: a server that runs for weeks must not grow.
MOST_CALLS = 10_000


class CallLog(deque[dict[str, Any]]):
    """One entry for each request, oldest first; the last `MOST_CALLS` stay.

    `Control.calls` says what is in an entry.
    """

    def __init__(self) -> None:
        super().__init__(maxlen=MOST_CALLS)
        self._of_thread = threading.local()

    def append(self, entry: dict[str, Any]) -> None:
        """Add a request, which this thread answers."""
        super().append(entry)
        self._of_thread.entry = entry

    def taken(self) -> dict[str, Any] | None:
        """The last entry that this thread added since it asked before; None if there is none."""
        entry: dict[str, Any] | None = self._of_thread.__dict__.pop("entry", None)
        return entry
