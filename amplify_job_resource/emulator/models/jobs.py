"""AWS's rules for jobs."""

from __future__ import annotations

import uuid
from typing import Any

from ..behaviours import refuse
from ..content import Content
from ..exceptions import BadRequestException, NotFoundException
from ..jobs import Job
from ..state import emulator_state
from .branches import BranchBackend
from .records import Branch


class JobBackend(BranchBackend):
    """The jobs of branches."""

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
            asked_for=request.get("commitId"),
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
        return self.build_next(branch, commit_id, message)

    def build_next(self, branch: Branch, commit_id: str, message: str) -> Job:
        """The job that builds what a push or a webhook asks for, at once or after the present one.

        A job that waits already takes over this commit and message.
        """
        active = branch.active(self.assign_build_slots())
        if len(active) > 1:
            waiting = active[-1]
            waiting.commit_id, waiting.commit_message = commit_id, message
            return waiting
        # AWS's model has WEB_HOOK for what webhooks start; of a push it says nothing.
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
        asked_for: str | None = None,
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
            asked_for: The commit that StartJob named, which a rule can look at; None if it named none.
        """
        if branch.plans:
            plan = branch.plans.pop(0)
        else:
            named = asked_for or (branch.head if commit_id == "HEAD" else commit_id)
            plan = emulator_state.plan_for(branch.app_id, branch.name, named, message)
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
            artifacts={str(uuid.uuid4()): name for name in plan.artifacts or ()},
        )
        branch.jobs[job.number] = job
        self.open_jobs.append(job)
        self.assign_build_slots()
        return job
