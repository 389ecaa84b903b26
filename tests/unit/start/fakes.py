"""A branch in memory, and a way of starting that is no git build."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Any, Final

from amplify_job_resource._amplify.api import BranchApi
from amplify_job_resource._amplify.budget import Budget
from amplify_job_resource._amplify.ids import BranchId, JobId
from amplify_job_resource._amplify.records import AppRecord, BranchRecord, DomainRecord, JobRecord
from amplify_job_resource._amplify.settings import Settings
from amplify_job_resource._amplify.status import NO_STATUS
from amplify_job_resource._ask import Ask
from amplify_job_resource._inputs.request import ReleaseRequest
from amplify_job_resource._inputs.words import JobType
from amplify_job_resource._operation import Operation
from amplify_job_resource._start.notes import Note
from amplify_job_resource._start.preflight import Seen
from amplify_job_resource._values.addresses import without_query
from amplify_job_resource.errors import (
    AccessDenied,
    AwsError,
    BadCredentials,
    BranchBusy,
    NotFound,
    OutcomeUnclear,
    RequestRejected,
    Throttled,
    Unanswered,
    Unreachable,
)

from tests.operations import URN, FakeOperation
from tests.unit.samples import a_job

DENIED: Final = AccessDenied("asking", "AccessDeniedException", "not you", "Ask for the right.")
BAD_CREDENTIALS: Final = BadCredentials("asking", "ExpiredTokenException", "expired")
BUSY: Final = BranchBusy("asking", "LimitExceededException", "already have pending jobs")
MISSING: Final = NotFound("asking", "NotFoundException", "not there")
THROTTLED: Final = Throttled("asking", "TooManyRequestsException", "slow down")
REJECTED: Final = RequestRejected("asking", "BadRequestException", "not like this")
UNANSWERED: Final = Unanswered("asking", "Interrupted", "there was no answer yet")
UNCLEAR: Final = OutcomeUnclear("asking", "ReadTimeoutError", "no answer")
UNREACHABLE: Final = Unreachable("asking", "EndpointConnectionError", "no connection")

#: Where CreateDeployment wants the files: whoever knows it can replace the site.
UPLOAD_ADDRESS: Final = "https://uploads.example/site.zip?X-Amz-Signature=5ec2e7"


class FakeBranch(BranchApi):
    """The jobs of `d1a2/main` in memory; a job that has an end comes to it on the operation's clock.

    Attributes:
        asked: the calls so far, with the job's number where there is one: `newest`, `stop 41`.
        down_to: what each look was to reach.
        requests: the members of each StartJob, and of each StartDeployment.
        begun: the numbers of the jobs that were started through it.
        settings: what GetBranch answers.
        repository: the app's repository.
        budget: what all waits may ask.
        kept_app: what AWS told of the app a moment ago, to another release; None for nothing.
        custom_domains: the app's custom domains.
        logs: the address of the log of each step that has one.
        lists_after: seconds until a job that was started is listed.
        stop_takes: seconds until a job that is stopped has ended.
        queued_for: seconds that a deployment waits for its turn once it is started.
        shows_sources: whether a job shows the address that its files come from.
    """

    def __init__(self, operation: FakeOperation, *jobs: JobRecord) -> None:
        self.branch_id = BranchId("d1a2", "main")
        self.region = "eu-west-1"
        self.asked: list[str] = []
        self.down_to: list[int | None] = []
        self.requests: list[Mapping[str, Any]] = []
        self.begun: list[int] = []
        self.settings = BranchRecord(display_name="main")
        self.repository: str | None = "https://git.example/site"
        self.kept_app: AppRecord | None = None
        self.budget = Budget()
        self.custom_domains: list[DomainRecord] = []
        self.logs: dict[str, str] = {}
        self.lists_after = 0.0
        self.stop_takes = 5.0
        self.queued_for = 0.0
        self.shows_sources = True
        self._operation = operation
        self._jobs = {job.number: job for job in jobs}
        self._later: list[tuple[float, JobRecord]] = []
        self._ends: dict[int, tuple[float, str]] = {}
        self._listed_at: dict[int, float] = {}
        self._failures: defaultdict[str, deque[AwsError | None]] = defaultdict(deque)
        self._lost: defaultdict[str, deque[AwsError | None]] = defaultdict(deque)
        self._waiting: set[int] = set()

    # --- what shall happen -------------------------------------------------------------------------

    def fail(self, call: str, *errors: AwsError | None) -> None:
        """The next calls of this kind end with these errors and have no effect; None: it works."""
        self._failures[call].extend(errors)

    def lose_reply(self, *errors: AwsError | None, of: str = "start") -> None:
        """The next calls have their effect, and the answer is one of these instead; None: it works."""
        self._lost[of].extend(errors)

    def add(self, job: JobRecord) -> None:
        """The branch has this job, too."""
        self._jobs[job.number] = job

    def add_at(self, job: JobRecord, at: float) -> None:
        """The branch lists this job from this time of the clock on, with what it says then."""
        self._later.append((at, job))

    def hide(self, number: int) -> None:
        """A job is not listed any more; it can still be read."""
        self._listed_at[number] = float("inf")

    def end(self, number: int, at: float, status: str = "SUCCEED") -> None:
        """A job ends at this time of the clock."""
        self._ends[number] = (at, status)

    def heal(self) -> None:
        """From now on every call works, and every job is listed at once."""
        self._failures.clear()
        self._lost.clear()
        self._listed_at.clear()

    def count(self, call: str) -> int:
        """How many calls of a kind there were."""
        return sum(asked.split()[0] == call for asked in self.asked)

    # --- the API -----------------------------------------------------------------------------------

    def start(self, request: Mapping[str, Any]) -> JobRecord:
        self.requests.append(request)
        return self._begin(
            job_type=request["jobType"],
            reported_commit="HEAD",
            commit_message=request["commitMessage"],
        )

    def deploy(self, label: str) -> JobRecord:
        """Start a deployment of files that AWS shows with this label."""
        return self._begin(job_type=JobType.MANUAL, arn=label)

    def create_deployment(self) -> tuple[JobRecord, str]:
        self._called("create")
        job = self._new(job_type=JobType.MANUAL)
        self._waiting.add(job.number)
        self._lose("create")
        return replace(job, status=NO_STATUS, job_type=None), UPLOAD_ADDRESS

    def start_deployment(self, request: Mapping[str, Any]) -> JobRecord:
        self.requests.append(request)
        address = request.get("sourceUrl")
        if address:
            shown = without_query(address) if self.shows_sources else None
            return self._begin(job_type=JobType.MANUAL, source=shown)
        self._called("begin", request["jobId"])
        job = self._job(request["jobId"])
        if job.number not in self._waiting or job.status != "PENDING":
            raise REJECTED
        self._waiting.remove(job.number)
        self.begun.append(job.number)
        if self.queued_for:
            self.end(job.number, self._operation.now() + self.queued_for, "RUNNING")
        else:
            self.add(replace(job, status="RUNNING"))
        self._lose("begin")
        return self._jobs[job.number]

    def turn(self, job: JobRecord, now: float) -> float:
        return self.budget.turn(now)

    def get(self, number: str) -> JobRecord:
        self._called("get", number)
        return self._job(number)

    def newest(self, down_to: int | None = None) -> list[JobRecord]:
        self.down_to.append(down_to)
        self._called("newest")
        now = self._operation.now()
        listed = [job for job in self._jobs.values() if self._listed_at.get(job.number, now) <= now]
        return sorted(listed, key=lambda job: job.number, reverse=True)

    def stop(self, number: str) -> None:
        self._called("stop", number)
        job = self._job(number)
        self._jobs[job.number] = replace(job, status="CANCELLING")
        self.end(job.number, self._operation.now() + self.stop_takes, "CANCELLED")
        self._lose("stop")

    def branch(self) -> BranchRecord:
        self._called("branch")
        return self.settings

    def app(self, *, anew: bool = False) -> AppRecord:
        self._called("app")
        if self.kept_app and not anew:
            return self.kept_app
        return AppRecord(self.repository, "d1a2.amplifyapp.com")

    def domains(self) -> list[DomainRecord]:
        self._called("domains")
        return self.custom_domains

    def with_logs(self, number: str) -> tuple[JobRecord, dict[str, str]]:
        self._called("with_logs", number)
        return self._job(number), self.logs

    def bounded(self, ask: Ask) -> FakeBranch:
        return self

    @property
    def client_settings(self) -> Settings:
        return Settings(region=self.region)

    def _called(self, call: str, number: str = "") -> None:
        self.asked.append(f"{call} {number}".rstrip())
        for due in [due for due in self._later if due[0] <= self._operation.now()]:
            self._later.remove(due)
            self.add(due[1])
        for ended in [n for n, (at, _) in self._ends.items() if at <= self._operation.now()]:
            self._jobs[ended] = replace(self._jobs[ended], status=self._ends.pop(ended)[1])
        failures = self._failures[call]
        error = failures.popleft() if failures else None
        if error:
            raise error

    def _job(self, number: str) -> JobRecord:
        if int(number) not in self._jobs:
            raise MISSING
        return self._jobs[int(number)]

    def _begin(self, **members: Any) -> JobRecord:
        self._called("start")
        job = self._new(**members)
        self.begun.append(job.number)
        self._lose("start")
        return job

    def _new(self, **members: Any) -> JobRecord:
        if any(not job.has_ended for job in self._jobs.values()):
            raise BUSY
        job = a_job("PENDING", id=str(max(self._jobs, default=0) + 1), **members)
        self.add(job)
        self._listed_at[job.number] = self._operation.now() + self.lists_after
        return job

    def _lose(self, call: str) -> None:
        error = self._lost[call].popleft() if self._lost[call] else None
        if error:
            raise error


class FilesUpload:
    """One attempt to deploy files, without a commit message: the job's ARN stands in for a label.

    Attributes:
        leaves_job: whether it leaves a job that it will not start.
        left_over: the numbers of the jobs that were made and will never be started.
    """

    def __init__(self, urn: str, request: ReleaseRequest, attempt: str = "") -> None:
        self.attempt = attempt or f"attempt {next(_ATTEMPTS)}"
        self._release = f"{urn}|{request.triggers}"
        self.leaves_job = False
        self.left_over: frozenset[int] = frozenset()

    @property
    def label(self) -> str:
        """What AWS shows of a job of this attempt."""
        return f"{self._release}|{self.attempt}"

    def preflight(self, api: BranchApi, operation: Operation, deadline: float) -> Seen:
        """There is nothing that is worth a look."""
        return Seen(None, BranchRecord())

    def recall(self, notes: Sequence[Note]) -> None:
        """A job says whose it is."""

    def resume(self, job: JobRecord, api: BranchApi) -> JobRecord:
        return job

    def is_left_over(self, job: JobRecord) -> bool:
        return job.number in self.left_over and job.is_queued

    def is_current(self, note: Note) -> bool:
        return True

    def send(self, api: BranchApi, keep: Callable[[Note], None]) -> JobRecord:
        assert isinstance(api, FakeBranch)
        return api.deploy(self.label)

    def note(self, newest_before: int | None) -> Note:
        return Note(self._release, self.attempt, newest_before)

    def wrote(self, note: Note) -> bool:
        return note.trailer == self._release

    def started(self, job: JobRecord, attempt: str) -> bool:
        return job.arn == f"{self._release}|{attempt}"

    def is_this_release(self, job: JobRecord) -> bool:
        return (job.arn or "").rpartition("|")[0] == self._release

    def is_other_release(self, job: JobRecord) -> bool:
        return self.owns(job, self._release.partition("|")[0]) and not self.is_this_release(job)

    def is_noted(self, job: JobRecord, note: Note) -> bool:
        is_of_it = job.arn is None or job.arn.rpartition("|")[0] == note.trailer
        return is_of_it and job.job_type == JobType.MANUAL and note.may_have_begun

    def may_be(self, job: JobRecord, note: Note) -> bool:
        is_new = job.number > (note.newest_before or 0)
        return is_new and job.job_type == JobType.MANUAL and job.arn is None

    @staticmethod
    def owns(job: JobRecord, urn: str) -> bool:
        return (job.arn or "").partition("|")[0] == urn

    def job(self, status: str = "RUNNING", *, id: str = "42", **members: Any) -> JobRecord:
        """A job that this attempt has started."""
        return a_job(status, id=id, job_type=JobType.MANUAL, arn=self.label, **members)


_ATTEMPTS = count(1)


def an_upload(files: str = "files-1", attempt: str = "this", urn: str = URN) -> FilesUpload:
    """An attempt to deploy these files to `d1a2/main`."""
    return FilesUpload(urn, ReleaseRequest("d1a2", "main", triggers=files), attempt)


def keep_nothing(note: Note) -> None:
    """Write no note."""


def job_id(number: int) -> JobId:
    """A job of `d1a2/main`."""
    return JobId("d1a2", "main", str(number))
