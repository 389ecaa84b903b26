"""Settings -> clients, made once per settings and shared.

Making a client takes long; using one from many threads is safe.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from concurrent.futures import Future
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from .._ask import Ask
from ..errors import InvalidSettings
from .account import check_account
from .app_answers import AppAnswers
from .aws_errors import RATE_CODES, ErrorContext, map_errors
from .budget import Budget
from .ids import BranchId
from .settings import Settings, check_keys
from .sign_in import is_about_credentials, sign_in_advice

if TYPE_CHECKING:
    from mypy_boto3_amplify import AmplifyClient

    from .credentials import Prompter

#: Side-by-side calls that one client serves without waiting for a connection; as many as the plugin
#: process serves, see `plugin_process.MAX_CALLS`.
MAX_CONNECTIONS: Final = 256
#: How often a call other than StartJob is sent, unless the stack says otherwise.
ATTEMPTS: Final = 4
#: The most that the stack may say: releases and waits ask again by themselves, and hear Ctrl-C.
MAX_ATTEMPTS: Final = 10


class Clients:
    """The shared clients for one set of settings.

    Attributes:
        settings: the settings that they were made from.
        retrying: for every call but StartJob: botocore repeats what was throttled or got no answer.
        single_attempt: for StartJob: each request is sent once.
        app_answers: what AWS has answered about whole apps.
        budgets: those of the waits that ask through them; they hear when AWS is asked too often.

    Raises:
        errors.InvalidSettings: no client can be made from the settings, or the account is not allowed.
        errors.AwsError: the account of the credentials could not be checked.
    """

    def __init__(self, settings: Settings, prompter: Prompter | None = None) -> None:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError

        from .aws_session import AwsSession

        _check(settings)
        require_profile(settings)
        if not settings.region:
            raise InvalidSettings(
                f"no AWS region is set: set {settings.names.subject('region')}"
                f"{settings.names.command('region')}, the resource's region, or AWS_REGION"
            )
        self.settings = settings
        self.app_answers = AppAnswers()
        self.budgets: set[Budget] = set()
        common: dict[str, Any] = {
            "connect_timeout": 10,
            "read_timeout": 60,
            "max_pool_connections": MAX_CONNECTIONS,
            "tcp_keepalive": True,
            "user_agent_extra": "amplify-job-resource",
        }
        retries: Any = {
            "mode": settings.retry_mode or "standard",
            "total_max_attempts": min(settings.max_attempts or ATTEMPTS, MAX_ATTEMPTS),
        }
        try:
            aws_session = AwsSession(settings, prompter)
            session = boto3.Session(botocore_session=aws_session, region_name=settings.region)
            self.retrying: AmplifyClient = session.client(
                "amplify",
                config=Config(**common, retries=retries),
            )
            # A silent retry of StartJob turns a lost reply into "busy", so nothing is retried here.
            self.single_attempt: AmplifyClient = session.client(
                "amplify",
                config=Config(**common, retries={"mode": "standard", "total_max_attempts": 1}),
            )
            guarded = settings.allowed_accounts or settings.forbidden_accounts
            sts: Any = aws_session.create_client("sts") if guarded else None
        except (BotoCoreError, ValueError) as error:
            advice = f"\n{sign_in_advice(settings, error)}" if is_about_credentials(error) else ""
            raise InvalidSettings(
                f"AWS cannot be used with {settings.chain} in {settings.region}: {error}{advice}"
            ) from error
        for client in (self.retrying, self.single_attempt):
            # The SDK asks after each answer whether to send the call again, and so hides refusals.
            client.meta.events.register("needs-retry.amplify", self._hear_answer)
        if sts:
            check_account(settings, sts.get_caller_identity)
        self._session = aws_session

    def _hear_answer(self, response: tuple[Any, Mapping[str, Any]] | None, **_: Any) -> None:
        if response and (response[1].get("Error") or {}).get("Code") in RATE_CODES:
            for budget in tuple(self.budgets):
                budget.refused()

    def sign_in(self) -> None:
        """Fetch the credentials now, so that whoever can be asked for a code is asked here.

        Raises:
            errors.AwsError: they cannot be had.
        """
        with map_errors(ErrorContext("signing in to AWS", "", None, self.settings)):
            credentials = self._session.get_credentials()
            if credentials:
                credentials.get_frozen_credentials()


_clients: dict[Settings, Future[Clients]] = {}
_clients_lock = Lock()


def clients_for(settings: Settings, prompter: Prompter | None = None) -> Clients:
    """The shared clients for these settings, made at first use.

    Whoever asks while they are being made waits for them; if they cannot be made, all who wait hear
    of it, and the next one tries anew.

    Args:
        settings: How to reach AWS.
        prompter: Asks for an MFA code; None where nobody can be asked.
    """
    with _clients_lock:
        found = _clients.get(settings)
        making = _clients.setdefault(settings, Future())
    if found is None:
        try:
            making.set_result(Clients(settings, prompter))
        except BaseException as error:
            with _clients_lock:
                del _clients[settings]
            making.set_exception(error)
    return making.result()


def clients_by(ask: Ask, settings: Settings, branch: BranchId) -> Clients:
    """The shared clients, got in a call that may be given up: a program that gives keys may hang."""
    return ask(lambda: clients_for(settings), f"finding AWS credentials ({branch})")


def resolve_region(settings: Settings) -> str | None:
    """The region that a call with these settings would go to, or None if none is set anywhere."""
    if settings.region:
        return settings.region
    from botocore.exceptions import BotoCoreError

    from .aws_session import AwsSession

    try:
        region: str | None = AwsSession(settings).get_config_variable("region")
        return region
    except BotoCoreError:
        # A profile that is not on this machine is an error where it is used, not in a preview.
        return None


def require_profile(settings: Settings) -> None:
    """Refuse a profile that is not on this machine.

    Raises:
        errors.InvalidSettings: it is not there, or the shared files cannot be read.
    """
    from botocore.exceptions import BotoCoreError

    from .aws_session import AwsSession

    try:
        AwsSession(settings).get_scoped_config()
    except BotoCoreError as error:
        raise InvalidSettings(
            f"AWS cannot be used with {settings.chain}: {error}\n{sign_in_advice(settings, error)}"
        ) from error


def _check(settings: Settings) -> None:
    names = settings.names
    check_keys(settings)
    if settings.ca_bundle and not settings.insecure:
        try:
            ssl.create_default_context(cafile=settings.ca_bundle)
        except OSError as error:  # also one of ssl's own
            raise InvalidSettings(
                f"{names.subject('customCaBundle')}, the file {settings.ca_bundle}, cannot be used: "
                f"{error.strerror or error}"
            ) from error
