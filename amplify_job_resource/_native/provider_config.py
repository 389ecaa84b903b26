"""The provider's configuration: settings of a stack (`amplify-job:region`), or inputs of a program.

It has the names of Pulumi's AWS provider, and the defaults that a stack gives to all its releases.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from pulumi.runtime.proto import provider_pb2 as rpc

from .._amplify.aws_settings import SETTINGS
from .._amplify.settings import settings_from
from .._amplify.stack_config import NAMESPACE
from .._inputs.rules import Problem
from .._stack_defaults import LOG_LINES, LOOKAHEAD, lines_wanted, lookahead_wanted
from .._values.unknown import canonical, contains_unknown
from .._values.urns import Urn
from ..errors import InvalidSettings
from .wire import decoded, encoded
from .wording import PACKAGE, in_our_words

#: The stack's defaults for inputs, by the names that they have here.
_DEFAULTS: Final = {key.partition(":")[2]: key for key in (LOOKAHEAD, LOG_LINES)}
#: The names of all settings.
NAMES: Final = frozenset((*SETTINGS, *_DEFAULTS))
#: Those that are secrets, however they are given.
SECRETS: Final = frozenset(("accessKey", "secretKey", "token"))
#: What Pulumi itself puts among a provider's inputs.
_OF_PULUMI: Final = frozenset(
    ("version", "pluginDownloadURL", "pluginChecksums", "parameterization")
)


def config_of(given: Mapping[str, Any]) -> dict[str, str]:
    """The configuration as the rest of the package reads it: full keys, values as text.

    Args:
        given: The provider's inputs: text as in a stack's config, or values of any kind. What is not
            known yet, or not a setting, is left out.
    """
    found = {}
    for name, value in given.items():
        if name in NAMES and value is not None and not contains_unknown(value):
            key = _DEFAULTS.get(name, f"{NAMESPACE}{name}")
            found[key] = value if isinstance(value, str) else json.dumps(_whole(value))
    return found


def config_problems(given: Mapping[str, Any], project: str) -> list[Problem]:
    """Everything that is wrong with a provider's inputs.

    Args:
        given: The provider's inputs.
        project: The project's name: a project with the name of this package keeps its own settings
            where those of the provider are.
    """
    found = [] if project == PACKAGE else _unknown(given)
    config = config_of(given)
    for name in sorted(NAMES & given.keys()):
        key = _DEFAULTS.get(name, f"{NAMESPACE}{name}")
        if key in config and (problem := _problem(name, {key: config[key]})):
            found.append(problem)
    if not found and (problem := _problem(next(iter(given), ""), config)):
        found.append(problem)  # Settings that do not go together.
    return found


class Configuration:
    """The calls about the provider itself. Each takes a request and gives its response."""

    def __init__(self, use: Callable[[Mapping[str, str]], None]) -> None:
        """Hand each new configuration on to `use`."""
        self._use = use

    def check(self, request: Any) -> Any:
        """All that is wrong with the inputs; or the inputs, with keys as secrets."""
        news = decoded(request.news)
        urn = Urn.parse(request.urn)
        wrong = config_problems(news.properties, urn.project if urn else "")
        secrets = news.secrets | {(name,) for name in SECRETS}
        return rpc.CheckResponse(
            inputs=encoded(news.properties, secrets),
            failures=[
                rpc.CheckFailure(property=problem.key, reason=in_our_words(problem.reason))
                for problem in wrong
            ],
        )

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
        self._use(config_of(decoded(request.args).properties))
        return rpc.ConfigureResponse(acceptSecrets=True, supportsPreview=True)


def _unknown(given: Mapping[str, Any]) -> list[Problem]:
    names = sorted(
        name
        for name in given.keys() - NAMES - _OF_PULUMI
        if not name.startswith("__") and given[name] is not None
    )
    return [
        Problem(
            name, f"{name} is no setting of {PACKAGE}: the settings are {', '.join(sorted(NAMES))}"
        )
        for name in names
    ]


def _problem(name: str, config: Mapping[str, str]) -> Problem | None:
    try:
        settings_from(config, environ={})
        lookahead_wanted(config, {})
        lines_wanted(config, {})
    except InvalidSettings as error:
        return Problem(name, str(error))
    return None


def _whole(value: Any) -> Any:
    """The value with whole numbers as such: every number comes as a float."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: _whole(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_whole(each) for each in value]
    return value
