"""Where the settings come from."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from amplify_job_resource import InvalidSettings
from amplify_job_resource._amplify.settings import (
    AssumeRole,
    Settings,
    resolve_region,
    settings_from,
)
from hypothesis import given
from hypothesis import strategies as st

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


@given(st.text(), st.text())
def test_settings_of_the_same_config_are_equal(external_id: str, policy: str) -> None:
    """Equal config makes equal settings, whatever the order of a role's arguments."""
    role = {"roleArn": "arn:role", "externalId": external_id, "policy": policy}
    turned = dict(reversed(role.items()))
    one, other = (
        settings_from({"aws:assumeRoles": json.dumps([each])}, environ=NOTHING)
        for each in (role, turned)
    )
    assert one == other
    assert hash(one) == hash(other)
