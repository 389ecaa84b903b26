"""When to look at a job next: seldom while its end is far, often when it is near.

A look costs a call, and each second between the end and the next look is a second that somebody waits.
Where a job ends with the hazard `h` (the chance per second that it ends now, if it has not before), the
best distance between two looks is `sqrt(2 * cost / h)`, with the cost of a call in seconds of waiting.
The hazard comes from how long the branch's last builds took. The steps tell more than any of them: once
a job has come to DEPLOY, it ends soon. docs/performance.md has what that gains.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from statistics import median, pstdev
from typing import Final

from .._amplify.records import NO_BUILDS, BuildTimes, JobRecord
from .._amplify.status import Status
from .._ask import Clock
from .rows import current_step

#: What a call may cost: as much as so many seconds of waiting.
COST: Final = 0.8
#: The shortest and the longest pause, in seconds.
SHORTEST: Final = 1.0
LONGEST: Final = 30.0
#: The longest while nothing is known of the branch's builds, while a build may fail early, and that on
#: a branch whose builds have failed so early.
LONGEST_UNKNOWN: Final = 15.0
LONGEST_EARLY: Final = 25.0
LONGEST_FAILING: Final = 9.0
#: The pause once the end is near, and the longest then: a deployment may take long as well.
NEAR: Final = 1.2
LONGEST_NEAR: Final = 10.0
#: How often a build is none of those known: another time, or a failure.
_SURPRISE: Final = 0.06
#: The least and the most that a build's time varies from build to build, as a part of it.
_NARROWEST: Final = 0.04
_WIDEST: Final = 0.15
#: So many widths from a build's time, nothing is left of what it tells.
_FAR: Final = 6.0
_ROOT: Final = math.sqrt(2 * math.pi)
#: The part of the shortest build in which one may fail early.
_EARLY: Final = 0.6
#: So much longer than the longest failed build another one may go on until it fails.
_LATER: Final = 1.3
#: The first minute: pauses grow with it, since whoever has just started a job watches it.
_FIRST: Final = 60.0


class Schedule:
    """The looks at one job of a branch whose last builds took so long."""

    def __init__(self, builds: BuildTimes = NO_BUILDS) -> None:
        """Begin.

        Args:
            builds: How long the branch's last builds took; maybe none is known.
        """
        until = _EARLY * min(builds.succeeded, default=math.inf)
        early = [each for each in builds.failed if each < until]
        self._fails_until = _LATER * max(early, default=0.0)
        # What fails in its tests ends about when the others do.
        late = [each for each in builds.failed if each >= until]
        self._durations = [max(SHORTEST, each) for each in (*builds.succeeded, *late)]
        spread = _spread(builds.succeeded)
        self._widths = [max(SHORTEST, each * spread) for each in self._durations]

    def pause(self, elapsed: float, near_for: float | None = None) -> float:
        """Seconds until the next look; a little chance keeps many waits from asking at one moment.

        Args:
            elapsed: Seconds since the job began.
            near_for: Seconds since a look has shown that the end is near; None while none has.
        """
        return self._pause(elapsed, near_for) * random.uniform(0.95, 1.0)

    def _pause(self, elapsed: float, near_for: float | None) -> float:
        if near_for is not None:
            return min(LONGEST_NEAR, max(NEAR, near_for / 5))
        # Looks may become dense within the pause: it ends when it has used up its share of each second.
        share, seconds = 1.0, 0.0
        while share > 1e-9 and seconds < LONGEST:
            share -= 0.5 / self._distance(elapsed + seconds + 0.25)
            seconds += 0.5
        return max(SHORTEST, seconds)

    def _distance(self, elapsed: float) -> float:
        """The best distance between looks at a moment."""
        growing = max(SHORTEST, elapsed / 2) if elapsed < _FIRST else LONGEST
        longest = LONGEST_FAILING if elapsed < self._fails_until else LONGEST
        if not self._durations:
            return min(LONGEST_UNKNOWN, longest, growing)
        shortest = min(self._durations)
        growing = max(growing, min(LONGEST_EARLY, shortest / 6))
        if elapsed < _EARLY * shortest:
            longest = min(longest, LONGEST_EARLY)
        best = math.sqrt(2 * COST / self._hazard(elapsed))
        return max(SHORTEST, min(longest, growing, best))

    def _hazard(self, elapsed: float) -> float:
        """The chance per second that the job ends at a moment, if it has not ended before."""
        count, ends, goes_on = len(self._durations), 0.0, 0.0
        for duration, width in zip(self._durations, self._widths, strict=True):
            distance = (elapsed - duration) / width
            if distance < -_FAR:
                goes_on += 1 / count
            elif distance < _FAR:
                ends += math.exp(-distance * distance / 2) / (width * _ROOT * count)
                goes_on += math.erfc(distance / math.sqrt(2)) / (2 * count)
        # A build of another kind may end at any time; the longer it goes on, the longer it will.
        scale = max(_FIRST, elapsed)
        other = _SURPRISE * _FIRST / scale
        known = 1 - _SURPRISE
        return (known * ends + other / scale) / (known * goes_on + other)


def _spread(durations: Sequence[float]) -> float:
    """How much one build's time tells of another's, as a part of it (Silverman's rule)."""
    count = len(durations)
    if count < 2:
        return _WIDEST
    relative = pstdev(durations) / max(SHORTEST, median(durations))
    return float(max(_NARROWEST, min(_WIDEST, 1.06 * relative * count**-0.2)))


class Looks:
    """The looks at one job that runs: each pause depends on what the last look has shown."""

    def __init__(self, clock: Clock, began: float, builds: BuildTimes) -> None:
        """Begin.

        Args:
            clock: Tells the time.
            began: When the job began, on that clock.
            builds: See `Schedule`.
        """
        self._clock = clock
        self._queued_since = self._began = began
        self._near_since: float | None = None
        self._schedule = Schedule(builds)

    def pause(self, job: JobRecord, _: float) -> float:
        """Seconds until the next look at a job that was seen just now."""
        now = self._clock.now()
        if job.is_queued:
            # It cannot end before it has begun, and how long it queues says nothing of its build.
            self._began = now
            return Schedule().pause(now - self._queued_since)
        if self._near_since is None and is_near_its_end(job):
            self._near_since = now
        near_for = None if self._near_since is None else now - self._near_since
        return self._schedule.pause(now - self._began, near_for)


def is_near_its_end(job: JobRecord) -> bool:
    """Whether a job has built, or is being stopped."""
    built = current_step(job) in ("DEPLOY", "VERIFY")
    return built or job.status == Status.CANCELLING
