"""The roles in a stack's config, with STS's own names for what they take."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from .._values.durations import parse_duration
from . import stack_config
from .stack_config import Refusal, refuse


@dataclass(frozen=True, slots=True, repr=False)
class AssumeRole:
    """One role to assume, as in `aws:assumeRoles`; has no `repr`, since it can hold secrets.

    Attributes:
        role_arn: the role.
        arguments: STS AssumeRole's other arguments as JSON text, so that settings can be compared.
    """

    role_arn: str
    arguments: str = "{}"


@dataclass(frozen=True, slots=True, repr=False)
class WebIdentity:
    """The role of `aws:assumeRoleWithWebIdentity`; has no `repr`, since it can hold the token.

    Attributes:
        role_arn: the role.
        token: the token, or None when it is in a file.
        token_file: the file that holds the token, which is read anew at each renewal.
        arguments: STS AssumeRoleWithWebIdentity's other arguments as JSON text.
    """

    role_arn: str
    token: str | None = None
    token_file: str | None = None
    arguments: str = "{}"


#: Pulumi's names of what a role takes, and STS's.
_ARGUMENTS: Final = {
    "externalId": "ExternalId",
    "policy": "Policy",
    "policyArns": "PolicyArns",
    "sessionName": "RoleSessionName",
    "sourceIdentity": "SourceIdentity",
    "tags": "Tags",
    "transitiveTagKeys": "TransitiveTagKeys",
}
_WEB_IDENTITY_ARGUMENTS: Final = ("policy", "policyArns", "sessionName")
#: The form of each field that is not plain text; the durations are read by themselves.
_FORMS: Final[Mapping[str, type]] = {"policyArns": list, "tags": dict, "transitiveTagKeys": list}


def assume_roles(config: Mapping[str, Any]) -> tuple[AssumeRole, ...]:
    """The roles to assume one after the other: `aws:assumeRoles`, or the older `aws:assumeRole`.

    Raises:
        errors.InvalidSettings: they are not what Pulumi's AWS provider takes.
    """
    setting, roles = "assumeRoles", stack_config.read(config, "assumeRoles")
    single = stack_config.read(config, "assumeRole")
    if roles is None:
        setting, roles = "assumeRole", [] if single is None else [single]
    # An entry in which all is empty is none, as an empty text is no setting.
    return tuple(_assume_role(setting, role) for role in roles if any(role.values()))


def web_identity(config: Mapping[str, Any]) -> WebIdentity | None:
    """The role of `aws:assumeRoleWithWebIdentity`; None when it is not set.

    Raises:
        errors.InvalidSettings: it is not what Pulumi's AWS provider takes.
    """
    setting = "assumeRoleWithWebIdentity"
    role = stack_config.read(config, setting)
    if not role or not any(role.values()):
        return None
    arn = _role_arn(setting, role)
    token = _text(setting, role, "webIdentityToken")
    file = _text(setting, role, "webIdentityTokenFile")
    if not token and not file:
        raise refuse(setting, "has no token", "a map with webIdentityToken or webIdentityTokenFile")
    arguments = _arguments(setting, role, _WEB_IDENTITY_ARGUMENTS)
    return WebIdentity(arn, token, None if token else file, arguments)


def _assume_role(setting: str, role: Mapping[str, Any]) -> AssumeRole:
    return AssumeRole(_role_arn(setting, role), _arguments(setting, role, tuple(_ARGUMENTS)))


def _role_arn(setting: str, role: Mapping[str, Any]) -> str:
    arn = role.get("roleArn")
    if not arn or not isinstance(arn, str):
        raise refuse(setting, "has a role without a roleArn", "a map with a roleArn for each role")
    return arn


def _arguments(setting: str, role: Mapping[str, Any], names: tuple[str, ...]) -> str:
    arguments: dict[str, Any] = {}
    for name in names:
        value = role.get(name)
        if not value:
            continue
        form = _FORMS.get(name)
        if form is None:
            value = _text(setting, role, name)
        elif not isinstance(value, form):
            what = "a list" if form is list else "a map"
            raise refuse(setting, f"has another {name} than {what}", f"{what} there")
        arguments[_ARGUMENTS[name]] = value
    if "PolicyArns" in arguments:
        arguments["PolicyArns"] = [{"arn": arn} for arn in arguments["PolicyArns"]]
    if "Tags" in arguments:
        arguments["Tags"] = [{"Key": k, "Value": str(v)} for k, v in arguments["Tags"].items()]
    if role.get("duration") or role.get("durationSeconds"):
        arguments["DurationSeconds"] = _seconds(setting, role)
    return json.dumps(arguments, sort_keys=True)


def _text(setting: str, role: Mapping[str, Any], name: str) -> str | None:
    value = role.get(name)
    if isinstance(value, dict | list | bool):
        raise refuse(setting, f"has a {name} that is not text", "text there")
    # `pulumi config set --path` makes numbers of digits: an external id may be one.
    return str(value) if value else None


def _seconds(setting: str, role: Mapping[str, Any]) -> int:
    duration, seconds = role.get("duration"), role.get("durationSeconds")
    try:
        return parse_duration(str(duration)) if duration else int(str(seconds).removesuffix("s"))
    except ValueError as error:
        why = f"duration {error}" if duration else f"durationSeconds {seconds!r} is no whole number"
        raise Refusal(setting, f": {why}") from None
