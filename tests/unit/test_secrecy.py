"""Secret inputs stay out of lines and errors."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import Any

import pytest
from amplify_job_resource import AwsError, NotStarted
from amplify_job_resource._amplify.ids import BranchId, JobId, console_url
from amplify_job_resource._amplify.records import JobRecord
from amplify_job_resource._inputs.request import JOB_INPUTS
from amplify_job_resource._inputs.secrets import SECRET_INPUTS
from amplify_job_resource._operation import Operation
from amplify_job_resource._secrecy import DiscreetOperation, Secrets, discreet
from amplify_job_resource._values.unknown import UNKNOWN

from tests.operations import FakeOperation


def hidden(text: str, **inputs: Any) -> str:
    """A text of an operation whose inputs are all secrets."""
    return Secrets({**inputs, SECRET_INPUTS: list(inputs)}).hide(text)


@pytest.mark.parametrize(
    ("inputs", "text", "shown"),
    [
        ({"commitMessage": "Top secret"}, "Value 'Top secret' at", "Value '[secret]' at"),
        ({"commitMessage": "Top\n\nsecret"}, "was Top secret.", "was [secret]."),
        ({"commitMessage": "Top\nsecret"}, r"was 'Top\nsecret'", "was '[secret]'"),
        ({"commitMessage": "Dear team\nx\n"}, "Dear team: no", "[secret]: no"),
        ({"commitMessage": "it's"}, "\"it's\"", '"[secret]"'),
        ({"commitMessage": " padded text "}, "<padded text>", "<[secret]>"),
        ({"commitMessage": "a.c"}, "abc a.c", "abc [secret]"),
        ({"commitId": "1f3c9e2a77"}, "1F3C9E2, not 1f3c9e2a77", "[secret], not [secret]"),
        ({"commitId": "1f3c9e2a77"}, "reports 1f3c9e2a77b02d4a", "reports [secret]"),
        ({"appId": "d1a2"}, "d1a2/main, xd1a2, d1a2b", "[secret]/main, xd1a2, d1a2b"),
        ({"branchName": "main"}, "the remaining d1a2/main/4", "the remaining d1a2/[secret]/4"),
        ({"branchName": "feature/x"}, "#/d1/feature%2Fx/4", "#/d1/[secret]/4"),
        ({"branchName": "it's new"}, "--branch-name 'it'\"'\"'s new' x", "--branch-name '[secret]' x"),
        ({"sourceJobId": "3"}, "job 3, not 13", "job [secret], not 13"),
        ({"profile": "ci"}, "profile 'ci' of decisions", "profile '[secret]' of decisions"),
        ({"region": "eu-west-1", "appId": "d1"}, "eu-west-1#/d1", "[secret]#/[secret]"),
        ({"source": "https://a.b/c?X-Sign=abc&d=e"}, "at 'https://a.b/c?X-Sig'", "at '[secret]'"),
        ({"source": "https://a.b/c?X-Sign=abc"}, "https://a.b/c?X-Sign=abc, no", "[secret], no"),
        ({"profile": "main", "branchName": "main-2"}, "main-2 main", "[secret] [secret]"),
    ],
)  # fmt: skip
def test_a_secret_is_hidden_in_each_form(inputs: dict[str, Any], text: str, shown: str) -> None:
    """As it is, quoted, escaped, on one line, in a link, in a command; never as a part of a word."""
    assert hidden(text, **inputs) == shown


@pytest.mark.parametrize(
    "properties",
    [
        {},
        {"commitId": "1f3c9e2a77"},
        {"commitId": "1f3c9e2a77", SECRET_INPUTS: ["profile"]},
        {"commitId": UNKNOWN, SECRET_INPUTS: ["commitId"]},
        {"commitId": "", "commitMessage": None, SECRET_INPUTS: ["commitId", "commitMessage"]},
        {"jobType": "RELEASE", "onBusy": "stop", SECRET_INPUTS: ["jobType", "onBusy"]},
        {"waitForCompletion": True, "triggers": {"a": "b"}, SECRET_INPUTS: list(JOB_INPUTS.by_key)},
    ],
)
def test_nothing_else_is_hidden(properties: dict[str, Any]) -> None:
    """Words that a release shows by what it does are in many sentences; triggers are in none."""
    secrets = Secrets(properties)
    assert not secrets
    assert (
        secrets.hide("a RELEASE of 1f3c9e2a77 would stop a")
        == "a RELEASE of 1f3c9e2a77 would stop a"
    )


def test_each_side_of_a_change_is_hidden() -> None:
    """The recorded value may be another one; where the names are not known, each input is hidden."""
    old = {"profile": "one", "status": "SUCCEED", SECRET_INPUTS: UNKNOWN}
    new = {"profile": "two", SECRET_INPUTS: ["profile"]}
    assert Secrets(old, new).hide("one -> two: SUCCEED") == "[secret] -> [secret]: SUCCEED"


def test_a_discreet_operation_shows_no_secret() -> None:
    """Each kind of line is without the secret; all else is that of the operation at hand."""
    operation = FakeOperation(timeout=9.0, records_failures=False)
    discreet_one = DiscreetOperation(
        operation, Secrets({"profile": "ci", SECRET_INPUTS: ["profile"]})
    )
    for name in ("status", "info", "warn", "debug"):
        getattr(discreet_one, name)("as ci")
    discreet_one.warn_once("once as ci")
    assert operation.rows == [(0.0, "as [secret]")]
    assert operation.infos == operation.debugs == ["as [secret]"]
    assert operation.warnings == ["as [secret]", "once as [secret]"]
    assert discreet_one.sleep(5)
    assert (discreet_one.now(), discreet_one.timeout, discreet_one.records_failures) == (
        5.0,
        9.0,
        False,
    )
    assert (discreet_one.urn, discreet_one.front) == (operation.urn, operation.front)
    discreet_one.after_recorded(lambda: operation.info("recorded"))
    operation.record()
    assert operation.infos[-1] == "recorded"


class Steps:
    """Has one step, which fails."""

    def __init__(
        self, error: BaseException, cause: BaseException | None = None, *secrets: str
    ) -> None:
        self._error, self._cause = error, cause
        self.secret_texts = frozenset(secrets)
        self.operation: Operation | None = None

    @discreet
    def step(self, operation: Operation, properties: Mapping[str, Any]) -> None:
        self.operation = operation
        try:
            raise self._cause or LookupError("profile ci in the middle")
        except BaseException as cause:
            raise self._error from cause


SECRET_PROFILE = {"profile": "ci", SECRET_INPUTS: ["profile"]}
JOB = JobRecord(JobId("d1a2", "ci", "4"), "FAILED", region="eu-west-1")


@pytest.mark.parametrize(
    "error",
    [
        AwsError(
            "starting (d1a2/ci)", "BadRequest", "the value ci is wrong", "Set another than ci."
        ),
        NotStarted("none for d1a2/ci: ci", BranchId("d1a2", "ci"), "ci is busy", JOB),
        ValueError("ci", 7),
        KeyboardInterrupt("ci"),
    ],
)
def test_an_error_shows_no_secret(error: BaseException) -> None:
    """Neither its text, nor its sentences as attributes, nor what led to it, as in a traceback."""
    with pytest.raises(type(error)) as caught:
        Steps(error).step(FakeOperation(), SECRET_PROFILE)
    texts = [str(caught.value), *(text for text in vars(error).values() if isinstance(text, str))]
    texts += [*traceback.format_exception_only(error), str(error.__cause__)]
    assert not any("ci" in text.replace("[secret]", "") for text in texts), texts
    assert "[secret]" in str(error.__cause__)


def test_no_step_shows_a_secret_of_the_settings() -> None:
    """Texts that are no inputs are hidden as secret inputs are, with these and without."""
    for properties, shown in (
        ({"profile": "ci"}, "profile ci of [secret]"),
        (SECRET_PROFILE, "profile [secret] of [secret]"),
    ):
        error = ValueError("profile ci of arn:role/x")
        steps = Steps(error, None, "arn:role/x")
        with pytest.raises(ValueError, match="secret"):
            steps.step(FakeOperation(), properties)
        assert error.args == (shown,)
        assert steps.operation
        assert steps.operation.hide("as arn:role/x") == "as [secret]"


def test_the_facts_of_an_error_stay() -> None:
    """Only sentences are changed: code that handles the error has the branch and the job."""
    error = NotStarted("none for d1a2/ci", BranchId("d1a2", "ci"), "busy", JOB)
    with pytest.raises(NotStarted):
        Steps(error).step(FakeOperation(), SECRET_PROFILE)
    assert (error.branch, error.blocking_job) == (BranchId("d1a2", "ci"), JOB)


def test_errors_that_lead_to_each_other_have_an_end() -> None:
    """A circle of causes is gone through once."""
    error, cause = ValueError("ci"), KeyError("ci")
    cause.__cause__ = error
    with pytest.raises(ValueError, match="secret"):
        Steps(error, cause).step(FakeOperation(), SECRET_PROFILE)
    assert cause.args == ("[secret]",)


@pytest.mark.parametrize(
    ("secret", "shown"),
    [
        ([], "key hunter22 pin 123456 name shop"),
        (["triggers.API_KEY"], "key [secret] pin 123456 name shop"),
        (["triggers.deep"], "key hunter22 pin [secret] name shop"),
        (["triggers"], "key [secret] pin [secret] name [secret]"),
        (["triggers.gone"], "key hunter22 pin 123456 name shop"),
    ],
)
def test_secrets_within_triggers_are_hidden(secret: list[str], shown: str) -> None:
    """A build log may hold the value of a variable that a release is triggered by."""
    triggers = {"API_KEY": "hunter22", "deep": [{"pin": 123456.0}], "name": "shop", "a": "k"}
    secrets = Secrets({"triggers": triggers, SECRET_INPUTS: secret})
    assert secrets.hide("key hunter22 pin 123456 name shop") == shown
    listed = Secrets({"triggers": ["x", "hunter22"], SECRET_INPUTS: ["triggers.1"]})
    assert listed.hide("key hunter22") == "key [secret]"


def test_without_secrets_nothing_stands_between() -> None:
    """A step without a secret gets the operation and raises the error as they are."""
    operation, error = FakeOperation(), ValueError("profile ci")
    steps = Steps(error)
    with pytest.raises(ValueError, match="profile ci"):
        steps.step(operation, {"profile": "ci"})
    assert steps.operation is operation


@pytest.mark.parametrize("branch", ["main", "feature/new-header", "it's"])
def test_what_a_job_is_named_by_is_hidden_everywhere(branch: str) -> None:
    """Its id, its page and the command that stops it hold the branch in forms of their own."""
    job = JobRecord(JobId("d1a2", branch, "4"), "RUNNING", region="eu-west-1")
    for text in (str(job.id), console_url("eu-west-1", job.id.branch) or "", job.stop_command):
        shown = hidden(text, branchName=branch)
        assert "[secret]" in shown
        assert hidden(shown, branchName=branch) == shown
        assert branch not in shown
