"""Start exactly one job for a wish: never two, never none.

StartJob has no idempotency token. What stands in for one: every job carries a marker, a note on disk
tells what was begun, StartJob is sent without silent retries, and after every outcome that is not
clear comes a look before anything else. `docs/reliability.md` has the guarantee and its limits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .._amplify.api import JobRecord, Jobs
from .._follow.wait import backoff
from .._inputs.inputs import Wish
from .._operation import Call
from ..errors import AwsError, BranchBusy, OutcomeUnclear, Throttled, Unreachable
from .attempt import Attempt
from .notes import Notes
from .on_busy import Branch, Found
from .search import Search

#: StartJob calls whose outcome was not clear, at most, for one release.
MAX_DOUBTS: Final = 3
#: StartJob calls for one release at most, whatever their outcome.
MAX_STARTS: Final = 1000
#: StartJob calls in a row that were throttled or found no connection, at most.
MAX_PUT_OFF: Final = 12
#: The pause between two StartJob calls on a busy branch whose jobs cannot be listed, in seconds.
BLIND_PAUSE: Final = 30.0


@dataclass(frozen=True, slots=True)
class Release:
    """The one job of a wish.

    Attributes:
        job: the job as last seen.
        adopted: somebody else started it.
        waited_for: `waited 40s for job 41`, empty when there was nothing to wait for.
        usual: how many seconds this branch's successful jobs usually take, if known.
    """

    job: JobRecord
    adopted: bool = False
    waited_for: str = ""
    usual: float | None = None


def release(
    wish: Wish,
    jobs: Jobs,
    call: Call,
    notes: Notes,
    deadline: float,
    recorded: JobRecord | None = None,
    *,
    take_up: bool = True,
) -> Release:
    """Start the job that is wished for, or take the one that is it already.

    Args:
        wish: What to release.
        jobs: The branch's jobs.
        call: The call at hand: clock, rows, warnings.
        notes: The resource's note on disk.
        deadline: When to give up, on the call's clock.
        recorded: The job that Pulumi has in state now, if it is known.
        take_up: Whether an active job with this release's mark is this release. Where nothing is
            recorded between two runs it may as well be an earlier one.

    Raises:
        errors.NotStarted: no job was started, and why.
        errors.StartUnknown: it cannot be known whether one was.
        errors.AwsError: AWS could not be used at all.
    """
    attempt = Attempt(wish, call, notes, deadline)
    search = Search(attempt, jobs)
    branch = Branch(attempt, jobs, search, take_up=take_up)
    left = search.left_by_a_killed_run(recorded)
    found = Found(left) if left else _Start(attempt, jobs, search).run(branch)
    if not found.adopted:
        attempt.write_note(found.job.id)
    return Release(found.job, found.adopted, branch.waited_for, search.usual)


class _Start:
    """StartJob, and what to make of each of its outcomes."""

    def __init__(self, attempt: Attempt, jobs: Jobs, search: Search) -> None:
        self._attempt = attempt
        self._jobs = jobs
        self._search = search
        self._put_off = 0

    def run(self, branch: Branch) -> Found:
        """A job that is there already, or the one that is started as soon as the branch is free."""
        for number in range(MAX_STARTS):
            found = branch.until_free(sent=number > 0)
            if found:
                return found
            job = self._send()
            if job:
                return Found(job)
        raise self._attempt.not_started(f"StartJob was refused {MAX_STARTS} times")

    def _send(self) -> JobRecord | None:
        """Send one StartJob; None when it did not start a job and another try is due."""
        self._attempt.check_time("starting the job")
        self._attempt.write_note()
        try:
            return self._jobs.start(self._attempt.request())
        except BranchBusy as error:
            self._put_off = 0
            return self._refused_as_busy(error)
        except (Throttled, Unreachable) as error:
            self._back_off(error)
            return None
        except OutcomeUnclear as error:
            self._put_off = 0
            return self._after_doubt(error)
        except AwsError as error:
            raise self._attempt.not_started(str(error)) from error

    def _refused_as_busy(self, error: BranchBusy) -> JobRecord | None:
        """Busy though it looked free: a race, or our own job of a StartJob that was unclear."""
        attempt = self._attempt
        if attempt.doubts:
            job = self._search.made(str(error), looks=(0.0,))
            if job:
                return job
        if attempt.unlisted and attempt.wish.on_busy == "fail":
            raise attempt.not_started(
                f"{error}\nWhich job blocks it cannot be said: {attempt.unlisted}"
            )
        attempt.call.status("the branch is busy, trying again")
        attempt.sleep(BLIND_PAUSE if attempt.unlisted else backoff(1), str(error))
        return None

    def _back_off(self, error: AwsError) -> None:
        """Pause after a refusal that had no effect, longer each time."""
        self._put_off += 1
        if self._put_off > MAX_PUT_OFF:
            raise self._attempt.not_started(f"{error}\nThat was the answer {self._put_off} times.")
        # Whatever "throttled" may mean: if this comes to nothing, the next run looks first.
        self._attempt.keep_note()
        self._attempt.call.status(f"{error.code}, trying again")
        self._attempt.sleep(backoff(self._put_off), str(error))

    def _after_doubt(self, error: OutcomeUnclear) -> JobRecord | None:
        """StartJob may have had its effect: find the job, or be sure that there is none."""
        attempt = self._attempt
        attempt.doubts += 1
        job = self._search.made(str(error))
        if job is None and attempt.doubts >= MAX_DOUBTS:
            raise attempt.not_started(
                f"{error}\nAWS gave no clear answer {attempt.doubts} times, and the branch shows no "
                "job of ours"
            )
        return job
