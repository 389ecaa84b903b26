"""How often the waits of one process ask AWS: a budget of calls for each account and region.

AWS publishes no rate limits of Amplify. A hundred waits that each ask seldom are many calls together,
so they take turns, in the order in which they come: a token bucket, as AWS itself has one. When AWS
refuses a call for its rate, all of them slow down together, and go back to the full rate step by step.
"""

from __future__ import annotations

from math import inf
from threading import Lock
from typing import Final

#: Calls per second: what all waits may ask, and what is left to them however often AWS refuses.
FULL_RATE: Final = 20.0
LEAST_RATE: Final = 1.0
#: Turns that nobody takes are kept for so many seconds: releases that begin together ask together.
SAVED_SECONDS: Final = 15.0
#: Seconds after a slowdown in which further refusals are of calls that were sent before it.
SETTLING: Final = 10.0
#: What a refusal leaves of the rate; seconds without one after which it grows, and by how much.
CUT: Final = 0.7
RECOVERY: Final = 10.0
GROWTH: Final = 1.1


class Budget:
    """The calls of one account and region; safe to use from many threads.

    Attributes:
        rate: how many turns there are in a second now.
    """

    def __init__(self) -> None:
        """Begin with a full bucket."""
        self.rate = FULL_RATE
        self._next = self._cut_at = -inf
        self._grown_at = 0.0
        self._was_refused = False
        self._lock = Lock()

    def turn(self, now: float) -> float:
        """Take the next turn.

        Args:
            now: The time, in seconds on a clock that all waits share.

        Returns:
            In how many seconds it comes; 0 for now.
        """
        with self._lock:
            self._adapt(now)
            turn = max(self._next, now - SAVED_SECONDS)
            self._next = turn + 1 / self.rate
            return max(0.0, turn - now)

    def refused(self) -> None:
        """AWS has refused a call for its rate."""
        self._was_refused = True

    def _adapt(self, now: float) -> None:
        if self._was_refused:
            self._was_refused = False
            if now - self._cut_at >= SETTLING:
                self._cut_at = now
                self.rate = max(LEAST_RATE, self.rate * CUT)
                self._next = max(now, self._next)  # Nothing is saved any more.
            self._grown_at = now
        if self.rate < FULL_RATE and now - self._grown_at >= RECOVERY:
            steps = int((now - self._grown_at) / RECOVERY)
            self.rate = min(FULL_RATE, self.rate * GROWTH**steps)
            self._grown_at = now


_budgets: dict[tuple[str, str], Budget] = {}
_lock = Lock()


def budget_of(account: str, region: str) -> Budget:
    """The budget that all of this process share who ask one account in one region."""
    with _lock:
        return _budgets.setdefault((account, region), Budget())
