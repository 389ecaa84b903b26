"""How long to pause between two looks, and after a refusal.

A little chance keeps many waits from asking at the same moment.
"""

from __future__ import annotations

import random
from typing import Final

#: The longest pause between two looks, in seconds; AWS publishes no rate limits.
MAX_INTERVAL: Final = 10.0
MIN_INTERVAL: Final = 1.0
#: The longest pause after a refusal, in seconds.
MAX_BACKOFF: Final = 30.0


def pause(elapsed: float) -> float:
    """Seconds to pause after so many seconds of waiting: a tenth of them, from 1 s to 10 s.

    The end of a short job is seen at once, that of a long one within a tenth of its time.
    """
    return min(MAX_INTERVAL, max(MIN_INTERVAL, elapsed / 10)) * random.uniform(0.9, 1.0)


def backoff(times: int) -> float:
    """Seconds to pause after so many refusals in a row: 2, 4, 8 … 30, less some chance."""
    return min(MAX_BACKOFF, 2.0 ** min(times, 10)) * random.uniform(0.5, 1.0)
