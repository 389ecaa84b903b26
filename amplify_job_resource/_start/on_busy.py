"""What to do while the branch is busy: Amplify runs one job at a time on each branch.

`wait` for it, `stop` it, `adopt` it when it builds the commit wished for, or `fail`. A job that is
there already may be the one: our own of a killed run, or one that `skip_if_built` is content with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .._amplify.api import JobRecord, Jobs
from .._amplify.status import CANCELLING
from .._follow.rows import age, duration, stop_command
from .._follow.wait import pause
from ..errors import AwsError, NotFound, OutcomeUnclear, Throttled
from .attempt import Attempt
from .search import Search
from .trailers import marker_of


@dataclass(frozen=True, slots=True)
class Found:
    """The job that is the one wished for.

    Attributes:
        job: the job as last seen.
        adopted: somebody else started it.
    """

    job: JobRecord
    adopted: bool = False


class Branch:
    """The branch that is to be free, seen by one attempt."""

    def __init__(self, attempt: Attempt, jobs: Jobs, search: Search, *, take_up: bool) -> None:
        self._attempt = attempt
        self._takes_up = take_up
        self._jobs = jobs
        self._search = search
        self._waiting_since: float | None = None
        self._waiting_for = ""
        self._warned = False

    @property
    def waited_for(self) -> str:
        """`waited 40s for job 41`, empty when there was nothing to wait for."""
        if self._waiting_since is None:
            return ""
        waited = duration(self._attempt.call.now() - self._waiting_since)
        return f"waited {waited} for {self._waiting_for}"

    def until_free(self, *, sent: bool) -> Found | None:
        """Wait until the branch has no active job; None when there is none, or none can be listed.

        Args:
            sent: Whether a StartJob of this attempt was sent already.

        Returns:
            A job there that is the one wished for.

        Raises:
            errors.NotStarted: the branch is busy, and for too long or the wish will not wait.
        """
        attempt, on_busy = self._attempt, self._attempt.wish.on_busy
        while True:
            newest = self._search.newest(attempt.after)
            if newest is None:
                self._warn_unlisted()
                return None
            if not sent:
                attempt.after = newest[0].number if newest else 0
            elif late := self._search.ours(newest):
                # A StartJob of ours had its effect after all, and the job was not listed at first.
                return Found(late)
            active = [job for job in newest if not job.has_ended]
            taken = self._wished_for(newest, active)
            if taken:
                return taken
            if not active:
                attempt.blocked = ""
                return None
            attempt.blocked = _blocked_by(active[0])
            if on_busy == "fail":
                raise attempt.not_started(attempt.blocked)
            if on_busy == "stop":
                self._stop([job for job in active if job.status != CANCELLING])
            self._wait_for(active[0])

    def _warn_unlisted(self) -> None:
        wish, denied = self._attempt.wish, self._attempt.unlisted
        if (
            denied
            and not self._warned
            and (wish.skip_if_built or wish.on_busy in ("adopt", "stop"))
        ):
            asked = "skip_if_built" if wish.skip_if_built else f"on_busy={wish.on_busy}"
            self._warned = True
            self._attempt.call.warn(f"{asked} could not be looked at: {denied}")

    def _wished_for(self, newest: Sequence[JobRecord], active: Sequence[JobRecord]) -> Found | None:
        attempt, wish = self._attempt, self._attempt.wish
        going_on = [job for job in active if job.status != CANCELLING]
        for job in going_on:
            if self._takes_up and marker_of(job) == attempt.marker:
                attempt.call.info(f"job {job.id.job_id} is this release and still active: taken up")
                return Found(job)
        commit = wish.commit_id
        if commit is None:
            return None
        if wish.on_busy == "adopt" or wish.skip_if_built:
            for job in going_on:
                if job.commit_id == commit and not self._is_earlier_release(job):
                    return self._adopted(job)
        if wish.skip_if_built:
            built = next((job for job in newest if job.status == "SUCCEED"), None)
            if built and built.commit_id == commit:
                return self._adopted(built)
        return None

    def _is_earlier_release(self, job: JobRecord) -> bool:
        """Whether this resource started it for other inputs: what was changed wants a new job."""
        marker = marker_of(job)
        ours = self._attempt.marker
        return marker is not None and marker.resource == ours.resource and marker != ours

    def _adopted(self, job: JobRecord) -> Found:
        self._attempt.call.info(
            f"job {job.id.job_id} ({job.status}) builds {self._attempt.wish.shown_commit} already: "
            "taken instead of a new one"
        )
        return Found(job, adopted=True)

    def _stop(self, active: Sequence[JobRecord]) -> None:
        for job in active:
            self._attempt.call.info(f"stopping {_described(job)} (on_busy=stop)")
            try:
                self._jobs.stop(job.id.job_id)
            except (NotFound, Throttled, OutcomeUnclear):
                pass  # The next look tells what became of it.
            except AwsError as error:
                if not self._ended_meanwhile(job):
                    raise self._attempt.not_started(str(error)) from error

    def _ended_meanwhile(self, job: JobRecord) -> bool:
        try:
            now = self._jobs.get(job.id.job_id)
        except AwsError:
            return False
        return now.has_ended or now.status == CANCELLING

    def _wait_for(self, blocking: JobRecord) -> None:
        attempt = self._attempt
        if self._waiting_since is None:
            self._waiting_since = attempt.call.now()
        waited = attempt.call.now() - self._waiting_since
        self._waiting_for = f"job {blocking.id.job_id}"
        attempt.call.status(f"waiting {duration(waited)} for {self._waiting_for} {blocking.status}")
        attempt.sleep(pause(waited), attempt.blocked)


def _described(job: JobRecord) -> str:
    since = f", started {age(job)} ago" if age(job) else ""
    return f"job {job.id.job_id} is {job.status}{since}"


def _blocked_by(job: JobRecord) -> str:
    return (
        f"the branch is busy: {_described(job)}\n  console: {job.console_url}\n"
        f"  to stop it: {stop_command(job)}"
    )
