"""How AWS is reached for a resource: its own settings, the stack's config, this machine's settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from threading import Lock
from typing import Any

from ._amplify.api import BranchApi
from ._amplify.ids import BranchId
from ._amplify.session import Clients, clients_by, resolve_region
from ._amplify.setting_names import STACK
from ._amplify.settings import Settings, settings_from
from ._amplify.stack_config import NAMESPACE, unused
from ._ask import Ask
from ._inputs.request import Properties
from ._operation import Operation
from ._stack_defaults import unknown_settings
from ._values.unknown import UNKNOWN
from ._values.urns import Urn


class Access:
    """Makes the API of a branch, for all resources of a process.

    Attributes:
        config: the whole stack config: full keys (`aws:region`), values as text.
        names: what messages call the settings in it.
        secrets: the texts in it that nobody may see.
    """

    def __init__(self, api: Callable[[Clients, BranchId, Ask], BranchApi] = BranchApi) -> None:
        """Begin with an empty config.

        Args:
            api: Makes a branch's API from clients.
        """
        self.config: Mapping[str, Any] = {}
        self.names = STACK
        self.secrets: frozenset[str] = frozenset()
        self._make_api = api
        self._told_of: Mapping[str, Any] | None = None
        self._telling = Lock()

    def check(self, operation: Operation) -> None:
        """Refuse a malformed setting, and say once of a config which settings have no effect.

        Raises:
            errors.InvalidSettings: a setting of the stack's config is malformed.
        """
        settings_from(self.config, names=self.names)
        urn = Urn.parse(operation.urn)
        unknown = unknown_settings(self.config, urn.project if urn else "", self.names)
        with self._telling:
            told, self._told_of = self._told_of, self.config
        if told is not self.config:
            for line in (*unused(self.config, self.names), *unknown):
                operation.warn(line)

    def region_in_force(
        self, olds: Properties, news: Properties, recorded: str | None
    ) -> str | None:
        """The region that the program or the stack names, else that of the recorded release.

        The settings of this machine count only for the first release of an app: they differ between
        machines, and a release stays where it was made.

        Args:
            olds: The recorded properties; empty where the engine shows none.
            news: The new inputs.
            recorded: The region of a release of the same app that is known otherwise.
        """
        if news.get("region") is UNKNOWN:
            return None
        named = _text(news, "region") or _text(self.config, f"{NAMESPACE}region")
        app = news.get("appId")
        if named or app is UNKNOWN:
            return named
        if olds.get("appId") == app:
            recorded = _text(olds, "region") or recorded
        return recorded or self._settings(None, _text(news, "profile")).region

    def api(self, ask: Ask, branch: BranchId, region: str | None, profile: str | None) -> BranchApi:
        """The API of a branch.

        Args:
            ask: How its calls are made.
            branch: The branch.
            region: The region that is named for it.
            profile: The profile that is named for it.

        Raises:
            errors.InvalidSettings: AWS cannot be used with the settings.
            errors.AwsError: the account of the credentials could not be checked.
        """
        clients = clients_by(ask, self._settings(region, profile), branch)
        return self._make_api(clients, branch, ask)

    def _settings(self, region: str | None, profile: str | None) -> Settings:
        settings = settings_from(self.config, region=region, profile=profile, names=self.names)
        return replace(settings, region=resolve_region(settings))


def _text(properties: Properties, key: str) -> str | None:
    value = properties.get(key)
    return value if isinstance(value, str) and value else None
