"""What a person reads when credentials do not work: where they come from, and how to sign in."""

from __future__ import annotations

import botocore.exceptions
import pytest
from amplify_job_resource._amplify.credentials import (
    CredentialsFailed,
    CredentialsUnreachable,
    MfaCodeNeeded,
)
from amplify_job_resource._amplify.setting_names import PROVIDER, SHELL, of_provider
from amplify_job_resource._amplify.settings import Settings
from amplify_job_resource._amplify.sign_in import is_about_credentials, sign_in_advice
from botocore.exceptions import (
    BotoCoreError,
    NoCredentialsError,
    ProfileNotFound,
    RefreshWithMFAUnsupportedError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)


@pytest.mark.parametrize(
    ("settings", "error", "advice"),
    [
        (
            Settings(default_profile="ci"),
            MfaCodeNeeded(prompt="x"),
            '--profile ci --format env)"` asks for the code and exports keys for some hours.',
        ),
        (
            Settings(profile="ci"),
            RefreshWithMFAUnsupportedError(),
            "and give no profile, since exported keys come after one.",
        ),
        (Settings(profile="ci"), UnauthorizedSSOTokenError(), "`aws sso login --profile ci`."),
        (Settings(profile="a b"), UnauthorizedSSOTokenError(), "`aws sso login --profile 'a b'`."),
        (Settings(), TokenRetrievalError(provider="sso", error_msg="x"), "`aws sso login`."),
        (Settings(profile="ci"), ProfileNotFound(profile="ci"), "shared config of this machine?"),
        (
            Settings(default_profile="ci"),
            ProfileNotFound(profile="ci"),
            "name in AWS_PROFILE right",
        ),
        (Settings(), CredentialsFailed(why="x"), "Mend that, or use other credentials"),
        (Settings(), NoCredentialsError(), "Set aws:profile, AWS_PROFILE or keys, or sign in"),
        (Settings(), None, "Set aws:profile, AWS_PROFILE or keys, or sign in"),
        (Settings(names=SHELL), None, "Set --profile, AWS_PROFILE or keys, or sign in"),
        (Settings(names=PROVIDER), None, "Set amplify-job:profile, AWS_PROFILE or keys, or sign"),
        (
            Settings(names=of_provider("west")),
            CredentialsFailed(why="x"),
            "(profile of the provider west, AWS_PROFILE, keys)",
        ),
    ],
)
def test_the_advice_fits_the_exception(
    settings: Settings, error: BotoCoreError | None, advice: str
) -> None:
    """Each kind of credentials has its own command, with the profile in force."""
    text = sign_in_advice(settings, error)
    assert text.startswith(f"The credentials come from {settings.chain}. ")
    assert advice in text


@pytest.mark.skipif(
    not hasattr(botocore.exceptions, "LoginRefreshRequired"), reason="an older botocore"
)
def test_a_login_session_is_renewed_with_aws_login() -> None:
    """`aws login` is not `aws sso login`."""
    error = vars(botocore.exceptions)["LoginRefreshRequired"]()
    assert "`aws login --profile ci`" in sign_in_advice(Settings(profile="ci"), error)
    assert is_about_credentials(error)


def test_our_own_exceptions_are_known() -> None:
    """A missing code and unreadable credentials are about credentials; a silent server is not."""
    assert is_about_credentials(MfaCodeNeeded(prompt="x"))
    assert is_about_credentials(CredentialsFailed(why="x"))
    assert not is_about_credentials(CredentialsUnreachable(why="x"))
