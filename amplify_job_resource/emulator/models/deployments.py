"""AWS's rules for deployments of files: CreateDeployment, uploads, StartDeployment, what is live."""

from __future__ import annotations

from collections.abc import Mapping

from ..archives import MOST_BYTES, MOST_FILES, Unusable, check_name
from ..behaviours import Refusal, refuse
from ..content import Content
from ..exceptions import BadRequestException
from ..jobs import Job
from ..plans import Plan
from ..s3_answers import S3Error
from ..state import emulator_state
from .jobs import JobBackend
from .records import Branch

#: How long after CreateDeployment a StartDeployment is taken, in seconds as clients are shown them.
LATEST_START = 8 * 60 * 60
#: How many deployments of a branch keep their files: the last ones that succeeded.
KEPT = 3


class DeploymentBackend(JobBackend):
    """The deployments of files to branches."""

    def create_deployment(self, app_id: str, name: str, file_map: Mapping[str, str] | None) -> Job:
        """The job that CreateDeployment makes at once, and that waits for StartDeployment.

        Args:
            app_id: The app's id.
            name: The branch's name.
            file_map: The MD5 of each file by its name; None or empty for one zip.

        Raises:
            AmplifyError: a job of the branch has not ended, the app has a repository, or a name of a
                file is none.
        """
        behaviours = emulator_state.behaviours
        branch = self._free_branch(app_id, name, behaviours.create_on_busy_branch)
        _check_files(file_map or {})
        sums = file_map if behaviours.compares_sums else None
        content = Content(names=tuple(file_map) if file_map else None, sums=sums)
        return self.add_job(branch, "MANUAL", content=content)

    def start_deployment(self, app_id: str, name: str, job_id: str) -> Job:
        """Start the job of a CreateDeployment, and return it.

        If what was uploaded cannot be deployed, the job fails.

        Raises:
            AmplifyError: the app has a repository; the job is none of CreateDeployment, was started or
                has ended; its files were not uploaded; or it is too late, and the job fails.
        """
        self._refuse_repository(app_id)
        job = self.job(app_id, name, job_id)
        now = self.assign_build_slots()
        behaviours, content = emulator_state.behaviours, job.content
        if content is None or content.started_at is not None:
            refuse(behaviours.start_of_started, job=job_id)
            return job
        if job.stopped_at is not None:
            refuse(behaviours.start_of_stopped, job=job_id)
            return job
        shown = emulator_state.clock.shown
        if shown(now) - shown(job.created_at) > LATEST_START:
            content.started_at = now
            job.plan = Plan.instant(outcome="FAILED", step="DEPLOY")
            content.forget()
            # AWS's text is unconfirmed.
            raise BadRequestException(f"Job {job_id} was created more than 8 hours ago")
        if content.missing:
            refuse(behaviours.start_without_upload, job=job_id, count=str(len(content.missing)))
        content.started_at = now
        content.load()
        if content.files is None:
            refuse(behaviours.start_with_broken_zip)
            job.plan = job.plan.failed_deploy()
        # A job of no time at all has ended when StartDeployment answers.
        self.assign_build_slots()
        return job

    def deploy_source(self, app_id: str, name: str, content: Content) -> Job:
        """Make and start the job that deploys a source, and return it.

        If the source cannot be deployed, the job fails.

        Raises:
            AmplifyError: a job of the branch has not ended, or the app has a repository.
        """
        behaviours = emulator_state.behaviours
        branch = self._free_branch(app_id, name, behaviours.source_on_busy_branch)
        if content.files is None:
            refuse(behaviours.start_from_unreadable)
        content.started_at = emulator_state.clock.now()
        return self.add_job(branch, "MANUAL", content=content)

    def take_upload(self, app_id: str, name: str, job_id: str, upload: tuple[str, bytes]) -> None:
        """Take an upload for a job of CreateDeployment: its name and its bytes.

        Raises:
            S3Error: the address was used, the job waits for no upload, or there are more than
                `MOST_BYTES`.
        """
        job = self.job(app_id, name, job_id)
        content, (file, data) = job.content, upload
        if content is None or file not in content.missing:
            raise S3Error(403, "AccessDenied", "Access Denied: the address has been used")
        if content.started_at is not None or job.stopped_at is not None:
            raise S3Error(403, "AccessDenied", "Access Denied: the job waits for no upload")
        if sum(map(len, content.uploads.values())) + len(data) > MOST_BYTES:
            raise too_large()
        content.uploads[file] = data

    def published(self, branch: Branch) -> Job | None:
        """The job whose files are live: the last one that succeeded, also if its record was deleted."""
        return next(iter(self._succeeded(branch)), None)

    def _succeeded(self, branch: Branch) -> list[Job]:
        """The deployments of files that succeeded, newest first."""
        jobs = [*branch.jobs.values(), *([branch.deleted] if branch.deleted else [])]
        found = [job for job in jobs if job.content and self.snapshot(job).status == "SUCCEED"]
        return sorted(found, key=lambda job: -job.number)

    def _free_branch(self, app_id: str, name: str, busy: Refusal | None) -> Branch:
        """The branch, if it can have a deployment; its older files are given up."""
        self._refuse_repository(app_id)
        branch = self.branch(app_id, name)
        active = branch.active(self.assign_build_slots())
        if active:
            refuse(busy, job=active[-1].job_id)
        needed = self._succeeded(branch)[:KEPT]
        for job in branch.jobs.values():
            if job.content and job not in needed:
                job.content.forget()
        if branch.deleted not in needed:
            branch.deleted = None
        return branch

    def _refuse_repository(self, app_id: str) -> None:
        if self.app(app_id).settings.get("repository"):
            refuse(emulator_state.behaviours.deploy_to_repository)


def too_large() -> S3Error:
    """The refusal of an upload that is too large."""
    message = "Your proposed upload exceeds the maximum allowed size"
    return S3Error(400, "EntityTooLarge", message)


def _check_files(file_map: Mapping[str, str]) -> None:
    if len(file_map) > MOST_FILES:
        raise BadRequestException(f"fileMap: more than {MOST_FILES} files")
    for name in file_map:
        try:
            check_name(name)
        except Unusable as error:
            raise BadRequestException(f"fileMap: {error}") from None
