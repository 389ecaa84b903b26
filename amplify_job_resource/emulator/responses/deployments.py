"""Operations on deployments of files over HTTP."""

from __future__ import annotations

from typing import Any

from .. import sources, uploads
from ..behaviours import refuse
from ..content import Content
from ..jobs import Job
from ..s3_answers import shown_now
from ..state import emulator_state
from ..uploads import UploadPlace
from .jobs import JobResponse


class DeploymentResponse(JobResponse):
    """The operations on deployments of files."""

    _source: Content | None = None

    def read_ahead(self, operation: str | None) -> None:
        """Read what StartDeployment is to deploy, if it names a source.

        That is done while no lock is held: this emulator may be the one that serves it.
        """
        source = self._get_param("sourceUrl")
        if self.wrong or operation != "StartDeployment" or not source or self._get_param("jobId"):
            return
        kind = self._get_param("sourceUrlType") or "ZIP"
        self._source = sources.content_of(source, kind, self.current_account)

    def create_deployment(self) -> dict[str, Any]:
        """CreateDeployment: the id of the new job, and where its files are to be uploaded.

        Raises:
            AmplifyError: a job of the branch has not ended, the app has a repository, or a name of a
                file is none.
        """
        file_map = self._get_param("fileMap")
        job = self.backend.create_deployment(*self._app_and_branch(), file_map)
        files = {name: self._upload_address(job, name) for name in file_map or ()}
        answer = {"jobId": job.job_id, "fileUploadUrls": files}
        return answer if files else {**answer, "zipUploadUrl": self._upload_address(job)}

    def start_deployment(self) -> dict[str, Any]:
        """StartDeployment: the summary of the job, which is a new one for a source.

        Raises:
            AmplifyError: there is a source, and a job of the branch has not ended; the app has a
                repository; neither a job nor a source is named, or both are; or the job cannot be
                started.
        """
        place, job_id = self._app_and_branch(), self._get_param("jobId")
        if job_id and self._get_param("sourceUrl"):
            refuse(emulator_state.behaviours.start_with_both)
        if job_id:
            job = self.backend.start_deployment(*place, job_id)
        elif self._source:
            job = self.backend.deploy_source(*place, self._source)
        else:
            refuse(emulator_state.behaviours.start_with_neither)
            job = self.backend.deploy_source(*place, Content())
        return {"jobSummary": self._summary(job)}

    def _upload_address(self, job: Job, file: str | None = None) -> str:
        place = UploadPlace(
            self.current_account, self.region, *self._app_and_branch(), f"{job.number:010d}", file
        )
        return uploads.sign(self._server(), place, shown_now())
