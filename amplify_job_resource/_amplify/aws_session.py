"""A session of botocore's with the settings of a stack: each client that it makes has them.

That includes the clients that botocore makes by itself to fetch credentials, from STS and SSO.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from typing import Any, Final

from botocore.config import Config
from botocore.configloader import load_config, raw_config_parse
from botocore.exceptions import ConfigNotFound
from botocore.session import Session

from .credentials import Prompter, Watched, find_credentials
from .settings import Settings

#: For the calls that fetch credentials: somebody waits for each of them, before anything begins.
_QUICK: Final[dict[str, Any]] = {
    "connect_timeout": 5,
    "read_timeout": 10,
    "retries": {"mode": "standard", "total_max_attempts": 3},
}


class AwsSession(Session):
    """botocore's session, as the settings want it.

    Args:
        settings: How to reach AWS.
        prompter: Asks for an MFA code; None where nobody can be asked.

    Raises:
        botocore.exceptions.BotoCoreError: a method cannot do what the settings ask for.
    """

    def __init__(self, settings: Settings, prompter: Prompter | None = None) -> None:
        super().__init__(profile=settings.profile)
        self.settings = settings
        self._prompter = prompter
        self._found: list[Watched | None] = []
        self._files: dict[str, Any] | None = None
        self.set_default_client_config(Config(**_QUICK))
        variables = {
            "region": settings.region,
            "use_fips_endpoint": settings.use_fips,
            "use_dualstack_endpoint": settings.use_dualstack,
            "ec2_metadata_service_endpoint": settings.metadata_endpoint,
            "ec2_metadata_service_endpoint_mode": settings.metadata_endpoint_mode,
            # Older botocores call the global endpoint for some regions.
            "sts_regional_endpoints": "regional" if settings.sts_region else None,
        }
        for name, value in variables.items():
            if value is not None:
                self.set_config_variable(name, value)
        if settings.insecure:
            warnings.filterwarnings("ignore", message="Unverified HTTPS request")

    def create_client(self, service_name: str, *args: Any, **options: Any) -> Any:
        """See `Session`: a client with the stack's endpoint, region, certificates and proxy."""
        settings = self.settings
        own = {
            "amplify": settings.endpoint,
            "sts": settings.sts_endpoint,
            "sso": settings.sso_endpoint,
        }
        if own.get(service_name) and not options.get("endpoint_url"):
            options["endpoint_url"] = own[service_name]
        if service_name == "sts":
            options["region_name"] = (
                settings.sts_region or options.get("region_name") or settings.region
            )
        if settings.insecure or settings.ca_bundle:
            options["verify"] = False if settings.insecure else settings.ca_bundle
        if options.get("endpoint_url") or _environment_has_endpoint(service_name):
            # Variants are those of AWS's own endpoints; botocore refuses them with another one.
            plain = Config(use_fips_endpoint=False, use_dualstack_endpoint=False)
            options["config"] = _merged(plain, options.get("config"))
        client = super().create_client(service_name, *args, **options)
        if settings.proxies is None:
            return client
        # Only a client that is made tells its endpoint, and so which proxy it needs.
        proxies = Config(proxies=settings.proxies.of(client.meta.endpoint_url))
        options["config"] = _merged(options.get("config"), proxies)
        return super().create_client(service_name, *args, **options)

    def get_credentials(self, *_: Any) -> Any:
        """See `Session`: the credentials of the settings, looked for once."""
        if not self._found:
            self._found.append(find_credentials(self, self.settings, self._prompter))
        return self._found[0]

    @property
    def full_config(self) -> dict[str, Any]:
        """See `Session`: what the shared files hold, those of the stack if it names some."""
        settings = self.settings
        if not (settings.shared_config_files or settings.shared_credentials_files):
            return dict(super().full_config)
        if self._files is None:
            self._files = {"profiles": {}}
            default = (self.get_config_variable("config_file"),)
            for file in settings.shared_config_files or default:
                _add(self._files, _read(load_config, file))
            default = (self.get_config_variable("credentials_file"),)
            for file in settings.shared_credentials_files or default:
                _add(self._files, {"profiles": _read(raw_config_parse, file)})
        return self._files


def _read(parse: Callable[[str], Any], file: str) -> dict[str, Any]:
    try:
        return dict(parse(file))
    except ConfigNotFound:
        return {}


def _add(to: dict[str, Any], more: dict[str, Any]) -> None:
    """Add sections and values; a later value replaces an earlier one."""
    for name, value in more.items():
        if isinstance(value, dict):
            _add(to.setdefault(name, {}), value)
        else:
            to[name] = value


def _environment_has_endpoint(service: str) -> bool:
    return any(os.environ.get(f"AWS_ENDPOINT_URL{of}") for of in ("", f"_{service.upper()}"))


def _merged(config: Config | None, other: Config | None) -> Config | None:
    if config is None or other is None:
        return config or other
    return config.merge(other)
