"""The native provider's settings: `amplify-job:region` in a stack's config, or inputs of a program.

They have the names of Pulumi's AWS provider, and the defaults that a stack gives to all its releases.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Set
from difflib import get_close_matches
from typing import Any, Final

from ._amplify.aws_settings import SETTINGS, Form
from ._amplify.setting_names import PROVIDER, SettingNames, of_provider
from ._amplify.settings import check_keys, settings_from
from ._amplify.stack_config import NAMESPACE as AWS
from ._inputs.rules import Problem, asset_in
from ._stack_defaults import LOG_LINES, LOOKAHEAD, NAMESPACE, lines_wanted, lookahead_wanted
from ._values.text import shortened
from ._values.unknown import contains_unknown
from .errors import InvalidSettings

#: The stack's defaults for inputs, by the names that they have here.
_DEFAULTS: Final = {key.partition(":")[2]: key for key in (LOOKAHEAD, LOG_LINES)}
#: The names of all settings.
NAMES: Final = frozenset((*SETTINGS, *_DEFAULTS))
#: Those that are secrets, however they are given.
SECRETS: Final = frozenset(name for name, row in SETTINGS.items() if row.is_secret)
#: What Pulumi itself puts among a provider's inputs.
_OF_PULUMI: Final = frozenset(
    ("version", "pluginDownloadURL", "pluginChecksums", "parameterization")
)
#: How Pulumi names the providers that have the stack's settings: `default_0_1_0` is that of a version.
_DEFAULT_NAME: Final = re.compile(r"default(_[0-9].*)?")


def is_default(name: str) -> bool:
    """Whether a provider of that name has the stack's settings, and no program declares it."""
    return bool(_DEFAULT_NAME.fullmatch(name))


def names_for(name: str) -> SettingNames:
    """What the settings of a provider are called, by its name; an empty one is a default provider's."""
    return PROVIDER if not name or is_default(name) else of_provider(name)


def config_of(given: Mapping[str, Any]) -> dict[str, str]:
    """The configuration as the rest of the package reads it: full keys, values as text.

    Args:
        given: The provider's inputs: text as in a stack's config, or values of any kind. What is not
            known yet, or not a setting, is left out.
    """
    return {
        _DEFAULTS.get(name, f"{AWS}{name}"): _text(value)
        for name, value in given.items()
        if name in NAMES and value is not None
        if not contains_unknown(value) and not asset_in(value)
    }


def config_problems(
    given: Mapping[str, Any],
    project: str,
    secrets: Set[str] = frozenset(),
    names: SettingNames = PROVIDER,
) -> list[Problem]:
    """Everything that is wrong with a provider's inputs.

    Args:
        given: The provider's inputs.
        project: The project's name: a project with the name of this package keeps its own settings
            where those of the provider are.
        secrets: The names of those that nobody may see.
        names: What the settings are called.
    """
    found = [] if project == NAMESPACE else _unknown(given)
    for name in sorted(NAMES & given.keys()):
        reason = _form_problem(name, given[name]) or _problem(config_of({name: given[name]}), names)
        if reason and name in secrets:
            reason = f"the provider's {name} is not valid (it is a secret, so it is not shown here)"
        if reason:
            found.append(Problem(name, reason))
    keys = [given.get(name) for name in ("accessKey", "secretKey", "token")]
    together = None if found else _problem(config_of(given), names, keys=not contains_unknown(keys))
    return [*found, Problem("", together)] if together else found


def _unknown(given: Mapping[str, Any]) -> list[Problem]:
    names = sorted(
        name
        for name in given.keys() - NAMES - _OF_PULUMI
        if not name.startswith("__") and given[name] is not None
    )
    return [
        Problem(name, f"{name} is no setting of amplify-job: {_advice(name)}") for name in names
    ]


def _advice(name: str) -> str:
    near = get_close_matches(name, sorted(NAMES), 1)
    return f"do you mean {near[0]}?" if near else "docs/native.md lists its settings"


def _form_problem(name: str, value: Any) -> str | None:
    if asset := asset_in(value):
        return f"the provider's {name} has a {asset} in it: give the text itself"
    row = SETTINGS.get(name)
    if row and row.form in (Form.TEXT, Form.WORD) and isinstance(value, (list, dict)):
        return f"the provider's {name} must be text, not {shortened(value)}"
    return None


def _problem(config: Mapping[str, str], names: SettingNames, *, keys: bool = False) -> str | None:
    """What is wrong with settings; with the keys together, too, once all of them are known."""
    try:
        settings = settings_from(config, environ={}, names=names)
        lookahead_wanted(config, {}, names)
        lines_wanted(config, {}, names)
        if keys:
            check_keys(settings)
    except InvalidSettings as error:
        return str(error)
    return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(_whole(value))


def _whole(value: Any) -> Any:
    """The value with whole numbers as such: every number comes as a float."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: _whole(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_whole(each) for each in value]
    return value
