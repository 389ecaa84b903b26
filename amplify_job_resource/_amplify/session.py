"""Settings -> boto3 clients, made once per settings and shared.

Making a client takes long; using one from many threads is safe.
"""

from __future__ import annotations

import json
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from ..errors import InvalidSettings
from .settings import AssumeRole, Settings

if TYPE_CHECKING:
    from boto3 import Session
    from mypy_boto3_amplify import AmplifyClient

#: Side-by-side calls that one client serves without waiting for a connection; as many as the plugin
#: process serves, see `plugin_process.MAX_CALLS`.
MAX_CONNECTIONS: Final = 256


class Clients:
    """The shared clients for one set of settings.

    Attributes:
        settings: the settings that they were made from.
        retrying: for every call but StartJob: botocore repeats what was throttled or got no answer.
        single_attempt: for StartJob: each request is sent once.

    Raises:
        errors.InvalidSettings: no client can be made from the settings.
    """

    def __init__(self, settings: Settings) -> None:
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError

        if not settings.region:
            raise InvalidSettings(
                "no AWS region is set: set the stack's aws:region (pulumi config set aws:region …), "
                "the resource's region, or AWS_REGION"
            )
        if bool(settings.access_key) != bool(settings.secret_key):
            raise InvalidSettings(
                "the stack's config has one of aws:accessKey and aws:secretKey and not the other: "
                "set both or none"
            )
        self.settings = settings
        common: dict[str, Any] = {
            "connect_timeout": 10,
            "read_timeout": 60,
            "max_pool_connections": MAX_CONNECTIONS,
            "tcp_keepalive": True,
            "user_agent_extra": "amplify-job-resource",
        }
        try:
            session = _session(settings)
            self._session = session
            self.retrying: AmplifyClient = session.client(
                "amplify",
                endpoint_url=settings.endpoint,
                config=Config(**common, retries={"mode": "standard", "total_max_attempts": 4}),
            )
            # A silent retry of StartJob turns a lost reply into "busy", so nothing is retried here.
            self.single_attempt: AmplifyClient = session.client(
                "amplify",
                endpoint_url=settings.endpoint,
                config=Config(**common, retries={"mode": "standard", "total_max_attempts": 1}),
            )
        except (BotoCoreError, ValueError) as error:
            raise InvalidSettings(
                f"AWS cannot be used with {settings.chain} in {settings.region}: {error}"
            ) from error


_clients: dict[Settings, Clients] = {}
_clients_lock = Lock()


def clients_for(settings: Settings) -> Clients:
    """The shared clients for these settings, made at first use."""
    with _clients_lock:
        if settings not in _clients:
            _clients[settings] = Clients(settings)
        return _clients[settings]


def _session(settings: Settings) -> Session:
    import boto3

    session = boto3.Session(
        aws_access_key_id=settings.access_key,
        aws_secret_access_key=settings.secret_key,
        aws_session_token=settings.token,
        profile_name=settings.profile,
        region_name=settings.region,
    )
    for role in settings.assume_roles:
        session = _assumed(session, role, settings)
    return session


def _assumed(session: Session, role: AssumeRole, settings: Settings) -> Session:
    """A session whose credentials come from AssumeRole and are renewed before they expire."""
    import boto3
    import botocore.session
    from botocore.credentials import (
        AssumeRoleCredentialFetcher,
        CredentialProvider,
        CredentialResolver,
        DeferredRefreshableCredentials,
    )
    from botocore.exceptions import NoCredentialsError

    source = session.get_credentials()
    if source is None:
        raise NoCredentialsError

    def create_client(service: str, **arguments: Any) -> Any:
        # botocore passes the source credentials; region and endpoint are ours to add.
        return botocore.session.Session().create_client(
            service, region_name=settings.region, endpoint_url=settings.sts_endpoint, **arguments
        )

    fetcher = AssumeRoleCredentialFetcher(
        client_creator=create_client,
        source_credentials=source,
        role_arn=role.role_arn,
        extra_args=json.loads(role.arguments),
    )

    class AssumedRole(CredentialProvider):
        """The one place where the session looks for credentials; they renew themselves."""

        METHOD = "assume-role"

        def load(self) -> DeferredRefreshableCredentials:
            return DeferredRefreshableCredentials(
                method=self.METHOD, refresh_using=fetcher.fetch_credentials
            )

    inner = botocore.session.Session()
    inner.register_component("credential_provider", CredentialResolver([AssumedRole()]))
    return boto3.Session(botocore_session=inner, region_name=settings.region)
