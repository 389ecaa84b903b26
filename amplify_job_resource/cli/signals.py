"""The signals that ask a command to end: Ctrl-C, SIGTERM, and the SIGHUP of a terminal that closes."""

from __future__ import annotations

import signal
import threading
import time
from types import FrameType
from typing import Any, Final

#: Windows has no SIGHUP.
ENDING: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
#: Seconds within which more signals are the same wish to end: `timeout` sends each one twice, and
#: with a terminal both the system and the shell tell a command that it is closed.
ONE_WISH: Final = 0.5


class Interrupted(BaseException):
    """A signal ended a command. No `Exception`, which botocore would take for a failed request.

    Attributes:
        number: the signal's number.
    """

    def __init__(self, number: int, message: str = "interrupted") -> None:
        self.number = number
        super().__init__(message)


class Signals:
    """Hears, within its context, the signals that ask this process to end.

    They end the command at once, or, while it is `patient`, once it has looked whether there is one.
    In both cases another signal, a little later, ends it at once.

    Attributes:
        heard: the number of the first signal, None when there was none.
        patient: whether the command itself looks for a signal.
    """

    def __init__(self) -> None:
        self.heard: int | None = None
        self.patient = False
        self._heard_at = 0.0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Signals:
        # Only the main thread may set a handler. What the parent had ignored, as `nohup` has, stays so.
        if threading.current_thread() is threading.main_thread():
            for number in ENDING:
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        while self._before:
            signal.signal(*self._before.popitem())

    def _hear(self, number: int, _: FrameType | None) -> None:
        # No lock and no event: this runs between any two steps of what it interrupts, also while
        # that holds the event's lock.
        now = time.monotonic()
        if self.heard is not None and now - self._heard_at < ONE_WISH:
            return
        at_once = self.heard is not None or not self.patient
        self.heard, self._heard_at = self.heard or number, now
        if at_once:
            raise Interrupted(self.heard)
