"""Apps, branches and jobs of one account and region: state and rules."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend

from .exceptions import BadRequestException, BranchIsBusy, NotFoundException
from .jobs import Job, Look
from .plans import Plan
from .world import world

#: Jobs that one account builds at once in a region; more wait as PENDING.
CONCURRENT_BUILDS = 5


@dataclass(slots=True)
class Branch:
    """One branch: settings as the API gave them, and its jobs by number."""

    app_id: str
    name: str
    settings: dict[str, Any]
    created_at: float
    updated_at: float
    head: str = "0" * 40
    count: int = 0
    jobs: dict[int, Job] = field(default_factory=dict)
    plans: list[Plan] = field(default_factory=list)

    def active(self, now: float) -> list[Job]:
        """The jobs that have not ended, oldest first."""
        return [job for job in self.jobs.values() if not job.ended(now)]


@dataclass(slots=True)
class App:
    """One app: settings as the API gave them, and its branches by name."""

    app_id: str
    settings: dict[str, Any]
    created_at: float
    updated_at: float
    branches: dict[str, Branch] = field(default_factory=dict)


class AmplifyBackend(BaseBackend):
    """Amplify Hosting in one account and region.

    A job gets one of the region's build slots when it is due and a slot is free, oldest first. That
    is worked out when somebody looks: between two looks nothing happens.
    """

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.apps: dict[str, App] = {}
        self.lock = threading.RLock()
        self._open: list[Job] = []

    # --- apps and branches -----------------------------------------------------------------------

    def create_app(self, settings: dict[str, Any], app_id: str | None = None) -> App:
        """A new app; no build is started. One of the same id gives way, with all its jobs."""
        app_id = app_id or "d" + secrets.token_hex(7)
        if app_id in self.apps:
            self.delete_app(app_id)
        now = world.clock.now()
        app = self.apps[app_id] = App(app_id, settings, now, now)
        return app

    def app(self, app_id: str) -> App:
        """The app of that id."""
        if app_id not in self.apps:
            raise NotFoundException(f"App {app_id} not found.")
        return self.apps[app_id]

    def delete_app(self, app_id: str) -> App:
        """Forget an app with its branches and jobs."""
        app = self.app(app_id)
        for name in list(app.branches):
            self.delete_branch(app_id, name)
        del self.apps[app_id]
        return app

    def create_branch(self, app_id: str, name: str, settings: dict[str, Any]) -> Branch:
        """A new branch; no build is started, whatever its settings say of pushes."""
        app = self.app(app_id)
        if name in app.branches:
            raise BadRequestException(f"A branch with name {name} already exists")
        now = world.clock.now()
        branch = app.branches[name] = Branch(app_id, name, settings, now, now)
        return branch

    def branch(self, app_id: str, name: str) -> Branch:
        """The branch of that name."""
        branches = self.app(app_id).branches
        if name not in branches:
            raise NotFoundException(f"Branch {name} not found for app {app_id}.")
        return branches[name]

    def delete_branch(self, app_id: str, name: str) -> Branch:
        """Forget a branch with its jobs; one of the same name starts at job 1 again."""
        branch = self.branch(app_id, name)
        gone = {id(job) for job in branch.jobs.values()}
        self._open = [job for job in self._open if id(job) not in gone]
        del self.app(app_id).branches[name]
        return branch

    # --- jobs --------------------------------------------------------------------------------------

    def start_job(self, app_id: str, name: str, request: dict[str, Any]) -> Job:
        """StartJob: refused while the branch has a job that has not ended."""
        branch = self.branch(app_id, name)
        job_type = request["jobType"]
        if job_type == "MANUAL":
            raise BadRequestException("The requested jobType MANUAL does not support.")
        if job_type != "RETRY" and not self.app(app_id).settings.get("repository"):
            # AWS's text is unconfirmed.
            raise BadRequestException("Operation not supported. App is not connected a repository")
        commit = "HEAD"
        if job_type == "RETRY":
            if not request.get("jobId"):
                raise BadRequestException("jobId is required for jobType RETRY")
            commit = self.job(app_id, name, request["jobId"]).commit_id
        now = self.settle()
        if branch.active(now):
            raise BranchIsBusy(name)
        return self._add(branch, job_type, commit, request.get("commitMessage") or "", request)

    def push(self, app_id: str, name: str, commit_id: str, message: str) -> Job:
        """Somebody pushes: one job runs and one waits; a third push rewrites the waiting one."""
        branch = self.branch(app_id, name)
        branch.head = commit_id
        active = branch.active(self.settle())
        if len(active) > 1:
            waiting = active[-1]
            waiting.commit_id, waiting.commit_message = commit_id, message
            return waiting
        # Which jobType a push shows is unconfirmed: WEB_HOOK is the word for "not by the API".
        behind = active[-1] if active else None
        return self._add(branch, "WEB_HOOK", commit_id, message, {}, behind)

    def job(self, app_id: str, name: str, job_id: str) -> Job:
        """The job of that id; leading zeros do not count."""
        branch = self.branch(app_id, name)
        if not job_id.isdecimal():
            raise BadRequestException(f"jobId {job_id} is not a number")
        job = branch.jobs.get(int(job_id))
        if job is None:
            raise NotFoundException(f"Job {job_id} not found for branch {name} of app {app_id}.")
        return job

    def list_jobs(self, app_id: str, name: str) -> list[Job]:
        """The branch's jobs, newest first."""
        jobs = self.branch(app_id, name).jobs
        return [jobs[number] for number in sorted(jobs, reverse=True)]

    def stop_job(self, app_id: str, name: str, job_id: str) -> Job:
        """StopJob; what AWS says of a job that has ended is unconfirmed, here it is a 400."""
        job = self.job(app_id, name, job_id)
        now = self.settle()
        if job.ended(now):
            raise BadRequestException(f"Job {job_id} has ended and cannot be stopped")
        if job.stopped_at is None:
            job.stopped_at = now
        return job

    def delete_job(self, app_id: str, name: str, job_id: str) -> Job:
        """DeleteJob; what AWS does to a job that has not ended is unconfirmed, here it is a 400."""
        job = self.job(app_id, name, job_id)
        if not job.ended(self.settle()):
            raise BadRequestException(f"Job {job_id} has not ended and cannot be deleted")
        del self.branch(app_id, name).jobs[job.number]
        return job

    def look(self, job: Job) -> Look:
        """The job as it looks now."""
        return job.look(self.settle())

    def settle(self) -> float:
        """Hand out build slots up to now, and return now."""
        now = world.clock.now()
        while True:
            due = [
                job
                for job in self._open
                if job.slot_at is None and job.stopped_at is None and job.ready_at <= now
            ]
            if not due:
                break
            job = min(due, key=lambda one: (one.ready_at, one.created_at, one.number))
            ends = sorted(
                other.ends_at
                for other in self._open
                if other.slot_at is not None and other.ends_at > job.ready_at
            )
            free_at = job.ready_at
            if len(ends) >= CONCURRENT_BUILDS:
                free_at = ends[-CONCURRENT_BUILDS]
            if free_at > now:
                break
            job.slot_at = free_at
        # A slot is never handed out for a time before now, so what has ended needs no more care.
        if len(self._open) > 4 * CONCURRENT_BUILDS:
            self._open = [job for job in self._open if not job.ended(now)]
        return now

    def _add(
        self,
        branch: Branch,
        job_type: str,
        commit_id: str,
        message: str,
        request: dict[str, Any],
        behind: Job | None = None,
    ) -> Job:
        plan = branch.plans.pop(0) if branch.plans else world.default_plan
        branch.count += 1 + plan.skip_ids
        now = world.clock.now()
        padded = f"{branch.count:010d}"
        job = Job(
            number=branch.count,
            job_id=padded if plan.padded_id else str(branch.count),
            job_arn=f"{self.arn(branch.app_id)}/branches/{branch.name}/jobs/{padded}",
            job_type=job_type,
            commit_id=plan.commit_id or commit_id,
            commit_message=message if plan.echo_message else "",
            commit_time=float(request.get("commitTime") or now),
            created_at=now,
            plan=plan,
            behind=behind,
        )
        branch.jobs[job.number] = job
        self._open.append(job)
        self.settle()
        return job

    def arn(self, app_id: str) -> str:
        """The app's ARN."""
        return f"arn:aws:amplify:{self.region_name}:{self.account_id}:apps/{app_id}"


amplify_backends = BackendDict(AmplifyBackend, "amplify")
