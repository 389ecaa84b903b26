"""The error tree."""

from __future__ import annotations

import inspect
import re
from typing import Any

import amplify_job_resource
import pytest
from amplify_job_resource import errors
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


@pytest.mark.parametrize("cls", [cls for cls in CLASSES.values() if issubclass(cls, AwsError)])
def test_an_error_of_aws_carries_its_data(cls: type[AwsError]) -> None:
    """What was done, AWS's code and words, and advice on a line of its own."""
    error = cls("doing", "Code", "words", "Do this.")
    assert (error.action, error.code, error.detail, error.advice) == (
        "doing",
        "Code",
        "words",
        "Do this.",
    )
    assert str(error) == "doing: words (Code)\nDo this."
    assert str(cls("doing", "Code", "")) == "doing: no message (Code)"


#: What some classes carry beside job and message.
FACTS: dict[type[JobError], tuple[Any, ...]] = {
    errors.WrongCommit: ("1f3c9e2", "8b02d4a"),
    errors.WaitTimeout: (90.0,),
    errors.WaitInterrupted: (90.0,),
    errors.WaitFailed: (AwsError("reading", "Code", "words"),),
}


@pytest.mark.parametrize("cls", [cls for cls in CLASSES.values() if issubclass(cls, JobError)])
def test_an_error_with_a_job_carries_it(cls: type[JobError]) -> None:
    """The job as last seen is what gets recorded."""
    job = a_job("FAILED")
    error = cls(job, "it failed", *FACTS.get(cls, ()))
    assert error.job is job
    assert str(error) == "it failed"
    assert isinstance(error, AmplifyJobError)
