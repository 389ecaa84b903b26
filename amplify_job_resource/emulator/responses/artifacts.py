"""Operations on artifacts."""

from __future__ import annotations

from typing import Any

from .. import downloads
from ..downloads import Download
from ..s3_answers import shown_now
from .request import AmplifyRequest


class ArtifactResponse(AmplifyRequest):
    """The operations on artifacts."""

    def list_artifacts(self) -> dict[str, Any]:
        """ListArtifacts: one page of the artifacts of the job's tests, by their names."""
        found = self.backend.artifacts(*self._app_and_branch(), self._get_param("jobId"))
        page, token = self._page("artifacts", found.items(), lambda each: each[1])
        shapes = [{"artifactId": each, "artifactFileName": name} for each, name in page]
        return {"artifacts": shapes, "nextToken": token}

    def get_artifact_url(self) -> dict[str, Any]:
        """GetArtifactUrl: the artifact's id, and a signed address of the file."""
        artifact_id = self._get_param("artifactId")
        _, name = self.backend.artifact(artifact_id)
        place = Download(self.current_account, self.region, "artifacts", artifact_id, name)
        url = downloads.sign(self._server(), place, shown_now())
        return {"artifactId": artifact_id, "artifactUrl": url}
