"""AWS's rules for branches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..exceptions import BadRequestException, NotFoundException
from ..state import emulator_state
from . import quotas
from .apps import AppBackend
from .records import Branch


class BranchBackend(AppBackend):
    """The branches of apps."""

    def create_branch(self, app_id: str, name: str, settings: Mapping[str, Any]) -> Branch:
        """Create a branch. Starts no build, not even with `enableAutoBuild`.

        Raises:
            BadRequestException: the app has a branch of this name.
            LimitExceededException: the app has `quotas.BRANCHES`.
        """
        branches = self.app(app_id).branches
        if name not in branches:
            # AWS's text is unconfirmed.
            quotas.require_room(
                len(branches),
                quotas.BRANCHES,
                "Failed to create branch. You have reached the maximum number of branches in this app.",
            )
        return self.add_branch(app_id, name, settings)

    def add_branch(self, app_id: str, name: str, settings: Mapping[str, Any]) -> Branch:
        """Add a branch to an app, whatever the quota is.

        Raises:
            BadRequestException: the app has a branch of this name.
        """
        app = self.app(app_id)
        if name in app.branches:
            # The message is AWS's, as users quote it.
            raise BadRequestException(
                f"Failed to create branch. The branch {name} already exists for the app {app_id}"
            )
        now = emulator_state.clock.now()
        kept = {key: value for key, value in settings.items() if key != "tags"}
        tags = dict(settings.get("tags", {}))
        branch = app.branches[name] = Branch(app_id, name, kept, now, now, tags=tags)
        if name in app.former:
            for each in emulator_state.behaviours.deleted_branch_keeps:
                setattr(branch, each, getattr(app.former[name], each))
        return branch

    def update_branch(self, app_id: str, name: str, settings: Mapping[str, Any]) -> Branch:
        """Change those settings of a branch that are given, and return it."""
        branch = self.branch(app_id, name)
        branch.settings.update(settings)
        branch.updated_at = emulator_state.clock.now()
        return branch

    def branch(self, app_id: str, name: str) -> Branch:
        """The branch with this name."""
        branches = self.app(app_id).branches
        if name not in branches:
            raise NotFoundException(f"Branch {name} not found.")
        return branches[name]

    def delete_branch(self, app_id: str, name: str) -> Branch:
        """Delete a branch with its jobs and webhooks, and return it.

        A new branch of the same name begins at job 1. What AWS does with the webhooks is unconfirmed.
        """
        app, branch = self.app(app_id), self.branch(app_id, name)
        self.give_up_slots(branch.jobs.values())
        if emulator_state.behaviours.deleted_branch_keeps:
            app.former[name] = branch
        app.webhooks = {
            each.webhook_id: each for each in app.webhooks.values() if each.branch_name != name
        }
        return app.branches.pop(name)
