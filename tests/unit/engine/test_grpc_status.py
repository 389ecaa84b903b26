"""How a failed call is shown to the engine."""

from __future__ import annotations

from amplify_job_resource import JobFailed
from amplify_job_resource._engine.grpc_status import PROVIDER_KEY, show
from amplify_job_resource._lifecycle import RecordedFailure
from pulumi.dynamic.dynamic import PROVIDER_KEY as SDK_KEY

from tests.unit.engine.rpc import FakeContext, in_a_thread
from tests.unit.samples import a_job

PROPERTIES = {
    "appId": "d1a2",
    "triggers": {"a": [1, None, True]},
    "steps": [{"name": "BUILD", "status": "FAILED"}],
    "durationSeconds": 92.5,
    "adopted": False,
}


def a_failure(message: str) -> RecordedFailure:
    """A job that failed and is to be saved."""
    cause = JobFailed(a_job("FAILED"), message)
    return RecordedFailure("d1a2/main/42", PROPERTIES, cause)


def recorded(message: str) -> FakeContext:
    """What the engine is shown of a failure that is to be saved."""
    context = FakeContext()
    in_a_thread(lambda: show(context, message, a_failure(message), "a pickle"))
    return context


def test_a_message_is_shown_as_it_is() -> None:
    """A plain failure is its message, with all its lines, and saves nothing."""
    context = FakeContext()
    show(context, "first line\n  second: ünï")
    assert context.message == "first line\n  second: ünï"
    assert context.recorded is None


def test_the_code_is_the_one_of_the_sdk() -> None:
    """The engine sees the same code as without the plain message: UNKNOWN."""
    context = FakeContext()
    show(context, "x")
    assert context.status.code == 2


def test_a_recorded_failure_is_saved_with_its_provider() -> None:
    """The engine gets id and all properties, and the pickle without which it could not go on."""
    context = recorded("it failed")
    assert context.message == "it failed"
    assert context.recorded.id == "d1a2/main/42"
    assert context.properties == {**PROPERTIES, "__provider": "a pickle"}


def test_the_lines_of_a_recorded_failure_are_indented() -> None:
    """The CLI lists the reasons: the lines of one stand below its first line."""
    context = recorded("it failed\nconsole: x")
    assert list(context.recorded.reasons) == ["it failed\n\t  console: x"]


def test_the_provider_stands_under_the_key_of_the_sdk() -> None:
    """The SDK finds the pickled provider under this key."""
    assert PROVIDER_KEY == SDK_KEY
