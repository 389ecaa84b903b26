"""The value of each setting of Pulumi's AWS provider is read as its row says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from amplify_job_resource import InvalidSettings
from amplify_job_resource._amplify.aws_settings import SETTINGS, Effect, Form
from amplify_job_resource._amplify.setting_names import PROVIDER, STACK
from amplify_job_resource._amplify.stack_config import Refusal, read, refusing, unused


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("region", "eu-west-1", "eu-west-1"),
        ("region", "", None),
        ("insecure", "true", True),
        ("insecure", "False", False),
        ("insecure", "1", True),
        ("insecure", "0", False),
        ("insecure", True, True),
        ("maxRetries", "25", 25),
        ("maxRetries", 25, 25),
        ("retryMode", "adaptive", "adaptive"),
        ("retryMode", "Standard", "standard"),
        ("ec2MetadataServiceEndpointMode", "ipv6", "IPv6"),
        ("sharedConfigFiles", '["a", "b"]', ["a", "b"]),
        ("sharedConfigFiles", ["a"], ["a"]),
        ("allowedAccountIds", "[111122223333]", ["111122223333"]),
        ("allowedAccountIds", "[]", []),
        ("assumeRole", '{"roleArn": "r"}', {"roleArn": "r"}),
        ("endpoints", '[{"sts": "http://s"}]', [{"sts": "http://s"}]),
        ("endpoints", '{"sts": "http://s"}', [{"sts": "http://s"}]),
    ],
)
def test_a_value_is_read_in_its_form(name: str, text: Any, value: Any) -> None:
    """Config is text; lists, maps, numbers and flags are JSON in it, or have been read already."""
    assert read({f"aws:{name}": text}, name) == value
    assert read({}, name) is None


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("insecure", "maybe", "aws:insecure is 'maybe': it must be true or false"),
        ("maxRetries", "many", "aws:maxRetries is 'many': it must be a whole number, 0 or greater"),
        ("maxRetries", "-1", "aws:maxRetries is '-1': it must be a whole number, 0 or greater"),
        ("retryMode", "legacy", "aws:retryMode is 'legacy': it must be standard or adaptive"),
        (
            "ec2MetadataServiceEndpointMode",
            "6",
            "aws:ec2MetadataServiceEndpointMode is '6': it must be IPv4 or IPv6",
        ),
        (
            "allowedAccountIds",
            "111122223333",
            "aws:allowedAccountIds is a number: it must be a list of account ids of 12 digits, such as "
            '["111122223333"]',
        ),
        (
            "sharedConfigFiles",
            "a.ini",
            "aws:sharedConfigFiles is not JSON: it must be a list of texts",
        ),
        (
            "sharedConfigFiles",
            '"a.ini"',
            "aws:sharedConfigFiles is text: it must be a list of texts",
        ),
        (
            "sharedConfigFiles",
            "[true]",
            "aws:sharedConfigFiles has an entry that is not text: it must be a list of texts",
        ),
        (
            "endpoints",
            "{amplify",
            "aws:endpoints is not JSON: it must be a list of maps, service to URL",
        ),
        (
            "endpoints",
            '"http://a"',
            "aws:endpoints is text: it must be a list of maps, service to URL",
        ),
        ("endpoints", "3", "aws:endpoints is a number: it must be a list of maps, service to URL"),
        (
            "endpoints",
            '["http://a"]',
            "aws:endpoints has an entry that is text: it must be a list of maps, service to URL",
        ),
        (
            "assumeRoles",
            '{"roleArn": "r"}',
            "aws:assumeRoles is a map: it must be a list of maps with a roleArn",
        ),
        ("assumeRole", "arn:role", "aws:assumeRole is not JSON: it must be a map with a roleArn"),
        ("assumeRole", '["arn"]', "aws:assumeRole is a list: it must be a map with a roleArn"),
        ("assumeRoleWithWebIdentity", "null", "WithWebIdentity is null: it must be a map"),
    ],
)
def test_a_malformed_value_is_a_sentence(name: str, text: str, message: str) -> None:
    """The sentence names the setting, says what it is, and what is wanted."""
    with pytest.raises(InvalidSettings) as caught:
        read({f"aws:{name}": text}, name)
    assert str(caught.value).endswith(message)
    assert str(caught.value).startswith("the stack's aws:")


def test_what_a_collection_holds_is_not_shown() -> None:
    """A list or a map may be a secret."""
    for name in ("assumeRoles", "assumeRoleWithWebIdentity", "allowedAccountIds", "endpoints"):
        for text in ('"hush"', "hush", '[["hush"]]'):
            with pytest.raises(InvalidSettings) as caught:
                read({f"aws:{name}": text}, name)
            assert "hush" not in str(caught.value)


def test_settings_without_effect_are_told() -> None:
    """What is not used although it could matter, what no row knows, and unknown fields of a role."""
    role = json.dumps([{"roleArn": "r", "polciy": "{}", "duration": "1h"}, {"mfa": "m"}])
    config = {
        "aws:tokenBucketRateLimiterCapacity": "500",
        "aws:somethingNew": "x",
        "aws:httpsProxy": "socks5://me:hush@proxy:1080",
        "aws:assumeRoles": role,
        "aws:assumeRoleWithWebIdentity": '{"roleArn": "r", "webIdentityTokens": "t"}',
        "aws:defaultTags": '{"tags": {"a": "b"}}',
        "aws:s3UsePathStyle": "not even a flag",
        "aws:region": "eu-west-1",
        "aws:emptyText": "",
        "shop:somethingElse": "x",
    }
    lines = list(unused(config))
    assert lines == [
        "the stack's aws:assumeRoleWithWebIdentity: webIdentityTokens has no effect on releases: a "
        "role has no such field in aws:assumeRoleWithWebIdentity",
        "the stack's aws:assumeRoles: polciy has no effect on releases: a role has no such field in "
        "aws:assumeRoles",
        "the stack's aws:assumeRoles: mfa has no effect on releases: a role has no such field in "
        "aws:assumeRoles",
        "the stack's aws:httpsProxy has no effect on releases: botocore cannot use a SOCKS proxy",
        "the stack's aws:somethingNew has no effect on releases: this version of "
        "amplify-job-resource does not know it",
        "the stack's aws:tokenBucketRateLimiterCapacity has no effect on releases: botocore limits "
        "retries in its own way; aws:maxRetries is used",
    ]


def test_what_is_refused_has_the_name_that_its_reader_knows() -> None:
    """Whoever reads a config says once what its settings are called, for all that is wrong in it."""
    for names, said in (
        (PROVIDER, "the provider's insecure is 'maybe': it must be true or false"),
        (STACK, "the stack's aws:insecure is 'maybe': it must be true or false"),
    ):
        with pytest.raises(Refusal) as caught, refusing(names):
            read({"aws:insecure": "maybe"}, "insecure")
        assert str(caught.value) == said
        assert caught.value.name == "insecure"


@pytest.mark.parametrize("name", SETTINGS)
def test_each_line_has_the_name_that_its_reader_knows(name: str) -> None:
    """What has no effect, and what in a role has none, is told of as the provider's."""
    value = '{"roleArn": "x", "typo": 1}' if SETTINGS[name].is_role else "socks5://x"
    value = f"[{value}]" if SETTINGS[name].form is Form.MAPS else value
    for line in unused({f"aws:{name}": value}, PROVIDER):
        assert line.startswith(f"the provider's {name}")
        assert "aws:" not in line
    if SETTINGS[name].is_role:
        with pytest.raises(Refusal, match=f"^the provider's {name} is not JSON"):
            list(unused({f"aws:{name}": "[5"}, PROVIDER))


def test_a_stack_of_which_all_is_used_is_told_nothing() -> None:
    """Settings that are used, and those that could change nothing, are not worth a line."""
    values = {
        Form.TEXT: "x",
        Form.FLAG: "true",
        Form.WHOLE: "3",
        Form.LIST: '["x"]',
        Form.MAP: "{}",
        Form.MAPS: "[{}]",
    }
    config = {
        f"aws:{row.name}": values.get(row.form) or row.words[0]
        for row in SETTINGS.values()
        if row.effect is not Effect.IGNORED
    }
    assert list(unused(config)) == []
