"""The native provider's settings: how they are read, and what is wrong with them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pytest
from amplify_job_resource._amplify.aws_settings import SETTINGS, Form
from amplify_job_resource._amplify.setting_names import OWN, PROVIDER, of_provider
from amplify_job_resource._provider_settings import (
    NAMES,
    config_of,
    config_problems,
    is_default,
    names_for,
)
from amplify_job_resource._values.unknown import UNKNOWN

#: A good value of each form that is no text in a program.
GOOD: Mapping[Form, Any] = {
    Form.TEXT: "text",
    Form.FLAG: True,
    Form.WHOLE: 4,
    Form.LIST: ["111122223333"],
    Form.MAP: {"roleArn": "arn:aws:iam::111122223333:role/ci", "webIdentityTokenFile": "/t"},
    Form.MAPS: [{"roleArn": "arn:aws:iam::111122223333:role/ci"}],
}


def good(name: str) -> Any:
    row = SETTINGS[name]
    if name in ("region", "stsRegion"):
        return "eu-west-1"
    if name in ("httpProxy", "httpsProxy"):
        return "http://proxy.example:3128"
    if name == "endpoints":
        return [{"amplify": "https://amplify.example"}]
    return row.words[0] if row.form is Form.WORD else GOOD[row.form]


def reasons(given: dict[str, Any], project: str = "shop") -> dict[str, str]:
    return {problem.key: problem.reason for problem in config_problems(given, project)}


def alone(name: str, value: Any) -> dict[str, Any]:
    """A setting, with the keys that it cannot be without."""
    keys = {"accessKey": "a", "secretKey": "s"}
    return {**(keys if name in (*keys, "token") else {}), name: value}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_reads_the_same_in_each_form(name: str) -> None:
    """Values come as such from YAML, and as JSON text from a stack's config and from SDKs."""
    value = good(name)
    plain = value if isinstance(value, str) else json.dumps(value)
    config = config_of({name: value})
    assert reasons(alone(name, value)) == reasons(alone(name, plain)) == {}
    assert config.keys() == {f"aws:{name}"}
    assert config_of({name: plain}) == {f"aws:{name}": plain}
    if not isinstance(value, str):
        assert json.loads(config[f"aws:{name}"]) == value


@pytest.mark.parametrize(
    ("given", "config"),
    [
        ({"lookahead": True}, {"amplify-job:lookahead": "true"}),
        ({"lookahead": "false"}, {"amplify-job:lookahead": "false"}),
        ({"logLines": 40.0}, {"amplify-job:logLines": "40"}),
        ({"maxRetries": 2.0}, {"aws:maxRetries": "2"}),
        ({"insecure": False}, {"aws:insecure": "false"}),
        (
            {"assumeRoles": [{"roleArn": "arn", "durationSeconds": 900.0}]},
            {"aws:assumeRoles": '[{"roleArn": "arn", "durationSeconds": 900}]'},
        ),
        ({"region": ""}, {"aws:region": ""}),
        # Left out: what is not known yet, no setting, or Pulumi's own.
        ({"region": UNKNOWN, "assumeRoles": [{"roleArn": UNKNOWN}], "profile": None}, {}),
        ({"version": "1.2.3", "pluginDownloadURL": "https://x", "typo": "x"}, {}),
        ({"profile": pulumi.StringAsset("ci")}, {}),
    ],
)
def test_the_configuration_is_a_stacks(given: dict[str, Any], config: dict[str, str]) -> None:
    """The rest of the package reads the settings by the full keys of a stack's config, as text."""
    assert config_of(given) == config


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"region": "mars"}, {"region": "the provider's region is 'mars'"}),
        ({"region": 5.0}, {"region": "the provider's region is '5'"}),
        ({"region": ["eu-west-1"]}, {"region": "the provider's region must be text, not ['eu-"}),
        ({"profile": {"a": 1.0}}, {"profile": "the provider's profile must be text, not {'a': 1}"}),
        ({"retryMode": []}, {"retryMode": "the provider's retryMode must be text"}),
        ({"insecure": "maybe"}, {"insecure": "the provider's insecure is 'maybe'"}),
        ({"maxRetries": 0.5}, {"maxRetries": "the provider's maxRetries is '0.5'"}),
        ({"maxRetries": float("nan")}, {"maxRetries": "the provider's maxRetries is 'NaN'"}),
        ({"allowedAccountIds": "[x"}, {"allowedAccountIds": "the provider's allowedAccountIds is"}),
        ({"allowedAccountIds": [5.0]}, {"allowedAccountIds": "the provider's allowedAccountIds"}),
        ({"lookahead": "maybe"}, {"lookahead": "amplify-job:lookahead of the provider's config"}),
        ({"logLines": 10**6}, {"logLines": "amplify-job:logLines of the provider's config"}),
        ({"regoin": "x"}, {"regoin": "regoin is no setting of amplify-job: do you mean region?"}),
        ({"typo": "x"}, {"typo": "typo is no setting of amplify-job: docs/native.md lists its"}),
        ({"typo": UNKNOWN}, {"typo": "typo is no setting"}),
        (
            {"profile": pulumi.StringAsset("x")},
            {"profile": "the provider's profile has a StringAsset in it"},
        ),
        # All at once.
        ({"region": "mars", "logLines": "x", "typo": 1.0}, {"region": "", "logLines": "", "typo": ""}),
        # What does not go together is said of no single setting, and only once each is good.
        (
            {"allowedAccountIds": ["111122223333"], "forbiddenAccountIds": ["111122223334"]},
            {"": "the provider's config has amplify-job:allowedAccountIds and amplify-job:forbidden"},
        ),
        (
            {"allowedAccountIds": ["111122223333"], "forbiddenAccountIds": ["1"]},
            {"forbiddenAccountIds": "the provider's forbiddenAccountIds has '1'"},
        ),
        ({"allowedAccountIds": ["111122223333"], "forbiddenAccountIds": UNKNOWN}, {}),
        ({"secretKey": "s"}, {"": "the provider's config has one of"}),
        ({"token": "t"}, {"": "the provider's config has"}),
        ({"secretKey": "s", "accessKey": UNKNOWN}, {}),
        ({"secretKey": "s", "accessKey": "a", "token": "t"}, {}),
        ({"region": UNKNOWN, "version": "x", "pluginDownloadURL": "y", "__defaults": []}, {}),
        ({}, {}),
    ],
)  # fmt: skip
def test_all_that_is_wrong_is_told(given: dict[str, Any], said: dict[str, str]) -> None:
    """Each setting that cannot be used is named, with what it must be."""
    found = reasons(given)
    assert found.keys() == said.keys()
    assert all(found[key].startswith(start) for key, start in said.items())


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("", False),
        ("default", True),
        ("default_0_1_0", True),
        ("default_0_1_0_dev_1", True),
        ("default_west", False),
        ("defaults", False),
        ("default\n", False),
        ("my-default", False),
        ("west", False),
    ],
)
def test_a_default_provider_is_known_by_its_name(name: str, default: bool) -> None:
    """Pulumi names it by the version; any other name is one that a program gives."""
    assert is_default(name) is default
    expected = PROVIDER if default or not name else of_provider(name)
    assert names_for(name) == expected


def test_a_declared_provider_is_told_of_its_own_inputs() -> None:
    """It has none of the stack's settings, so no advice names a key of the stack's config."""
    guards = {"allowedAccountIds": ["111122223333"], "forbiddenAccountIds": ["111122223334"]}
    for given, said in (
        ({"logLines": "x"}, "logLines of the provider west must be a whole number"),
        ({"region": "mars"}, "the provider's region is 'mars': it must be the name of a region"),
        (guards, "the provider west has allowedAccountIds and forbiddenAccountIds: set only one"),
    ):
        (problem,) = config_problems(given, "shop", names=of_provider("west"))
        assert problem.reason.startswith(said)


def test_a_project_of_this_name_has_settings_of_its_own() -> None:
    """They stand in the same namespace, so an unknown one is no fault; a wrong one still is."""
    assert reasons({"theirs": "x", "region": "mars"}, "amplify-job").keys() == {"region"}


def test_the_names_are_those_of_both_tables() -> None:
    """Settings of AWS, and the defaults that a stack gives to its releases."""
    assert set(SETTINGS) | OWN == NAMES
