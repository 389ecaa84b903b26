"""What a provider method knows of the call it serves: who, how long, is it given up, whom to tell.

`plugin.py` makes one from the engine's request; `PlainCall` is the stand-in for everything else.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Protocol

from ._amplify.ids import JobId


class Call(Protocol):
    """The call at hand."""

    @property
    def urn(self) -> str:
        """The resource's URN."""

    @property
    def timeout(self) -> float | None:
        """Seconds from the resource's `custom_timeouts`, None when none is set."""

    @property
    def records_failures(self) -> bool:
        """Whether a failure that comes with a job is saved in state."""

    @property
    def next_run(self) -> str:
        """What starts, or takes up, the release again, as a sentence begins: The next `pulumi up`."""

    def goes_on(self, job_id: JobId, /) -> str:
        """A sentence: what goes on waiting for a job."""

    @property
    def timeout_name(self) -> str:
        """Where the user sets how long to wait: `custom_timeouts`."""

    def now(self) -> float:
        """Seconds on a clock that never goes back."""

    def sleep(self, seconds: float) -> bool:
        """Pause; False, at once, when the operation is being cancelled."""

    def status(self, text: str) -> None:
        """Show a line in the resource's row until the next one."""

    def info(self, text: str) -> None:
        """Say a line that stays."""

    def warn(self, text: str) -> None:
        """Say a warning that stays."""

    def debug(self, text: str) -> None:
        """Say a line that only a debug log shows."""

    def when_told(self, action: Callable[[], None]) -> None:
        """Do something once the engine has taken in the result of this call."""


class PlainCall:
    """A call without an engine: real time, never cancelled, warnings go to stderr."""

    timeout: float | None = None
    records_failures = False
    next_run = "The next `pulumi up`"
    timeout_name = "custom_timeouts"

    def __init__(self, urn: str = "urn:pulumi:none::none::amplify:Job::none") -> None:
        self.urn = urn

    def goes_on(self, _: JobId, /) -> str:
        """See `Call`."""
        return f"{self.next_run} takes it up again as long as it is active."

    def now(self) -> float:
        """See `Call`."""
        return time.monotonic()

    def sleep(self, seconds: float) -> bool:
        """See `Call`."""
        time.sleep(seconds)
        return True

    def status(self, text: str) -> None:
        """Rows there are none."""

    def info(self, text: str) -> None:
        """See `Call`."""
        print(text, file=sys.stderr, flush=True)

    def warn(self, text: str) -> None:
        """See `Call`."""
        print(f"warning: {text}", file=sys.stderr, flush=True)

    def debug(self, text: str) -> None:
        """Debug logs there are none."""

    def when_told(self, action: Callable[[], None]) -> None:
        """Nobody says when the engine was told: the end of the call is the nearest to it."""
        action()
