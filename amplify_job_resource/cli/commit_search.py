"""The job that builds a commit: awaited until the branch has it."""

from __future__ import annotations

import re
from typing import Final

from .._amplify.api import BranchApi
from .._amplify.records import JobRecord
from .._follow.follow import follow
from .._follow.rows import Pace
from .._follow.wait import NOT_FOUND_GRACE
from .._inputs.request import ReleaseRequest
from .._operation import Operation
from .._start.git_build import GitBuild
from .._start.trailers import commit_in_message
from .._values.commits import HEAD, SHORT, Commit, names_a_commit
from .._values.durations import format_duration
from .._values.pauses import pause
from .._values.text import printable
from ..errors import (
    AwsError,
    JobFailed,
    NotFound,
    OutcomeUnclear,
    Throttled,
    Unreachable,
    WrongCommit,
)
from .shell import SHELL, NoSuchJobYet

#: Jobs that an error lists at most.
MAX_LISTED: Final = 5
#: What git takes for a sha, and AWS's jobs are not compared by.
_TOO_SHORT: Final = re.compile(rf"[0-9a-fA-F]{{1,{SHORT - 1}}}", re.ASCII)


def follow_commit(commit: str, api: BranchApi, operation: Operation, deadline: float) -> JobRecord:
    """The job that builds a commit, when it is over and good; waits until the branch has it.

    Args:
        commit: The commit, as the user wrote it.
        api: The branch's API.
        operation: The operation at hand: clock, rows, lines.
        deadline: When to stop waiting, on the operation's clock.

    Raises:
        NoSuchJobYet: the branch has no such job in time, or somebody interrupted before.
        errors.JobError: the job failed, goes on, or builds another commit after all.
        errors.AwsError: the jobs cannot be listed.
    """
    if _TOO_SHORT.fullmatch(commit):
        operation.warn(
            f"{commit} has fewer than {SHORT} digits, so it is compared as a text, not as a sha"
        )
    search = CommitSearch(commit, api, operation)
    found = search.job(deadline)
    if not names_a_commit(found.reported_commit):
        operation.info(
            f"{_described(found)}: it was started as a release of that commit, and builds what the "
            "branch's HEAD was then"
        )
    request = ReleaseRequest(api.branch_id.app_id, api.branch_id.branch_name)
    try:
        job = follow(found, request, api, operation, deadline)
    except JobFailed as error:
        search.confirm(error.job)
        raise
    search.confirm(job)
    return job


class CommitSearch:
    """Looks for the job that builds a commit among the newest 50 jobs of a branch.

    AWS's word counts where it names a commit. For many jobs it reports `HEAD`: then a job counts only
    if it was started as a release of the commit, and says so in its message. Any other job that
    reports `HEAD` may build anything, and is never taken.
    """

    def __init__(self, commit: str, api: BranchApi, operation: Operation) -> None:
        self._commit = Commit(commit)
        self._api = api
        self._operation = operation
        branch = api.branch_id
        started_here = ReleaseRequest(branch.app_id, branch.branch_name, commit_id=commit)
        self._method = GitBuild(operation.urn, started_here)
        self._seen: list[JobRecord] = []
        self._answered = False
        self._pace = Pace()

    def job(self, deadline: float) -> JobRecord:
        """The newest job that builds the commit; waits until there is one.

        Args:
            deadline: When to stop waiting, on the operation's clock.

        Raises:
            NoSuchJobYet: the branch has no such job in time, or somebody interrupted before.
            errors.AwsError: the jobs cannot be listed.
        """
        began = self._operation.now()
        while True:
            seconds = self._operation.now() - began
            error = self._look(seconds)
            found = next(filter(self._builds, self._seen), None)
            if found:
                return found
            self._show(error, seconds)
            left = deadline - self._operation.now()
            if left <= 0:
                if isinstance(error, NotFound):
                    raise error
                raise NoSuchJobYet(self._not_found(error, seconds))
            if not self._operation.sleep(min(left, pause(seconds))):
                raise NoSuchJobYet(
                    f"interrupted after {format_duration(seconds)} of waiting for a job that builds "
                    f"{self._commit}"
                )

    def confirm(self, job: JobRecord) -> None:
        """Do nothing if a job that was found still builds the commit.

        Raises:
            errors.WrongCommit: a later push took its place while it was queued.
        """
        if names_a_commit(job.reported_commit) and not self._builds(job):
            text = (
                f"{_described(job)} and no longer {self._commit}: before it began, a later push took "
                "the place of that commit."
            )
            raise WrongCommit(job, text, self._commit.text, job.reported_commit)

    def _look(self, seconds: float) -> AwsError | None:
        """List the jobs; the error if that did not succeed and may do so later."""
        try:
            self._seen = self._api.newest()
        except (Throttled, OutcomeUnclear) as error:
            if isinstance(error, Unreachable) and not self._answered:
                raise
            return error
        except NotFound as error:
            # The push may have made the branch, too.
            if seconds >= NOT_FOUND_GRACE:
                raise
            return error
        self._answered = True
        return None

    def _builds(self, job: JobRecord) -> bool:
        if names_a_commit(job.reported_commit):
            return self._commit.is_same(job.reported_commit)
        return self._commit.is_same(commit_in_message(job)) or self._method.is_this_release(job)

    def _show(self, error: AwsError | None, seconds: float) -> None:
        """Show how the search goes: each change, and the same again now and then."""
        content = _described(self._seen[0]) if self._seen else "the branch has no job"
        if self._seen and not names_a_commit(self._seen[0].reported_commit):
            content += ", so AWS does not say what it builds"
        if isinstance(error, NotFound):
            content = "the branch is not there"
        elif error:
            content += f" (AWS does not answer: {error.code}; trying again)"
        if not self._pace.is_due(content, seconds):
            return
        waiting = f"waiting {format_duration(seconds)} for a job that builds {self._commit}"
        self._operation.status(f"{waiting}: {content}")

    def _not_found(self, error: AwsError | None, seconds: float) -> str:
        lines = [
            f"no job of {self._api.branch_id} is known to build {self._commit} after "
            f"{format_duration(seconds)} of waiting, which is the timeout ({SHELL.timeout})."
        ]
        listed = self._seen[:MAX_LISTED]
        lines.append("The branch's newest jobs:" if listed else "The branch has no job.")
        lines += [f"  {_described(job)}{_since(job)}" for job in listed]
        unsaid = next((job for job in listed if not names_a_commit(job.reported_commit)), None)
        if unsaid:
            lines.append(
                f"AWS does not say what a job builds that reports {HEAD}. To wait for such a job: "
                f"`{unsaid.wait_command}`"
            )
        else:
            lines.append("A push makes a job only where auto-build is on for the branch.")
        return "\n".join([*lines, f"AWS said at last: {error}"] if error else lines)


def _described(job: JobRecord) -> str:
    """A job, and what AWS reports: `job 42 SUCCEED reports 8b02d4a`."""
    status = printable(job.status, 40)
    return f"job {job.id.number_text} {status} reports {Commit(job.reported_commit or None)}"


def _since(job: JobRecord) -> str:
    seconds = job.age_seconds()
    return "" if seconds is None else f", started {format_duration(seconds)} ago"
