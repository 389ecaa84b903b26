"""Starting a build of a connected branch: StartJob, with trailers in the commit message.

A job of ours carries our trailer and the name of the attempt that started it. Where AWS does not give
the message back, a job that may be ours is neither taken nor started again: a person has to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from .._amplify.api import BranchApi
from .._amplify.records import JobRecord
from .._inputs.request import JOB_INPUTS, ReleaseRequest
from .._inputs.words import JobType
from .._operation import Operation
from .._values.text import on_one_line
from .notes import MAX_MESSAGE, Note
from .preflight import Seen, preflight
from .trailers import (
    Trailer,
    attempt_of,
    default_message,
    has_no_message,
    new_attempt,
    resource_hash,
    trailer_of,
    with_trailers,
)

#: Kinds of jobs that a push or an upload starts; StartJob is not asked for them.
_STARTED_ELSEWHERE: Final = frozenset({JobType.WEB_HOOK, JobType.MANUAL})
#: Inputs that the API client adds to each request by itself.
_OF_THE_BRANCH: Final = frozenset({"appId", "branchName"})


class GitBuild:
    """One attempt to start a build; see `ReleaseMethod`."""

    def __init__(self, urn: str, request: ReleaseRequest) -> None:
        self.attempt = new_attempt()
        self.trailer = Trailer.of(urn, request)
        self._urn = urn
        self._request = request
        given = (request.commit_message or "").strip()
        self._message = given or default_message(urn, request)
        self._branch_created: datetime | None = None

    def start_job_request(self) -> dict[str, Any]:
        """StartJob's members, without app and branch."""
        members = {
            member: getattr(self._request, row.name)
            for member, row in JOB_INPUTS.members.items()
            if member not in _OF_THE_BRANCH
        }
        members["commitMessage"] = with_trailers(self._message, self.trailer, self.attempt)
        return {member: value for member, value in members.items() if value is not None}

    @property
    def leaves_job(self) -> bool:
        """False: each job that StartJob makes is started."""
        return False

    def preflight(self, api: BranchApi, operation: Operation, deadline: float) -> Seen:
        """See `ReleaseMethod`."""
        seen = preflight(self._request, api, operation)
        self._branch_created = seen.branch.create_time
        return seen

    def recall(self, notes: Sequence[Note]) -> None:
        """Do nothing: a job that is there was started, and says whose it is."""

    def send(self, api: BranchApi, keep: Callable[[Note], None]) -> JobRecord:
        """See `ReleaseMethod`: StartJob makes and starts the job at once."""
        return api.start(self.start_job_request())

    def resume(self, job: JobRecord, api: BranchApi) -> JobRecord | None:
        """The job as it is: nothing is missing."""
        return job

    def note(self, newest_before: int | None) -> Note:
        """See `ReleaseMethod`."""
        return Note(
            str(self.trailer),
            self.attempt,
            newest_before,
            self._message,
            commit=self._request.commit_id,
            branch_created=self._branch_created,
            secret_inputs=self._request.secret_inputs,
        )

    def wrote(self, note: Note) -> bool:
        """See `ReleaseMethod`: the run may have had the commit in another spelling."""
        if not self.is_current(note):
            return False
        if any(note.trailer == str(trailer) for trailer in self._trailers):
            return True
        same = self._request.commit.is_same(note.commit)
        return same and note.trailer == str(self._trailer_of(note.commit))

    def is_current(self, note: Note) -> bool:
        """See `ReleaseMethod`: a branch that was created again has another time."""
        return note.may_be_of_branch(self._branch_created)

    def started(self, job: JobRecord, attempt: str) -> bool:
        """See `ReleaseMethod`."""
        return self._is_ours(job) and attempt_of(job) == attempt

    def is_this_release(self, job: JobRecord) -> bool:
        """See `ReleaseMethod`: also where an earlier run had the commit in a shorter spelling.

        A retry may show the message of the job that it repeats, and somebody may start one by hand.
        """
        is_retry = job.job_type == JobType.RETRY
        if is_retry and self._request.job_type != JobType.RETRY:
            return False
        return self._is_ours(job) and trailer_of(job) in self._trailers

    def is_other_release(self, job: JobRecord) -> bool:
        """See `ReleaseMethod`."""
        return self._is_ours(job) and not self.is_this_release(job)

    def is_noted(self, job: JobRecord, note: Note) -> bool:
        """See `ReleaseMethod`: numbers begin again on a branch that was made anew."""
        return str(trailer_of(job)) == note.trailer or has_no_message(job)

    def is_left_over(self, job: JobRecord) -> bool:
        """False: each job that StartJob makes is started."""
        return False

    def may_be(self, job: JobRecord, note: Note) -> bool:
        """See `ReleaseMethod`: AWS may have given back none, or not all, of the message."""
        if job.number <= (note.newest_before or 0):
            return False
        if self._request.job_type == JobType.RETRY:
            # A retry may show the message of the job that it repeats.
            return job.job_type == JobType.RETRY
        if job.job_type in _STARTED_ELSEWHERE or trailer_of(job):
            return False
        sent = on_one_line(note.message)[:MAX_MESSAGE]
        shown = on_one_line(job.commit_message or "").rstrip(" .…")
        length = min(len(sent), len(shown))
        return sent[:length] == shown[:length]

    @cached_property
    def _trailers(self) -> frozenset[Trailer]:
        """The trailers of this release, also for shorter spellings of its commit."""
        spellings = self._request.commit.spellings
        return frozenset({self.trailer, *map(self._trailer_of, spellings)})

    def _trailer_of(self, commit: str | None) -> Trailer:
        """The trailer of this release, had its commit been written like that."""
        return Trailer.of(self._urn, replace(self._request, commit_id=commit))

    def _is_ours(self, job: JobRecord) -> bool:
        trailer = trailer_of(job)
        return trailer is not None and trailer.resource == self.trailer.resource

    @staticmethod
    def owns(job: JobRecord, urn: str) -> bool:
        """See `ReleaseMethod`.

        A message with another trailer, or with none, is somebody else's. Where AWS gives no message
        back, a job counts as the resource's own unless a push or an upload started it.
        """
        if has_no_message(job):
            return job.job_type not in _STARTED_ELSEWHERE
        trailer = trailer_of(job)
        return trailer is not None and trailer.resource == resource_hash(urn)
