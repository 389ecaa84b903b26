"""Amplify as boto3 shows it, at any endpoint: each call ends with a reply, also one that is refused."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_amplify import AmplifyClient

#: Refusals for the rate of calls: they say nothing of what was asked.
THROTTLED = ("TooManyRequestsException", "ThrottlingException", "Throttling")


class Unanswered(Exception):
    """The service did not answer what was asked; the message has no data of an account."""


@dataclass(frozen=True, slots=True)
class Reply:
    """How a call ended: its data, or the error's code and message."""

    status: int
    data: Mapping[str, Any]
    code: str = ""
    message: str = ""

    @property
    def taken(self) -> bool:
        """Whether the service did what was asked."""
        return not self.code

    def needed(self, operation: str) -> Any:
        """The data of a call that the service has to take.

        Raises:
            Unanswered: it was refused.
        """
        if not self.taken:
            raise self.refusal(operation)
        return self.data

    def refusal(self, operation: str) -> Unanswered:
        """What to raise where a refused call leaves a question open; it has no message of AWS's."""
        return Unanswered(f"{operation} was refused with {self.status} {self.code}")

    def __str__(self) -> str:
        return "taken" if self.taken else f"{self.status} {self.code}: {self.message}"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address has answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def client_for(endpoint: str | None, region: str | None = None) -> AmplifyClient:
    """A client with the credentials of the environment, which sends each call once.

    Args:
        endpoint: Where the service is; None for AWS.
        region: The region; None for that of boto3's own settings, which do not have `AWS_REGION`.

    Raises:
        Unanswered: there is no region, or the settings are wrong otherwise.
    """
    config = Config(retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=60)
    try:
        return boto3.client("amplify", region or None, endpoint_url=endpoint, config=config)
    except (BotoCoreError, ValueError) as error:
        raise Unanswered(f"there is no client: {error}") from error


def is_aws(endpoint: str) -> bool:
    """Whether an endpoint is AWS's own."""
    host = urlsplit(endpoint).hostname or ""
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws"))


def call(client: AmplifyClient, operation: str, members: Mapping[str, Any]) -> Reply:
    """Call an operation.

    Raises:
        Unanswered: the credentials do not suffice, the service failed, or it could not be reached.
    """
    try:
        data = getattr(client, xform_name(operation))(**members)
    except ClientError as error:
        answer: Any = error.response
        status, code = answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]
        if status in (401, 403) or status >= 500:
            raise Unanswered(f"{operation} failed with {status} {code}") from error
        return Reply(status, {}, code, answer["Error"]["Message"])
    except BotoCoreError as error:
        raise Unanswered(f"{operation} failed with {type(error).__name__}") from error
    return Reply(200, data)


def fetch(request: urllib.request.Request) -> Fetched:
    """What a signed address answers; it needs no key.

    Raises:
        Unanswered: nothing answers there.
    """
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return Fetched(answer.status, dict(answer.headers), answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Fetched(error.code, dict(error.headers), error.read())
    except OSError as error:
        raise Unanswered(f"an address does not answer: {type(error).__name__}") from error
