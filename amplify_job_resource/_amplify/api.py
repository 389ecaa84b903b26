"""The Amplify API calls that are used, typed; AWS's errors become ours.

Answers are read with care: AWS leaves out members that its model calls required.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from .._ask import Ask, directly
from ..errors import OutcomeUnclear
from .answers import domain_record, has_job_id, job_record
from .aws_errors import ErrorContext, map_errors
from .budget import budget_of
from .ids import BranchId, account_in_arn
from .records import AppRecord, BranchRecord, DomainRecord, JobRecord
from .session import Clients
from .settings import Settings

#: The most jobs, or domains, that AWS lists at once.
PAGE_SIZE: Final = 50
#: ListJobs pages read at most: 1,000 jobs of one branch.
MAX_PAGES: Final = 20


class BranchApi:
    """The API calls for one branch.

    Every method raises an `errors.AwsError` when its call does not succeed: `NotFound`,
    `AccessDenied`, `BadCredentials`, `Throttled`, `RequestRejected` or `OutcomeUnclear`; all but
    those that make a job also `Unanswered`, when the call is given up.
    """

    def __init__(self, clients: Clients, branch: BranchId, ask: Ask = directly) -> None:
        """Take what makes the calls.

        Args:
            clients: The clients.
            branch: The branch.
            ask: How each call is made that makes no job.
        """
        self.branch_id = branch
        self.region = clients.settings.region
        self._clients = clients
        self._ask = ask

    @property
    def client_settings(self) -> Settings:
        """The settings that its calls are made with."""
        return self._clients.settings

    def bounded(self, ask: Ask) -> BranchApi:
        """The same, with each call made in another way.

        Args:
            ask: How each call is made that makes no job.
        """
        return BranchApi(self._clients, self.branch_id, ask)

    def turn(self, job: JobRecord, now: float) -> float:
        """In how many seconds a wait for a job may ask again, as one of all waits of this process.

        Args:
            job: The job as last seen.
            now: The time, in seconds on a clock that all waits share.
        """
        budget = budget_of(account_in_arn(job.arn) or "", self.region or "")
        self._clients.budgets.add(budget)
        return budget.turn(now)

    def start(self, request: Mapping[str, Any]) -> JobRecord:
        """StartJob, sent once and never repeated by the SDK; the job as AWS made it.

        Args:
            request: StartJob's members, without app and branch.

        Raises:
            errors.BranchBusy: refused, since the branch has an active job; nothing was started.
            errors.Throttled: refused for now; nothing was started.
            errors.Unreachable: never sent; nothing was started.
            errors.OutcomeUnclear: no usable answer, so a job may have been started.
            errors.AwsError: refused for another reason; nothing was started.
        """
        with self._errors("starting Amplify job", "StartJob") as context:
            answer: Mapping[str, Any] = self._clients.single_attempt.start_job(
                appId=self.branch_id.app_id, branchName=self.branch_id.branch_name, **request
            )
            summary = _with_job_id(answer.get("jobSummary") or {}, context)
        return self._record(summary)

    def create_deployment(self) -> tuple[JobRecord, str]:
        """CreateDeployment, sent once: the job that waits for its start, and where its zip goes.

        The address is signed: whoever holds it can upload what will be live, so it goes nowhere. It
        expires after three hours, and a deployment that is not started within eight is void.

        Raises:
            errors.AwsError: as for `start`; it makes a job, but deploys nothing.
        """
        with self._errors("creating Amplify deployment", "CreateDeployment") as context:
            answer: Mapping[str, Any] = self._clients.single_attempt.create_deployment(
                appId=self.branch_id.app_id, branchName=self.branch_id.branch_name
            )
            _with_job_id(answer, context)
            url = answer.get("zipUploadUrl")
            if not url:
                raise OutcomeUnclear(
                    context.action,
                    "no zipUploadUrl",
                    "AWS accepted the request, but the response has no address for the upload",
                )
        return self._record({"jobId": answer["jobId"]}), str(url)

    def start_deployment(self, request: Mapping[str, Any]) -> JobRecord:
        """StartDeployment, sent once: the job as it is then.

        Args:
            request: `jobId` of a deployment that was created; or `sourceUrl` and `sourceUrlType`,
                which makes a job of its own.

        Raises:
            errors.AwsError: as for `start`.
        """
        number = request.get("jobId")
        with self._errors("starting Amplify deployment", "StartDeployment", number) as context:
            # Of a job that it names, this call makes no second one, so it may be given up.
            ask = self._ask if number else directly
            answer: Mapping[str, Any] = ask(
                lambda: self._clients.single_attempt.start_deployment(
                    appId=self.branch_id.app_id, branchName=self.branch_id.branch_name, **request
                ),
                context.action,
            )
            summary = _with_job_id(answer.get("jobSummary") or {}, context)
        return self._record(summary)

    def get(self, number: str) -> JobRecord:
        """GetJob: a job with its steps, by its number on the branch."""
        return self.with_logs(number)[0]

    def with_logs(self, number: str) -> tuple[JobRecord, dict[str, str]]:
        """GetJob: the same, and the address of each step's log, for those that have one.

        The addresses are signed: whoever holds one can read the log, so they go nowhere. They expire.
        """
        with self._errors("reading Amplify job", "GetJob", number) as context:
            answer: Mapping[str, Any] = self._ask(
                lambda: self._clients.retrying.get_job(
                    appId=self.branch_id.app_id,
                    branchName=self.branch_id.branch_name,
                    jobId=number,
                ),
                context.action,
            )
        job = answer.get("job") or {}
        steps = job.get("steps") or ()
        record = self._record({"jobId": number, **(job.get("summary") or {})}, steps)
        urls = [step.get("logUrl") for step in steps]
        return record, {step.name: url for step, url in zip(record.steps, urls, strict=True) if url}

    def newest(self, down_to: int | None = None) -> list[JobRecord]:
        """ListJobs: the branch's newest jobs, newest first, at most 1,000 of them.

        Jobs whose ids are no numbers are left out.

        Args:
            down_to: Read on until this job number is reached; None for one page of 50 jobs, where
                that is enough.
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

    def stop(self, number: str) -> None:
        """StopJob: ask for a job's end, by its number; the job is CANCELLING for a while after it."""
        with self._errors("stopping Amplify job", "StopJob", number) as context:
            self._ask(
                lambda: self._clients.retrying.stop_job(
                    appId=self.branch_id.app_id,
                    branchName=self.branch_id.branch_name,
                    jobId=number,
                ),
                context.action,
            )

    def branch(self) -> BranchRecord:
        """GetBranch: what is used of the branch's settings."""
        with self._errors("reading Amplify branch", "GetBranch") as context:
            answer: Mapping[str, Any] = self._ask(
                lambda: self._clients.retrying.get_branch(
                    appId=self.branch_id.app_id, branchName=self.branch_id.branch_name
                ),
                context.action,
            )
        branch: Mapping[str, Any] = answer.get("branch") or {}
        return BranchRecord(
            enable_auto_build=bool(branch.get("enableAutoBuild")),
            stage=branch.get("stage"),
            source_branch=branch.get("sourceBranch") or None,
            create_time=branch.get("createTime"),
            display_name=branch.get("displayName") or None,
        )

    def app(self, *, anew: bool = False) -> AppRecord:
        """GetApp: what is used of the app's settings, as they were seconds ago at most.

        Args:
            anew: Whether they have to be those of now, as for a refusal.
        """
        app_id = self.branch_id.app_id
        with self._errors("reading Amplify app", "GetApp") as context:
            answer: Mapping[str, Any] = self._ask(
                lambda: self._clients.app_answers.get(
                    ("GetApp", app_id),
                    lambda: self._clients.retrying.get_app(appId=app_id),
                    anew=anew,
                ),
                context.action,
            )
        app: Mapping[str, Any] = answer.get("app") or {}
        return AppRecord(app.get("repository") or None, app.get("defaultDomain") or None)

    def domains(self) -> list[DomainRecord]:
        """ListDomainAssociations: the app's custom domains, at most 50, as of seconds ago."""
        app_id = self.branch_id.app_id
        with self._errors("listing Amplify domains", "ListDomainAssociations") as context:
            answer: Mapping[str, Any] = self._ask(
                lambda: self._clients.app_answers.get(
                    ("ListDomainAssociations", app_id),
                    lambda: self._clients.retrying.list_domain_associations(
                        appId=app_id, maxResults=PAGE_SIZE
                    ),
                ),
                context.action,
            )
        return [domain_record(entry) for entry in answer.get("domainAssociations") or ()]

    def _pages(self) -> Iterator[list[JobRecord]]:
        token: str | None = None
        for _ in range(MAX_PAGES):
            answer = self._page({"nextToken": token} if token else {})
            yield [
                self._record(summary)
                for summary in answer.get("jobSummaries") or ()
                if has_job_id(summary)
            ]
            token = answer.get("nextToken")
            if not token:
                return

    def _page(self, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        with self._errors("listing Amplify jobs", "ListJobs") as context:
            return self._ask(
                lambda: self._clients.retrying.list_jobs(
                    appId=self.branch_id.app_id,
                    branchName=self.branch_id.branch_name,
                    maxResults=PAGE_SIZE,
                    **arguments,
                ),
                context.action,
            )

    def _record(self, summary: Mapping[str, Any], steps: Any = ()) -> JobRecord:
        return job_record(self.branch_id, self.region, summary, steps)

    @contextmanager
    def _errors(
        self, doing: str, operation: str, number: str | None = None
    ) -> Iterator[ErrorContext]:
        place = f"{self.branch_id}/{number}" if number else str(self.branch_id)
        context = ErrorContext(
            f"{doing} ({place})", operation, self.branch_id, self._clients.settings
        )
        with map_errors(context):
            yield context


def _with_job_id(summary: Mapping[str, Any], context: ErrorContext) -> Mapping[str, Any]:
    """What AWS tells of a new job, which has at least its number."""
    if not has_job_id(summary):
        # There may be a job all the same: it is looked for, as after a lost answer.
        raise OutcomeUnclear(
            context.action, "no jobId", "AWS accepted the request, but the response has no jobId"
        )
    return summary
