"""The calls about the provider itself: its configuration, in a stack's config or in a program."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from pulumi.runtime.proto import provider_pb2 as rpc

from .._amplify.setting_names import SettingNames
from .._provider_settings import SECRETS, config_of, config_problems, names_for
from .._values.unknown import canonical, contains_unknown
from .._values.urns import Urn
from .provider_secrets import secret_places, secret_texts
from .results import failures
from .wire import decoded, encoded

#: Takes a configuration, what its settings are called, and the texts in it that nobody may see.
Use: TypeAlias = Callable[[Mapping[str, str], SettingNames, frozenset[str]], None]


class Configuration:
    """The calls about the provider itself. Each takes a request and gives its response."""

    def __init__(self, use: Use) -> None:
        """Hand each new configuration on to `use`."""
        self._use = use

    def check(self, request: Any) -> Any:
        """All that is wrong with the inputs; or the inputs, with keys as secrets."""
        news = decoded(request.news)
        urn = Urn.parse(request.urn)
        hidden = SECRETS | {str(path[0]) for path in news.secrets}
        project = urn.project if urn else ""
        wrong = config_problems(news.properties, project, hidden, _names(request))
        if wrong:
            return rpc.CheckResponse(failures=failures(wrong))
        secrets = news.secrets.union(secret_places(news.properties))
        return rpc.CheckResponse(inputs=encoded(news.properties, secrets))

    def diff(self, request: Any) -> Any:
        """What changed. Nothing of it replaces the provider, and with it all its resources."""
        olds, news = decoded(request.olds).properties, decoded(request.news).properties
        changed = sorted(
            key
            for key in olds.keys() | news.keys()
            if contains_unknown(news.get(key))
            or canonical(olds.get(key)) != canonical(news.get(key))
        )
        kind = rpc.DiffResponse.DIFF_SOME if changed else rpc.DiffResponse.DIFF_NONE
        return rpc.DiffResponse(changes=kind, diffs=changed)

    def configure(self, request: Any) -> Any:
        """Take the configuration; one that is known only after the update does not come here."""
        given = decoded(request.args)
        self._use(config_of(given.properties), _names(request), secret_texts(given))
        return rpc.ConfigureResponse(acceptSecrets=True, supportsPreview=True)


def _names(request: Any) -> SettingNames:
    """What the settings are called of the provider that a request is about."""
    urn = Urn.parse(request.urn)
    return names_for(urn.name if urn else request.name)
