"""The apps, branches and jobs of one account and region, and AWS's rules for them.

All times are readings of the emulator's clock.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field, replace
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend

from .behaviours import refuse
from .content import Content
from .domains import Domain
from .exceptions import BadRequestException, NotFoundException
from .jobs import Job, Snapshot
from .plans import Plan
from .state import emulator_state

#: How many jobs one account builds at once in a region; further jobs stay PENDING.
CONCURRENT_BUILDS = 5


@dataclass(slots=True)
class Branch:
    """One branch.

    Attributes:
        settings: Members of CreateBranch and UpdateBranch, unchanged.
        head: The commit that was pushed last.
        count: The number of the last job.
        jobs: The branch's jobs by their number, oldest first.
        plans: How the next jobs run, one plan for each.
        deleted: The job whose files are still live although its record was deleted; None for most.
    """

    app_id: str
    name: str
    settings: dict[str, Any]
    created_at: float
    updated_at: float
    head: str = "0" * 40
    count: int = 0
    jobs: dict[int, Job] = field(default_factory=dict)
    plans: list[Plan] = field(default_factory=list)
    deleted: Job | None = None

    def active(self, now: float) -> list[Job]:
        """The jobs that have not ended at the time `now`, oldest first."""
        return [job for job in self.jobs.values() if not job.ended(now)]


@dataclass(slots=True)
class App:
    """One app.

    Attributes:
        settings: Members of CreateApp and UpdateApp, unchanged.
        branches: The app's branches by name.
        domains: The app's domains by name.
        former: Deleted branches by name, where a switch says that something of them is kept.
    """

    app_id: str
    settings: dict[str, Any]
    created_at: float
    updated_at: float
    branches: dict[str, Branch] = field(default_factory=dict)
    domains: dict[str, Domain] = field(default_factory=dict)
    former: dict[str, Branch] = field(default_factory=dict)


class AmplifyBackend(BaseBackend):
    """Amplify Hosting in one account and region.

    A region has `CONCURRENT_BUILDS` build slots. Jobs get them in the order in which they become
    ready. Slots are assigned only when jobs are read or changed. A slot then counts from the moment
    when it was free and the job was ready, so the result does not depend on how often jobs are read.

    Raises from every method that takes an id or a name:
        NotFoundException: the app, branch or job does not exist.
    """

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.apps: dict[str, App] = {}
        self.lock = threading.RLock()
        self._open_jobs: list[Job] = []

    # --- apps and branches -----------------------------------------------------------------------

    def create_app(self, settings: dict[str, Any], app_id: str | None = None) -> App:
        """Create an app; one of the same id is deleted first, with its jobs. Starts no build."""
        app_id = app_id or "d" + secrets.token_hex(7)
        if app_id in self.apps:
            self.delete_app(app_id)
        now = emulator_state.clock.now()
        app = self.apps[app_id] = App(app_id, settings, now, now)
        return app

    def app(self, app_id: str) -> App:
        """The app with this id."""
        if app_id not in self.apps:
            raise NotFoundException(f"App {app_id} not found.")
        return self.apps[app_id]

    def delete_app(self, app_id: str) -> App:
        """Delete an app with its branches and jobs, and return it."""
        app = self.app(app_id)
        for name in list(app.branches):
            self.delete_branch(app_id, name)
        del self.apps[app_id]
        return app

    def create_branch(self, app_id: str, name: str, settings: dict[str, Any]) -> Branch:
        """Create a branch. Starts no build, not even with `enableAutoBuild`.

        Raises:
            BadRequestException: the app has a branch of this name.
        """
        app = self.app(app_id)
        if name in app.branches:
            raise BadRequestException(f"A branch with name {name} already exists")
        now = emulator_state.clock.now()
        branch = app.branches[name] = Branch(app_id, name, settings, now, now)
        if name in app.former:
            for kept in emulator_state.behaviours.deleted_branch_keeps:
                setattr(branch, kept, getattr(app.former[name], kept))
        return branch

    def branch(self, app_id: str, name: str) -> Branch:
        """The branch with this name."""
        branches = self.app(app_id).branches
        if name not in branches:
            raise NotFoundException(f"Branch {name} not found for app {app_id}.")
        return branches[name]

    def delete_branch(self, app_id: str, name: str) -> Branch:
        """Delete a branch with its jobs, and return it; a new one of the same name begins at job 1."""
        branch = self.branch(app_id, name)
        deleted = {id(job) for job in branch.jobs.values()}
        self._open_jobs = [job for job in self._open_jobs if id(job) not in deleted]
        app = self.app(app_id)
        del app.branches[name]
        if emulator_state.behaviours.deleted_branch_keeps:
            app.former[name] = branch
        return branch

    # --- jobs --------------------------------------------------------------------------------------

    def start_job(self, app_id: str, name: str, request: dict[str, Any]) -> Job:
        """Create the job that StartJob asks for.

        Args:
            app_id: The app's id.
            name: The branch's name.
            request: The members of StartJob.

        Raises:
            AmplifyError: a job of the branch has not ended; or the jobType is MANUAL, or RETRY without
                a jobId; or it is another one, and the app has no repository.
        """
        branch, behaviours = self.branch(app_id, name), emulator_state.behaviours
        job_type, message = request["jobType"], request.get("commitMessage") or ""
        refusals = {"MANUAL": behaviours.start_manual, "WEB_HOOK": behaviours.start_web_hook}
        refuse(refusals.get(job_type))
        if job_type != "RETRY" and not self.app(app_id).settings.get("repository"):
            refuse(behaviours.start_without_repository)
        if message.endswith("[skip-cd]"):
            refuse(behaviours.start_with_skip_cd)
        again = self._repeated(branch, request) if job_type == "RETRY" else None
        now = self.assign_build_slots()
        statuses = {job.snapshot(now).status for job in branch.active(now)}
        if statuses - behaviours.statuses_that_let_start:
            refuse(behaviours.start_on_busy_branch, branch=name)
        commit, latest = "HEAD", branch.count
        if again and not behaviours.retry_has_new_id:
            branch.count = again.number - 1
        if again:
            commit = again.commit_id if behaviours.retry_reports_commit else ""
        elif not behaviours.release_reports_head:
            commit = request.get("commitId") or "HEAD"
        job = self.add_job(
            branch,
            job_type,
            commit,
            message,
            commit_time=request.get("commitTime"),
            content=again.content.again(now) if again and again.content else None,
        )
        branch.count = max(latest, branch.count)
        return job

    def _repeated(self, branch: Branch, request: dict[str, Any]) -> Job:
        """The job that a RETRY names."""
        if not request.get("jobId"):
            raise BadRequestException("jobId is required for jobType RETRY")
        again = self.job(branch.app_id, branch.name, request["jobId"])
        if self.snapshot(again).status == "CANCELLED":
            refuse(emulator_state.behaviours.retry_of_cancelled)
        if again.content:
            refuse(emulator_state.behaviours.retry_of_files)
        return again

    def push(self, app_id: str, name: str, commit_id: str, message: str) -> Job:
        """Act like a push to a branch that Amplify builds on every push.

        Returns:
            The job that builds the commit: a new one, which waits until a running one has ended.
            If a job is waiting already, that job builds this commit instead of its own.
        """
        branch = self.branch(app_id, name)
        branch.head = commit_id
        active = branch.active(self.assign_build_slots())
        if len(active) > 1:
            waiting = active[-1]
            waiting.commit_id, waiting.commit_message = commit_id, message
            return waiting
        # Which jobType AWS gives the job of a push is unconfirmed. WEB_HOOK fits best.
        behind = active[-1] if active else None
        return self.add_job(branch, "WEB_HOOK", commit_id, message, behind=behind)

    def job(self, app_id: str, name: str, job_id: str) -> Job:
        """The job with this id; leading zeros are ignored.

        Raises:
            BadRequestException: the id is not a number.
        """
        branch = self.branch(app_id, name)
        if not job_id.isdecimal():
            raise BadRequestException(f"jobId {job_id} is not a number")
        job = branch.jobs.get(int(job_id))
        behaviours, now = emulator_state.behaviours, emulator_state.clock.now()
        if job and now < job.created_at + behaviours.get_delay:
            job = None
        if job is None:
            raise NotFoundException(f"Job {job_id} not found for branch {name} of app {app_id}.")
        return job

    def list_jobs(self, app_id: str, name: str) -> list[Job]:
        """The branch's jobs, newest first."""
        behaviours = emulator_state.behaviours
        if behaviours.missing_branch_has_no_jobs and name not in self.app(app_id).branches:
            return []
        until = emulator_state.clock.now() - behaviours.list_delay
        jobs = self.branch(app_id, name).jobs
        listed = (jobs[number] for number in sorted(jobs, reverse=True))
        return [job for job in listed if job.created_at <= until]

    def stop_job(self, app_id: str, name: str, job_id: str) -> Job:
        """Stop a job and return it; a second stop changes nothing.

        Raises:
            AmplifyError: the job has ended.
        """
        job = self.job(app_id, name, job_id)
        now = self.assign_build_slots()
        behaviours = emulator_state.behaviours
        if job.ended(now):
            refuse(behaviours.stop_of_ended, job=job_id)
            return job
        if job.content and job.content.started_at is None:
            refuse(behaviours.stop_of_waiting, job=job_id)
        if job.stopped_at is not None:
            refuse(behaviours.stop_of_stopping, job=job_id)
        else:
            job.stopped_at = now
        return job

    def delete_job(self, app_id: str, name: str, job_id: str) -> Job:
        """Delete the record of a job and return it; its number is not used again.

        Raises:
            AmplifyError: the job has not ended.
        """
        job = self.job(app_id, name, job_id)
        behaviours = emulator_state.behaviours
        if not job.ended(self.assign_build_slots()):
            refuse(behaviours.delete_of_active, job=job_id)
        branch = self.branch(app_id, name)
        if behaviours.deleted_is_listed:
            return job
        del branch.jobs[job.number]
        if behaviours.deleted_number_returns:
            branch.count = max(branch.jobs, default=0)
        latest = branch.deleted.number if branch.deleted else 0
        succeeded = self.snapshot(job).status == "SUCCEED" and behaviours.deleted_stays_live
        if job.content and succeeded and job.number > latest:
            branch.deleted = job
        return job

    def snapshot(self, job: Job) -> Snapshot:
        """What a job shows now."""
        snapshot = job.snapshot(self.assign_build_slots())
        waits = job.content is not None and job.content.started_at is None
        if waits and snapshot.status == "PENDING":
            return replace(snapshot, status=emulator_state.behaviours.waiting_status)
        return snapshot

    def assign_build_slots(self) -> float:
        """Assign the build slots that have become free by now to the jobs that are ready.

        Returns:
            The present time, up to which the assignment is complete.
        """
        now = emulator_state.clock.now()
        while True:
            ready = [
                job
                for job in self._open_jobs
                if job.slot_at is None and job.stopped_at is None and job.ready_at <= now
            ]
            if not ready:
                break
            job = min(ready, key=lambda job: (job.ready_at, job.created_at, job.number))
            ends = sorted(
                other.ends_at
                for other in self._open_jobs
                if other.slot_at is not None and other.ends_at > job.ready_at
            )
            free_at = job.ready_at
            if len(ends) >= CONCURRENT_BUILDS:
                free_at = ends[-CONCURRENT_BUILDS]
            if free_at > now:
                break
            job.slot_at = free_at
        # No later call assigns a slot for a time before this one, so ended jobs can be forgotten.
        if len(self._open_jobs) > 4 * CONCURRENT_BUILDS:
            self._open_jobs = [job for job in self._open_jobs if not job.ended(now)]
        return now

    def add_job(
        self,
        branch: Branch,
        job_type: str,
        commit_id: str = "",
        message: str = "",
        *,
        commit_time: float | None = None,
        behind: Job | None = None,
        content: Content | None = None,
    ) -> Job:
        """Make a job by the branch's next plan, whatever the branch does.

        Args:
            branch: The branch.
            job_type: What the job reports as its jobType.
            commit_id: The commit that it reports, unless the plan has another.
            message: The commit message that it reports, unless the plan says none.
            commit_time: The commit's time that it reports, in seconds since 1970; None for now.
            behind: The job that must end before this one can build.
            content: What it deploys, if it builds nothing. Where that has been started and has no
                files, the job fails.
        """
        plan = branch.plans.pop(0) if branch.plans else emulator_state.default_plan
        if content is not None:
            plan = plan.without_build()
            if content.started_at is not None and content.files is None:
                plan = plan.failed_deploy()
        branch.count += 1 + plan.skip_ids
        now = emulator_state.clock.now()
        padded = f"{branch.count:010d}"
        job = Job(
            number=branch.count,
            job_id=padded if plan.padded_id else str(branch.count),
            job_arn=f"{self.arn(branch.app_id)}/branches/{branch.name}/jobs/{padded}",
            job_type=job_type,
            commit_id=plan.commit_id or commit_id,
            commit_message=message[: emulator_state.behaviours.message_length * plan.echo_message],
            commit_time=float(commit_time or emulator_state.clock.shown(now)),
            created_at=now,
            plan=plan,
            behind=behind,
            content=content,
        )
        branch.jobs[job.number] = job
        self._open_jobs.append(job)
        self.assign_build_slots()
        return job

    def arn(self, app_id: str) -> str:
        """The ARN of the app with this id, whether it exists or not."""
        return f"arn:aws:amplify:{self.region_name}:{self.account_id}:apps/{app_id}"


amplify_backends = BackendDict(AmplifyBackend, "amplify")


def backend_of(account_id: str, region: str) -> AmplifyBackend:
    """Amplify in one account and region.

    Raises:
        BadRequestException: the region does not exist, or Amplify is not in it.
    """
    try:
        backend: AmplifyBackend = amplify_backends[account_id][region]
    except KeyError:
        # AWS's clients find no host there.
        raise BadRequestException(f"There is no Amplify in a region '{region}'") from None
    return backend
