"""Settings: how to reach AWS, from the resource, the stack's config and the environment.

Each setting is taken from the first of these that has it: the input, the stack's `aws:` config, boto3's
own chain. So a user of Pulumi's AWS provider configures AWS only once.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._values.text import shortened
from ..errors import InvalidSettings
from . import stack_config
from .ids import is_region
from .proxies import Proxies, proxies
from .roles import AssumeRole, WebIdentity, assume_roles, web_identity
from .setting_names import STACK, SettingNames
from .stack_config import refuse, refusing


@dataclass(frozen=True, slots=True, repr=False)
class Settings:
    """How to reach AWS; has no `repr`, since it can hold keys.

    Attributes:
        default_profile: the profile that boto3's own chain takes, since AWS_PROFILE names it.
        endpoint: Amplify's endpoint, where it is not boto3's.
        sts_region: the region of STS, where it is not `region`.
        shared_config_files: the shared config files, where they are not boto3's.
        allowed_accounts: the account ids that the credentials may belong to; empty for all.
        forbidden_accounts: the account ids that they may not belong to.
        max_attempts: how often a call other than StartJob is sent at most; None for our default.
        names: what messages call the settings.
        skips_metadata: whether the machine's metadata service is not asked for credentials.

    The others are named as in the stack's config.
    """

    region: str | None = None
    profile: str | None = None
    default_profile: str | None = None
    endpoint: str | None = None
    sts_endpoint: str | None = None
    sso_endpoint: str | None = None
    sts_region: str | None = None
    access_key: str | None = None
    secret_key: str | None = None
    token: str | None = None
    web_identity: WebIdentity | None = None
    assume_roles: tuple[AssumeRole, ...] = ()
    shared_config_files: tuple[str, ...] = ()
    shared_credentials_files: tuple[str, ...] = ()
    allowed_accounts: tuple[str, ...] = ()
    forbidden_accounts: tuple[str, ...] = ()
    proxies: Proxies | None = None
    ca_bundle: str | None = None
    insecure: bool = False
    use_fips: bool | None = None
    use_dualstack: bool | None = None
    max_attempts: int | None = None
    retry_mode: str | None = None
    metadata_endpoint: str | None = None
    metadata_endpoint_mode: str | None = None
    skips_metadata: bool = False
    names: SettingNames = STACK

    @property
    def chain(self) -> str:
        """Where the credentials come from, for messages."""
        return self._source + "".join(f", then role {role.role_arn}" for role in self.assume_roles)

    @property
    def _source(self) -> str:
        if self.access_key:
            return self.names.in_config("accessKey")
        if self.web_identity:
            setting = self.names.in_config("assumeRoleWithWebIdentity")
            return f"{setting} ({self.web_identity.role_arn})"
        if self.profile:
            return f"profile '{self.profile}'"
        named = f", AWS_PROFILE '{self.default_profile}'" if self.default_profile else ""
        return f"boto3's default chain (environment, shared files{named}, container, instance)"


def settings_from(
    config: Mapping[str, Any],
    *,
    region: str | None = None,
    profile: str | None = None,
    environ: Mapping[str, str] | None = None,
    names: SettingNames = STACK,
) -> Settings:
    """Settings from inputs, stack config and the environment; no call to AWS.

    Args:
        config: The whole stack config: full keys (`aws:region`), values as text.
        region: The resource's own region.
        profile: The resource's own profile.
        environ: The environment; `os.environ` when left out.
        names: What messages call the settings.

    Raises:
        InvalidSettings: a config value is not of the form that Pulumi's AWS provider takes.
    """
    environ = os.environ if environ is None else environ
    with refusing(names):
        return _settings(config, region, profile, environ, names)


def _settings(
    config: Mapping[str, Any],
    region: str | None,
    profile: str | None,
    environ: Mapping[str, str],
    names: SettingNames,
) -> Settings:
    def read(name: str) -> Any:
        return stack_config.read(config, name)

    if (named := read("region")) and not is_region(named):
        raise refuse("region", f"is {shortened(named)}", "the name of a region such as eu-west-1")
    # What is read here is checked also where it gives way, so that a preview names what is wrong.
    endpoints = _endpoints(config)
    allowed, forbidden = _accounts(config, names)
    identity = web_identity(config)
    keys = {
        "access_key": read("accessKey"),
        "secret_key": read("secretKey"),
        "token": read("token"),
        "web_identity": None if read("accessKey") else identity,
    }
    return Settings(
        region=region
        or named
        or environ.get("AWS_REGION")
        or environ.get("AWS_DEFAULT_REGION")
        or None,
        profile=profile or read("profile"),
        default_profile=environ.get("AWS_DEFAULT_PROFILE") or environ.get("AWS_PROFILE") or None,
        endpoint=endpoints.get("amplify"),
        sts_endpoint=endpoints.get("sts"),
        sso_endpoint=endpoints.get("sso"),
        sts_region=read("stsRegion"),
        # A profile given to the resource itself is nearer than credentials given to the stack.
        **({} if profile else keys),
        assume_roles=assume_roles(config),
        shared_config_files=_paths(read("sharedConfigFiles")),
        shared_credentials_files=_paths(read("sharedCredentialsFiles")),
        allowed_accounts=allowed,
        forbidden_accounts=forbidden,
        proxies=proxies(config),
        ca_bundle=_path(read("customCaBundle")),
        insecure=bool(read("insecure")),
        use_fips=read("useFipsEndpoint"),
        use_dualstack=read("useDualstackEndpoint"),
        max_attempts=read("maxRetries") or None,
        retry_mode=read("retryMode"),
        metadata_endpoint=read("ec2MetadataServiceEndpoint"),
        metadata_endpoint_mode=read("ec2MetadataServiceEndpointMode"),
        skips_metadata=bool(read("skipMetadataApiCheck")),
        names=names,
    )


def _endpoints(config: Mapping[str, Any]) -> dict[str, str]:
    """`aws:endpoints` is a list of maps from service to URL (a single map passes as well)."""
    entries = stack_config.read(config, "endpoints") or []
    found = {service: url for entry in entries for service, url in entry.items() if url}
    if not all(isinstance(url, str) for url in found.values()):
        raise refuse("endpoints", "has an endpoint that is not text")
    return found


def _accounts(
    config: Mapping[str, Any], names: SettingNames
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The allowed and the forbidden account ids; Pulumi's AWS provider refuses to have both."""
    found = {}
    for name in ("allowedAccountIds", "forbiddenAccountIds"):
        accounts = found[name] = tuple(stack_config.read(config, name) or ())
        wrong = [
            account for account in accounts if not (len(account) == 12 and account.isdecimal())
        ]
        if wrong:
            # A guard that can match no account is no guard.
            raise refuse(name, f"has {wrong[0]!r}, which is no account id")
    allowed, forbidden = found.values()
    if allowed and forbidden:
        raise InvalidSettings(f"{names.config} has {names.keys(*found)}: set only one")
    return allowed, forbidden


def _paths(texts: list[str] | None) -> tuple[str, ...]:
    return tuple(str(Path(os.path.expandvars(text)).expanduser()) for text in texts or ())


def _path(text: str | None) -> str | None:
    return _paths([text])[0] if text else None
