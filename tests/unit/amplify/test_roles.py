"""The roles in a stack's config become STS's own requests."""

from __future__ import annotations

import json
from typing import Any

import pytest
from amplify_job_resource import InvalidSettings
from amplify_job_resource._amplify.roles import (
    AssumeRole,
    WebIdentity,
    assume_roles,
    web_identity,
)
from hypothesis import given
from hypothesis import strategies as st


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
    (found,) = assume_roles(config)
    assert found.role_arn == "arn:role"
    assert json.loads(found.arguments) == arguments


def test_roles_keep_their_order_and_the_old_key_still_works() -> None:
    """`aws:assumeRoles` is a chain; `aws:assumeRole` is one role, and gives way to it."""
    new, old = '[{"roleArn": "one"}, {"roleArn": "two"}, {}]', '{"roleArn": "old"}'

    def roles(config: dict[str, str]) -> tuple[AssumeRole, ...]:
        return assume_roles(config)

    assert roles({"aws:assumeRoles": new}) == (AssumeRole("one"), AssumeRole("two"))
    assert roles({"aws:assumeRole": old}) == (AssumeRole("old"),)
    assert roles({"aws:assumeRoles": new, "aws:assumeRole": old}) == roles({"aws:assumeRoles": new})
    assert roles({"aws:assumeRoles": '[{"roleArn": ""}]'}) == ()
    assert roles({}) == ()
    with pytest.raises(InvalidSettings, match="aws:assumeRole is not JSON"):
        roles({"aws:assumeRoles": new, "aws:assumeRole": "arn"})


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        ({"webIdentityToken": "hush"}, WebIdentity("arn:role", "hush")),
        ({"webIdentityTokenFile": "f"}, WebIdentity("arn:role", None, "f")),
        (
            {"webIdentityToken": "hush", "webIdentityTokenFile": "f"},
            WebIdentity("arn:role", "hush"),
        ),
        (
            {"webIdentityTokenFile": "f", "duration": "1h", "policyArns": ["p"], "policy": "{}"},
            WebIdentity(
                "arn:role",
                None,
                "f",
                '{"DurationSeconds": 3600, "Policy": "{}", "PolicyArns": [{"arn": "p"}]}',
            ),
        ),
    ],
)
def test_a_web_identity_takes_stss_arguments(
    identity: dict[str, Any], expected: WebIdentity
) -> None:
    """The token itself comes before its file, as in Pulumi's AWS provider."""
    config = {"aws:assumeRoleWithWebIdentity": json.dumps({"roleArn": "arn:role", **identity})}
    assert web_identity(config) == expected


def test_no_web_identity() -> None:
    """What is not set, or holds only empty texts, is none."""
    for config in ({}, {"aws:assumeRoleWithWebIdentity": '{"roleArn": ""}'}):
        assert web_identity(config) is None


@pytest.mark.parametrize(
    ("setting", "role", "message"),
    [
        (
            "assumeRoles",
            {"duration": "soon"},
            "aws:assumeRoles: duration 'soon' is not a duration: write",
        ),
        ("assumeRoles", {"duration": "1.5h"}, "duration '1.5h' is not a duration"),
        ("assumeRoles", {"durationSeconds": "x"}, "durationSeconds 'x' is no whole number"),
        ("assumeRoles", {"tags": ["t"]}, "has another tags than a map: it must be a map there"),
        ("assumeRoles", {"policyArns": "p"}, "has another policyArns than a list"),
        ("assumeRoles", {"policy": {"a": 1}}, "has a policy that is not text"),
        ("assumeRoles", {"roleArn": 3}, "has a role without a roleArn"),
        ("assumeRoles", {"roleArn": "", "externalId": "x"}, "has a role without a roleArn"),
        (
            "assumeRoleWithWebIdentity",
            {},
            "has no token: it must be a map with webIdentityToken or",
        ),
        (
            "assumeRoleWithWebIdentity",
            {"roleArn": "", "webIdentityToken": "t"},
            "without a roleArn",
        ),
        (
            "assumeRoleWithWebIdentity",
            {"webIdentityToken": ["t"]},
            "webIdentityToken that is not text",
        ),
    ],
)
def test_a_bad_role_is_a_sentence(setting: str, role: dict[str, Any], message: str) -> None:
    """A role of another form is named with its setting and its field."""
    whole = {"roleArn": "arn:role", **role}
    value = json.dumps([whole] if setting == "assumeRoles" else whole)
    with pytest.raises(InvalidSettings) as caught:
        (web_identity if setting.endswith("Identity") else assume_roles)({f"aws:{setting}": value})
    assert message in str(caught.value)
    assert f"the stack's aws:{setting}" in str(caught.value)


def test_roles_show_no_secret() -> None:
    """An external id and a token are nobody's business."""
    for role in (AssumeRole("arn", '{"ExternalId": "hush"}'), WebIdentity("arn", "hush")):
        assert "hush" not in f"{role!r} {role}"


@given(st.text(), st.text())
def test_roles_of_the_same_config_are_equal(external_id: str, policy: str) -> None:
    """Equal config makes equal roles, whatever the order of a role's arguments."""
    role = {"roleArn": "arn:role", "externalId": external_id, "policy": policy}
    turned = dict(reversed(role.items()))
    one, other = (assume_roles({"aws:assumeRoles": json.dumps([each])}) for each in (role, turned))
    assert one == other
    assert hash(one) == hash(other)
