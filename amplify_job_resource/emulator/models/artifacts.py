"""AWS's rules for artifacts, which are those of end-to-end tests: what a job builds is none."""

from __future__ import annotations

from ..exceptions import NotFoundException
from ..jobs import Job
from .jobs import JobBackend


class ArtifactBackend(JobBackend):
    """The artifacts of jobs."""

    def artifacts(self, app_id: str, name: str, job_id: str) -> dict[str, str]:
        """The names of a job's artifacts by their ids; there are none before its BUILD has ended."""
        job = self.job(app_id, name, job_id)
        build = next((step for step in self.snapshot(job).steps if step.name == "BUILD"), None)
        return job.artifacts if build and build.end_time is not None else {}

    def artifact(self, artifact_id: str) -> tuple[Job, str]:
        """The job of an artifact, and the artifact's name."""
        for app in self.apps.values():
            for branch in app.branches.values():
                for job in branch.jobs.values():
                    if artifact_id in job.artifacts:
                        return job, job.artifacts[artifact_id]
        # AWS's text is unconfirmed.
        raise NotFoundException(f"Artifact {artifact_id} not found.")
