"""AWS's rules for apps."""

from __future__ import annotations

import secrets
from typing import Any

from ..exceptions import NotFoundException
from ..state import emulator_state
from .build_slots import BuildSlots
from .records import App


class AppBackend(BuildSlots):
    """The apps of an account in a region.

    Attributes:
        apps: The apps by their ids.
    """

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.apps: dict[str, App] = {}

    def create_app(self, settings: dict[str, Any], app_id: str | None = None) -> App:
        """Create an app; one of the same id is deleted first, with its jobs. Starts no build."""
        app_id = app_id or "d" + secrets.token_hex(7)
        if app_id in self.apps:
            self.delete_app(app_id)
        now = emulator_state.clock.now()
        app = self.apps[app_id] = App(app_id, settings, now, now)
        return app

    def app(self, app_id: str) -> App:
        """The app with this id."""
        if app_id not in self.apps:
            raise NotFoundException(f"App {app_id} not found.")
        return self.apps[app_id]

    def delete_app(self, app_id: str) -> App:
        """Delete an app with its branches and jobs, and return it."""
        app = self.app(app_id)
        for branch in app.branches.values():
            self.give_up_slots(branch.jobs.values())
        return self.apps.pop(app_id)

    def arn(self, app_id: str) -> str:
        """The ARN of the app with this id, whether it exists or not."""
        return f"arn:aws:amplify:{self.region_name}:{self.account_id}:apps/{app_id}"
