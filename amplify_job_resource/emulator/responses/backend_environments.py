"""Operations on backend environments."""

from __future__ import annotations

from typing import Any

from ..models.records import BackendEnvironment
from .request import AmplifyRequest, shown


class BackendEnvironmentResponse(AmplifyRequest):
    """The operations on backend environments."""

    def create_backend_environment(self) -> dict[str, Any]:
        """CreateBackendEnvironment: the new backend environment.

        Raises:
            BadRequestException: the app has one of this name.
        """
        members = self._body()
        app_id, name = self._get_param("appId"), members.pop("environmentName")
        made = self.backend.create_backend_environment(app_id, name, members)
        return {"backendEnvironment": self._environment(made)}

    def get_backend_environment(self) -> dict[str, Any]:
        """GetBackendEnvironment: the backend environment."""
        found = self.backend.backend_environment(*self._app_and_environment())
        return {"backendEnvironment": self._environment(found)}

    def list_backend_environments(self) -> dict[str, Any]:
        """ListBackendEnvironments: one page of them, by their names, or the one that is asked for."""
        environments = self.backend.app(self._get_param("appId")).backend_environments
        wanted = self._get_param("environmentName")
        found = [each for each in environments.values() if wanted in (None, each.name)]
        page, token = self._page("backendEnvironments", found, lambda each: each.name)
        shapes = [self._environment(each) for each in page]
        return {"backendEnvironments": shapes, "nextToken": token}

    def delete_backend_environment(self) -> dict[str, Any]:
        """DeleteBackendEnvironment: the deleted backend environment."""
        deleted = self.backend.delete_backend_environment(*self._app_and_environment())
        return {"backendEnvironment": self._environment(deleted)}

    def _app_and_environment(self) -> tuple[str, str]:
        return self._get_param("appId"), self._get_param("environmentName")

    def _environment(self, environment: BackendEnvironment) -> dict[str, Any]:
        arn = self.backend.arn(environment.app_id)
        return {
            **environment.settings,
            "backendEnvironmentArn": f"{arn}/backendenvironments/{environment.name}",
            "environmentName": environment.name,
            "createTime": shown(environment.created_at),
            "updateTime": shown(environment.updated_at),
        }
