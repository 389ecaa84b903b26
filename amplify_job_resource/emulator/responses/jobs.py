"""Operations on jobs over HTTP."""

from __future__ import annotations

from typing import Any

from .. import log_addresses
from ..jobs import Job, Step
from ..log_addresses import LogPlace
from ..logs import has_log
from ..plans import STEPS
from ..s3_answers import shown_now
from ..state import emulator_state
from .request import AmplifyRequest, as_datetime, shown


class JobResponse(AmplifyRequest):
    """The operations on jobs."""

    def start_job(self) -> dict[str, Any]:
        """StartJob: the summary of the new job.

        Raises:
            AmplifyError: a job of the branch has not ended; or the jobType is MANUAL, or RETRY without
                a jobId; or it is another one, and the app has no repository.
        """
        return {
            "jobSummary": self._summary(
                self.backend.start_job(*self._app_and_branch(), self._body())
            )
        }

    def get_job(self) -> dict[str, Any]:
        """GetJob: the job's summary, and the steps that have begun."""
        job = self.backend.job(*self._app_and_branch(), self._get_param("jobId"))
        steps = [self._step(job, step) for step in self.backend.snapshot(job).steps]
        if emulator_state.behaviours.shows_coming_steps:
            coming = STEPS[len(steps) + (job.content is not None) :]
            steps += [{"stepName": name, "status": "PENDING"} for name in coming]
        return {"job": {"summary": self._summary(job), "steps": steps}}

    def list_jobs(self) -> dict[str, Any]:
        """ListJobs: one page of job summaries, newest first (AWS promises no order)."""
        page, token = self._page(
            "jobs", self.backend.list_jobs(*self._app_and_branch()), lambda each: -each.number
        )
        return {"jobSummaries": [self._summary(job) for job in page], "nextToken": token}

    def stop_job(self) -> dict[str, Any]:
        """StopJob: the job's summary after the stop, usually with the status CANCELLING.

        Raises:
            AmplifyError: the job has ended.
        """
        job = self.backend.stop_job(*self._app_and_branch(), self._get_param("jobId"))
        return {"jobSummary": self._summary(job)}

    def delete_job(self) -> dict[str, Any]:
        """DeleteJob: the summary of the deleted job.

        Raises:
            AmplifyError: the job has not ended.
        """
        job = self.backend.delete_job(*self._app_and_branch(), self._get_param("jobId"))
        return {"jobSummary": self._summary(job)}

    def _summary(self, job: Job) -> dict[str, Any]:
        snapshot = self.backend.snapshot(job)
        summary = {
            "jobArn": job.job_arn,
            "jobId": job.job_id,
            "commitId": job.commit_id,
            "commitMessage": job.commit_message,
            "commitTime": as_datetime(job.commit_time),
            "startTime": shown(job.created_at),
            "status": snapshot.status,
            "jobType": job.job_type,
        }
        if job.content and job.content.source_url and emulator_state.behaviours.shows_source:
            summary["sourceUrl"] = job.content.source_url
            summary["sourceUrlType"] = job.content.source_url_type
        if snapshot.end_time is not None:
            summary["endTime"] = shown(snapshot.end_time)
        return summary

    def _step(self, job: Job, step: Step) -> dict[str, Any]:
        shape = {
            "stepName": step.name,
            "status": step.status,
            "startTime": shown(step.start_time),
        }
        ended = step.end_time is not None
        if has_log(job.plan, step.name) and (
            ended or emulator_state.behaviours.running_step_has_log
        ):
            shape["logUrl"] = self._log_address(job, step)
        if step.end_time is not None:
            shape["endTime"] = shown(step.end_time)
        if step.status_reason:
            shape["statusReason"] = step.status_reason
        return shape

    def _log_address(self, job: Job, step: Step) -> str:
        place = LogPlace(
            self.current_account,
            self.region,
            *self._app_and_branch(),
            f"{job.number:010d}",
            step.name,
        )
        return log_addresses.sign(self._server(), place, shown_now())
