"""The credentials of one set of settings, from botocore's own chain with a few parts replaced.

- Where a profile asks for an MFA code, `prompter` is called, and never a prompt of botocore's.
- A `credential_process` is bounded in time.
- Shared files and the metadata service are those of the stack's config.
- Whatever goes wrong on the way is an exception of botocore's.

Each part is made by the public constructor of botocore's own class.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    AssumeRoleProvider,
    AssumeRoleWithWebIdentityCredentialFetcher,
    CanonicalNameCredentialSourcer,
    ContainerProvider,
    CredentialProvider,
    Credentials,
    DeferredRefreshableCredentials,
    EnvProvider,
    ProcessProvider,
    ProfileProviderBuilder,
)
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    RefreshWithMFAUnsupportedError,
)
from botocore.exceptions import (
    ConnectionError as BotocoreConnectionError,
)

from .credential_process import CredentialProcess
from .roles import AssumeRole, WebIdentity
from .settings import Settings
from .sign_in import is_about_credentials

if TYPE_CHECKING:
    from botocore.session import Session

#: Asks the user for an MFA code, given the prompt; None where nobody can be asked.
Prompter = Callable[[str], str]


class MfaCodeNeeded(CredentialRetrievalError):
    """A profile asks for an MFA code, and nobody can be asked for it."""

    fmt = "the credentials need an MFA code ({prompt}), and nobody can be asked for it here"


class CredentialsFailed(CredentialRetrievalError):
    """The credentials could not be made, for a reason that botocore has no own exception for."""

    fmt = "the credentials could not be read: {why}"


class CredentialsUnreachable(BotoCoreError):
    """What gives the credentials does not answer; the call that they are for was not sent."""

    fmt = "the credentials could not be fetched: {why}"


class Watched:
    """Credentials that fail with exceptions of botocore's only; all else is as they have it."""

    def __init__(self, credentials: Any) -> None:
        self._credentials = credentials

    def __getattr__(self, name: str) -> Any:
        return getattr(self._credentials, name)

    def get_frozen_credentials(self) -> Any:
        """The keys as they are now, renewed before where they have expired."""
        with told_by_botocore():
            return self._credentials.get_frozen_credentials()


@contextmanager
def told_by_botocore() -> Iterator[None]:
    """Turn what goes wrong with credentials inside the block into an exception of botocore's.

    Raises:
        CredentialsUnreachable: nobody has answered, or not to the end.
        CredentialRetrievalError: or another one that is about credentials.
        ClientError: AWS has refused to give credentials.
    """
    try:
        yield
    except ClientError:
        raise
    except RefreshWithMFAUnsupportedError as error:
        # botocore says so at every attempt after the first, also where nobody was ever asked.
        raise MfaCodeNeeded(prompt="a new one for each renewal") from error
    except (HTTPClientError, BotocoreConnectionError) as error:
        raise CredentialsUnreachable(why=error) from error
    except Exception as error:  # also of what the user's files and processes hold
        if is_about_credentials(error):
            raise
        name = "" if isinstance(error, BotoCoreError) else f"{type(error).__name__}: "
        raise CredentialsFailed(why=f"{name}{error}") from error


def find_credentials(
    session: Session, settings: Settings, prompter: Prompter | None
) -> Watched | None:
    """The credentials of the settings; None when there are none.

    Args:
        session: Makes the clients that fetch credentials, and reads the shared files.
        settings: Which credentials.
        prompter: Asks for an MFA code; None where nobody can be asked.

    Raises:
        botocore.exceptions.BotoCoreError: they cannot be made.
    """
    with told_by_botocore():
        credentials = _base(session, settings, prompter)
        for role in settings.assume_roles:
            if credentials is None:
                raise NoCredentialsError
            credentials = _assumed(session, role, credentials)
    return None if credentials is None else Watched(credentials)


def _base(session: Session, settings: Settings, prompter: Prompter | None) -> Any:
    if settings.access_key and settings.secret_key:
        return Credentials(
            settings.access_key, settings.secret_key, settings.token, method="stack-config"
        )
    if settings.web_identity:
        return _with_web_identity(session, settings.web_identity)
    chain = session.get_component("credential_provider")
    profile = session.get_config_variable("profile") or "default"
    chain.providers = Chain(session, settings, prompter).of(chain.providers, profile)
    return chain.load_credentials()


def _with_web_identity(session: Session, identity: WebIdentity) -> DeferredRefreshableCredentials:
    def token() -> str:
        if identity.token or not identity.token_file:
            return identity.token or ""
        with open(identity.token_file, encoding="utf-8") as file:  # noqa: PTH123 - may be a pipe
            return file.read().strip()

    fetcher = AssumeRoleWithWebIdentityCredentialFetcher(
        client_creator=session.create_client,
        web_identity_token_loader=token,
        role_arn=identity.role_arn,
        extra_args=json.loads(identity.arguments),
    )
    return DeferredRefreshableCredentials(
        method="assume-role-with-web-identity", refresh_using=fetcher.fetch_credentials
    )


def _assumed(session: Session, role: AssumeRole, source: Any) -> DeferredRefreshableCredentials:
    """Credentials that come from AssumeRole and are renewed before they expire."""
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=session.create_client,
        source_credentials=source,
        role_arn=role.role_arn,
        extra_args=json.loads(role.arguments),
    )
    return DeferredRefreshableCredentials(
        method="assume-role", refresh_using=fetcher.fetch_credentials
    )


class Chain:
    """botocore's chain of credential providers with some of them replaced.

    It also makes the providers of a `source_profile`, in the place of botocore's builder.
    """

    def __init__(self, session: Session, settings: Settings, prompter: Prompter | None) -> None:
        self._session = session
        self._settings = settings
        self._prompter = prompter
        self._cache: dict[str, Any] = {}
        self._builder = ProfileProviderBuilder(session, self._cache, settings.region)

    def of(self, providers: list[Any], profile: str) -> list[Any]:
        """The providers, with ours in the place of botocore's."""
        replace: Final[dict[str, Callable[[], Any]]] = {
            "assume-role": lambda: self._assume_role(providers, profile),
        }
        if self._prompter is None:
            # Where somebody can be asked, a process may ask as well, and Ctrl-C ends it.
            replace["custom-process"] = lambda: self._process(profile)
        if self._settings.shared_config_files or self._settings.shared_credentials_files:
            replace["shared-credentials-file"] = lambda: _KeysOfProfile(self._session, profile)
            replace["config-file"] = lambda: None
        if self._settings.skips_metadata:
            replace["iam-role"] = lambda: None
        chosen = (
            replace.get(provider.METHOD, lambda: provider)()  # noqa: B023 - called at once
            for provider in providers
        )
        return [provider for provider in chosen if provider is not None]

    def providers(self, profile_name: str, disable_env_vars: bool = False) -> list[Any]:  # noqa: FBT001, FBT002
        """See `ProfileProviderBuilder`: the providers of a `source_profile`."""
        return self.of(self._builder.providers(profile_name, disable_env_vars), profile_name)

    def _assume_role(self, providers: list[Any], profile: str) -> AssumeRoleProvider:
        metadata = [provider for provider in providers if provider.METHOD == "iam-role"]
        return AssumeRoleProvider(
            load_config=lambda: self._session.full_config,
            client_creator=self._session.create_client,
            cache=self._cache,
            profile_name=profile,
            prompter=self._code,
            credential_sourcer=CanonicalNameCredentialSourcer(
                [EnvProvider(), ContainerProvider(), *metadata]
            ),
            profile_provider_builder=self,
        )

    def _process(self, profile: str) -> ProcessProvider:
        return ProcessProvider(
            profile_name=profile,
            load_config=lambda: self._session.full_config,
            popen=CredentialProcess,
        )

    def _code(self, prompt: str) -> str:
        code = self._prompter(prompt).strip() if self._prompter else ""
        if not code:
            raise MfaCodeNeeded(prompt=prompt.strip(": "))
        return code


class _KeysOfProfile(CredentialProvider):
    """Keys that stand in one of the stack's shared files, whichever it is."""

    METHOD = "shared-credentials-file"

    def __init__(self, session: Session, profile: str) -> None:
        super().__init__(session)
        self._profile = profile

    def load(self) -> Credentials | None:
        """See `CredentialProvider`."""
        found: dict[str, str] = self.session.full_config["profiles"].get(self._profile, {})
        key, secret = found.get("aws_access_key_id"), found.get("aws_secret_access_key")
        if key is None:
            return None
        if secret is None:
            raise PartialCredentialsError(provider=self.METHOD, cred_var="aws_secret_access_key")
        return Credentials(key, secret, found.get("aws_session_token"), method=self.METHOD)
