"""The emulator's clock: all times that the emulator shows or compares are read from it."""

from __future__ import annotations

import threading
import time


class Clock:
    """Seconds since 1970, at any speed.

    A new clock shows the machine's time and runs at real speed. `run` changes the speed. `freeze`
    stops the clock; a stopped clock moves only when `advance` is called. No clock goes back.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reading = time.time()
        self._read_at = time.monotonic()
        self._speed = 1.0

    def now(self) -> float:
        """The clock's time, in seconds since 1970."""
        if self._speed == 0.0:
            return self._reading
        with self._lock:
            return self._now()

    def advance(self, seconds: float) -> None:
        """Move the clock forward by `seconds` at once; it keeps its speed.

        Raises:
            ValueError: `seconds` is negative.
        """
        if seconds < 0:
            raise ValueError("the clock cannot go back")
        with self._lock:
            self._reading += seconds

    def run(self, speed: float = 1.0) -> None:
        """Run `speed` times as fast as real time from now on; 0 stops the clock.

        Raises:
            ValueError: `speed` is negative.
        """
        if speed < 0:
            raise ValueError("the clock cannot go back")
        with self._lock:
            # The time that has passed so far passed at the old speed.
            self._reading, self._read_at = self._now(), time.monotonic()
            self._speed = float(speed)

    def freeze(self, at: float | None = None) -> None:
        """Stop the clock.

        Args:
            at: The time to stop at, in seconds since 1970; None is the clock's present time.

        Raises:
            ValueError: `at` is earlier than the clock's present time; the clock is stopped even so.
        """
        self.run(0.0)
        if at is not None:
            self.advance(at - self._reading)

    @property
    def frozen(self) -> bool:
        """Whether the clock is stopped."""
        return self._speed == 0.0

    def wait(self, seconds: float, *, real_time: bool) -> None:
        """Let time pass: advance a stopped clock, or sleep when the clock runs.

        Args:
            seconds: How long. A sleep takes that much real time, whatever the clock's speed is.
            real_time: Sleep also when the clock is stopped. A server needs that, because its
                client measures real time.
        """
        if self.frozen and not real_time:
            self.advance(seconds)
        else:
            time.sleep(seconds)

    def _now(self) -> float:
        return self._reading + (time.monotonic() - self._read_at) * self._speed
