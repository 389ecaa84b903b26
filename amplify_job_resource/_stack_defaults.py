"""The stack's own defaults for inputs: the settings `amplify-job:…` of its config."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from ._amplify.setting_names import OWN, STACK, SettingNames
from ._inputs.rules import MAX_COUNT
from ._values.text import shortened
from .errors import InvalidSettings

#: The namespace of these settings; a project of that name has its own settings there, too.
NAMESPACE: Final = "amplify-job"
LOOKAHEAD: Final = "amplify-job:lookahead"
LOG_LINES: Final = "amplify-job:logLines"
#: How many lines of a failed job's log are shown where nobody says anything.
DEFAULT_LINES: Final = 20

#: What each setting does, for the documentation of the provider.
TEXTS: Final = {
    "lookahead": "Whether previews look at AWS: is the branch busy, what was its last success. Default "
    "false. The `lookahead` of a resource takes precedence.",
    "logLines": "How many lines of the log are shown when a job has failed, 0 for none. Default "
    f"{DEFAULT_LINES}. The `logLines` of a resource takes precedence.",
}

_FLAGS: Final = {"true": True, "false": False, "": False}


def lookahead_wanted(
    config: Mapping[str, Any], properties: Mapping[str, Any], names: SettingNames = STACK
) -> bool:
    """Whether a preview is to look at AWS: the resource's `lookahead`, else the stack's.

    Raises:
        errors.InvalidSettings: the stack's setting is neither true nor false.
    """
    own = properties.get("lookahead")
    flag = _FLAGS.get(str(config.get(LOOKAHEAD, "")).strip().lower())
    if flag is None:
        raise _refusal(config, LOOKAHEAD, names, "true or false")
    return flag if own is None else own is True


def lines_wanted(
    config: Mapping[str, Any], properties: Mapping[str, Any], names: SettingNames = STACK
) -> int:
    """How many lines to show of a failed job's log: the resource's `log_lines`, else the stack's.

    Raises:
        errors.InvalidSettings: the stack's setting is no whole number from 0 to 1000.
    """
    own = properties.get("logLines")
    text = str(config.get(LOG_LINES, "")).strip() or str(DEFAULT_LINES)
    if not re.fullmatch("[0-9]{1,4}", text, re.ASCII) or int(text) > MAX_COUNT:
        raise _refusal(config, LOG_LINES, names, f"a whole number from 0 to {MAX_COUNT}")
    return int(text) if own is None else int(own)


def unknown_settings(
    config: Mapping[str, Any], project: str, names: SettingNames = STACK
) -> list[str]:
    """A line for each setting that is not known; malformed ones are refused.

    Args:
        config: The whole stack config.
        project: The project's name.
        names: What the settings are called.

    Raises:
        errors.InvalidSettings: a setting is malformed.
    """
    lookahead_wanted(config, {}, names)
    lines_wanted(config, {}, names)
    known = {LOOKAHEAD, LOG_LINES}
    if project == NAMESPACE:
        return []
    unknown = sorted({key for key in config if key.startswith(f"{NAMESPACE}:")} - known)
    return [
        f"{key} of {names.config} has no effect: the settings are {names.keys(*sorted(OWN))}"
        for key in unknown
    ]


def _refusal(
    config: Mapping[str, Any], key: str, names: SettingNames, wanted: str
) -> InvalidSettings:
    setting = names.in_config(key.partition(":")[2])
    return InvalidSettings(f"{setting} must be {wanted}, not {shortened(config[key])}")
