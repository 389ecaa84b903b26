"""Amplify Hosting in one account and region: its state, and AWS's rules for it.

There is a module for each kind of resource, as in `responses`. All times are readings of the
emulator's clock.
"""

from __future__ import annotations

from moto.core.base_backend import BackendDict

from ..exceptions import BadRequestException
from ..state import emulator_state
from .access_logs import AccessLogBackend
from .artifacts import ArtifactBackend
from .backend_environments import BackendEnvironmentBackend
from .build_slots import CONCURRENT_BUILDS
from .deployments import DeploymentBackend
from .records import App, Branch
from .tags import TagBackend

__all__ = [
    "CONCURRENT_BUILDS",
    "AmplifyBackend",
    "App",
    "Branch",
    "all_backends",
    "amplify_backends",
    "backend_of",
]


class AmplifyBackend(
    DeploymentBackend, ArtifactBackend, TagBackend, AccessLogBackend, BackendEnvironmentBackend
):
    """Amplify Hosting in one account and region.

    Raises from every method that takes an id or a name:
        NotFoundException: the app, branch, job or other thing does not exist.
    """

    def restore(self, apps: dict[str, App]) -> None:
        """Go on with the apps of an earlier emulator, and with their jobs that have not ended."""
        self.apps = apps
        branches = [branch for app in apps.values() for branch in app.branches.values()]
        self.open_jobs = [job for branch in branches for job in branch.jobs.values()]
        self.assign_build_slots()


class _Backends(BackendDict[AmplifyBackend]):
    """All accounts and regions; moto clears them when a mock starts or ends, and so do we."""

    def clear(self) -> None:
        """Forget everything, also what all accounts share: clock, plans, faults, calls."""
        super().clear()
        emulator_state.reset()


amplify_backends = _Backends(AmplifyBackend, "amplify")


def all_backends() -> list[AmplifyBackend]:
    """Amplify in all accounts and regions that were used, also while others come to be used."""
    return [each for account in list(amplify_backends.values()) for each in list(account.values())]


def backend_of(account_id: str, region: str) -> AmplifyBackend:
    """Amplify in one account and region.

    Raises:
        BadRequestException: the region does not exist, or Amplify is not in it.
    """
    try:
        backend: AmplifyBackend = amplify_backends[account_id][region]
    except KeyError:
        # AWS's clients find no host there.
        raise BadRequestException(f"There is no Amplify in a region '{region}'") from None
    return backend
