"""The error tree."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import amplify_job_resource
import pytest
from amplify_job_resource import errors
from amplify_job_resource._amplify.records import Step
from amplify_job_resource.errors import AmplifyJobError, AwsError, JobError

from tests.unit.samples import a_job

CLASSES = {
    name: cls
    for name, cls in inspect.getmembers(errors, inspect.isclass)
    if issubclass(cls, Exception)
}


def drawn() -> dict[str, str]:
    """Each class of the tree in the module's docstring, with the class it hangs on."""
    parents: dict[str, str] = {}
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"    ([│├└─ ]*)([A-Z]\w+)(  |$)", line)
        if found:
            depth = len(found[1]) // 4
            path[depth:] = [found[2]]
            parents[found[2]] = path[depth - 1] if depth else "Exception"
    return parents


def test_the_tree_is_drawn_as_it_is() -> None:
    """The drawing at the top of the module has every class, each below its own base class."""
    assert drawn() == {name: cls.__mro__[1].__name__ for name, cls in CLASSES.items()}


@pytest.mark.parametrize("name", CLASSES)
def test_each_error_says_what_it_is(name: str) -> None:
    """Every class has a sentence of its own, and is public."""
    assert CLASSES[name].__dict__["__doc__"].partition("\n")[0].endswith(".")
    assert getattr(amplify_job_resource, name) is CLASSES[name]


def test_the_public_names_are_sorted_and_complete() -> None:
    """`__all__` is everything public in the package, in order."""
    public = {
        name
        for name, value in vars(amplify_job_resource).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    }
    assert set(amplify_job_resource.__all__) == public
    assert amplify_job_resource.__all__ == sorted(amplify_job_resource.__all__)


def test_an_error_of_aws_carries_its_data() -> None:
    """What was done, AWS's code and words, and advice on a line of its own."""
    error = AwsError("doing", "Code", "words", "Do this.")
    assert (error.action, error.code, error.detail, error.advice) == (
        "doing",
        "Code",
        "words",
        "Do this.",
    )
    assert str(error) == "doing: words (Code)\nDo this."
    assert str(AwsError("doing", "Code", "words")) == "doing: words (Code)"
    assert str(AwsError("doing", "Code", "")) == "doing: no message (Code)"


#: One error of each class that carries more than a message.
JOB = a_job("FAILED", steps=(Step("BUILD", "SUCCEED"), Step("DEPLOY", "FAILED")))
BRANCH = JOB.id.branch
BECAUSE = AwsError("reading", "Code", "words")
FACTS: list[tuple[AmplifyJobError, dict[str, Any]]] = [
    (errors.InvalidId("main"), {"text": "main"}),
    (BECAUSE, {"action": "reading", "code": "Code", "detail": "words", "advice": ""}),
    (
        errors.NotStarted("it failed", BRANCH, "why", JOB),
        {"branch": BRANCH, "reason": "why", "blocking_job": JOB},
    ),
    (
        errors.StartUnknown("it failed", BRANCH, "why", Path("note")),
        {"branch": BRANCH, "reason": "why", "note": Path("note")},
    ),
    (errors.JobError(JOB, "it failed"), {"job": JOB}),
    (errors.JobFailed(JOB, "it failed"), {"failed_steps": JOB.steps[1:]}),
    (
        errors.WrongCommit(JOB, "it failed", "1f3c9e2", None),
        {"wanted": "1f3c9e2", "reported": None},
    ),
    (errors.Unhealthy(JOB, "it failed", 403), {"status": 403}),
    (
        errors.WaitTimeout(JOB, "it failed", 90.0),
        {"waited_seconds": 90.0, "last_status": "FAILED"},
    ),
    (
        errors.WaitInterrupted(JOB, "it failed", 90.0),
        {"waited_seconds": 90.0, "last_status": "FAILED"},
    ),
    (errors.WaitFailed(JOB, "it failed", BECAUSE), {"cause": BECAUSE}),
]


@pytest.mark.parametrize(("error", "facts"), FACTS, ids=lambda value: type(value).__name__)
def test_an_error_carries_its_facts(error: AmplifyJobError, facts: dict[str, Any]) -> None:
    """Each attribute that a class documents is there: who catches the error need not read it."""
    documented = re.findall(r"(?m)^    (\w+): ", inspect.getdoc(type(error)) or "")
    assert documented == list(facts)
    assert {name: getattr(error, name) for name in documented} == facts


def test_each_class_with_facts_is_tested() -> None:
    """No class that documents attributes was forgotten above."""
    documented = {cls for cls in CLASSES.values() if "Attributes:" in (cls.__dict__["__doc__"])}
    assert documented == {type(error) for error, _ in FACTS}


@pytest.mark.parametrize("error", [error for error, _ in FACTS if isinstance(error, JobError)])
def test_an_error_with_a_job_carries_it(error: JobError) -> None:
    """The job as last seen is what gets recorded, and the message is all that is printed."""
    assert error.job is JOB
    assert str(error) == "it failed"


def test_a_branch_need_not_be_blocked() -> None:
    """A release may end without a job for other reasons than an active one."""
    assert errors.NotStarted("it failed", BRANCH, "why").blocking_job is None
