"""A branch that a run has made, and what can be done with it."""

from __future__ import annotations

import io
import urllib.request
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tests.live import service
from tests.live.service import Fetched, Reply, Unanswered

if TYPE_CHECKING:
    from tests.live.run import Run

ENDED: Final = frozenset({"SUCCEED", "FAILED", "CANCELLED"})
#: What a job of CreateDeployment may show before its start.
WAITING: Final = frozenset({"CREATED", "PENDING"})
#: The longest wait for a job, in seconds: for a build slot, and for what the job does.
PATIENCE: Final = 15 * 60.0


@dataclass(frozen=True, slots=True)
class Place:
    """One branch."""

    run: Run
    app_id: str
    name: str

    def make(self) -> None:
        """Create the branch; nothing starts jobs on it but this run."""
        self.run.must("CreateBranch", **self._here, enableAutoBuild=False)

    def unmake(self) -> None:
        """Delete the branch, with its jobs."""
        self.run.must("DeleteBranch", **self._here)

    def branch(self) -> Any:
        """What GetBranch says."""
        return self.run.must("GetBranch", **self._here)["branch"]

    # --- jobs -------------------------------------------------------------------------------------

    def start(self, **members: Any) -> Reply:
        """StartJob, of a RELEASE if nothing else is said."""
        return self.run.call("StartJob", **{**self._here, "jobType": "RELEASE", **members})

    def start_idle(self, **members: Any) -> str:
        """The id of a job that is started while no other one is active."""
        self.make_idle()
        return str(self.start(**members).needed("StartJob")["jobSummary"]["jobId"])

    def get(self, job_id: str) -> Reply:
        """GetJob."""
        return self.run.call("GetJob", **self._here, jobId=job_id)

    def job(self, job_id: str) -> Any:
        """What GetJob says of a job that exists, once it does so."""
        found = self.run.until(lambda: reply if (reply := self.get(job_id)).taken else None, 60)
        if not found:
            raise Unanswered("GetJob does not find a job")
        return found.data["job"]

    def status(self, job_id: str) -> str:
        """The job's status."""
        return str(self.job(job_id)["summary"]["status"])

    def stop(self, job_id: str) -> Reply:
        """StopJob."""
        return self.run.call("StopJob", **self._here, jobId=job_id)

    def delete(self, job_id: str) -> Reply:
        """DeleteJob."""
        return self.run.call("DeleteJob", **self._here, jobId=job_id)

    def listed(self) -> Reply:
        """ListJobs."""
        return self.run.call("ListJobs", **self._here)

    def summaries(self) -> Sequence[Any]:
        """What ListJobs shows."""
        found: Sequence[Any] = self.listed().needed("ListJobs")["jobSummaries"]
        return found

    def ended(self, job_id: str) -> Any:
        """The job, once it has ended."""

        def look() -> Any:
            job = self.job(job_id)
            return job if job["summary"]["status"] in ENDED else None

        job = self.run.until(look, PATIENCE)
        if not job:
            raise Unanswered("a job does not end")
        return job

    def make_idle(self) -> None:
        """Stop what is active, and wait until it has ended."""
        for summary in self.summaries():
            if summary["status"] not in ENDED:
                self.stop(summary["jobId"])
                self.ended(summary["jobId"])

    def during(self, job_id: str, status: str, act: Callable[[], Reply]) -> Reply | None:
        """How a call ends while a job has a status; None if the job went on meanwhile."""
        before = self.status(job_id)
        reply = act()
        return reply if before == status == self.status(job_id) else None

    # --- deployments ------------------------------------------------------------------------------

    def create(self, file_map: Mapping[str, str] | None = None) -> Reply:
        """CreateDeployment."""
        members = {"fileMap": dict(file_map)} if file_map else {}
        return self.run.call("CreateDeployment", **self._here, **members)

    def create_idle(self, file_map: Mapping[str, str] | None = None) -> Any:
        """What CreateDeployment gives while no job is active."""
        self.make_idle()
        return self.create(file_map).needed("CreateDeployment")

    def waiting(self) -> str:
        """The id of a deployment that waits for its start."""
        for summary in self.summaries():
            if summary["status"] in WAITING:
                return str(summary["jobId"])
        return str(self.create_idle()["jobId"])

    def begin(self, **members: Any) -> Reply:
        """StartDeployment."""
        return self.run.call("StartDeployment", **self._here, **members)

    @property
    def _here(self) -> dict[str, str]:
        return {"appId": self.app_id, "branchName": self.name}


def steps_of(job: Any) -> dict[str, Any]:
    """The steps that a job shows, by their names."""
    return {step["stepName"]: step for step in job["steps"]}


def upload(address: str, data: bytes) -> Fetched:
    """Send data to the address of an upload."""
    return service.fetch(urllib.request.Request(address, data, method="PUT"))


def archive(files: Mapping[str, str]) -> bytes:
    """A zip."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    return data.getvalue()
