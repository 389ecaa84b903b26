"""Credentials from botocore's own chain, with nobody prompted and nothing that hangs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from amplify_job_resource._amplify.aws_session import AwsSession
from amplify_job_resource._amplify.credential_process import CredentialProcess
from amplify_job_resource._amplify.credentials import (
    Chain,
    CredentialsFailed,
    CredentialsUnreachable,
    MfaCodeNeeded,
    told_by_botocore,
)
from amplify_job_resource._amplify.roles import AssumeRole, WebIdentity
from amplify_job_resource._amplify.settings import Settings
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    EndpointConnectionError,
    InvalidConfigError,
    NoCredentialsError,
    ReadTimeoutError,
    RefreshWithMFAUnsupportedError,
    SSOTokenLoadError,
)
from botocore.session import Session

from tests.aws_server import AwsServer, aws_server

ROLE = "arn:aws:iam::111122223333:role/"
MFA = "arn:aws:iam::111122223333:mfa/me"


@pytest.fixture
def aws() -> Iterator[AwsServer]:
    with aws_server() as server:
        yield server


def config(text: str) -> None:
    """Make this the shared config."""
    Path(os.environ["AWS_CONFIG_FILE"]).write_text(text, "utf-8")


def process(code: str) -> str:
    """The line of a `credential_process` that runs Python code."""
    return f'credential_process = {sys.executable} -c "{code}"'


def settings(aws: AwsServer | None = None, **members: Any) -> Settings:
    url = aws.url if aws else "http://127.0.0.1:1"
    return Settings(**{"region": "eu-west-1", "sts_endpoint": url, **members})


def key(settings: Settings, ask: Callable[[str], str] | None = None) -> str:
    """The access key that a call with these settings is signed with."""
    credentials = AwsSession(settings, ask).get_credentials()
    return str(credentials.get_frozen_credentials().access_key)


# --- the chain is botocore's -----------------------------------------------------------------------


@pytest.mark.parametrize("profile", [None, "dev"])
def test_the_chain_has_the_parts_of_botocores(profile: str | None) -> None:
    """The same ways in the same order; two of them are ours. A new botocore that differs fails here."""
    config("[profile dev]\nregion = eu-west-1\n")
    theirs = Session(profile=profile).get_component("credential_provider").providers
    session = AwsSession(settings(profile=profile))
    session.get_credentials()
    ours = session.get_component("credential_provider").providers
    assert [each.METHOD for each in ours] == [each.METHOD for each in theirs]
    assert {type(one) for one in ours} == {type(one) for one in theirs}
    assert {"assume-role", "custom-process"} <= {each.METHOD for each in ours}


def test_a_source_profile_has_the_same_parts() -> None:
    """What botocore's builder makes for a profile, with the process bounded as well."""
    session = AwsSession(settings())
    chain = Chain(session, session.settings, None)
    found = chain.providers("dev", disable_env_vars=True)
    assert "custom-process" in [each.METHOD for each in found]
    (bounded,) = [each for each in found if each.METHOD == "custom-process"]
    assert vars(bounded)["_popen"] is CredentialProcess


def test_keys_of_the_environment_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without settings the chain is boto3's, as ever."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    assert key(settings()) == "AKID"


def test_there_may_be_none() -> None:
    """As botocore's session says it, and a role needs some."""
    assert AwsSession(settings()).get_credentials() is None
    with pytest.raises(NoCredentialsError):
        AwsSession(settings(assume_roles=(AssumeRole("arn"),))).get_credentials()


def test_they_are_looked_for_once() -> None:
    """The two clients of a stack do not run a `credential_process` twice, nor ask the metadata."""
    marker = Path(os.environ["AWS_CONFIG_FILE"]).with_name("runs")
    printed = json.dumps({"Version": 1, "AccessKeyId": "AK", "SecretAccessKey": "s"})
    code = f"open('{marker}', 'a').write('x'); print('''{printed}''')".replace('"', '\\"')
    config(f"[profile dev]\n{process(code)}\n")
    session = AwsSession(settings(profile="dev"))
    for _ in range(2):
        session.create_client("amplify", region_name="eu-west-1")
    assert session.get_credentials().get_frozen_credentials().access_key == "AK"
    assert marker.read_text("utf-8") == "x"


# --- MFA -------------------------------------------------------------------------------------------

KEYS = "aws_access_key_id = AKBASE\naws_secret_access_key = s\n"
WITH_MFA = f"""
[profile base]
{KEYS}
[profile dev]
role_arn = {ROLE}dev
source_profile = base
mfa_serial = {MFA}

[profile far]
role_arn = {ROLE}far
source_profile = dev
"""


@pytest.mark.parametrize("profile", ["dev", "far"])
@pytest.mark.parametrize("where", ["settings", "environment"])
def test_nobody_is_prompted_for_a_code(
    profile: str, where: str, aws: AwsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the profile is named, also at the far end of a chain of roles: an exception."""
    config(WITH_MFA)
    if where == "environment":
        monkeypatch.setenv("AWS_PROFILE", profile)
    with pytest.raises(MfaCodeNeeded) as caught:
        key(settings(aws, profile=profile if where == "settings" else None))
    assert str(caught.value) == (
        f"the credentials need an MFA code (Enter MFA code for {MFA}), and nobody can be asked for it "
        "here"
    )
    assert aws.calls == []


def test_whoever_can_be_asked_is_asked(aws: AwsServer) -> None:
    """A shell asks, and its answer goes to STS; once, since a renewal would ask again."""
    config(WITH_MFA)
    asked: list[str] = []

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return " 123456\n"

    aws.expiration = "2001-01-01T00:00:00Z"
    session = AwsSession(settings(aws, profile="dev"), ask)
    with pytest.raises(CredentialsFailed, match="refreshed credentials are still expired"):
        session.get_credentials().get_frozen_credentials()
    assert asked == [f"Enter MFA code for {MFA}: "]
    assert (aws.calls[0][1]["SerialNumber"], aws.calls[0][1]["TokenCode"]) == (MFA, "123456")
    with pytest.raises(MfaCodeNeeded, match="a new one for each renewal"):
        session.get_credentials().get_frozen_credentials()
    assert len(asked) == 1


def test_no_answer_is_no_code(aws: AwsServer) -> None:
    """Whoever types nothing, or ends the input, is not signed in."""
    config(WITH_MFA)
    with pytest.raises(MfaCodeNeeded):
        key(settings(aws, profile="dev"), lambda _: "")


def test_a_chain_of_profiles_still_works(aws: AwsServer) -> None:
    """Roles of the shared config are assumed as botocore does it, with the stack's STS endpoint."""
    config(WITH_MFA.replace(f"mfa_serial = {MFA}", ""))
    assert key(settings(aws, profile="far")) == "ASIAFAR"
    assert aws.keys == ["AKBASE", "ASIADEV"]


def test_a_credential_source_still_works(aws: AwsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """`credential_source = Environment` of a profile that the stack names."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKENV")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    config(f"[profile dev]\nrole_arn = {ROLE}dev\ncredential_source = Environment\n")
    assert key(settings(aws, profile="dev")) == "ASIADEV"
    assert aws.keys == ["AKENV"]


# --- processes, tokens and files that fail ---------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import sys; sys.exit('vault is sealed')", "vault is sealed"),
        ("print('hush')", "did not print the JSON"),
        ("print('{}')", "Unsupported version"),
        ("print('{\\\\'Version\\\\': 1}'.replace(chr(39), chr(34)))", "Missing required key"),
    ],
)
def test_a_process_that_fails_is_about_credentials(code: str, message: str) -> None:
    """Also where a role takes its keys from that profile."""
    role = f"[profile role]\nrole_arn = {ROLE}dev\nsource_profile = dev\n"
    config(f"[profile dev]\n{process(code)}\n{role}")
    for profile in ("dev", "role"):
        with pytest.raises(CredentialRetrievalError, match=message):
            key(settings(profile=profile))


def test_where_somebody_can_be_asked_a_process_is_not_bounded() -> None:
    """It may ask as well, in the same terminal, and Ctrl-C ends it."""
    session = AwsSession(settings())
    chain = Chain(session, session.settings, lambda _: "123456")
    (theirs,) = [each for each in chain.providers("dev") if each.METHOD == "custom-process"]
    assert vars(theirs)["_popen"] is not CredentialProcess


def test_a_token_file_that_is_not_there(aws: AwsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the stack, of a profile or of the environment: about credentials, and no fault of ours."""
    missing = {"web_identity": WebIdentity(f"{ROLE}dev", None, "/nowhere")}
    with pytest.raises(CredentialsFailed, match="No such file or directory: '/nowhere'"):
        key(settings(aws, **missing))
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "/nowhere")
    monkeypatch.setenv("AWS_ROLE_ARN", f"{ROLE}dev")
    with pytest.raises(CredentialsFailed, match="No such file or directory: '/nowhere'"):
        key(settings(aws))


@pytest.mark.parametrize("from_file", [False, True])
def test_a_web_identity_is_assumed_and_renewed(
    from_file: bool, aws: AwsServer, tmp_path: Path
) -> None:
    """The token itself or the file's; a role may be assumed on top of it, unsigned calls first."""
    file = tmp_path / "token"
    file.write_text("from-file\n", "utf-8")
    identity = WebIdentity(
        f"{ROLE}web",
        None if from_file else "from-config",
        str(file) if from_file else None,
        '{"RoleSessionName": "me"}',
    )
    used = settings(aws, web_identity=identity, assume_roles=(AssumeRole(f"{ROLE}last"),))
    assert key(used) == "ASIALAST"
    assert aws.actions == ["AssumeRoleWithWebIdentity", "AssumeRole"]
    assert aws.keys == ["", "ASIAWEB"]
    asked = aws.calls[0][1]
    assert asked["WebIdentityToken"] == ("from-file" if from_file else "from-config")
    assert (asked["RoleArn"], asked["RoleSessionName"]) == (f"{ROLE}web", "me")


def test_an_sso_session_that_is_missing_is_about_credentials() -> None:
    """`aws sso login` was never run, or its token was deleted."""
    config(
        "[profile dev]\nsso_start_url = https://example.com/start\nsso_region = eu-west-1\n"
        "sso_account_id = 111122223333\nsso_role_name = dev\n"
    )
    with pytest.raises(SSOTokenLoadError):
        key(settings(profile="dev"))


# --- the stack's files and metadata ----------------------------------------------------------------


def test_the_stacks_files_are_read_as_one(aws: AwsServer, tmp_path: Path) -> None:
    """Profiles may be spread over several files; later ones come first, and missing ones are none."""
    one, two, keys, more = (tmp_path / name for name in ("one", "two", "keys", "more"))
    one.write_text(f"[profile dev]\nrole_arn = {ROLE}one\nsource_profile = base\n", "utf-8")
    two.write_text(f"[profile dev]\nrole_arn = {ROLE}two\n", "utf-8")
    keys.write_text(f"[base]\n{KEYS}", "utf-8")
    more.write_text("[base]\naws_access_key_id = AKMORE\n", "utf-8")
    used = settings(
        aws,
        profile="dev",
        shared_config_files=(str(one), str(two), "/nowhere"),
        shared_credentials_files=(str(keys), str(more), "/nowhere"),
    )
    assert key(used) == "ASIATWO"
    assert aws.keys == ["AKMORE"]
    assert key(settings(shared_credentials_files=(str(keys),), profile="base")) == "AKBASE"
    assert AwsSession(settings(shared_credentials_files=(str(two),))).get_credentials() is None


def test_half_a_pair_of_keys_in_a_file_is_about_credentials(tmp_path: Path) -> None:
    """As botocore says it of its own files."""
    file = tmp_path / "keys"
    file.write_text("[dev]\naws_access_key_id = AK\n", "utf-8")
    with pytest.raises(BotoCoreError, match="missing: aws_secret_access_key"):
        key(settings(profile="dev", shared_credentials_files=(str(file),)))


def test_the_metadata_service_can_be_left_out() -> None:
    """`skipMetadataApiCheck`: the machine's role is no way to credentials."""
    session = AwsSession(settings(skips_metadata=True))
    session.get_credentials()
    methods = [each.METHOD for each in session.get_component("credential_provider").providers]
    assert "iam-role" not in methods
    assert "container-role" in methods


# --- what goes wrong on the way ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (EndpointConnectionError(endpoint_url="x"), CredentialsUnreachable),
        (ReadTimeoutError(endpoint_url="x"), CredentialsUnreachable),
        (InvalidConfigError(error_msg="x"), CredentialsFailed),
        (ValueError("x"), CredentialsFailed),
        (FileNotFoundError("x"), CredentialsFailed),
        (RuntimeError("still expired"), CredentialsFailed),
        (NoCredentialsError(), NoCredentialsError),
        (MfaCodeNeeded(prompt="x"), MfaCodeNeeded),
        (RefreshWithMFAUnsupportedError(), MfaCodeNeeded),
        (ClientError({}, "AssumeRole"), ClientError),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ],
)
def test_what_goes_wrong_is_told_by_botocore(
    error: BaseException, expected: type[BaseException]
) -> None:
    """No release takes a broken file for a fault of ours, nor a silent STS for a lost StartJob."""
    with pytest.raises(expected) as caught, told_by_botocore():
        raise error
    assert type(caught.value) is expected


def test_an_sts_that_is_away_has_sent_nothing() -> None:
    """It is unreachable, which is known not to have started a job."""
    used = settings(access_key="AK", secret_key="s", assume_roles=(AssumeRole(f"{ROLE}dev"),))
    with pytest.raises(CredentialsUnreachable, match="could not be fetched: Could not connect"):
        key(used)
