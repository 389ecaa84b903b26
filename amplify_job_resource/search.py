"""The search for our own job among those of the branch.

A job of ours carries our marker and the name of the attempt that started it. Where AWS does not give
the message back, a job that may be ours is never taken and never doubled: a person has to decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .attempt import Attempt
from .errors import AccessDenied, AwsError, NotFound, OutcomeUnclear, Throttled
from .ids import JobId
from .jobs import JobRecord, Jobs
from .marker import attempt_of, is_nameless, marker_of
from .notes import Note
from .progress import usual_seconds
from .wait import backoff

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
            self.usual = usual_seconds(newest)
            return newest

    def named(self, newest: Sequence[JobRecord]) -> JobRecord | None:
        """The job that carries this attempt's mark and name."""
        return self._named(newest, self._attempt.name)

    def ours(self, why: str) -> JobRecord | None:
        """The job of this attempt after a StartJob that may have made one; None: it made none.

        Args:
            why: The answer to that StartJob, for the error.

        Raises:
            errors.StartUnknown: there is a job that may be ours, or the jobs cannot be listed.
        """
        newest = self.newest(self._attempt.after)
        if newest is None:
            raise self._attempt.start_unknown(why)
        return self._ours_among(newest, self._attempt.after, self._attempt.name)

    def left_by_a_killed_run(self, recorded: JobId | None) -> JobRecord | None:
        """The job of a run that was killed before Pulumi was told, found by its note.

        Args:
            recorded: The job that Pulumi has in state now, if it is known.
        """
        attempt = self._attempt
        note = attempt.notes.read()
        if note is None or note.marker != str(attempt.marker):
            return None
        newest = self.newest(note.after)
        job = self._noted(note, newest)
        if job is None or self._is_outdated(job, recorded, newest or ()):
            attempt.notes.remove()
            return None
        attempt.call.info(
            f"job {job.id.job_id} was started by an earlier run that was cut off: taken up"
        )
        return job

    def _noted(self, note: Note, newest: Sequence[JobRecord] | None) -> JobRecord | None:
        attempt = self._attempt
        if note.job:
            job = self._by_id(JobId.parse(note.job), newest or ())
            return job if job and (marker_of(job) == attempt.marker or is_nameless(job)) else None
        if newest is None:
            raise attempt.start_unknown("an earlier run was cut off while it started a job")
        return self._ours_among(newest, note.after, note.attempt)

    def _by_id(self, job_id: JobId, newest: Sequence[JobRecord]) -> JobRecord | None:
        listed = next((job for job in newest if job.number == job_id.number), None)
        if listed:
            return listed
        try:
            return self._jobs.get(job_id.job_id)
        except NotFound:
            return None

    def _is_outdated(
        self, job: JobRecord, recorded: JobId | None, newest: Sequence[JobRecord]
    ) -> bool:
        """Whether this resource was released again since, from another machine."""
        attempt = self._attempt
        if recorded and recorded.branch == attempt.wish.branch and recorded.number >= job.number:
            return True
        return any(
            other.number > job.number
            and (marker := marker_of(other)) is not None
            and marker.resource == attempt.marker.resource
            for other in newest
        )

    def _ours_among(
        self, newest: Sequence[JobRecord], after: int | None, name: str
    ) -> JobRecord | None:
        """The job of one attempt of ours, among those newer than `after`.

        Raises:
            errors.StartUnknown: there is a job that may or may not be ours.
        """
        ours = self._named(newest, name)
        if ours:
            return ours
        younger = [job for job in newest if job.number > (after or 0)]
        doubtful = [job for job in younger if self._may_be_ours(job)]
        if doubtful:
            names = ", ".join(job.id.job_id for job in doubtful)
            raise self._attempt.start_unknown(
                f"job {names} began at about that time and carries no message that tells whose it is"
            )
        return None

    def _named(self, newest: Sequence[JobRecord], name: str) -> JobRecord | None:
        marker = self._attempt.marker
        return next(
            (job for job in newest if marker_of(job) == marker and attempt_of(job) == name), None
        )

    def _may_be_ours(self, job: JobRecord) -> bool:
        """Whether AWS may have made it of our request and not given back all of the message."""
        attempt = self._attempt
        if attempt.wish.job_type == "RELEASE" and job.job_type in ("WEB_HOOK", "MANUAL"):
            return False
        message = " ".join((job.commit_message or "").split())
        return marker_of(job) is None and " ".join(attempt.message.split()).startswith(message)
