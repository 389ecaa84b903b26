"""botocore's errors become ours, and say what to do next."""

from __future__ import annotations

import inspect
from typing import Any

import botocore.exceptions
import pytest
from amplify_job_resource import (
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
from amplify_job_resource._amplify.aws_errors import ErrorContext, map_errors
from amplify_job_resource._amplify.ids import BranchId
from amplify_job_resource._amplify.roles import AssumeRole
from amplify_job_resource._amplify.setting_names import (
    PROVIDER,
    SHELL,
    STACK,
    SettingNames,
    of_provider,
)
from amplify_job_resource._amplify.settings import Settings
from botocore.exceptions import BotoCoreError, ClientError
from botocore.loaders import Loader
from botocore.retries.standard import ThrottledRetryableChecker

#: The operations that are used, and what each stands for in a message.
OPERATIONS = ("StartJob", "GetJob", "ListJobs", "StopJob", "GetBranch", "GetApp")
BUSY = "The requested branch feature/x already have pending or running jobs"
BRANCH_ARN = "arn:aws:amplify:eu-west-1:*:apps/d1a2/branches/feature/x"
SETTINGS = Settings(region="eu-west-1", profile="ci")


def ours(error: Exception, operation: str = "StartJob", **settings: Any) -> AwsError:
    """What becomes of an error that botocore raises."""
    used = Settings(**{"region": "eu-west-1", "profile": "ci", **settings})
    context = ErrorContext(
        "starting Amplify job (d1a2/feature/x)", operation, BranchId("d1a2", "feature/x"), used
    )
    with pytest.raises(AwsError) as caught, map_errors(context):
        raise error
    assert caught.value.__cause__ is error
    return caught.value


def answer(
    code: str, status: int, message: str = "AWS's own words", operation: str = "StartJob"
) -> ClientError:
    """An answer of AWS's that is an error."""
    response: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, operation)


def modelled() -> list[tuple[str, str, int]]:
    """Each error that AWS's model lists for an operation that is used, with its HTTP status."""
    model = Loader().load_service_model("amplify", "service-2")
    return [
        (operation, error["shape"], model["shapes"][error["shape"]]["error"]["httpStatusCode"])
        for operation in OPERATIONS
        for error in model["operations"][operation]["errors"]
    ]


@pytest.mark.parametrize(("operation", "shape", "status"), modelled())
def test_every_modelled_error_has_a_class(operation: str, shape: str, status: int) -> None:
    """Each error shape of each operation that is used becomes the class that means the same."""
    classes = {
        "BadRequestException": RequestRejected,
        "UnauthorizedException": AccessDenied,
        "NotFoundException": NotFound,
        "LimitExceededException": Throttled,
        "InternalFailureException": OutcomeUnclear,
    }
    error = ours(answer(shape, status, operation=operation), operation)
    assert type(error) is classes[shape]
    assert (error.code, error.detail) == (shape, "AWS's own words")
    assert str(error).startswith("starting Amplify job (d1a2/feature/x): AWS's own words (")


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("AccessDeniedException", 403, AccessDenied),
        ("AccessDenied", 400, AccessDenied),
        ("SomethingNew", 403, AccessDenied),
        ("SomethingNew", 401, AccessDenied),
        ("ExpiredTokenException", 403, BadCredentials),
        ("ExpiredToken", 400, BadCredentials),
        ("UnrecognizedClientException", 403, BadCredentials),
        ("InvalidSignatureException", 403, BadCredentials),
        ("MissingAuthenticationToken", 403, BadCredentials),
        ("ResourceNotFoundException", 400, NotFound),
        ("404", 404, NotFound),
        ("TooManyRequestsException", 429, Throttled),
        ("ThrottlingException", 400, Throttled),
        ("LimitExceededException", 400, Throttled),
        ("SomethingNew", 429, Throttled),
        ("ValidationException", 400, RequestRejected),
        ("SomethingNew", 418, RequestRejected),
        ("InternalFailure", 500, OutcomeUnclear),
        ("ServiceUnavailable", 503, OutcomeUnclear),
        ("504", 504, OutcomeUnclear),
        ("DependentServiceFailureException", 503, OutcomeUnclear),
    ],
)
def test_codes_that_no_model_lists_have_a_class(
    code: str, status: int, expected: type[AwsError]
) -> None:
    """Gateways, signers and new versions answer with other codes; code and status tell the class."""
    assert type(ours(answer(code, status))) is expected


@pytest.mark.parametrize("code", vars(ThrottledRetryableChecker)["_THROTTLED_ERROR_CODES"])
def test_what_botocore_takes_for_throttling_is_throttling(code: str) -> None:
    """Each code after which botocore slows down is one here, whatever status comes with it."""
    assert type(ours(answer(code, 400))) is Throttled


def test_an_answer_without_anything_is_unclear() -> None:
    """A reply that holds neither code nor status says nothing of what happened."""
    error = ours(ClientError({}, "StartJob"))
    assert type(error) is OutcomeUnclear
    assert "no message" in str(error)


@pytest.mark.parametrize(
    ("code", "status"),
    [("LimitExceededException", 429), ("BadRequestException", 400), ("ConflictException", 409)],
)
def test_a_busy_branch_is_known_by_its_words(code: str, status: int) -> None:
    """The words count, not the code: other quotas share the code, other sources have another."""
    assert type(ours(answer(code, status, BUSY))) is BranchBusy
    assert type(ours(answer(code, status, "Too many apps"))) is not BranchBusy


@pytest.mark.parametrize(
    ("operation", "resource"),
    [
        ("StartJob", f"{BRANCH_ARN}/jobs/*"),
        ("GetJob", f"{BRANCH_ARN}/jobs/*"),
        ("StopJob", f"{BRANCH_ARN}/jobs/*"),
        ("ListJobs", f"{BRANCH_ARN}/jobs/* and {BRANCH_ARN}"),
        ("GetBranch", BRANCH_ARN),
        ("GetApp", "arn:aws:amplify:eu-west-1:*:apps/d1a2"),
    ],
)
def test_a_denial_names_what_is_needed(operation: str, resource: str) -> None:
    """Access denied: the IAM action, and the ARN with the branch as it is called."""
    error = ours(answer("AccessDeniedException", 403, operation=operation), operation)
    assert error.advice == f"The credentials need amplify:{operation} on {resource}."
    assert str(error).endswith(error.advice)


def test_what_aws_says_is_plain_text() -> None:
    """It repeats names that it was given, and these may steer a terminal or forge a line."""
    hostile = "no \x1b[31mway\u202e\nSUCCEED"
    error = ours(answer(f"Bad\x07{hostile}", 400, hostile))
    assert (error.detail, error.code) == ("no [31mway SUCCEED", "Bad no [31mway SUCCEED")


def test_not_found_names_the_region() -> None:
    """A wrong region looks like a missing app, so the region that was asked is shown."""
    assert "The region is eu-west-1." in str(ours(answer("NotFoundException", 404)))


def test_a_git_ref_is_no_branch_name() -> None:
    """A CI system's `refs/heads/main` is not found: the advice is the name that Amplify knows."""
    context = ErrorContext("x", "GetBranch", BranchId("d1a2", "refs/heads/feature/x"), SETTINGS)
    with pytest.raises(NotFound) as caught, map_errors(context):
        raise answer("NotFoundException", 404, operation="GetBranch")
    assert "without refs/heads/: give feature/x." in caught.value.advice


def test_bad_credentials_say_where_they_come_from() -> None:
    """Expired keys: which source was used, and how to sign in again."""
    text = str(ours(answer("ExpiredTokenException", 403)))
    assert "The credentials come from profile 'ci'" in text
    assert "aws sso login" in text


def test_a_role_that_may_not_be_assumed_is_bad_credentials() -> None:
    """An error of another operation on the way, as AssumeRole, had no effect on any job."""
    role = (AssumeRole("arn:role"),)
    for status in (403, 500):
        error = ours(answer("AccessDenied", status, operation="AssumeRole"), assume_roles=role)
        assert type(error) is BadCredentials
        assert "AssumeRole: AWS's own words" in str(error)
        assert "profile 'ci', then role arn:role" in str(error)


SAMPLE = {
    "alias": "x",
    "checksum": "x",
    "conflicting": "x",
    "cred_var": "x",
    "endpoint_url": "http://127.0.0.1:1",
    "error": "x",
    "error_msg": "x",
    "method": "x",
    "msg": "x",
    "name": "x",
    "profile": "x",
    "provider": "x",
    "proxy_url": "x",
    "reason": "x",
    "report": "x",
    "request": "x",
    "response": "x",
}


class Anything(dict[str, Any]):
    """Whatever a message of botocore's wants to hold."""

    def __missing__(self, key: str) -> str:
        return "x"


def raised(cls: type[BotoCoreError]) -> BotoCoreError:
    """An exception of that class, as botocore would make it."""
    error = cls.__new__(cls)
    Exception.__init__(error, cls.fmt.format_map(Anything(SAMPLE)))
    return error


BOTOCORE = sorted(
    (
        cls
        for _, cls in inspect.getmembers(botocore.exceptions, inspect.isclass)
        if issubclass(cls, BotoCoreError)
    ),
    key=lambda cls: cls.__name__,
)
NEVER_SENT = {
    "ConnectTimeoutError",
    "EndpointConnectionError",
    "EndpointProviderError",
    "EndpointResolutionError",
    "EndpointVariantError",
    "InvalidRegionError",
    "NoRegionError",
    "ParamValidationError",
    "UnknownRegionError",
    "UnknownServiceError",
}
WORDS_FOR_CREDENTIALS = (
    "Credential",
    "Login",
    "SSO",
    "TokenProvider",
    "TokenRetrieval",
    "AuthToken",
)


@pytest.mark.parametrize("cls", BOTOCORE, ids=lambda cls: cls.__name__)
def test_every_exception_of_botocore_has_a_class(cls: type[BotoCoreError]) -> None:
    """None gets through: it is about credentials, was never sent, or its outcome is unclear."""
    error = ours(raised(cls))
    name = cls.__name__
    if any(word in name for word in WORDS_FOR_CREDENTIALS):
        assert type(error) is BadCredentials
    elif name in NEVER_SENT:
        assert type(error) is Unreachable
        assert "Nothing was sent. Is eu-west-1 the right region" in str(error)
    else:
        assert type(error) in (OutcomeUnclear, BadCredentials)
    assert error.code == name


@pytest.mark.parametrize(
    ("names", "ways"),
    [
        (STACK, "proxy, aws:endpoints, AWS_ENDPOINT_URL_AMPLIFY"),
        (PROVIDER, "proxy, amplify-job:endpoints, AWS_ENDPOINT_URL_AMPLIFY"),
        (
            of_provider("west"),
            "proxy, endpoints of the provider west, AWS_ENDPOINT_URL_AMPLIFY",
        ),
        (SHELL, "proxy, AWS_ENDPOINT_URL_AMPLIFY"),
    ],
)
def test_what_leads_elsewhere_is_named_as_its_reader_does(names: SettingNames, ways: str) -> None:
    """A setting that leads to AWS is one that the reader of the message can set."""
    error = ours(raised(botocore.exceptions.EndpointConnectionError), names=names)
    assert f"can this machine reach AWS ({ways})?" in str(error)


@pytest.mark.parametrize(
    "name", ["ReadTimeoutError", "ConnectionClosedError", "ResponseStreamingError", "SSLError"]
)
def test_a_lost_connection_is_unclear(name: str) -> None:
    """What may have reached AWS is never called unreachable: that would start a second job."""
    assert type(ours(raised(getattr(botocore.exceptions, name)))) is OutcomeUnclear


@pytest.mark.parametrize("error", [KeyError("x"), KeyboardInterrupt(), NotFound("x", "y", "z")])
def test_other_errors_pass(error: BaseException) -> None:
    """A fault of ours, an interrupt, and what is mapped already stay what they are."""
    context = ErrorContext("x", "GetJob", BranchId("d1a2", "main"), SETTINGS)
    with pytest.raises(type(error)) as caught, map_errors(context):
        raise error
    assert caught.value is error
