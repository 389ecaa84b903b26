"""Amplify without the SDK: the emulator's answers, as the SDK would hand them over.

Most of a walk's time is spent in botocore and moto, on the way between the provider and the emulator.
Here the operations are called as they are, with their faults and with the SDK's own retries, so that a
walk sees several times as many histories.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlparse

from amplify_job_resource._amplify.session import ATTEMPTS, Clients
from amplify_job_resource.emulator import Fault, emulator_state
from amplify_job_resource.emulator.exceptions import AmplifyError
from amplify_job_resource.emulator.limits import check
from amplify_job_resource.emulator.responses import AmplifyResponse
from amplify_job_resource.emulator.responses.dispatch import FAULT_ERRORS
from botocore.exceptions import ClientError, ConnectionClosedError

#: What the SDK sends again by itself, by HTTP status. Source: botocore's standard mode.
_SENT_AGAIN: Final = frozenset({429, 500, 502, 503, 504})
#: Seconds of the SDK's pauses, of which the real ones are random.
_PAUSE: Final = 0.5
_ENDPOINT: Final = "https://amplify.example"
_NO_SERVER: Final = "http://127.0.0.1:1"


class DirectClients:
    """In the place of `Clients`: the same settings, and operations that are answered here.

    Attributes:
        settings: the settings of the real ones.
        retrying: sends again what the SDK would.
        single_attempt: sends once.
        app_answers, budgets: those of the real ones.
    """

    def __init__(self, clients: Clients, account: str) -> None:
        region = clients.settings.region
        self.settings = clients.settings
        self.app_answers = clients.app_answers
        self.budgets = clients.budgets
        self.retrying = _Client(account, region, ATTEMPTS)
        self.single_attempt = _Client(account, region, 1)


class _Client:
    def __init__(self, account: str, region: str | None, attempts: int) -> None:
        self._account = account
        self._region = region
        self._attempts = attempts

    def __getattr__(self, name: str) -> Callable[..., dict[str, Any]]:
        """The method of an operation, by its name in the SDK."""

        def call(**members: Any) -> dict[str, Any]:
            operation = "".join(word.title() for word in name.split("_"))
            for _ in range(self._attempts - 1):
                try:
                    return self._sent(operation, name, members)
                except ConnectionClosedError:
                    pass
                except ClientError as error:
                    if error.response["ResponseMetadata"]["HTTPStatusCode"] not in _SENT_AGAIN:
                        raise
                emulator_state.clock.advance(_PAUSE)
            return self._sent(operation, name, members)

        return call

    def _sent(self, operation: str, method: str, members: dict[str, Any]) -> dict[str, Any]:
        response = AmplifyResponse()
        response.params = members
        response.uri_match = {}
        response.current_account, response.region = self._account, self._region or ""
        response.parsed_url = urlparse(_NO_SERVER)
        # Where logs would be: nothing serves them, and a release says so and goes on.
        response.is_werkzeug_request = operation == "GetJob"
        faults = emulator_state.faults.matching(
            operation, members.get("appId"), members.get("branchName")
        )
        for fault in faults:
            if fault.kind == "slow":
                emulator_state.clock.wait(fault.seconds, real_time=False)
        _strike(faults, "before", operation)
        with response.backend.lock:
            try:
                check(operation, response._get_param)
                answer: dict[str, Any] = getattr(response, method)()
            except AmplifyError as error:
                raise _refused(operation, error.status, error.code, error.message) from None
        _strike(faults, "after", operation)
        rounded: dict[str, Any] = _rounded(answer)
        return rounded


def _strike(faults: list[Fault], when: str, operation: str) -> None:
    for fault in faults:
        if fault.when != when or fault.kind == "slow":
            continue
        if fault.kind == "drop":
            raise ConnectionClosedError(endpoint_url=_ENDPOINT)
        if fault.kind == "denied":
            raise _refused(operation, 403, "AccessDeniedException", "not authorized")
        raise _refused(operation, *FAULT_ERRORS[fault.kind])


def _refused(operation: str, status: int, code: str, message: str) -> ClientError:
    return ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status},  # type: ignore[typeddict-item]
        },
        operation,
    )


def _rounded(value: Any) -> Any:
    """An answer with times as they come over the wire, and without what is not there."""
    if isinstance(value, dict):
        return {key: _rounded(entry) for key, entry in value.items() if entry is not None}
    if isinstance(value, (list, tuple)):
        return [_rounded(entry) for entry in value]
    if isinstance(value, datetime):
        return value.replace(microsecond=value.microsecond // 1000 * 1000)
    return value
