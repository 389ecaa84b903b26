"""The guards of a stack: the account of the credentials must be an allowed one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unittest.mock import Mock

import pytest
from amplify_job_resource import (
    AwsError,
    BadCredentials,
    InvalidSettings,
    Unreachable,
)
from amplify_job_resource._amplify.account import check_account
from amplify_job_resource._amplify.setting_names import STACK, of_provider
from amplify_job_resource._amplify.settings import Settings
from botocore.exceptions import ClientError, EndpointConnectionError

OURS, OTHERS = "111122223333", "444455556666"


def caller(account: str | None = OURS) -> dict[str, Any]:
    """What STS answers."""
    arn = f"arn:aws:sts::{account}:assumed-role/release/me"
    return {"Account": account, "Arn": arn} if account else {}


def never() -> dict[str, Any]:
    raise AssertionError("STS was asked")


def test_without_a_guard_nobody_is_asked() -> None:
    """A stack without account ids makes no call to STS."""
    check_account(Settings(), never)


@pytest.mark.parametrize(
    "settings",
    [
        Settings(allowed_accounts=(OURS,)),
        Settings(allowed_accounts=(OTHERS, OURS)),
        Settings(forbidden_accounts=(OTHERS,)),
    ],
)
def test_an_allowed_account_passes(settings: Settings) -> None:
    """One of the allowed ones, or none of the forbidden ones."""
    check_account(settings, caller)


@pytest.mark.parametrize(
    ("settings", "rule"),
    [
        (Settings(allowed_accounts=(OTHERS,)), f"aws:allowedAccountIds allows only {OTHERS}."),
        (Settings(forbidden_accounts=(OURS,)), f"aws:forbiddenAccountIds forbids {OURS}."),
    ],
)
def test_another_account_is_refused(settings: Settings, rule: str) -> None:
    """The sentence says which account it is, which setting, what it allows, and what to do."""
    with pytest.raises(InvalidSettings) as caught:
        check_account(settings, caller)
    text = str(caught.value)
    assert text.startswith(f"the credentials belong to AWS account {OURS} (arn:aws:sts::{OURS}:")
    assert f"the stack's {rule} No call to Amplify was made." in text
    assert "The credentials come from boto3's default chain" in text
    assert "Use credentials of the right account, or change aws:" in text


def test_the_guard_of_a_provider_is_named_as_such() -> None:
    """The refusal, its advice and the error of a check name the provider that has the guard."""
    settings = Settings(allowed_accounts=(OTHERS,), names=of_provider("west"))
    with pytest.raises(InvalidSettings) as caught:
        check_account(settings, caller)
    text = str(caught.value)
    assert f"and the provider's allowedAccountIds allows only {OTHERS}." in text
    assert text.endswith("or change allowedAccountIds of the provider west.")

    def identity() -> dict[str, Any]:
        raise EndpointConnectionError(endpoint_url="https://sts")

    with pytest.raises(Unreachable) as unreachable:
        check_account(settings, identity)
    assert "(allowedAccountIds of the provider west)" in unreachable.value.action
    unclear = ClientError({"Error": {"Code": "InternalFailure"}}, "GetCallerIdentity")
    for names, ways in (
        (settings.names, "proxy, stsRegion, endpoints of the provider west"),
        (STACK, "proxy, aws:stsRegion, aws:endpoints"),
    ):
        with pytest.raises(Unreachable, match=rf"reach STS \({ways}\)"):
            check_account(replace(settings, names=names), Mock(side_effect=unclear))


@pytest.mark.parametrize(
    "settings", [Settings(allowed_accounts=(OURS,)), Settings(forbidden_accounts=(OURS,))]
)
def test_an_unknown_account_is_refused(settings: Settings) -> None:
    """An answer that names no account passes no guard, not even one that forbids others."""
    with pytest.raises(InvalidSettings, match="belong to no known AWS account"):
        check_account(settings, lambda: caller(None))


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (EndpointConnectionError(endpoint_url="https://sts"), Unreachable),
        (ClientError({"Error": {"Code": "ExpiredToken"}}, "GetCallerIdentity"), BadCredentials),
        (ClientError({"Error": {"Code": "InternalFailure"}}, "GetCallerIdentity"), Unreachable),
        (ClientError({"Error": {"Code": "AccessDenied"}}, "GetCallerIdentity"), AwsError),
        (ClientError({"Error": {"Code": "NotFoundException"}}, "GetCallerIdentity"), AwsError),
    ],
)
def test_a_guard_that_cannot_be_checked_refuses(error: Exception, expected: type[AwsError]) -> None:
    """It is an error that says what was being checked, and for which setting."""

    def identity() -> dict[str, Any]:
        raise error

    with pytest.raises(expected) as caught:
        check_account(Settings(allowed_accounts=(OURS,)), identity)
    assert str(caught.value).startswith(
        "checking the AWS account before any call to Amplify (aws:allowedAccountIds): "
    )
