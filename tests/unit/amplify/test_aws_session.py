"""Every client of a session has the stack's settings, also those that botocore makes by itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from amplify_job_resource._amplify.aws_session import AwsSession
from amplify_job_resource._amplify.credentials import CredentialsFailed
from amplify_job_resource._amplify.proxies import Proxies
from amplify_job_resource._amplify.settings import Settings
from botocore.exceptions import SSLError

from tests.aws_server import AwsServer, aws_server
from tests.secure_server import Secure, secure_server


@pytest.fixture
def aws() -> Iterator[AwsServer]:
    with aws_server() as server:
        yield server


def session(**members: Any) -> AwsSession:
    """A session with keys, in one region."""
    keys = {"access_key": "AK", "secret_key": "s"}
    return AwsSession(Settings(**{"region": "eu-west-1", **keys, **members}))


def url(service: str, **members: Any) -> str:
    """Where a client of the service goes."""
    return str(session(**members).create_client(service, region_name="eu-west-1").meta.endpoint_url)


@pytest.mark.parametrize(
    ("service", "settings", "endpoint"),
    [
        ("amplify", {}, "https://amplify.eu-west-1.amazonaws.com"),
        ("amplify", {"endpoint": "http://a"}, "http://a"),
        ("sts", {"sts_endpoint": "http://s"}, "http://s"),
        ("sso", {"sso_endpoint": "http://o"}, "http://o"),
        (
            "sts",
            {"endpoint": "http://a", "sts_region": "eu-north-1"},
            "sts.eu-north-1.amazonaws.com",
        ),
        ("sts", {"sts_region": "us-east-1"}, "sts.us-east-1.amazonaws.com"),
        ("amplify", {"use_fips": True}, "https://amplify-fips.eu-west-1.amazonaws.com"),
        ("amplify", {"use_dualstack": True}, "https://amplify.eu-west-1.api.aws"),
        ("amplify", {"use_fips": True, "endpoint": "http://a"}, "http://a"),
    ],
)
def test_a_client_goes_to_the_stacks_endpoint(
    service: str, settings: dict[str, Any], endpoint: str
) -> None:
    """By service, by region of STS, and by the variants of AWS's own endpoints."""
    assert endpoint in url(service, **settings)


def test_a_call_reaches_a_custom_endpoint_also_with_fips(aws: AwsServer) -> None:
    """The variants are those of AWS's own endpoints: botocore would refuse both together."""
    made = session(endpoint=aws.url, use_fips=True, use_dualstack=True)
    client = made.create_client("amplify", region_name="eu-west-1")
    assert client.get_app(appId="d1a2")["app"]
    assert aws.paths == ["/apps/d1a2"]


def test_a_call_reaches_the_environments_endpoint_also_with_fips(
    aws: AwsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same where `AWS_ENDPOINT_URL_AMPLIFY` names it, for example an emulator's."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_AMPLIFY", aws.url)
    client = session(use_fips=True).create_client("amplify", region_name="eu-west-1")
    assert client.get_app(appId="d1a2")["app"]


def test_a_call_goes_through_the_stacks_proxy(aws: AwsServer) -> None:
    """The proxy is asked for the whole address, with every client of the session."""
    made = session(endpoint="http://amplify.invalid", proxies=Proxies(http=aws.url))
    made.create_client("amplify", region_name="eu-west-1").get_app(appId="d1a2")
    assert aws.paths == ["http://amplify.invalid/apps/d1a2"]


def test_a_host_without_a_proxy_is_called_directly(aws: AwsServer) -> None:
    """This machine never needs one, whatever the environment says."""
    made = session(endpoint=aws.url, proxies=Proxies(http="http://127.0.0.1:1"))
    made.create_client("amplify", region_name="eu-west-1").get_app(appId="d1a2")
    assert aws.paths == ["/apps/d1a2"]


def test_clients_that_botocore_makes_have_the_settings(aws: AwsServer) -> None:
    """A role of the shared config is assumed through the stack's proxy, at the stack's STS."""
    Path(os.environ["AWS_CONFIG_FILE"]).write_text(
        "[profile base]\naws_access_key_id = AK\naws_secret_access_key = s\n"
        "[profile dev]\nrole_arn = arn:aws:iam::111122223333:role/dev\nsource_profile = base\n",
        "utf-8",
    )
    settings = Settings(
        region="eu-west-1",
        profile="dev",
        sts_endpoint="http://sts.invalid",
        proxies=Proxies(http=aws.url),
    )
    credentials = AwsSession(settings).get_credentials().get_frozen_credentials()
    assert credentials.access_key == "ASIADEV"
    assert aws.paths == ["http://sts.invalid/"]


def test_fetching_credentials_is_given_up_soon() -> None:
    """Somebody waits for it before anything begins."""
    config: Any = session().create_client("sts").meta.config
    assert (config.connect_timeout, config.read_timeout) == (5, 10)
    assert config.retries["total_max_attempts"] == 3


def test_the_metadata_service_is_the_stacks() -> None:
    """Its address and its protocol are botocore's variables of the session."""
    made = session(metadata_endpoint="http://m", metadata_endpoint_mode="IPv6")
    assert made.get_config_variable("ec2_metadata_service_endpoint") == "http://m"
    assert made.get_config_variable("ec2_metadata_service_endpoint_mode") == "IPv6"
    wrong = AwsSession(Settings(region="eu-west-1", metadata_endpoint_mode="IPv7"))
    with pytest.raises(CredentialsFailed, match="endpoint mode: IPv7"):
        wrong.get_credentials()


# --- certificates ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secure]:
    with secure_server(
        tmp_path_factory.mktemp("tls") / "ca.pem", b'{"app": {"name": "site"}}'
    ) as server:
        yield server


def app_name(secure: Secure, **members: Any) -> str:
    made = session(endpoint=secure.url, **members)
    return str(
        made.create_client("amplify", region_name="eu-west-1").get_app(appId="d1")["app"]["name"]
    )


def test_a_private_authority_is_trusted_if_the_stack_says_so(secure: Secure) -> None:
    """`customCaBundle` names its certificate; `insecure` asks for none, and warns nobody."""
    assert app_name(secure, ca_bundle=str(secure.certificate)) == "site"
    assert app_name(secure, insecure=True) == "site"
    with pytest.raises(SSLError):
        app_name(secure)
