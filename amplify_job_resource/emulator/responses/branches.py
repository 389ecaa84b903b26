"""Operations on branches over HTTP."""

from __future__ import annotations

from typing import Any

from ..models import Branch
from ..sites import as_host
from ..state import emulator_state
from .request import AmplifyRequest, shown


class BranchResponse(AmplifyRequest):
    """The operations on branches."""

    def create_branch(self) -> dict[str, Any]:
        """CreateBranch: the new branch.

        Raises:
            BadRequestException: the app has a branch of this name.
            LimitExceededException: the app has as many as the quota.
        """
        branch = self.backend.create_branch(*self._app_and_branch(), self._body())
        return {"branch": self._branch(branch)}

    def get_branch(self) -> dict[str, Any]:
        """GetBranch: the branch."""
        return {"branch": self._branch(self.backend.branch(*self._app_and_branch()))}

    def update_branch(self) -> dict[str, Any]:
        """UpdateBranch: the branch with the changed settings; settings that are not given stay."""
        branch = self.backend.update_branch(*self._app_and_branch(), self._body())
        return {"branch": self._branch(branch)}

    def list_branches(self) -> dict[str, Any]:
        """ListBranches: one page of the app's branches, by their names."""
        branches = self.backend.app(self._get_param("appId")).branches.values()
        page, token = self._page("branches", branches, lambda each: each.name)
        return {"branches": [self._branch(branch) for branch in page], "nextToken": token}

    def delete_branch(self) -> dict[str, Any]:
        """DeleteBranch: the deleted branch."""
        branch = self.backend.delete_branch(*self._app_and_branch())
        return {"branch": self._branch(branch)}

    def _branch(self, branch: Branch) -> dict[str, Any]:
        behaviours = emulator_state.behaviours
        active_job_id = next(
            (
                job.job_id
                for job in sorted(branch.jobs.values(), key=lambda job: -job.number)
                if not behaviours.active_is_newest_success
                or self.backend.snapshot(job).status == "SUCCEED"
            ),
            "",
        )
        host = as_host(branch.name) if behaviours.display_name_is_host else branch.name
        return {
            "description": "",
            "stage": "NONE",
            "enableNotification": False,
            "environmentVariables": {},
            "enableAutoBuild": False,
            "framework": "",
            "enableBasicAuth": False,
            "ttl": "5",
            "enablePullRequestPreview": False,
            **branch.settings,
            "tags": branch.tags,
            "branchName": branch.name,
            "customDomains": self.backend.custom_domains(branch.app_id, branch.name),
            "branchArn": f"{self.backend.arn(branch.app_id)}/branches/{branch.name}",
            "displayName": branch.settings.get("displayName") or host,
            "createTime": shown(branch.created_at),
            "updateTime": shown(branch.updated_at),
            "activeJobId": active_job_id,
            "totalNumberOfJobs": str(len(branch.jobs)),
        }
