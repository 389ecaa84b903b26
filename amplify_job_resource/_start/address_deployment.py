"""Starting a deployment of files that are elsewhere: StartDeployment with an address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from .._amplify.api import BranchApi
from .._amplify.records import JobRecord
from .._values.addresses import unsigned, without_query
from .deployment import Deployment, is_deployment
from .notes import Note

_ZIP: Final = "ZIP"
_PREFIX: Final = "BUCKET_PREFIX"


class AddressDeployment(Deployment):
    """One attempt at a deployment from an address: AWS reads it, and makes and starts the job."""

    def send(self, api: BranchApi, keep: Callable[[Note], None]) -> JobRecord:
        """See `ReleaseMethod`."""
        return api.start_deployment(self.start_deployment_request())

    def start_deployment_request(self) -> dict[str, Any]:
        """StartDeployment's members, without app and branch.

        Without a type AWS takes an address for that of a zip.
        """
        address = str(self._request.source)
        kind = _ZIP if is_zip(address) else _PREFIX
        return {"sourceUrl": address, "sourceUrlType": kind}

    def started(self, job: JobRecord, attempt: str) -> bool:
        """See `ReleaseMethod`: a deployment from this address that began after the attempt."""
        newest_before = {note.attempt: note.newest_before for note in self._recalled}
        newest = newest_before.get(attempt, self._newest_before)
        is_new = newest is not None and job.number > newest
        return is_new and is_deployment(job) and job.source == self._source

    def is_other_release(self, job: JobRecord) -> bool:
        """See `ReleaseMethod`."""
        return super().is_other_release(job) and job.source != self._source

    def is_noted(self, job: JobRecord, note: Note) -> bool:
        """See `ReleaseMethod`."""
        return is_deployment(job) and self._may_be_from(job, note)

    def may_be(self, job: JobRecord, note: Note) -> bool:
        """See `ReleaseMethod`: AWS may not tell where the job has its files from."""
        is_new = job.number > (note.newest_before or 0)
        return is_new and is_deployment(job) and self._may_be_from(job, note)

    def _may_be_from(self, job: JobRecord, note: Note) -> bool:
        """Whether a job may have its files from the address of a note.

        A note has no address: that of another release is any but this one.
        """
        return job.source is None or (job.source == self._source) == self.wrote(note)

    @property
    def _source(self) -> str:
        return unsigned(str(self._request.source))


def is_zip(address: str) -> bool:
    """Whether an address is that of one zip, and not of all that is below a prefix."""
    is_s3 = address.lower().startswith("s3://")
    return not is_s3 or without_query(address).lower().endswith(".zip")
