"""What AWS reports of jobs and branches, typed."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from statistics import median
from typing import Final

from .ids import JobId, console_url
from .status import QUEUED_STATUSES, Status, has_ended, has_failed


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a job. It has no URLs: they are signed and let their holder read the build log.

    Attributes:
        name: The step's name, such as `BUILD` or `DEPLOY`.
        status: The step's status, one of the words of a job's status.
        start_time: When the step began, RFC 3339 in UTC.
        end_time: When the step ended, RFC 3339 in UTC; not set as long as it has not ended.
        status_reason: Why the step has its status, in AWS's words.
    """

    name: str
    status: str
    start_time: datetime | None = None
    end_time: datetime | None = None
    status_reason: str | None = None


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A job as AWS reported it; everything but id and status may be missing.

    Attributes:
        id: app, branch and number.
        status: AWS's word, also one that is not known here; see `status`.
        arn: the job's ARN.
        job_type: AWS's word for what kind of job it is; see `words.JobType`.
        reported_commit: the commit that AWS says it builds, often `HEAD`.
        commit_message: the message, with the trailers of a job that this package started.
        start_time: when it began, in UTC.
        end_time: when it ended, in UTC; None as long as it has not.
        region: the region that was asked for it.
        steps: its steps; empty in what ListJobs and StartJob report.
        source: the address that a deployment took its files from, without its signature; None for any
            other job. It is for comparisons: what is left of its query may be a secret.
    """

    id: JobId
    status: str
    arn: str | None = None
    job_type: str | None = None
    reported_commit: str | None = None
    commit_message: str | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    region: str | None = None
    steps: tuple[Step, ...] = ()
    source: str | None = None

    @property
    def number(self) -> int:
        """The job's number: newer jobs of a branch have greater ones."""
        return self.id.number

    @property
    def has_ended(self) -> bool:
        """Whether its status will never change again."""
        return has_ended(self.status)

    @property
    def has_failed(self) -> bool:
        """Whether it ended without a release."""
        return has_failed(self.status)

    @property
    def is_ending(self) -> bool:
        """Whether it has ended, or is being stopped: nothing more needs to be done to end it."""
        return self.has_ended or self.status == Status.CANCELLING

    @property
    def is_queued(self) -> bool:
        """Whether it waits: for its turn or, after CreateDeployment, for its start."""
        return self.status in QUEUED_STATUSES

    @property
    def failed_steps(self) -> tuple[Step, ...]:
        """The steps that failed or were cancelled."""
        return tuple(step for step in self.steps if has_failed(step.status))

    @property
    def duration_seconds(self) -> float | None:
        """How many seconds it took from start to end, None while that is not known."""
        if self.start_time is None or self.end_time is None:
            return None
        return max(0.0, (self.end_time - self.start_time).total_seconds())

    @property
    def console_url(self) -> str | None:
        """The page of its branch in the AWS console, where its number leads to it."""
        return console_url(self.region, self.id.branch)

    @property
    def stop_command(self) -> str:
        """What a person types into a shell to stop it."""
        return shlex.join(
            ["aws", "amplify", "stop-job", "--app-id", self.id.app_id]
            + ["--branch-name", self.id.branch_name, "--job-id", self.id.number_text]
            + (["--region", self.region] if self.region else [])
        )

    @property
    def wait_command(self) -> str:
        """What a person types into a shell to wait for it."""
        return f"amplify-job wait {self._arguments}"

    @property
    def logs_command(self) -> str:
        """What a person types into a shell to read its logs."""
        return f"amplify-job logs {self._arguments}"

    @property
    def _arguments(self) -> str:
        region = ["--region", self.region] if self.region else []
        return shlex.join([self.id.app_id, self.id.branch_name, self.id.number_text, *region])

    def is_newer_than(self, other: JobRecord) -> bool:
        """Whether it began after another job.

        On one branch a greater number tells it. The start times tell it too: each branch counts its own
        jobs, and a branch that was deleted and created again begins anew. Where they are missing, a job
        of another branch counts as newer.
        """
        same_branch = self.id.branch == other.id.branch
        if same_branch and self.number > other.number:
            return True
        if self.start_time is None or other.start_time is None:
            return not same_branch
        return self.start_time > other.start_time

    def age_seconds(self, now: datetime | None = None) -> float | None:
        """How many seconds ago it began, None when that is not known."""
        if self.start_time is None:
            return None
        now = now or datetime.now(timezone.utc)
        return max(0.0, (now - self.start_time).total_seconds())


@dataclass(frozen=True, slots=True)
class BranchRecord:
    """What GetBranch reports, as far as it is used.

    Attributes:
        enable_auto_build: whether each push starts a job by itself.
        stage: AWS's word for what the branch is for, `PRODUCTION` or `PULL_REQUEST` among others.
        source_branch: the branch that a pull-request preview was made from.
        create_time: when it was made.
        display_name: the first part of its default address.
    """

    enable_auto_build: bool = False
    stage: str | None = None
    source_branch: str | None = None
    create_time: datetime | None = None
    display_name: str | None = None

    @property
    def is_pull_request(self) -> bool:
        """Whether it is the preview of a pull request."""
        return self.stage == "PULL_REQUEST" or self.source_branch is not None

    def is_younger_than(self, job: JobRecord) -> bool:
        """Whether it was made after a job began, so that the job ran on an earlier one of its name."""
        if self.create_time is None or job.start_time is None:
            return False
        return self.create_time > job.start_time


@dataclass(frozen=True, slots=True)
class AppRecord:
    """What GetApp reports, as far as it is used.

    Attributes:
        repository: the repository that it is connected to, None for an app without one.
        default_domain: the domain of the default addresses of its branches.
    """

    repository: str | None = None
    default_domain: str | None = None


@dataclass(frozen=True, slots=True)
class SubDomain:
    """A name under a custom domain, and the branch that it leads to.

    Attributes:
        prefix: what stands before the domain; empty for the domain itself.
        branch_name: the branch.
        verified: whether AWS has seen that its DNS record is right.
    """

    prefix: str
    branch_name: str
    verified: bool = False


@dataclass(frozen=True, slots=True)
class DomainRecord:
    """A custom domain of an app.

    Attributes:
        name: the domain's name.
        status: AWS's word for how far it is; `AVAILABLE` when it works.
        sub_domains: the names under it.
    """

    name: str
    status: str
    sub_domains: tuple[SubDomain, ...] = ()


@dataclass(frozen=True, slots=True)
class BuildTimes:
    """How long a branch's newest builds took, in seconds.

    Attributes:
        succeeded: each of those that succeeded.
        failed: each of those that failed since the oldest of these.
    """

    succeeded: tuple[float, ...] = ()
    failed: tuple[float, ...] = ()

    @property
    def typical(self) -> float | None:
        """How many seconds a build typically takes: the median of those that succeeded."""
        return median(self.succeeded) if self.succeeded else None


#: A branch whose builds nobody knows.
NO_BUILDS: Final = BuildTimes()


def build_times(jobs: Sequence[JobRecord], most: int = 10) -> BuildTimes:
    """How long a branch's newest builds took.

    Args:
        jobs: The branch's jobs, newest first.
        most: How many that succeeded count, with those that failed since.
    """
    succeeded: list[float] = []
    failed: list[float] = []
    for job in jobs:
        if len(succeeded) == most:
            break
        took = job.duration_seconds
        if took is not None and job.status == Status.SUCCEED:
            succeeded.append(took)
        elif took is not None and job.status == Status.FAILED:
            failed.append(took)
    return BuildTimes(tuple(succeeded), tuple(failed))
