"""The resources of the native provider, each with its lifecycle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from .._amplify.api import BranchApi
from .._amplify.ids import BranchId
from .._amplify.session import Clients
from .._amplify.setting_names import PROVIDER, SettingNames
from .._ask import Ask
from .._kind import DEPLOYMENT, JOB, Kind
from .._lifecycle import Lifecycle
from .._values.urns import TYPES, Urn
from ..errors import InvalidSettings
from .package import PACKAGE

#: How much is repeated of what the engine sent.
_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of the provider.

    Attributes:
        kind: what it is.
        lifecycle: its six steps, for all resources of its type.
    """

    kind: Kind
    lifecycle: Lifecycle


class Resources:
    """All resources of the provider; what serves calls side by side shares them."""

    def __init__(self, api: Callable[[Clients, BranchId, Ask], BranchApi] = BranchApi) -> None:
        """Begin with an empty configuration.

        Args:
            api: Makes a branch's API from clients.
        """
        kinds = zip(TYPES, (JOB, DEPLOYMENT), strict=True)
        self._by_type = {token: Resource(kind, Lifecycle(api, kind=kind)) for token, kind in kinds}

    def configure(
        self,
        config: Mapping[str, str],
        names: SettingNames = PROVIDER,
        secrets: frozenset[str] = frozenset(),
    ) -> None:
        """Reach AWS by this configuration from now on.

        Args:
            config: Full keys (`aws:region`), values as text.
            names: What messages call the settings.
            secrets: The texts in it that nobody may see.
        """
        for resource in self._by_type.values():
            access = resource.lifecycle.access
            access.config, access.names, access.secrets = config, names, secrets

    def of(self, urn: str) -> Resource:
        """The resource that a URN is of.

        Raises:
            errors.InvalidSettings: the provider has none such.
        """
        parsed = Urn.parse(urn)
        if parsed is None:
            raise InvalidSettings(f"{urn[:_SHOWN]!r} is not the URN of a resource")
        if parsed.type not in self._by_type:
            offered = " and ".join(self._by_type)
            raise InvalidSettings(
                f"{PACKAGE} has no resource {parsed.type[:_SHOWN]!r}: it has {offered}"
            )
        return self._by_type[parsed.type]
