"""The Amplify API calls that are used, typed; AWS's errors become ours.

One `Jobs` stands for one branch. Answers are read with care: AWS leaves out members that its model
calls required.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..errors import OutcomeUnclear
from .aws_errors import ErrorContext, translated
from .ids import BranchId, JobId, console_url, job_number
from .session import Clients
from .status import has_ended, has_failed

#: The most that ListJobs gives at once.
PAGE_SIZE = 50
#: ListJobs pages read at most: 1,000 jobs of one branch.
MAX_PAGES = 20


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a job. Has no URLs: they are signed and let their holder read the build log."""

    name: str
    status: str
    start_time: datetime | None = None
    end_time: datetime | None = None
    status_reason: str | None = None


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A job as AWS reported it; everything but id, branch and status may be missing."""

    id: JobId
    status: str
    arn: str | None = None
    job_type: str | None = None
    commit_id: str | None = None
    commit_message: str | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    region: str | None = None
    steps: tuple[Step, ...] = ()

    @property
    def number(self) -> int:
        """The job id as a number: newer jobs have greater ones."""
        return job_number(self.id.job_id)

    @property
    def has_ended(self) -> bool:
        """Whether its status will never change again."""
        return has_ended(self.status)

    @property
    def has_failed(self) -> bool:
        """Whether it ended without a release."""
        return has_failed(self.status)

    @property
    def duration_seconds(self) -> float | None:
        """How long it took from start to end, None while that is not known."""
        if self.start_time is None or self.end_time is None:
            return None
        return max(0.0, (self.end_time - self.start_time).total_seconds())

    @property
    def console_url(self) -> str | None:
        """Its page in the AWS console."""
        return console_url(self.region, self.id)


@dataclass(frozen=True, slots=True)
class BranchRecord:
    """What is used of GetBranch."""

    enable_auto_build: bool = False
    stage: str | None = None
    source_branch: str | None = None


class Jobs:
    """The jobs of one branch.

    Every method raises an `errors.AwsError` when the call does not succeed.
    """

    def __init__(self, clients: Clients, branch: BranchId) -> None:
        self.branch_id = branch
        self.region = clients.settings.region
        self._clients = clients

    def start(self, request: Mapping[str, Any]) -> JobRecord:
        """StartJob, sent once; `request` holds its members beside app and branch."""
        with self._errors("starting Amplify job", "StartJob") as context:
            answer: Mapping[str, Any] = self._clients.starts.start_job(
                appId=self.branch_id.app_id, branchName=self.branch_id.branch_name, **request
            )
            summary = answer.get("jobSummary") or {}
            if not str(summary.get("jobId") or "").isdecimal():
                # There may be a job all the same: it is looked for, as after a lost answer.
                raise OutcomeUnclear(
                    context.doing,
                    "no jobId",
                    "AWS accepted the request but its answer names no job",
                )
        return self._record(summary)

    def get(self, job_id: str) -> JobRecord:
        """GetJob: a job with its steps."""
        with self._errors("reading Amplify job", "GetJob", job_id):
            answer: Mapping[str, Any] = self._clients.reads.get_job(
                appId=self.branch_id.app_id, branchName=self.branch_id.branch_name, jobId=job_id
            )
        job = answer.get("job") or {}
        return self._record({"jobId": job_id, **(job.get("summary") or {})}, job.get("steps") or ())

    def newest(self, down_to: int | None = None) -> list[JobRecord]:
        """ListJobs: the newest jobs, newest first: one page of 50 where that is enough.

        Args:
            down_to: Read on until this job number is reached.
        """
        found: list[JobRecord] = []
        for page in self._pages():
            found.extend(page)
            numbers = [job.number for job in page]
            # AWS promises no order: only a page that shows one can end the reading.
            newest_first = len(numbers) > 1 and numbers == sorted(numbers, reverse=True)
            if newest_first and (down_to is None or numbers[-1] <= down_to):
                break
        return sorted(found, key=lambda job: job.number, reverse=True)

    def stop(self, job_id: str) -> None:
        """StopJob."""
        with self._errors("stopping Amplify job", "StopJob", job_id):
            self._clients.reads.stop_job(
                appId=self.branch_id.app_id, branchName=self.branch_id.branch_name, jobId=job_id
            )

    def branch(self) -> BranchRecord:
        """GetBranch."""
        with self._errors("reading Amplify branch", "GetBranch"):
            answer: Mapping[str, Any] = self._clients.reads.get_branch(
                appId=self.branch_id.app_id, branchName=self.branch_id.branch_name
            )
        branch: Mapping[str, Any] = answer.get("branch") or {}
        return BranchRecord(
            enable_auto_build=bool(branch.get("enableAutoBuild")),
            stage=branch.get("stage"),
            source_branch=branch.get("sourceBranch"),
        )

    def app_repository(self) -> str | None:
        """GetApp: the repository that the app is connected to, None for a manual app."""
        with self._errors("reading Amplify app", "GetApp"):
            answer: Mapping[str, Any] = self._clients.reads.get_app(appId=self.branch_id.app_id)
        return (answer.get("app") or {}).get("repository") or None

    def _pages(self) -> Iterator[list[JobRecord]]:
        token: str | None = None
        for _ in range(MAX_PAGES):
            arguments: dict[str, Any] = {"nextToken": token} if token else {}
            with self._errors("listing Amplify jobs", "ListJobs"):
                answer: Mapping[str, Any] = self._clients.reads.list_jobs(
                    appId=self.branch_id.app_id,
                    branchName=self.branch_id.branch_name,
                    maxResults=PAGE_SIZE,
                    **arguments,
                )
            yield [
                self._record(summary)
                for summary in answer.get("jobSummaries") or ()
                if str(summary.get("jobId") or "").isdecimal()
            ]
            token = answer.get("nextToken")
            if not token:
                return

    def _record(self, summary: Mapping[str, Any], steps: Any = ()) -> JobRecord:
        return JobRecord(
            id=JobId(self.branch_id.app_id, self.branch_id.branch_name, str(summary["jobId"])),
            status=str(summary.get("status") or "UNKNOWN"),
            arn=summary.get("jobArn"),
            job_type=summary.get("jobType"),
            commit_id=summary.get("commitId"),
            commit_message=summary.get("commitMessage"),
            start_time=summary.get("startTime"),
            end_time=summary.get("endTime") if has_ended(summary.get("status")) else None,
            region=self.region,
            steps=tuple(
                Step(
                    name=str(step.get("stepName") or "?"),
                    status=str(step.get("status") or "UNKNOWN"),
                    start_time=step.get("startTime"),
                    end_time=step.get("endTime"),
                    status_reason=step.get("statusReason") or None,
                )
                for step in steps
            ),
        )

    @contextmanager
    def _errors(
        self, doing: str, operation: str, job_id: str | None = None
    ) -> Iterator[ErrorContext]:
        place = f"{self.branch_id}/{job_id}" if job_id else str(self.branch_id)
        context = ErrorContext(
            f"{doing} ({place})", operation, self.branch_id, self._clients.settings
        )
        with translated(context):
            yield context
