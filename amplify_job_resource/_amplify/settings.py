"""Settings: how to reach AWS, from the resource, the stack's config and the environment.

Each setting is taken from the first of these that has it: the input, the stack's `aws:` config, boto3's
own chain. So a user of Pulumi's AWS provider configures AWS only once.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from .._values.durations import parse_duration
from ..errors import InvalidSettings


@dataclass(frozen=True, slots=True)
class AssumeRole:
    """One role to assume, as in `aws:assumeRoles`.

    Attributes:
        role_arn: the role.
        arguments: STS AssumeRole's other arguments as JSON text, so that settings can be compared.
    """

    role_arn: str
    arguments: str = "{}"


@dataclass(frozen=True, slots=True, repr=False)
class Settings:
    """How to reach AWS; has no `repr`, since it can hold keys."""

    region: str | None = None
    profile: str | None = None
    endpoint: str | None = None
    sts_endpoint: str | None = None
    access_key: str | None = None
    secret_key: str | None = None
    token: str | None = None
    assume_roles: tuple[AssumeRole, ...] = ()

    @property
    def chain(self) -> str:
        """Where the credentials come from, for messages."""
        if self.access_key:
            source = "aws:accessKey of the stack's config"
        elif self.profile:
            source = f"profile '{self.profile}'"
        else:
            source = "boto3's default chain (environment, shared files, container, instance)"
        roles = "".join(f", then role {role.role_arn}" for role in self.assume_roles)
        return source + roles


def settings_from(
    config: Mapping[str, Any],
    *,
    region: str | None = None,
    profile: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Settings from inputs, stack config and the environment; no call to AWS.

    Args:
        config: The whole stack config: full keys (`aws:region`), values as text.
        region: The resource's own region.
        profile: The resource's own profile.
        environ: The environment; `os.environ` when left out.

    Raises:
        InvalidSettings: a config value is not of the form that Pulumi's AWS provider takes.
    """
    environ = os.environ if environ is None else environ
    endpoints = _endpoints(config.get("aws:endpoints"))
    return Settings(
        region=region
        or config.get("aws:region")
        or environ.get("AWS_REGION")
        or environ.get("AWS_DEFAULT_REGION")
        or None,
        profile=profile or config.get("aws:profile") or None,
        endpoint=endpoints.get("amplify"),
        sts_endpoint=endpoints.get("sts"),
        # A profile given to the resource itself is nearer than keys given to the stack.
        access_key=None if profile else config.get("aws:accessKey"),
        secret_key=None if profile else config.get("aws:secretKey"),
        token=None if profile else config.get("aws:token"),
        assume_roles=_assume_roles(config),
    )


def resolve_region(settings: Settings) -> str | None:
    """The region that a call with these settings would go to, or None if none is set anywhere."""
    if settings.region:
        return settings.region
    import botocore.session
    from botocore.exceptions import BotoCoreError

    try:
        session = botocore.session.Session(profile=settings.profile)
        region: str | None = session.get_config_variable("region")
        return region
    except BotoCoreError:
        # A profile that is not on this machine is an error where it is used, not in a preview.
        return None


def _parsed(config: Mapping[str, Any], key: str) -> Any:
    value = config.get(key)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise InvalidSettings(f"the stack's {key} is not JSON: see `pulumi config`") from None


def _endpoints(value: Any) -> dict[str, str]:
    """`aws:endpoints` is a list of maps from service to URL (a single map passes as well)."""
    entries = _parsed({"aws:endpoints": value}, "aws:endpoints") or []
    entries = [entries] if isinstance(entries, dict) else entries
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InvalidSettings("the stack's aws:endpoints must be a list of maps, service to URL")
    return {service: url for entry in entries for service, url in entry.items() if url}


#: Pulumi's names of what a role takes, and STS's.
_ROLE_ARGUMENTS: Final = {
    "externalId": "ExternalId",
    "policy": "Policy",
    "policyArns": "PolicyArns",
    "sessionName": "RoleSessionName",
    "sourceIdentity": "SourceIdentity",
    "tags": "Tags",
    "transitiveTagKeys": "TransitiveTagKeys",
}


def _assume_roles(config: Mapping[str, Any]) -> tuple[AssumeRole, ...]:
    roles = _parsed(config, "aws:assumeRoles")
    if roles is None:
        single = _parsed(config, "aws:assumeRole")
        roles = [] if single is None else [single]
    if not isinstance(roles, list) or not all(isinstance(role, dict) for role in roles):
        raise InvalidSettings("the stack's aws:assumeRoles must be a list of maps with a roleArn")
    return tuple(_assume_role(role) for role in roles if role.get("roleArn"))


#: The form of what is not plain text.
_ROLE_FORMS: Final = {"roleArn": str, "policyArns": list, "tags": dict, "transitiveTagKeys": list}


def _assume_role(role: Mapping[str, Any]) -> AssumeRole:
    arguments: dict[str, Any] = {}
    for name, form in _ROLE_FORMS.items():
        if role.get(name) and not isinstance(role[name], form):
            what = {str: "text", list: "a list", dict: "a map"}[form]
            raise InvalidSettings(f"the stack's aws:assumeRoles: {name} must be {what}")
    for name, sts_name in _ROLE_ARGUMENTS.items():
        if role.get(name):
            arguments[sts_name] = role[name]
    if "PolicyArns" in arguments:
        arguments["PolicyArns"] = [{"arn": arn} for arn in arguments["PolicyArns"]]
    if "Tags" in arguments:
        arguments["Tags"] = [{"Key": k, "Value": v} for k, v in arguments["Tags"].items()]
    if role.get("duration"):
        arguments["DurationSeconds"] = _seconds(role["duration"])
    elif role.get("durationSeconds"):
        arguments["DurationSeconds"] = _whole(role["durationSeconds"])
    return AssumeRole(role["roleArn"], json.dumps(arguments, sort_keys=True))


def _whole(seconds: Any) -> int:
    try:
        return int(seconds)
    except (TypeError, ValueError):
        raise InvalidSettings(
            f"the stack's aws:assumeRoles: durationSeconds {seconds!r} is not a number of seconds"
        ) from None


def _seconds(duration: Any) -> int:
    try:
        return parse_duration(str(duration))
    except ValueError as error:
        raise InvalidSettings(f"the stack's aws:assumeRoles: duration {error}") from None
