"""Where the settings come from, and the clients that are made of them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import botocore.session
import pytest
from amplify_job_resource import InvalidSettings
from amplify_job_resource._amplify.session import Clients, clients_for
from amplify_job_resource._amplify.settings import (
    AssumeRole,
    Settings,
    resolve_region,
    settings_from,
)
from amplify_job_resource.emulator import Control, register
from botocore.awsrequest import AWSPreparedRequest
from moto import mock_aws

NOTHING: dict[str, str] = {}


@pytest.mark.parametrize(
    ("given", "region"),
    [
        (["input", "stack", "AWS_REGION", "AWS_DEFAULT_REGION"], "input"),
        (["stack", "AWS_REGION", "AWS_DEFAULT_REGION"], "stack"),
        (["AWS_REGION", "AWS_DEFAULT_REGION"], "AWS_REGION"),
        (["AWS_DEFAULT_REGION"], "AWS_DEFAULT_REGION"),
        ([], None),
    ],
)
def test_the_nearest_region_counts(given: list[str], region: str | None) -> None:
    """Input before stack config before AWS_REGION before AWS_DEFAULT_REGION."""
    settings = settings_from(
        {"aws:region": "stack"} if "stack" in given else {},
        region="input" if "input" in given else None,
        environ={name: name for name in given if name.startswith("AWS_")},
    )
    assert settings.region == region


def test_empty_settings_are_none() -> None:
    """An empty text, as CI systems set for a missing variable, is no setting."""
    environ = {"AWS_REGION": "", "AWS_DEFAULT_REGION": "eu-west-1"}
    settings = settings_from({"aws:region": "", "aws:profile": ""}, region="", environ=environ)
    assert settings == Settings(region="eu-west-1")


def test_the_environment_is_read_when_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an environment of its own a call reads the process's."""
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    assert settings_from({}).region == "eu-north-1"


def test_the_nearest_profile_counts() -> None:
    """The resource's profile comes before the stack's."""
    stack = {"aws:profile": "stack"}
    assert settings_from(stack, profile="own", environ=NOTHING).profile == "own"
    assert settings_from(stack, environ=NOTHING).profile == "stack"


def test_keys_come_from_the_stack() -> None:
    """The stack's keys and token are taken, but not beside a profile of the resource's own."""
    config = {"aws:accessKey": "AK", "aws:secretKey": "SK", "aws:token": "T", "aws:profile": "p"}
    settings = settings_from(config, environ=NOTHING)
    assert (settings.access_key, settings.secret_key, settings.token) == ("AK", "SK", "T")
    settings = settings_from(config, profile="own", environ=NOTHING)
    assert (settings.access_key, settings.secret_key, settings.token) == (None, None, None)


@pytest.mark.parametrize(
    "endpoints",
    [
        '[{"amplify": "http://a", "sts": "http://s", "s3": "http://x"}]',
        '[{"s3": ""}, {"amplify": "http://a"}, {"sts": "http://s"}]',
        '{"amplify": "http://a", "sts": "http://s"}',
        [{"amplify": "http://a", "sts": "http://s"}],
    ],
)
def test_endpoints_come_from_the_stack(endpoints: Any) -> None:
    """`aws:endpoints` as Pulumi's AWS provider takes it: a list of maps from service to URL."""
    settings = settings_from({"aws:endpoints": endpoints}, environ=NOTHING)
    assert (settings.endpoint, settings.sts_endpoint) == ("http://a", "http://s")


def test_no_endpoints_means_aws() -> None:
    """Without an entry for the service the endpoint is left to boto3."""
    for endpoints in (None, "[]", "[{}]", '[{"amplify": ""}]'):
        assert settings_from({"aws:endpoints": endpoints}, environ=NOTHING).endpoint is None


@pytest.mark.parametrize(
    ("role", "arguments"),
    [
        ({}, {}),
        ({"duration": "1h30m"}, {"DurationSeconds": 5400}),
        ({"duration": "3600s"}, {"DurationSeconds": 3600}),
        ({"duration": "1h0m5s"}, {"DurationSeconds": 3605}),
        ({"durationSeconds": 900}, {"DurationSeconds": 900}),
        ({"durationSeconds": "900"}, {"DurationSeconds": 900}),
        (
            {"externalId": "x", "sessionName": "s", "policy": "{}", "sourceIdentity": "i"},
            {"ExternalId": "x", "RoleSessionName": "s", "Policy": "{}", "SourceIdentity": "i"},
        ),
        (
            {"tags": {"team": "web"}, "transitiveTagKeys": ["team"]},
            {"Tags": [{"Key": "team", "Value": "web"}], "TransitiveTagKeys": ["team"]},
        ),
        ({"policyArns": ["arn:p"]}, {"PolicyArns": [{"arn": "arn:p"}]}),
        ({"externalId": "", "tags": {}, "duration": ""}, {}),
    ],
)
def test_a_role_takes_stss_arguments(role: dict[str, Any], arguments: dict[str, Any]) -> None:
    """Each argument of a role in `aws:assumeRoles` is STS AssumeRole's, under AWS's name."""
    config = {"aws:assumeRoles": json.dumps([{"roleArn": "arn:role", **role}])}
    (found,) = settings_from(config, environ=NOTHING).assume_roles
    assert found.role_arn == "arn:role"
    assert json.loads(found.arguments) == arguments


def test_roles_keep_their_order_and_the_old_key_still_works() -> None:
    """`aws:assumeRoles` is a chain; `aws:assumeRole` is one role, and gives way to it."""
    new, old = '[{"roleArn": "one"}, {"roleArn": "two"}, {}]', '{"roleArn": "old"}'

    def roles(config: dict[str, str]) -> tuple[AssumeRole, ...]:
        return settings_from(config, environ=NOTHING).assume_roles

    assert roles({"aws:assumeRoles": new}) == (AssumeRole("one"), AssumeRole("two"))
    assert roles({"aws:assumeRole": old}) == (AssumeRole("old"),)
    assert roles({"aws:assumeRoles": new, "aws:assumeRole": old}) == roles({"aws:assumeRoles": new})
    assert roles({}) == ()


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("aws:endpoints", "{amplify", "the stack's aws:endpoints is not JSON"),
        ("aws:endpoints", '"http://a"', "must be a list of maps, service to URL"),
        ("aws:endpoints", '["http://a"]', "must be a list of maps, service to URL"),
        ("aws:endpoints", "3", "must be a list of maps, service to URL"),
        ("aws:assumeRoles", "arn:role", "the stack's aws:assumeRoles is not JSON"),
        ("aws:assumeRoles", '{"roleArn": "r"}', "must be a list of maps with a roleArn"),
        ("aws:assumeRoles", '["arn:role"]', "must be a list of maps with a roleArn"),
        ("aws:assumeRole", "arn:role", "the stack's aws:assumeRole is not JSON"),
        ("aws:assumeRole", '["arn:role"]', "must be a list of maps with a roleArn"),
        ("aws:assumeRoles", '[{"roleArn": "r", "duration": "soon"}]', "'soon' is not a duration"),
        ("aws:assumeRoles", '[{"roleArn": "r", "duration": "1.5h"}]', "'1.5h' is not a duration"),
        ("aws:assumeRoles", '[{"roleArn": "r", "durationSeconds": "x"}]', "durationSeconds"),
        ("aws:assumeRoles", '[{"roleArn": "r", "tags": ["t"]}]', "tags"),
        ("aws:assumeRoles", '[{"roleArn": "r", "policyArns": "p"}]', "policyArns"),
        ("aws:assumeRoles", '[{"roleArn": 3}]', "roleArn"),
    ],
)
def test_a_bad_setting_is_a_sentence(key: str, value: str, message: str) -> None:
    """Config of another form is named with its key, and is not a traceback of ours."""
    with pytest.raises(InvalidSettings, match=message):
        settings_from({key: value}, environ=NOTHING)


def test_settings_show_no_keys() -> None:
    """Neither `repr` nor the words for messages hold a key."""
    settings = Settings(
        region="eu-west-1",
        access_key="AKIAEXAMPLE",
        secret_key="hush",
        token="hush",
        assume_roles=(AssumeRole("arn:role", '{"ExternalId": "hush"}'),),
    )
    for text in (repr(settings), str(settings), f"{settings}", settings.chain):
        assert "hush" not in text
        assert "AKIAEXAMPLE" not in text


@pytest.mark.parametrize(
    ("settings", "chain"),
    [
        (Settings(), "boto3's default chain (environment, shared files, container, instance)"),
        (Settings(profile="ci"), "profile 'ci'"),
        (Settings(access_key="k", profile="ci"), "aws:accessKey of the stack's config"),
        (
            Settings(profile="ci", assume_roles=(AssumeRole("one"), AssumeRole("two"))),
            "profile 'ci', then role one, then role two",
        ),
    ],
)
def test_the_chain_of_credentials_is_told(settings: Settings, chain: str) -> None:
    """A message can say where credentials come from."""
    assert settings.chain == chain


def test_a_region_may_come_from_the_profile() -> None:
    """Where nothing else says, the profile's own region is taken; an unknown profile has none."""
    Path(os.environ["AWS_CONFIG_FILE"]).write_text("[profile ci]\nregion = eu-south-1\n", "utf-8")
    assert resolve_region(Settings(profile="ci")) == "eu-south-1"
    assert resolve_region(Settings(region="eu-west-1", profile="ci")) == "eu-west-1"
    assert resolve_region(Settings(profile="nobody")) is None
    assert resolve_region(Settings()) is None


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
