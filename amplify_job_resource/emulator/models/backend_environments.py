"""AWS's rules for backend environments, which Amplify Hosting only lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..exceptions import BadRequestException, NotFoundException
from ..state import emulator_state
from .apps import AppBackend
from .records import BackendEnvironment


class BackendEnvironmentBackend(AppBackend):
    """The backend environments of apps."""

    def create_backend_environment(
        self, app_id: str, name: str, settings: Mapping[str, Any]
    ) -> BackendEnvironment:
        """Create a backend environment.

        Raises:
            BadRequestException: the app has one of this name.
        """
        environments = self.app(app_id).backend_environments
        if name in environments:
            # AWS's answer is unconfirmed.
            raise BadRequestException(f"BackendEnvironment {name} already exists.")
        now = emulator_state.clock.now()
        made = environments[name] = BackendEnvironment(app_id, name, dict(settings), now, now)
        return made

    def backend_environment(self, app_id: str, name: str) -> BackendEnvironment:
        """The backend environment with this name."""
        environments = self.app(app_id).backend_environments
        if name not in environments:
            # The message is AWS's, as users quote it.
            raise NotFoundException(f"BackendEnvironment {name} does not exist.")
        return environments[name]

    def delete_backend_environment(self, app_id: str, name: str) -> BackendEnvironment:
        """Delete a backend environment, and return it."""
        environment = self.backend_environment(app_id, name)
        del self.app(app_id).backend_environments[name]
        return environment
