"""What a person does about credentials that do not work, by the exception that says so."""

from __future__ import annotations

import shlex
from typing import Final

from .settings import Settings

#: By name, since not every botocore has all of them; what derives from one of them counts as well.
CREDENTIAL_ERRORS: Final = {
    "CredentialRetrievalError",
    "LoginError",
    "MetadataRetrievalError",
    "NoAuthTokenError",
    "NoCredentialsError",
    "PartialCredentialsError",
    "ProfileNotFound",
    "RefreshWithMFAUnsupportedError",
    "SSOError",
    "TokenRetrievalError",
    "UnknownCredentialError",
    "UnknownTokenProviderError",
}
_SSO: Final = {"SSOError", "TokenRetrievalError", "NoAuthTokenError"}
_MFA: Final = {"MfaCodeNeeded", "RefreshWithMFAUnsupportedError"}


def is_about_credentials(error: BaseException) -> bool:
    """Whether an exception of botocore's says that there are no credentials, or none that work."""
    return bool(CREDENTIAL_ERRORS & _names(error))


def sign_in_advice(settings: Settings, error: BaseException | None = None) -> str:
    """Where the credentials come from, and how to get better ones.

    Args:
        settings: How AWS was reached.
        error: botocore's exception; None when AWS itself refuses the credentials.
    """
    names = _names(error) if error else set()
    profile = settings.profile or settings.default_profile
    other = settings.names.alone("profile")
    option = f" --profile {shlex.quote(profile)}" if profile else ""
    if names & _MFA:
        then = (
            f'Sign in first: `eval "$(aws configure export-credentials{option} --format env)"` asks '
            "for the code and exports keys for some hours"
        )
        if settings.profile:
            then += "; and give no profile, since exported keys come after one"
    elif names & _SSO:
        then = f"Sign in again: `aws sso login{option}`"
    elif "LoginError" in names:
        then = f"Sign in again: `aws login{option}`"
    elif "ProfileNotFound" in names:
        name = "name" if settings.profile else "name in AWS_PROFILE"
        then = f"Is the {name} right, and is the profile in the shared config of this machine?"
        return f"The credentials come from {settings.chain}. {then}"
    elif "CredentialRetrievalError" in names:
        then = f"Mend that, or use other credentials ({other}, AWS_PROFILE, keys)"
    else:
        then = f"Set {other}, AWS_PROFILE or keys, or sign in again (aws sso login)"
    return f"The credentials come from {settings.chain}. {then}."


def _names(error: BaseException) -> set[str]:
    return {cls.__name__ for cls in type(error).__mro__}
