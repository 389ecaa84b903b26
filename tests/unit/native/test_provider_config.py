"""The calls about the provider itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from amplify_job_resource._amplify.setting_names import PROVIDER, SettingNames, of_provider
from amplify_job_resource._native.provider_config import Configuration
from amplify_job_resource._native.wire import decoded
from amplify_job_resource._provider_settings import SECRETS
from amplify_job_resource._values.unknown import UNKNOWN
from pulumi.runtime.proto import provider_pb2 as rpc

from tests.unit.native.calls import struct
from tests.unit.native.values import ASSET, KIND, plain_struct

URN = "urn:pulumi:dev::shop::pulumi:providers:amplify-job::west"


class Made:
    """A configuration, and what was made of it."""

    def __init__(self) -> None:
        self.used: list[tuple[Mapping[str, str], SettingNames, frozenset[str]]] = []
        self.calls = Configuration(lambda *given: self.used.append(given))

    def check(self, news: Any, urn: str = URN) -> Any:
        return self.calls.check(rpc.CheckRequest(urn=urn, news=news))


def test_keys_are_secrets_however_they_are_given() -> None:
    """Keys and tokens are secrets in state, also within a setting, and so is what came as one."""
    checked = Made().check(
        plain_struct(
            accessKey="AKIA1",
            secretKey="s",
            token="t",
            region="eu-west-1",
            assumeRoleWithWebIdentity={"roleArn": "arn", "webIdentityToken": "w"},
            version="1.0.0",
        )
    )
    assert not checked.failures
    found = decoded(checked.inputs)
    assert found.properties["region"] == "eu-west-1"
    within = ("assumeRoleWithWebIdentity", "webIdentityToken")
    assert found.secrets == {*((name,) for name in SECRETS), within}
    text = '{"roleArn": "arn", "webIdentityToken": "w"}'
    as_text = Made().check(plain_struct(assumeRoleWithWebIdentity=text))
    assert decoded(as_text.inputs).secrets == {("assumeRoleWithWebIdentity",)}
    given = Made().check(struct({"profile": "ci", "region": UNKNOWN}, ("profile",), ("region",)))
    assert decoded(given.inputs).secrets == {("profile",), ("region",)}


def test_a_secret_setting_is_not_shown() -> None:
    """What is wrong with a secret is told without it."""
    checked = Made().check(struct({"region": "s3cr3t", "typo": "s3cr3t"}, ("region",), ("typo",)))
    assert {failure.property for failure in checked.failures} == {"region", "typo"}
    assert "s3cr3t" not in str(checked)
    assert "it is a secret, so it is not shown here" in str(checked)


def test_failures_have_the_words_of_this_front() -> None:
    """A setting is the provider's and not the stack's; nothing is recorded of what is wrong."""
    checked = Made().check(plain_struct(region="mars", typo={KIND: ASSET, "text": "x"}))
    assert [failure.property for failure in checked.failures] == ["typo", "region"]
    assert checked.failures[1].reason.startswith("the provider's region is 'mars'")
    assert not checked.inputs.fields


@pytest.mark.parametrize("urn", ["", "x", "urn:pulumi:dev::amplify-job::x::y"])
def test_the_urn_only_tells_the_project(urn: str) -> None:
    """A provider is checked whatever its URN is."""
    failures = Made().check(plain_struct(typo="x"), urn).failures
    assert bool(failures) is ("amplify-job" not in urn)


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ({}, {}, []),
        ({"region": "eu-west-1"}, {"region": "us-east-1", "profile": "x"}, ["profile", "region"]),
        ({"region": "eu-west-1"}, {}, ["region"]),
        ({"region": "eu-west-1"}, {"region": UNKNOWN}, ["region"]),
        ({"maxRetries": 1.0}, {"maxRetries": True}, ["maxRetries"]),
        ({"assumeRoles": [{"a": 1.0}]}, {"assumeRoles": [{"a": 1.0}]}, []),
    ],
)
def test_no_change_of_settings_replaces_the_provider(
    old: dict[str, Any], new: dict[str, Any], changed: list[str]
) -> None:
    """A replaced provider would replace all its resources: each release would be made again."""
    answer = Made().calls.diff(rpc.DiffRequest(urn=URN, olds=struct(old), news=struct(new)))
    assert list(answer.diffs) == changed
    assert not answer.replaces
    assert not answer.deleteBeforeReplace
    assert answer.changes == (rpc.DiffResponse.DIFF_SOME if changed else rpc.DiffResponse.DIFF_NONE)


def test_what_is_configured_is_used() -> None:
    """The configuration counts for all calls to AWS that follow, and secrets in it are plain there."""
    made = Made()
    given = {"region": "eu-west-1", "profile": "hidden", "lookahead": True}
    args = struct(given, ("profile",))
    answer = made.calls.configure(rpc.ConfigureRequest(args=args, urn=URN))
    config = {"aws:region": "eu-west-1", "aws:profile": "hidden", "amplify-job:lookahead": "true"}
    assert made.used == [(config, of_provider("west"), frozenset({"hidden"}))]
    assert answer == rpc.ConfigureResponse(acceptSecrets=True, supportsPreview=True)


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"urn": URN}, of_provider("west")),
        ({"name": "west"}, of_provider("west")),
        ({"urn": URN.replace("::west", "::default_0_1_0"), "name": "default_0_1_0"}, PROVIDER),
        ({"urn": URN.replace("::west", "::default")}, PROVIDER),
        ({"urn": URN.replace("::west", "::default_west")}, of_provider("default_west")),
        ({}, PROVIDER),
    ],
)
def test_settings_are_called_as_the_provider_has_them(
    asked: dict[str, Any], names: SettingNames
) -> None:
    """A default provider has those of the stack, any other has inputs and a name."""
    made = Made()
    made.calls.configure(rpc.ConfigureRequest(args=struct({}), **asked))
    assert made.used == [({}, names, frozenset())]


def test_a_proxy_with_a_password_is_a_secret() -> None:
    """Its address is encrypted in state though nobody has marked it; one without a user is not."""
    proxies = {"httpProxy": "http://proxy:1", "httpsProxy": "http://me:hush@proxy:1"}
    checked = Made().check(plain_struct(**proxies))
    assert decoded(checked.inputs).secrets == {("httpsProxy",)}
    assert decoded(checked.inputs).properties == proxies
