"""The emulator's clock: it says how far jobs have come, and which times clients are shown."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a clock's life in which its speed stays the same.

    Attributes:
        reading: The clock's reading at the beginning.
        shown: The time that clients are shown for this reading.
        rate: How many seconds the clock goes on for each second that clients are shown.
    """

    reading: float
    shown: float
    rate: float = 1.0


class Clock:
    """Seconds since 1970, at any speed, and the times that clients are shown for them.

    A new clock shows the machine's time and runs at real speed. `run` changes the speed. `freeze`
    stops the clock; a stopped clock moves only when `advance` is called. No clock goes back.

    Jobs go by the clock. A client has a clock of its own, so it is shown times that agree with the
    machine's: at speed 10, a build of 100 seconds begins and ends within 10. `shown` gives such a
    time for a reading, always the same one. Two things part what is shown from the machine's time:
    a clock that is stopped, until it runs again, and `advance`.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reading = time.time()
        self._read_at = time.monotonic()
        self._speed = 1.0
        self._stretches = [Stretch(self._reading, self._reading)]
        self._held = threading.local()

    def now(self) -> float:
        """The clock's time, in seconds since 1970; within `moment`, the one that it began with."""
        held: float | None = getattr(self._held, "reading", None)
        if held is not None:
            return held
        if self._speed == 0.0:
            return self._reading
        with self._lock:
            return self._now()

    @contextmanager
    def moment(self) -> Iterator[None]:
        """Let this thread see one time, so that all parts of an answer tell of the same moment."""
        self._held.reading = self.now()
        try:
            yield
        finally:
            del self._held.reading

    def shown(self, reading: float) -> float:
        """The time that clients are shown for a reading of this clock, in seconds since 1970."""
        with self._lock:
            return self._shown(reading)

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """The clock's life so far, for `resume`."""
        with self._lock:
            return tuple(self._stretches)

    def resume(self, stretches: tuple[Stretch, ...], reading: float, passed: float) -> None:
        """Go on from where an earlier clock was; the time since then has passed at real speed.

        Args:
            stretches: The life of the earlier clock.
            reading: Its last reading.
            passed: How many seconds ago it had this reading.
        """
        with self._lock:
            self._reading, self._read_at = max(self._now(), reading + passed), time.monotonic()
            self._stretches = list(stretches)
            self._stretches.append(Stretch(reading, self._shown(reading)))
        self.run(self._speed)

    def advance(self, seconds: float) -> None:
        """Move the clock forward by `seconds` at once; it keeps its speed.

        Clients are shown a later time, too, by as much as if the clock had run so far.

        Raises:
            ValueError: `seconds` is negative, or not a finite number.
        """
        if not math.isfinite(seconds):
            raise ValueError(f"the clock cannot be moved by {seconds} seconds")
        if seconds < 0:
            raise ValueError("the clock cannot go back")
        with self._lock:
            self._reading += seconds

    def run(self, speed: float = 1.0) -> None:
        """Run `speed` times as fast as real time from now on; 0 stops the clock.

        Raises:
            ValueError: `speed` is negative, or not a finite number.
        """
        if not math.isfinite(speed):
            raise ValueError(f"the clock cannot run at the speed {speed}")
        if speed < 0:
            raise ValueError("the clock cannot go back")
        with self._lock:
            # The time that has passed so far passed at the old speed.
            self._reading, self._read_at = self._now(), time.monotonic()
            shown = self._shown(self._reading)
            if speed:
                # While the clock was stopped, the machine's went on.
                shown = max(shown, time.time())
            self._stretches.append(Stretch(self._reading, shown, float(speed) or 1.0))
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
    def speed(self) -> float:
        """How many times as fast as real time the clock runs; 0 if it is stopped."""
        return self._speed

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

    def _shown(self, reading: float) -> float:
        # Where the clock was stopped, two stretches have the same reading: the time that was shown
        # then stays, as every time does that was shown once.
        stretch = next(
            (each for each in reversed(self._stretches) if each.reading < reading),
            self._stretches[0],
        )
        return stretch.shown + (reading - stretch.reading) / stretch.rate
