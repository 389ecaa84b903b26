"""Start exactly one job for a wish: never two, never none.

StartJob has no idempotency token. What stands in for one: every job carries a marker, a note on disk
tells what was begun, StartJob is sent without silent retries, and after every outcome that is not
clear comes a look before anything else. `docs/reliability.md` has the guarantee and its limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from .call import Call
from .errors import (
    AccessDenied,
    AwsError,
    BranchBusy,
    NotFound,
    NotStarted,
    OutcomeUnclear,
    StartUnknown,
    Throttled,
    Unreachable,
)
from .ids import JobId
from .inputs import Wish
from .jobs import JobRecord, Jobs
from .marker import (
    Marker,
    attempt_of,
    default_message,
    is_nameless,
    marked_message,
    marker_of,
    new_attempt,
)
from .notes import Note, Notes
from .progress import age, duration, stop_command, usual_seconds
from .status import CANCELLING
from .wait import backoff, pause

#: StartJob calls whose outcome was not clear, at most, for one release.
MAX_UNCLEAR: Final = 3
#: StartJob calls for one release at most, whatever their outcome.
MAX_STARTS: Final = 1000
#: After an unclear outcome: how often to look for the job, and the pause before each look.
LOOKS: Final = (0.0, 2.0, 4.0, 6.0)
#: StartJob calls in a row that were throttled or found no connection, at most.
MAX_PUT_OFF: Final = 12
#: Looks in a row without an answer, at most, before anything was sent; later only time is a bound.
MAX_FIRST_LOOKS: Final = 12
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
    recorded: JobId | None = None,
) -> Release:
    """Start the job that is wished for, or take the one that is it already.

    Args:
        wish: What to release.
        jobs: The branch's jobs.
        call: The call at hand: clock, rows, warnings.
        notes: The resource's note on disk.
        deadline: When to give up, on the call's clock.
        recorded: The job that Pulumi has in state now, if it is known.

    Raises:
        errors.NotStarted: no job was started, and why.
        errors.StartUnknown: it cannot be known whether one was.
        errors.AwsError: AWS could not be used at all.
    """
    return _Start(wish, jobs, call, notes, deadline, recorded).run()


class _Start:
    def __init__(
        self,
        wish: Wish,
        jobs: Jobs,
        call: Call,
        notes: Notes,
        deadline: float,
        recorded: JobId | None,
    ) -> None:
        self.wish = wish
        self.recorded = recorded
        self.jobs = jobs
        self.call = call
        self.notes = notes
        self.deadline = deadline
        self.marker = Marker.of(call.urn, wish)
        self.attempt = new_attempt()
        self.unlisted: AccessDenied | None = None
        #: The answer to an attempt of ours that may have started a job, until that is looked up.
        self.unclear: AwsError | None = None
        self.unclear_count = 0
        self.put_off = 0
        self.looked = False
        self.sent = False
        self.noted = False
        #: The greatest job number before our first attempt, None when it could not be listed.
        self.after: int | None = None
        self.usual: float | None = None
        self.waiting_since: float | None = None
        self.waited_for = ""
        #: What keeps the branch busy, in words.
        self.blocked = ""

    def run(self) -> Release:
        left = self._left_by_a_killed_run()
        if left:
            return left
        for _ in range(MAX_STARTS):
            ready = self._until_free()
            if ready:
                return ready
            job = self._attempt()
            if job:
                return self._release(job)
        raise self._not_started(f"StartJob was refused {MAX_STARTS} times")

    # --- looking -----------------------------------------------------------------------------

    def _left_by_a_killed_run(self) -> Release | None:
        """The job of a run that was killed before Pulumi was told, found by its note."""
        note = self.notes.read()
        if note is None or note.marker != str(self.marker):
            return None
        newest = self._look(note.after)
        job = self._noted_job(note, newest)
        if job is None or self._is_outdated(job, newest):
            self.notes.remove()
            return None
        self.call.info(
            f"job {job.id.job_id} was started by an earlier run that was cut off: taken up"
        )
        return self._release(job)

    def _noted_job(self, note: Note, newest: Sequence[JobRecord] | None) -> JobRecord | None:
        if note.job:
            job = self._by_id(JobId.parse(note.job), newest)
            return job if job and (marker_of(job) == self.marker or is_nameless(job)) else None
        if newest is None:
            raise self._start_unknown("an earlier run was cut off while it started a job")
        return self._ours_among(newest, note.after, note.attempt)

    def _by_id(self, job_id: JobId, newest: Sequence[JobRecord] | None) -> JobRecord | None:
        number = job_id.number
        listed = next((job for job in newest or () if job.number == number), None)
        if listed:
            return listed
        try:
            return self.jobs.get(job_id.job_id)
        except NotFound:
            return None

    def _is_outdated(self, job: JobRecord, newest: Sequence[JobRecord] | None) -> bool:
        """Whether this resource was released again since, from another machine."""
        recorded = self.recorded
        if recorded and recorded.branch == self.wish.branch and recorded.number >= job.number:
            return True
        return any(
            other.number > job.number
            and (marker := marker_of(other)) is not None
            and marker.resource == self.marker.resource
            for other in newest or ()
        )

    def _look(self, down_to: int | None = None) -> list[JobRecord] | None:
        """The newest jobs of the branch; None when the credentials may not list them."""
        if self.unlisted:
            return None
        unanswered = 0
        while True:
            if not self.unclear or unanswered:
                # What may have started a job is looked up once, however late it is.
                self._in_time("listing the branch's jobs")
            try:
                newest = self.jobs.newest(down_to)
            except AccessDenied as error:
                self.unlisted = error
                self.call.debug(str(error))
                return None
            except (Throttled, OutcomeUnclear) as error:
                unanswered += 1
                if not self.looked and unanswered >= MAX_FIRST_LOOKS:
                    raise self._not_started(
                        f"{error}\nThat was the answer {unanswered} times."
                    ) from error
                self.call.status(f"AWS does not answer ({error.code}), trying again")
                self._sleep(backoff(3), str(error))
                continue
            except AwsError as error:
                raise self._not_started(str(error)) from error
            self.looked = True
            self.usual = usual_seconds(newest)
            return newest

    def _ours_among(
        self, newest: Sequence[JobRecord], after: int | None, attempt: str
    ) -> JobRecord | None:
        """The job of one attempt of ours, among those newer than `after`.

        Raises:
            errors.StartUnknown: there is a job that may or may not be ours.
        """
        ours = self._named(newest, attempt)
        if ours:
            return ours
        younger = [job for job in newest if job.number > (after or 0)]
        doubtful = [job for job in younger if self._may_be_ours(job)]
        if doubtful:
            names = ", ".join(job.id.job_id for job in doubtful)
            raise self._start_unknown(
                f"job {names} began at about that time and carries no message that tells whose it is"
            )
        return None

    def _named(self, newest: Sequence[JobRecord], attempt: str) -> JobRecord | None:
        """The job that carries this release's mark and the name of the attempt."""
        return next(
            (job for job in newest if marker_of(job) == self.marker and attempt_of(job) == attempt),
            None,
        )

    def _may_be_ours(self, job: JobRecord) -> bool:
        """Whether AWS may have made it of our request and not given back all of the message."""
        if self.wish.job_type == "RELEASE" and job.job_type in ("WEB_HOOK", "MANUAL"):
            return False
        message = " ".join((job.commit_message or "").split())
        return marker_of(job) is None and " ".join(self._message().split()).startswith(message)

    # --- the branch is busy --------------------------------------------------------------------

    def _until_free(self) -> Release | None:
        """Wait until the branch has no active job; a release if one of the jobs there is it."""
        while True:
            newest = self._look(self.after)
            if newest is None:
                self._warn_unlisted()
                return None
            if not self.sent:
                self.after = newest[0].number if newest else 0
            elif late := self._named(newest, self.attempt):
                # An attempt of ours had its effect after all, and the job was not listed at first.
                return self._release(late)
            active = [job for job in newest if not job.has_ended]
            taken = self._taken(newest, active)
            if taken:
                return taken
            if not active:
                self.blocked = ""
                return None
            blocking = active[0]
            if self.wish.on_busy == "fail":
                raise self._not_started(self._blocked_by(blocking))
            if self.wish.on_busy == "stop":
                self._stop([job for job in active if job.status != CANCELLING])
            self._wait_for(blocking)

    def _warn_unlisted(self) -> None:
        if self.unlisted and (self.wish.skip_if_built or self.wish.on_busy in ("adopt", "stop")):
            asked = "skip_if_built" if self.wish.skip_if_built else f"on_busy={self.wish.on_busy}"
            self.call.warn(f"{asked} could not be looked at: {self.unlisted}")

    def _taken(self, newest: Sequence[JobRecord], active: Sequence[JobRecord]) -> Release | None:
        """A job that is there already and is the one wished for."""
        startable = [job for job in active if job.status != CANCELLING]
        for job in startable:
            if marker_of(job) == self.marker:
                self.call.info(f"job {job.id.job_id} is this release and still active: taken up")
                return self._release(job)
        commit = self.wish.commit_id
        if commit is None:
            return None
        if self.wish.on_busy == "adopt" or self.wish.skip_if_built:
            for job in startable:
                if job.commit_id == commit and not self._is_earlier_release(job):
                    return self._adopted(job)
        if self.wish.skip_if_built:
            built = next((job for job in newest if job.status == "SUCCEED"), None)
            if built and built.commit_id == commit:
                return self._adopted(built)
        return None

    def _is_earlier_release(self, job: JobRecord) -> bool:
        """Whether this resource started it for other inputs: what was changed wants a new job."""
        marker = marker_of(job)
        return marker is not None and marker.resource == self.marker.resource

    def _stop(self, active: Sequence[JobRecord]) -> None:
        for job in active:
            self.call.info(f"stopping {self._described(job)} (on_busy=stop)")
            try:
                self.jobs.stop(job.id.job_id)
            except (NotFound, Throttled, OutcomeUnclear):
                pass  # The next look tells what became of it.
            except AwsError as error:
                if not self._ended_meanwhile(job):
                    raise self._not_started(str(error)) from error

    def _ended_meanwhile(self, job: JobRecord) -> bool:
        try:
            now = self.jobs.get(job.id.job_id)
        except AwsError:
            return False
        return now.has_ended or now.status == CANCELLING

    def _wait_for(self, blocking: JobRecord) -> None:
        if self.waiting_since is None:
            self.waiting_since = self.call.now()
        waited = self.call.now() - self.waiting_since
        self.waited_for = f"job {blocking.id.job_id}"
        self.call.status(
            f"waiting {duration(waited)} for job {blocking.id.job_id} {blocking.status}"
        )
        self.blocked = self._blocked_by(blocking)
        self._sleep(pause(waited), self.blocked)

    # --- StartJob ------------------------------------------------------------------------------

    def _attempt(self) -> JobRecord | None:
        """Send one StartJob; None when it did not start a job and another try is due."""
        self._in_time("starting the job")
        self.noted = self.notes.write(str(self.marker), self.attempt, self.after)
        if not self.noted:
            self.call.debug(f"no note could be written to {self.notes.path}")
        self.sent = True
        try:
            job = self.jobs.start(self._request())
        except BranchBusy as error:
            self.put_off = 0
            return self._refused_as_busy(error)
        except (Throttled, Unreachable) as error:
            self._back_off(error)
            return None
        except OutcomeUnclear as error:
            self.put_off = 0
            return self._after_unclear(error)
        except AwsError as error:
            raise self._not_started(str(error)) from error
        return job

    def _refused_as_busy(self, error: BranchBusy) -> JobRecord | None:
        """Busy though it looked free: a race, or our own job of an attempt that was unclear."""
        if self.unclear_count:
            self.unclear = error
            job = self._look_for_ours(error)
            if job:
                return job
            self.unclear = None
        if self.unlisted and self.wish.on_busy == "fail":
            raise self._not_started(f"{error}\nWhich job blocks it cannot be said: {self.unlisted}")
        self.call.status("the branch is busy, trying again")
        self._sleep(BLIND_PAUSE if self.unlisted else backoff(1), str(error))
        return None

    def _back_off(self, error: AwsError) -> None:
        """Pause after a refusal that had no effect, longer each time."""
        self.put_off += 1
        if self.put_off > MAX_PUT_OFF:
            raise self._not_started(f"{error}\nThat was the answer {self.put_off} times.")
        # The next run looks before it starts, as cheap as that is, whatever "throttled" may mean.
        self.noted = False
        self.call.status(f"{error.code}, trying again")
        self._sleep(backoff(self.put_off), str(error))

    def _after_unclear(self, error: AwsError) -> JobRecord | None:
        """StartJob may have had its effect: find the job, or be sure that there is none."""
        self.unclear = error
        self.unclear_count += 1
        for seconds in LOOKS:
            if seconds and not self.call.sleep(seconds):
                raise self._start_unknown("interrupted before that could be looked up")
            job = self._look_for_ours(error)
            if job:
                return job
        self.unclear = None
        if self.unclear_count >= MAX_UNCLEAR:
            raise self._not_started(
                f"{error}\nAWS gave no clear answer {self.unclear_count} times, and the branch has "
                "no job of ours"
            )
        return None

    def _look_for_ours(self, error: AwsError) -> JobRecord | None:
        newest = self._look(self.after)
        if newest is None:
            raise self._start_unknown(str(error))
        return self._ours_among(newest, self.after, self.attempt)

    def _message(self) -> str:
        return (self.wish.commit_message or "").strip() or default_message(self.call.urn, self.wish)

    def _request(self) -> dict[str, Any]:
        wish = self.wish
        request = {
            "jobType": wish.job_type,
            "jobId": wish.source_job_id,
            "jobReason": wish.job_reason,
            "commitId": wish.commit_id,
            "commitMessage": marked_message(self._message(), self.marker, self.attempt),
            "commitTime": wish.commit_time,
        }
        return {key: value for key, value in request.items() if value is not None}

    # --- ends ----------------------------------------------------------------------------------

    def _release(self, job: JobRecord, *, adopted: bool = False) -> Release:
        if not adopted:
            self.notes.started(str(self.marker), self.attempt, job.id)
        waited = ""
        if self.waiting_since is not None:
            waited = (
                f"waited {duration(self.call.now() - self.waiting_since)} for {self.waited_for}"
            )
        return Release(job, adopted, waited, self.usual)

    def _adopted(self, job: JobRecord) -> Release:
        self.call.info(
            f"job {job.id.job_id} ({job.status}) builds {self.wish.shown_commit} already: taken "
            "instead of a new one"
        )
        return self._release(job, adopted=True)

    def _described(self, job: JobRecord) -> str:
        since = f", started {age(job)} ago" if age(job) else ""
        return f"job {job.id.job_id} is {job.status}{since}"

    def _blocked_by(self, job: JobRecord) -> str:
        return (
            f"the branch is busy: {self._described(job)}\n  console: {job.console_url}\n"
            f"  to stop it: {stop_command(job)}"
        )

    def _in_time(self, doing: str) -> None:
        if self.call.now() >= self.deadline:
            raise self._not_started(f"timed out{self._while(doing)}")
        if not self.call.sleep(0):
            raise self._not_started(f"interrupted{self._while(doing)}")

    def _while(self, doing: str) -> str:
        return f": {self.blocked}" if self.blocked else f" while {doing}"

    def _sleep(self, seconds: float, why: str) -> None:
        left = self.deadline - self.call.now()
        if left <= 0:
            raise self._not_started(f"timed out: {why}")
        if not self.call.sleep(min(seconds, left)):
            raise self._not_started(f"interrupted: {why}")

    def _not_started(self, why: str) -> NotStarted | StartUnknown:
        if self.unclear:
            return self._start_unknown(f"{self.unclear}\nThen: {why}")
        if self.noted:
            self.notes.remove()
        return NotStarted(
            f"no Amplify job was started for {self.wish.branch}: {why}\n"
            "Nothing is recorded; the next `pulumi up` tries again."
        )

    def _start_unknown(self, why: str) -> StartUnknown:
        permission = f"\n{self.unlisted.advice}" if self.unlisted else ""
        return StartUnknown(
            f"it cannot be known whether an Amplify job was started for {self.wish.branch}: {why}"
            f"{permission}\n"
            "Nothing is recorded, and no second job is started while this is open. The next "
            "`pulumi up` looks again. To start a new job whatever happened, remove the note "
            f"{self.notes.path}"
        )
