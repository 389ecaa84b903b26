"""AWS's rules for branches."""

from __future__ import annotations

from typing import Any

from ..exceptions import BadRequestException, NotFoundException
from ..state import emulator_state
from .apps import AppBackend
from .records import Branch


class BranchBackend(AppBackend):
    """The branches of apps."""

    def create_branch(self, app_id: str, name: str, settings: dict[str, Any]) -> Branch:
        """Create a branch. Starts no build, not even with `enableAutoBuild`.

        Raises:
            BadRequestException: the app has a branch of this name.
        """
        app = self.app(app_id)
        if name in app.branches:
            raise BadRequestException(f"A branch with name {name} already exists")
        now = emulator_state.clock.now()
        branch = app.branches[name] = Branch(app_id, name, settings, now, now)
        if name in app.former:
            for kept in emulator_state.behaviours.deleted_branch_keeps:
                setattr(branch, kept, getattr(app.former[name], kept))
        return branch

    def branch(self, app_id: str, name: str) -> Branch:
        """The branch with this name."""
        branches = self.app(app_id).branches
        if name not in branches:
            raise NotFoundException(f"Branch {name} not found for app {app_id}.")
        return branches[name]

    def delete_branch(self, app_id: str, name: str) -> Branch:
        """Delete a branch with its jobs, and return it; a new one of the same name begins at job 1."""
        branch = self.branch(app_id, name)
        self.give_up_slots(branch.jobs.values())
        app = self.app(app_id)
        if emulator_state.behaviours.deleted_branch_keeps:
            app.former[name] = branch
        return app.branches.pop(name)
