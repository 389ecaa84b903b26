"""The one clock that everything in an emulator is told by."""

from __future__ import annotations

import threading
import time


class Clock:
    """Seconds since 1970, at any speed.

    Runs with real time by default. `speed` makes it run faster; `freeze` stops it, and from then on
    time passes only by `advance`. It never goes back.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reading = time.time()
        self._read_at = time.monotonic()
        self._speed = 1.0

    def now(self) -> float:
        """The time."""
        if self._speed == 0.0:
            return self._reading
        with self._lock:
            return self._now()

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass at once."""
        if seconds < 0:
            raise ValueError("a clock does not go back")
        with self._lock:
            self._reading += seconds

    def run(self, speed: float = 1.0) -> None:
        """Go on from now, `speed` times as fast as real time."""
        if speed < 0:
            raise ValueError("a clock does not go back")
        with self._lock:
            # The reading so far belongs to the old speed.
            self._reading, self._read_at = self._now(), time.monotonic()
            self._speed = float(speed)

    def freeze(self, at: float | None = None) -> None:
        """Stop; `at` sets the time to stop at, which may not be in the past of this clock."""
        self.run(0.0)
        if at is not None:
            self.advance(at - self._reading)

    @property
    def frozen(self) -> bool:
        """Whether time passes only by `advance`."""
        return self._speed == 0.0

    def wait(self, seconds: float, *, really: bool) -> None:
        """Spend `seconds`: for real, or by advancing when the clock is frozen and that will do.

        Args:
            seconds: How long.
            really: A client is waiting on the other end of a connection, so that only real time
                counts for it.
        """
        if self.frozen and not really:
            self.advance(seconds)
        else:
            time.sleep(seconds)

    def _now(self) -> float:
        return self._reading + (time.monotonic() - self._read_at) * self._speed
