"""botocore's exceptions -> ours, each with the next step for the person who reads it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from .._values.text import printable
from ..errors import (
    AccessDenied,
    AwsError,
    BadCredentials,
    BranchBusy,
    NotFound,
    OutcomeUnclear,
    RequestRejected,
    Throttled,
    Unreachable,
)
from .ids import BranchId
from .settings import Settings
from .sign_in import is_about_credentials, sign_in_advice

#: The words in StartJob's answer for a busy branch. The code differs from source to source, the
#: words do not; and other quotas share the code, so the code alone says nothing.
BUSY_WORDS: Final = "already have pending or running jobs"
#: The words in CreateDeployment's answer for one, in which N is a job's number.
UNFINISHED_WORDS: Final = re.compile(r"last job\s?\(deployment\) \S+ was not finished")

#: Characters of what AWS or botocore says that are kept.
MAX_DETAIL: Final = 2000

_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedException", "NotAuthorized"}
_BAD_CREDENTIALS = {
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
    "MissingAuthenticationToken",
    "IncompleteSignature",
}
#: All that botocore takes for throttling, and 429; a test compares the list with botocore's own.
_THROTTLED = {
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
}
#: Those of them that are about the rate of calls, and not about a quota of jobs.
RATE_CODES: Final = _THROTTLED - {"LimitExceededException"}
_ABOUT_A_JOB = {"GetJob", "StopJob"}
_NOT_FOUND = {"NotFoundException", "ResourceNotFoundException"}
#: The request cannot have left this machine.
_NEVER_SENT = {
    "ConnectTimeoutError",
    "CredentialsUnreachable",
    "EndpointConnectionError",
    "EndpointProviderError",
    "EndpointResolutionError",
    "EndpointVariantError",
    "UnknownRegionError",
    "ParamValidationError",
    "InvalidRegionError",
    "UnknownServiceError",
    "NoRegionError",
}


@dataclass(frozen=True, slots=True)
class ErrorContext:
    """What was being done when a call to AWS failed.

    Attributes:
        action: what was being done, and to what: `starting Amplify job (d1a2/main)`.
        operation: the API operation's name, `StartJob`.
        branch: the branch that it was about; None for a call that is about none.
        settings: how AWS was reached.
    """

    action: str
    operation: str
    branch: BranchId | None
    settings: Settings


@contextmanager
def map_errors(context: ErrorContext) -> Iterator[None]:
    """Turn what botocore raises inside the block into an `AwsError`.

    Raises:
        errors.AwsError: the subclass that says what botocore's error means here.
    """
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
    from botocore.parsers import ResponseParserError

    try:
        yield
    except ClientError as error:
        raise _from_answer(context, error) from error
    except (BotoCoreError, HTTPClientError, ResponseParserError) as error:
        raise _from_client(context, error) from error


def _from_answer(context: ErrorContext, error: Exception) -> AwsError:
    response = getattr(error, "response", {})
    # AWS repeats names that it was given, and these may hold anything.
    code = printable(str(response.get("Error", {}).get("Code") or "unknown error"), 100)
    detail = printable(str(response.get("Error", {}).get("Message") or ""), MAX_DETAIL)
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0)
    operation = getattr(error, "operation_name", context.operation)
    if operation != context.operation:
        # The call failed on the way to its credentials: AssumeRole was refused.
        return BadCredentials(
            context.action,
            code,
            f"{operation}: {detail}",
            f"The credentials come from {context.settings.chain}.",
        )
    if BUSY_WORDS in detail or UNFINISHED_WORDS.search(detail):
        return BranchBusy(context.action, code, detail)
    if code in _BAD_CREDENTIALS:
        return BadCredentials(context.action, code, detail, sign_in_advice(context.settings))
    if code in _DENIED or status in (401, 403):
        return AccessDenied(context.action, code, detail, permission_advice(context))
    if code in _NOT_FOUND or status == 404:
        return NotFound(context.action, code, detail, _not_found_advice(context))
    if code in _THROTTLED or status == 429:
        return Throttled(
            context.action, code, detail, "AWS asks for fewer requests: try again later."
        )
    if status >= 500 or status == 0:
        return OutcomeUnclear(context.action, code, detail)
    return RequestRejected(context.action, code, detail)


def _from_client(context: ErrorContext, error: Exception) -> AwsError:
    name = type(error).__name__
    detail = printable(str(error), MAX_DETAIL)
    if is_about_credentials(error):
        return BadCredentials(context.action, name, detail, sign_in_advice(context.settings, error))
    if name in _NEVER_SENT:
        endpoints = context.settings.names.beside("AWS_ENDPOINT_URL_AMPLIFY", "endpoints")
        return Unreachable(
            context.action,
            name,
            detail,
            f"Nothing was sent. Is {context.settings.region} the right region, and can this machine "
            f"reach AWS (proxy, {endpoints})?",
        )
    return OutcomeUnclear(context.action, name, detail)


def permission_advice(context: ErrorContext) -> str:
    """Which IAM action on which resource the call needs."""
    if context.branch is None:
        return ""
    region = context.settings.region or "*"
    app = f"arn:aws:amplify:{region}:*:apps/{context.branch.app_id}"
    branch = f"{app}/branches/{context.branch.branch_name}"
    resource = {
        "GetApp": app,
        "GetBranch": branch,
        "ListJobs": f"{branch}/jobs/* and {branch}",
        "CreateDeployment": branch,
        "StartDeployment": branch,
    }.get(context.operation, f"{branch}/jobs/*")
    return f"The credentials need amplify:{context.operation} on {resource}."


def _not_found_advice(context: ErrorContext) -> str:
    name = context.branch.branch_name if context.branch else ""
    if name.startswith("refs/heads/"):
        return (
            f"Amplify names a branch without refs/heads/: give {name.removeprefix('refs/heads/')}."
        )
    if context.branch and context.operation in _ABOUT_A_JOB:
        region = ["--region", context.settings.region] if context.settings.region else []
        names = shlex.join([context.branch.app_id, name, *region])
        return (
            f"If region ({context.settings.region}), app and branch are right, the branch has no such "
            f"job: `amplify-job history {names}` lists those that it has."
        )
    return (
        f"The region is {context.settings.region}. Is that the app's region, and are the app id and "
        "the branch name right?"
    )
