"""The clients that are made of settings."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

import botocore.session
import pytest
from amplify_job_resource import InvalidSettings
from amplify_job_resource._amplify.session import Clients, clients_for
from amplify_job_resource._amplify.settings import AssumeRole, Settings, settings_from
from amplify_job_resource.emulator import Control, register
from botocore.awsrequest import AWSPreparedRequest
from moto import mock_aws


def with_keys(region: str = "eu-west-1", endpoint: str | None = None) -> Settings:
    """Settings that make a client."""
    return Settings(region, endpoint=endpoint, access_key="AKIAEXAMPLE", secret_key="secret")


def test_startjob_is_never_retried_and_reads_are() -> None:
    """One client makes a single attempt, the other four; the SDK's retries are part of the promise."""
    clients = Clients(with_keys())
    for client, attempts in ((clients.single_attempt, 1), (clients.retrying, 4)):
        assert client.meta.region_name == "eu-west-1"
        config: Any = client.meta.config
        assert config.retries == {"mode": "standard", "total_max_attempts": attempts}
        assert (config.connect_timeout, config.read_timeout) == (10, 60)


def test_the_endpoint_is_the_configured_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """`aws:endpoints` comes before `AWS_ENDPOINT_URL_AMPLIFY`, and that before AWS."""

    def endpoint(given: str | None = None) -> str:
        return Clients(with_keys(endpoint=given)).retrying.meta.endpoint_url

    assert endpoint() == "https://amplify.eu-west-1.amazonaws.com"
    monkeypatch.setenv("AWS_ENDPOINT_URL_AMPLIFY", "http://127.0.0.1:1")
    assert endpoint() == "http://127.0.0.1:1"
    assert endpoint("http://127.0.0.1:2") == "http://127.0.0.1:2"


def test_clients_are_shared() -> None:
    """The same settings have the same clients, others have their own."""
    one = clients_for(with_keys())
    assert clients_for(with_keys()) is one
    assert clients_for(with_keys("eu-north-1")) is not one


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (Settings(), "no AWS region is set"),
        (
            Settings(region="eu-west-1", profile="nobody"),
            r"profile 'nobody' in eu-west-1: .*nobody",
        ),
        (Settings(region="eu-west-1", access_key="AK"), "aws:accessKey and aws:secretKey"),
        (Settings(region="eu-west-1", secret_key="SK"), "aws:accessKey and aws:secretKey"),
        (with_keys(endpoint="no url"), "no url"),
        (
            Settings(region="eu-west-1", assume_roles=(AssumeRole("arn:role"),)),
            "then role arn:role in eu-west-1: Unable to locate credentials",
        ),
    ],
)
def test_settings_that_make_no_client_are_a_sentence(settings: Settings, message: str) -> None:
    """Whatever boto3 says of settings comes with where they come from."""
    with pytest.raises(InvalidSettings, match=message):
        Clients(settings)


def test_roles_are_assumed_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first role is assumed with the base keys, the next with the first's, AWS sees the last's."""
    base = "AKIAIOSFODNN7EXAMPLE"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", base)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    register()
    roles = [
        {"roleArn": "arn:aws:iam::123456789012:role/one", "externalId": "outside"},
        {"roleArn": "arn:aws:iam::123456789012:role/two", "duration": "45m", "sessionName": "last"},
    ]
    config = {"aws:assumeRoles": json.dumps(roles), "aws:region": "us-east-1"}
    assumed: list[tuple[str, dict[str, str]]] = []

    def watch(request: AWSPreparedRequest, **_: Any) -> None:
        body = request.body.decode() if isinstance(request.body, bytes) else str(request.body)
        asked = {name: values[0] for name, values in parse_qs(body).items()}
        assumed.append((_access_key(request), asked))

    with mock_aws(config={"core": {"mock_credentials": False}}):
        made = botocore.session.Session.create_client

        def create_client(self: Any, service: str, *args: Any, **kwargs: Any) -> Any:
            client = made(self, service, *args, **kwargs)
            if service == "sts":
                client.meta.events.register("before-send.sts.AssumeRole", watch)
            return client

        monkeypatch.setattr(botocore.session.Session, "create_client", create_client)
        control = Control()
        control.reset()
        control.create_app("d1a2")
        clients = Clients(settings_from(config))
        assert assumed == []
        clients.retrying.get_app(appId="d1a2")
        clients.single_attempt.start_job(appId="d1a2", branchName="main", jobType="RELEASE")
        keys = {call["access_key"] for call in control.calls()}

    (first_key, first), (second_key, second) = assumed
    assert (first["RoleArn"], first["ExternalId"]) == (roles[0]["roleArn"], "outside")
    assert (second["RoleArn"], second["DurationSeconds"]) == (roles[1]["roleArn"], "2700")
    assert second["RoleSessionName"] == "last"
    assert first_key == base
    assert second_key.startswith("ASIA")
    assert len(keys) == 1
    assert keys.isdisjoint({first_key, second_key})


def _access_key(request: AWSPreparedRequest) -> str:
    """The key that a request was signed with."""
    header = request.headers["Authorization"]
    text = header.decode() if isinstance(header, bytes) else str(header)
    return text.partition("Credential=")[2].partition("/")[0]
