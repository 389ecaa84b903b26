"""The guards of a stack: which AWS accounts the credentials may belong to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .._values.text import printable
from ..errors import InvalidSettings, OutcomeUnclear, Unreachable
from .aws_errors import ErrorContext, map_errors
from .settings import Settings


def check_account(settings: Settings, identity: Callable[[], Mapping[str, Any]]) -> None:
    """Ask STS whose the credentials are, if the stack has a guard, and refuse what it does not allow.

    A guard that cannot be checked is no guard, so it refuses as well.

    Args:
        settings: The guards, and how AWS is reached.
        identity: Calls STS GetCallerIdentity, which needs no permission.

    Raises:
        errors.InvalidSettings: the account is not allowed.
        errors.AwsError: STS does not say which account it is.
    """
    if not settings.allowed_accounts and not settings.forbidden_accounts:
        return
    names = settings.names
    guard = "allowedAccountIds" if settings.allowed_accounts else "forbiddenAccountIds"
    action = f"checking the AWS account before any call to Amplify ({names.alone(guard)})"
    try:
        with map_errors(ErrorContext(action, "GetCallerIdentity", None, settings)):
            caller = identity()
    except OutcomeUnclear as error:
        ways = f"proxy, {names.keys('stsRegion')}, {names.alone('endpoints')}"
        advice = f"Can this machine reach STS ({ways})?"
        raise Unreachable(error.action, error.code, error.detail, advice) from error
    account = str(caller.get("Account") or "")
    if settings.allowed_accounts:
        refused, rule = account not in settings.allowed_accounts, "allows only"
    else:
        refused, rule = account in settings.forbidden_accounts, "forbids"
    if refused or not account:
        whose = f"AWS account {account}" if account else "no known AWS account"
        arn = printable(str(caller.get("Arn") or "no ARN"), 300)
        named = ", ".join(settings.allowed_accounts or settings.forbidden_accounts)
        raise InvalidSettings(
            f"the credentials belong to {whose} ({arn}), and {names.subject(guard)} {rule} {named}. "
            "No call to Amplify was made.\n"
            f"The credentials come from {settings.chain}. Use credentials of the right account, or "
            f"change {names.alone(guard)}."
        )
