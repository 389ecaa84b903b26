"""Start exactly one job for a request, and never a second one.

StartJob has no idempotency token. What stands in for one: every job carries a trailer, a note on disk
says what was begun, StartJob is sent without silent retries, and after every unclear answer comes a
look before anything else. `docs/reliability.md` has the guarantee and its limits.

First the job of a run that was killed is resumed, if there is one. Else the branch is looked at, it is
decided what to do (`decide`), and that is done, until there is a job.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .._amplify.api import BranchApi
from .._amplify.records import NO_BUILDS, BuildTimes, JobRecord
from .._inputs.request import Request
from .._inputs.words import OnBusy
from .._operation import Operation
from ..errors import AwsError
from . import messages
from .busy_branch import BusyBranch
from .decide import Decision, Refuse, Start, Stop, Take, TakenAs, Wait, Why, decide
from .look import BranchLook
from .method import ReleaseMethod
from .notes import Notes
from .patience import GivenUp, Patience
from .search import Search, Undecided
from .start_job import StartJob


@dataclass(frozen=True, slots=True)
class Release:
    """The one job of a request.

    Attributes:
        job: the job as last seen.
        adopted: whether somebody else started it.
        waited_for: `waited 40s for job 41`, empty when there was nothing to wait for.
        builds: how long the branch's last builds took, as far as known.
    """

    job: JobRecord
    adopted: bool = False
    waited_for: str = ""
    builds: BuildTimes = NO_BUILDS


def release(
    request: Request,
    method: ReleaseMethod,
    api: BranchApi,
    operation: Operation,
    notes: Notes,
    deadline: float,
    recorded: JobRecord | None = None,
    *,
    resumes: bool = True,
) -> Release:
    """Start the job that is asked for, or take the existing job that is the release already.

    Args:
        request: What is asked for.
        method: How to start it, and how to know it again.
        api: The branch's API.
        operation: The operation at hand: clock, rows, warnings.
        notes: The resource's notes on disk.
        deadline: When to give up, on the operation's clock.
        recorded: The job that Pulumi has in state now, if it is known.
        resumes: Whether an active job of this very release is the one asked for. Where nothing is
            recorded between two runs, it may as well be that of an earlier request.

    Raises:
        errors.NotStarted: no job was started, and why.
        errors.StartUnknown: it is unknown whether one was.
    """
    run = _Run(request, method, api, operation, notes, deadline, recorded, resumes=resumes)
    try:
        found = run.orphaned() or run.until_started()
    except (GivenUp, Undecided) as end:
        if isinstance(end, GivenUp) and not run.is_in_doubt:
            run.start_job.drop_note()
            raise messages.not_started(
                request.branch, end.why, operation.front, run.busy.blocking
            ) from end.__cause__
        left = notes.find(method.wrote)
        raise messages.start_unknown(
            request.branch,
            end.why,
            operation.front,
            run.look.denied,
            left[0] if left else None,
        ) from end.__cause__
    if not found.adopted:
        run.start_job.note_job(found.job.id)
    return replace(found, waited_for=run.busy.waited_for, builds=run.look.builds)


class _Run:
    """One run's way to the job: it looks, decides and acts.

    Attributes:
        look: the looks at the branch.
        busy: what was done about a busy branch.
        start_job: what was sent, and noted.
    """

    def __init__(
        self,
        request: Request,
        method: ReleaseMethod,
        api: BranchApi,
        operation: Operation,
        notes: Notes,
        deadline: float,
        recorded: JobRecord | None,
        *,
        resumes: bool,
    ) -> None:
        patience = Patience(operation, deadline)
        self.look = BranchLook(api, operation, patience)
        self.busy = BusyBranch(api, operation, patience)
        self._search = Search(method, api, self.look, operation)
        self.start_job = StartJob(method, api, operation, patience, notes, self.look, self._search)
        self._request = request
        self._method, self._api = method, api
        self._operation = operation
        self._notes = notes
        self._recorded = recorded
        self._resumes = resumes
        self._warned = False

    @property
    def is_in_doubt(self) -> bool:
        """Whether an unclear answer was about a job that still waits: it may have been started."""
        waiting = map(self._method.is_left_over, self.look.seen)
        return self.start_job.was_unclear and any(waiting)

    def orphaned(self) -> Release | None:
        """The job of a run that was killed, if there is one."""
        self._method.recall(self._notes.read_all(self._method.is_current))
        job = self._search.orphaned(self._notes, self._recorded, resumes=self._resumes)
        if job is None:
            return None
        try:
            self._stop_left_over()
            resumed = self._method.resume(job, self._api)
        except AwsError as error:
            raise Undecided(messages.not_resumed(job, error)) from error
        except GivenUp as end:
            raise Undecided(messages.not_resumed(job, end)) from end
        if resumed is None:
            self.look.saw(job)
            return None
        self._operation.info(messages.resumed_after_a_kill(resumed))
        return Release(resumed)

    def _stop_left_over(self) -> None:
        """Stop what another run that was cut off has left since: nothing leads to it from here on.

        Raises:
            GivenUp: it cannot be stopped, or not in time.
        """
        jobs: list[JobRecord] | None = self.look.seen
        while left := [job for job in jobs or () if self._method.is_left_over(job)]:
            self.busy.stop(left, Why.LEFT_OVER)
            self.busy.wait_for(left[0])
            jobs = self.look.newest(left[-1].number)

    def until_started(self) -> Release:
        """Look, decide and act until there is a job."""
        while True:
            decision = self._decision()
            match decision:
                case Take(job=job, taken_as=taken_as):
                    return self._taken(job, taken_as)
                case Refuse(blocking=blocking):
                    raise GivenUp(messages.blocked_by(blocking))
                case Stop(jobs=active, blocking=blocking, why=why):
                    self.busy.stop(active, why)
                    self.busy.wait_for(blocking)
                case Wait(blocking=blocking):
                    self.busy.wait_for(blocking)
                case Start():
                    fails_when_busy = self._request.on_busy == OnBusy.FAIL
                    job_started = self.start_job.send(
                        self.busy.during, fails_when_busy=fails_when_busy
                    )
                    if job_started:
                        return Release(job_started)

    def _decision(self) -> Decision:
        """What to do next; where the jobs may not be listed, StartJob is what tells."""
        jobs = self.look.newest(self.start_job.newest_before, during=self.busy.during)
        if jobs is None:
            left = tuple(job for job in self.look.again() if self._method.is_left_over(job))
            if left:
                return Stop(left, left[0], Why.LEFT_OVER)
            self._warn_unlisted()
            return Start()
        self.start_job.remember_newest(jobs)
        decision = decide(
            jobs,
            self._request,
            self._method,
            sent=self.start_job.sent,
            resumes=self._resumes,
            recorded=self._recorded,
            # Where a failure is not recorded, such a job may as well be one that was not good enough.
            resumes_finished=self._operation.records_failures,
        )
        self.busy.blocking = None
        if isinstance(decision, (Wait, Stop, Refuse)):
            self.busy.blocking = decision.blocking
        return decision

    def _taken(self, job: JobRecord, taken_as: TakenAs) -> Release:
        if taken_as is TakenAs.RESUMED:
            self._operation.info(messages.resumed(job))
        if taken_as is TakenAs.FINISHED:
            self._operation.info(messages.resumed_after_a_kill(job))
        if taken_as is TakenAs.ADOPTED:
            self._operation.info(messages.adopted(job, self._request.commit))
        return Release(job, adopted=taken_as is TakenAs.ADOPTED)

    def _warn_unlisted(self) -> None:
        """Say once which input has no effect while the jobs may not be listed."""
        name, on_busy = self._operation.front.input_name, self._request.on_busy
        asked = name("skipIfBuilt") if self._request.skip_if_built else ""
        if not asked and on_busy in (OnBusy.ADOPT, OnBusy.STOP):
            asked = f"{name('onBusy')}={on_busy}"
        if asked and self.look.denied and not self._warned:
            self._warned = True
            self._operation.warn(messages.has_no_effect(asked, self.look.denied))
