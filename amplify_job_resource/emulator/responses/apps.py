"""Operations on apps over HTTP."""

from __future__ import annotations

from typing import Any

from ..models import App
from ..state import emulator_state
from .request import AmplifyRequest, shown


class AppResponse(AmplifyRequest):
    """The operations on apps."""

    def create_app(self) -> dict[str, Any]:
        """CreateApp: the new app.

        Raises:
            LimitExceededException: the region has as many as the quota.
        """
        return {"app": self._app(self.backend.create_app(self.params))}

    def get_app(self) -> dict[str, Any]:
        """GetApp: the app."""
        return {"app": self._app(self.backend.app(self._get_param("appId")))}

    def update_app(self) -> dict[str, Any]:
        """UpdateApp: the app with the changed settings; settings that are not given stay."""
        return {"app": self._app(self.backend.update_app(self._get_param("appId"), self._body()))}

    def list_apps(self) -> dict[str, Any]:
        """ListApps: one page of the region's apps, by their ids."""
        page, token = self._page("apps", self.backend.apps.values(), lambda each: each.app_id)
        return {"apps": [self._app(app) for app in page], "nextToken": token}

    def delete_app(self) -> dict[str, Any]:
        """DeleteApp: the deleted app."""
        return {"app": self._app(self.backend.delete_app(self._get_param("appId")))}

    def _app(self, app: App) -> dict[str, Any]:
        return {
            "description": "",
            "environmentVariables": {},
            "enableBranchAutoBuild": False,
            "enableBasicAuth": False,
            "platform": "WEB",
            "repository": emulator_state.behaviours.files_app_repository,
            **app.settings,
            "tags": app.tags,
            "name": app.settings.get("name") or app.app_id,
            "appId": app.app_id,
            "appArn": self.backend.arn(app.app_id),
            "createTime": shown(app.created_at),
            "updateTime": shown(app.updated_at),
            "defaultDomain": f"{app.app_id}.amplifyapp.com",
        }
