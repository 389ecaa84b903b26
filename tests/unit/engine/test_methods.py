"""The wrapper of the provider's methods: what becomes of each kind of exception."""

from __future__ import annotations

from typing import Any

import pytest
from amplify_job_resource import InvalidSettings, JobFailed, NotFound
from amplify_job_resource._engine.methods import engine_method
from amplify_job_resource._engine.operation import current_operation, use
from amplify_job_resource._lifecycle import RecordedFailure

from tests.operations import FakeOperation
from tests.unit.engine.rpc import FakeContext, an_operation, in_a_thread
from tests.unit.samples import a_job

CAUSE = JobFailed(a_job("FAILED"), "it failed\nconsole: x")
FAILURE = RecordedFailure("d1a2/main/42", {"status": "FAILED"}, CAUSE)
PLAIN = [
    InvalidSettings("no AWS region is set"),
    NotFound("reading", "NotFoundException", "no such app", "Is it the right region?"),
    CAUSE,
]
BUGS = [KeyError("appId"), AssertionError(), RecursionError("too deep")]
NO_EXCEPTIONS = [KeyboardInterrupt(), SystemExit(3), GeneratorExit("closed")]


class Provider:
    """A provider whose method ends in a given way."""

    def __init__(self, end: BaseException | None = None) -> None:
        self.end = end

    @engine_method
    def create(self, props: dict[str, Any], *, id_: str = "") -> str:
        """Create it."""
        if self.end is not None:
            raise self.end
        return f"{props['status']}{id_}"


def ended(end: BaseException, *props: dict[str, Any]) -> tuple[Exception, FakeContext]:
    """What leaves a method of the engine's that ends so, and what the engine is shown."""
    context = FakeContext()

    def served() -> str:
        with use(an_operation(context)):
            return Provider(end).create(*(props or ({},)))

    with pytest.raises(Exception) as caught:  # noqa: PT011 - any may come
        in_a_thread(served)
    return caught.value, context


def test_a_result_comes_back() -> None:
    """A method that ends well returns what it returned, and the engine is shown nothing."""
    context = FakeContext()
    with use(an_operation(context)):
        assert Provider().create({"status": "SUCCEED"}, id_="!") == "SUCCEED!"
    assert context.metadata == ()


def test_a_wrapped_method_looks_like_itself() -> None:
    """Name and docstring stay, for whoever reads a traceback."""
    assert (Provider.create.__name__, Provider.create.__doc__) == ("create", "Create it.")


@pytest.mark.parametrize("error", PLAIN, ids=lambda error: type(error).__name__)
def test_a_foreseen_error_is_a_plain_sentence(error: Exception) -> None:
    """An error of the tree leaves as it is, and the engine is shown its message and no traceback."""
    left, context = ended(error)
    assert left is error
    assert context.message == str(error)
    assert context.recorded is None


def test_a_recorded_failure_is_saved() -> None:
    """A failure with a resource leaves as it is, and the engine is shown what to save."""
    left, context = ended(FAILURE, {"__provider": "a pickle"})
    assert left is FAILURE
    assert context.message == "it failed\nconsole: x"
    assert context.recorded.id == "d1a2/main/42"
    assert context.properties == {"status": "FAILED", "__provider": "a pickle"}


def test_the_provider_is_that_of_the_new_properties() -> None:
    """An update has old and new properties: what is saved has the provider of the new ones."""
    context = FakeContext()

    @engine_method
    def update(id_: str, olds: dict[str, Any], news: dict[str, Any]) -> None:
        raise FAILURE

    def served() -> None:
        with use(an_operation(context)):
            update("d1a2/main/42", {"__provider": "old"}, {"__provider": "new"})

    with pytest.raises(RecordedFailure):
        in_a_thread(served)
    assert context.properties["__provider"] == "new"


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: type(bug).__name__)
def test_a_fault_of_ours_asks_to_be_reported(bug: Exception) -> None:
    """Any other exception leaves as it is, and the engine is shown its traceback and a request."""
    left, context = ended(bug)
    assert left is bug
    assert context.message.startswith("Traceback (most recent call last):\n")
    assert type(bug).__name__ in context.message
    assert "please report it with the lines above" in context.message


@pytest.mark.parametrize("end", NO_EXCEPTIONS, ids=lambda end: type(end).__name__)
def test_nothing_but_an_exception_leaves(end: BaseException) -> None:
    """The SDK answers the engine only for an `Exception`: all else becomes a RuntimeError."""
    left, context = ended(end)
    assert type(left) is RuntimeError
    assert left.__cause__ is end
    assert str(left) == f"{type(end).__name__}: {end}"
    assert type(end).__name__ in context.message


@pytest.mark.parametrize("error", [CAUSE, FAILURE], ids=["plain", "recorded"])
def test_a_debugger_sees_the_traceback(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """With `AMPLIFY_JOB_DEBUG=1` a foreseen error is shown with its traceback below the sentence."""
    monkeypatch.setenv("AMPLIFY_JOB_DEBUG", "1")
    _, context = ended(error)
    assert context.message.startswith(f"{error}\n\nTraceback (most recent call last):\n")


def test_where_failures_are_not_recorded_the_cause_is_raised() -> None:
    """Without an engine that saves it, a failure is the error that users know, with its own cause."""
    because = NotFound("reading", "NotFoundException", "no such job")
    cause = JobFailed(a_job("FAILED"), "it failed")
    cause.__cause__ = because
    failure = RecordedFailure("d1a2/main/42", {}, cause)
    with use(FakeOperation(records_failures=False)), pytest.raises(JobFailed) as caught:
        Provider(failure).create({})
    assert caught.value is cause
    assert caught.value.__cause__ is because


@pytest.mark.parametrize("error", [*PLAIN, *BUGS, FAILURE], ids=lambda error: type(error).__name__)
def test_without_an_engine_errors_leave_as_they_are(error: Exception) -> None:
    """Where no engine asks, there is nobody to be shown a message."""
    with use(FakeOperation()), pytest.raises(type(error)) as caught:
        Provider(error).create({})
    assert caught.value is error


def test_the_operation_is_the_same_within_the_method() -> None:
    """The operation is found once, at the border, and whoever asks within the method gets that one."""
    operation = FakeOperation()
    with use(operation):
        assert engine_method(current_operation)() is operation
