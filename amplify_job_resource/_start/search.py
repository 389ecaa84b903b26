"""The search for our own job among those of the branch.

A job of ours carries our marker and the name of the attempt that started it. Where AWS does not give
the message back, a job that may be ours is never taken and never doubled: a person has to decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .._amplify.api import JobRecord, Jobs
from .._amplify.ids import JobId
from .._follow.rows import usual_seconds
from .._follow.wait import backoff
from ..errors import AccessDenied, AwsError, NotFound, OutcomeUnclear, Throttled
from .attempt import Attempt
from .notes import MAX_MESSAGE, Note
from .trailers import attempt_of, is_nameless, marker_of

#: After an unclear outcome: how often to look for the job, and the pause before each look, in seconds.
LOOKS: Final = (0.0, 2.0, 4.0, 6.0)
#: Looks in a row without an answer, at most, before there was any; later only time is a bound.
MAX_FIRST_LOOKS: Final = 12


class Search:
    """Looks at the branch's newest jobs for one attempt.

    Attributes:
        usual: how many seconds this branch's successful jobs usually take, once that is known.
    """

    def __init__(self, attempt: Attempt, jobs: Jobs) -> None:
        self.usual: float | None = None
        self._attempt = attempt
        self._jobs = jobs
        self._answered = False
        self._seen: list[JobRecord] = []

    def newest(self, down_to: int | None = None) -> list[JobRecord] | None:
        """The newest jobs of the branch; None when the credentials may not list them.

        Raises:
            errors.NotStarted, errors.StartUnknown: AWS does not answer.
        """
        attempt = self._attempt
        if attempt.unlisted:
            return None
        unanswered = 0
        while True:
            if not attempt.unclear or unanswered:
                # What may have started a job is looked up once, however late it is.
                attempt.check_time("listing the branch's jobs")
            try:
                newest = self._jobs.newest(down_to)
            except AccessDenied as error:
                attempt.unlisted = error
                attempt.call.debug(str(error))
                return None
            except (Throttled, OutcomeUnclear) as error:
                unanswered += 1
                if not self._answered and unanswered >= MAX_FIRST_LOOKS:
                    raise attempt.not_started(
                        f"{error}\nThat was the answer {unanswered} times."
                    ) from error
                attempt.call.status(f"AWS does not answer ({error.code}), trying again")
                attempt.sleep(backoff(3), str(error))
                continue
            except AwsError as error:
                raise attempt.not_started(str(error)) from error
            self._answered = True
            self._seen = newest
            self.usual = usual_seconds(newest)
            return newest

    def ours(self, newest: Sequence[JobRecord]) -> JobRecord | None:
        """The job that carries this attempt's mark and name."""
        return self._named(newest, self._attempt.name)

    def made(self, why: str, looks: Sequence[float] = LOOKS) -> JobRecord | None:
        """The job that a StartJob without a clear answer has made; None: it made none.

        Args:
            why: That answer.
            looks: The pause before each look.

        Raises:
            errors.StartUnknown: there is a job that may be it, or the jobs cannot be listed.
        """
        return self._made_in(self._attempt.note, why, looks)

    def left_by_a_killed_run(self, recorded: JobRecord | None) -> JobRecord | None:
        """The job of a run that was killed before Pulumi was told, found by its note.

        Args:
            recorded: The job that Pulumi has in state now, if it is known.

        Raises:
            errors.StartUnknown: it cannot be known whether there is one.
        """
        attempt = self._attempt
        note = attempt.notes.read()
        if note is None or note.marker != str(attempt.marker):
            return None
        if note.job:
            job = self._of_id(JobId.parse(note.job))
        else:
            job = self._made_in(note, "an earlier run was cut off while it started a job", LOOKS)
        if job is None or self._is_outdated(job, recorded):
            attempt.notes.remove_of(note.attempt)
            return None
        # On another machine the same wish may have been built again: that one is live.
        again = (
            other
            for other in self._seen
            if other.number > job.number and marker_of(other) == attempt.marker
        )
        job = next(again, job)
        attempt.call.info(
            f"job {job.id.job_id} was started by an earlier run that was cut off: taken up"
        )
        return job

    def _of_id(self, job_id: JobId) -> JobRecord | None:
        """The job that a note names, if it is that still: numbers begin again on a new branch."""
        attempt = self._attempt
        attempt.unclear = f"an earlier run was cut off after it had started job {job_id.job_id}"
        self.newest(job_id.number - 1)
        job = next((job for job in self._seen if job.number == job_id.number), None)
        try:
            job = job or self._jobs.get(job_id.job_id)
        except NotFound:
            pass
        except AwsError as error:
            raise attempt.not_started(str(error)) from error
        attempt.unclear = None
        return job if job and (marker_of(job) == attempt.marker or is_nameless(job)) else None

    def _is_outdated(self, job: JobRecord, recorded: JobRecord | None) -> bool:
        """Whether this resource was released for other inputs since, from another machine."""
        attempt = self._attempt
        if recorded and _is_newer(recorded, job):
            return True
        return any(
            other.number > job.number
            and (marker := marker_of(other)) is not None
            and marker.resource == attempt.marker.resource
            and marker != attempt.marker
            for other in self._seen
        )

    def _made_in(self, note: Note, why: str, looks: Sequence[float]) -> JobRecord | None:
        attempt = self._attempt
        attempt.unclear = why
        for seconds in looks:
            if seconds and not attempt.call.sleep(seconds):
                raise attempt.not_started("interrupted, and no look so far has shown a job")
            newest = self.newest(note.after)
            if newest is None:
                raise attempt.start_unknown(why)
            job = self._named(newest, note.attempt)
            if job:
                break
            doubtful = [job.id.job_id for job in newest if self._may_be(job, note)]
            if doubtful:
                raise attempt.start_unknown(
                    f"job {', '.join(doubtful)} began at about that time and carries no message that "
                    "tells whose it is"
                )
        attempt.unclear = None
        return job

    def _named(self, newest: Sequence[JobRecord], name: str) -> JobRecord | None:
        marker = self._attempt.marker
        return next(
            (job for job in newest if marker_of(job) == marker and attempt_of(job) == name), None
        )

    def _may_be(self, job: JobRecord, note: Note) -> bool:
        """Whether AWS may have made a job of that StartJob and not given back all of its message."""
        if job.number <= (note.after or 0):
            return False
        if self._attempt.wish.job_type == "RETRY":
            # It may show the message of the job that it repeats.
            return job.job_type == "RETRY"
        if job.job_type in ("WEB_HOOK", "MANUAL") or marker_of(job):
            return False
        sent = _in_a_line(note.message)[:MAX_MESSAGE]
        shown = _in_a_line(job.commit_message or "").rstrip(" .…")
        same = min(len(sent), len(shown))
        return sent[:same] == shown[:same]


def _is_newer(recorded: JobRecord, job: JobRecord) -> bool:
    """Whether a recorded job is the job, or began after it; only a branch's own jobs are numbered."""
    if recorded.id.branch == job.id.branch:
        return recorded.number >= job.number
    times = recorded.start_time, job.start_time
    return times[0] is not None and times[1] is not None and times[0] > times[1]


def _in_a_line(message: str) -> str:
    return " ".join(message.split())
