"""AWS's rules for apps."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from ..exceptions import NotFoundException
from ..state import emulator_state
from . import quotas
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

    def create_app(self, settings: Mapping[str, Any]) -> App:
        """Create an app. Starts no build.

        Args:
            settings: The members of CreateApp.

        Raises:
            LimitExceededException: there are `quotas.APPS`.
        """
        # The message is AWS's, as users quote it.
        quotas.require_room(
            len(self.apps),
            quotas.APPS,
            "Failed to create app. You have reached the maximum number of apps in this account.",
        )
        return self.add_app("d" + secrets.token_hex(7), settings)

    def add_app(self, app_id: str, settings: Mapping[str, Any]) -> App:
        """Add an app with this id; one of the same id is deleted first, with its jobs."""
        # Settings that are none must not cost the app that is there.
        kept = {name: value for name, value in settings.items() if name != "tags"}
        tags = dict(settings.get("tags", {}))
        if app_id in self.apps:
            self.delete_app(app_id)
        now = emulator_state.clock.now()
        app = self.apps[app_id] = App(app_id, kept, now, now, tags=tags)
        return app

    def update_app(self, app_id: str, settings: Mapping[str, Any]) -> App:
        """Change those settings of an app that are given, and return it."""
        app = self.app(app_id)
        app.settings.update(settings)
        app.updated_at = emulator_state.clock.now()
        return app

    def app(self, app_id: str) -> App:
        """The app with this id."""
        if app_id not in self.apps:
            raise NotFoundException(f"App {app_id} not found.")
        return self.apps[app_id]

    def delete_app(self, app_id: str) -> App:
        """Delete an app with all that belongs to it, and return it."""
        app = self.app(app_id)
        for branch in app.branches.values():
            self.give_up_slots(branch.jobs.values())
        return self.apps.pop(app_id)

    def arn(self, app_id: str) -> str:
        """The ARN of the app with this id, whether it exists or not."""
        return f"arn:aws:amplify:{self.region_name}:{self.account_id}:apps/{app_id}"
