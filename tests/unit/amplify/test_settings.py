"""Where the settings come from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from amplify_job_resource import InvalidSettings
from amplify_job_resource._amplify.proxies import Proxies
from amplify_job_resource._amplify.roles import AssumeRole, WebIdentity
from amplify_job_resource._amplify.setting_names import PROVIDER, of_provider
from amplify_job_resource._amplify.settings import Settings, settings_from

NOTHING: dict[str, str] = {}


@pytest.mark.parametrize(
    ("given", "region"),
    [
        (["input", "stack", "AWS_REGION", "AWS_DEFAULT_REGION"], "input"),
        (["stack", "AWS_REGION", "AWS_DEFAULT_REGION"], "eu-west-1"),
        (["AWS_REGION", "AWS_DEFAULT_REGION"], "AWS_REGION"),
        (["AWS_DEFAULT_REGION"], "AWS_DEFAULT_REGION"),
        ([], None),
    ],
)
def test_the_nearest_region_counts(given: list[str], region: str | None) -> None:
    """Input before stack config before AWS_REGION before AWS_DEFAULT_REGION."""
    settings = settings_from(
        {"aws:region": "eu-west-1"} if "stack" in given else {},
        region="input" if "input" in given else None,
        environ={name: name for name in given if name.startswith("AWS_")},
    )
    assert settings.region == region


@pytest.mark.parametrize("region", ["mars", "eu-west", "EU-WEST-1", "eu-west-1 "])
def test_a_region_of_the_stack_has_the_form_of_one(region: str) -> None:
    """A preview says so, also where the resource names a region of its own."""
    with pytest.raises(InvalidSettings, match="it must be the name of a region such as eu-west-1"):
        settings_from({"aws:region": region}, region="eu-west-1", environ={})


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


def test_settings_show_no_keys() -> None:
    """Neither `repr` nor the words for messages hold a key."""
    settings = Settings(
        region="eu-west-1",
        access_key="AKIAEXAMPLE",
        secret_key="hush",
        token="hush",
        web_identity=WebIdentity("arn:role", "hush"),
        assume_roles=(AssumeRole("arn:role", '{"ExternalId": "hush"}'),),
        proxies=Proxies("http://me:hush@proxy:3128"),
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
        (
            Settings(profile="ci", web_identity=WebIdentity("arn:role", "t")),
            "aws:assumeRoleWithWebIdentity of the stack's config (arn:role)",
        ),
        (
            Settings(access_key="k", names=PROVIDER),
            "amplify-job:accessKey of the provider's config",
        ),
        (
            Settings(web_identity=WebIdentity("arn:role", "t"), names=of_provider("west")),
            "assumeRoleWithWebIdentity of the provider west (arn:role)",
        ),
    ],
)
def test_the_chain_of_credentials_is_told(settings: Settings, chain: str) -> None:
    """A message can say where credentials come from."""
    assert settings.chain == chain


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("stsRegion", "eu-west-2", {"sts_region": "eu-west-2"}),
        ("endpoints", '[{"sso": "http://o"}]', {"sso_endpoint": "http://o"}),
        ("allowedAccountIds", '["111122223333"]', {"allowed_accounts": ("111122223333",)}),
        ("forbiddenAccountIds", "[111122223333]", {"forbidden_accounts": ("111122223333",)}),
        ("allowedAccountIds", "[]", {}),
        ("httpsProxy", "http://p:1", {"proxies": Proxies(https="http://p:1")}),
        ("noProxy", "a,b", {"proxies": Proxies(bypass="a,b")}),
        ("customCaBundle", "/etc/ca.pem", {"ca_bundle": "/etc/ca.pem"}),
        ("insecure", "true", {"insecure": True}),
        ("insecure", "false", {}),
        ("useFipsEndpoint", "true", {"use_fips": True}),
        ("useDualstackEndpoint", "false", {"use_dualstack": False}),
        ("maxRetries", "7", {"max_attempts": 7}),
        ("maxRetries", "0", {}),
        ("retryMode", "adaptive", {"retry_mode": "adaptive"}),
        ("ec2MetadataServiceEndpoint", "http://m", {"metadata_endpoint": "http://m"}),
        ("ec2MetadataServiceEndpointMode", "IPv6", {"metadata_endpoint_mode": "IPv6"}),
        ("skipMetadataApiCheck", "true", {"skips_metadata": True}),
        ("skipMetadataApiCheck", "false", {}),
        ("sharedConfigFiles", '["/a", "/b"]', {"shared_config_files": ("/a", "/b")}),
        ("sharedCredentialsFiles", '["/a"]', {"shared_credentials_files": ("/a",)}),
    ],
)
def test_a_setting_of_the_stack_is_taken(key: str, value: str, expected: dict[str, Any]) -> None:
    """Each setting that matters to calls of Amplify has its place."""
    assert settings_from({f"aws:{key}": value}, environ=NOTHING) == Settings(**expected)


def test_files_may_be_in_the_home_and_named_by_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """A path is expanded as Pulumi's AWS provider expands it."""
    monkeypatch.setenv("PLACE", "/srv")
    config = {"aws:sharedConfigFiles": '["~/a", "$PLACE/b"]', "aws:customCaBundle": "$PLACE/ca.pem"}
    settings = settings_from(config, environ=NOTHING)
    assert settings.shared_config_files == (str(Path.home() / "a"), "/srv/b")
    assert settings.ca_bundle == "/srv/ca.pem"


IDENTITY = '{"roleArn": "arn:role", "webIdentityToken": "t"}'


def test_the_nearest_credentials_count() -> None:
    """The resource's profile, then the stack's keys, then its web identity, then its profile."""
    config = {"aws:assumeRoleWithWebIdentity": IDENTITY, "aws:profile": "stack"}
    settings = settings_from(config, environ=NOTHING)
    assert settings.web_identity == WebIdentity("arn:role", "t")
    assert settings_from(config, profile="own", environ=NOTHING).web_identity is None
    keys = {"aws:accessKey": "AK", "aws:secretKey": "SK"}
    assert settings_from({**config, **keys}, environ=NOTHING).web_identity is None


def test_what_gives_way_is_checked_all_the_same() -> None:
    """A preview names what is wrong, whichever credentials count."""
    config = {"aws:accessKey": "AK", "aws:assumeRoleWithWebIdentity": '{"roleArn": "arn"}'}
    with pytest.raises(InvalidSettings, match="has no token"):
        settings_from(config, profile="own", environ=NOTHING)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"aws:allowedAccountIds": '["1234"]'}, "has '1234', which is no account id"),
        ({"aws:forbiddenAccountIds": '["prod"]'}, "has 'prod', which is no account id"),
        ({"aws:endpoints": '[{"sts": 3}]'}, "has an endpoint that is not text"),
        (
            {
                "aws:allowedAccountIds": '["111122223333"]',
                "aws:forbiddenAccountIds": '["444455556666"]',
            },
            "has aws:allowedAccountIds and aws:forbiddenAccountIds: set only one",
        ),
    ],
)
def test_a_bad_setting_is_a_sentence(config: dict[str, str], message: str) -> None:
    """A guard that could never match, or settings that contradict each other, are refused."""
    with pytest.raises(InvalidSettings, match=message):
        settings_from(config, environ=NOTHING)


def test_the_profile_of_the_environment_is_known_for_messages() -> None:
    """boto3's own chain takes AWS_DEFAULT_PROFILE, else AWS_PROFILE."""
    environ = {"AWS_PROFILE": "ci", "AWS_DEFAULT_PROFILE": ""}
    settings = settings_from({}, environ=environ)
    assert (settings.profile, settings.default_profile) == (None, "ci")
    assert "AWS_PROFILE 'ci'" in settings.chain
