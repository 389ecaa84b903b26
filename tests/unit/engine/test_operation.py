"""The operation that the engine asks for at this moment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from amplify_job_resource._engine import operation as module
from amplify_job_resource._engine.operation import EngineOperation, current_operation, use
from amplify_job_resource._operation import PYTHON, Operation, PlainOperation

from tests.operations import URN, FakeOperation
from tests.unit.engine.rpc import FakeContext, LoggedProcess, a_request, an_operation


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> LoggedProcess:
    """This process is a plugin process."""
    process = LoggedProcess()
    monkeypatch.setattr(module, "plugin_process", lambda: process)
    return process


def served(request: Any, context: Any) -> Operation:
    """What a method of the servicer finds; its arguments have the names that gRPC's have."""
    return current_operation()


def test_outside_the_plugin_process_it_is_a_plain_one() -> None:
    """A program that uses the provider by itself has an operation without an engine."""
    assert type(served(a_request(), FakeContext())) is PlainOperation


def test_the_given_operation_counts() -> None:
    """Inside `use` the operation is the given one, the innermost first, and after it none."""
    outer, inner = FakeOperation(), FakeOperation()
    with use(outer):
        with use(inner):
            assert current_operation() is inner
        assert current_operation() is outer
    assert type(current_operation()) is PlainOperation


def test_an_operation_ends_with_its_block() -> None:
    """An exception ends the block as well."""
    with pytest.raises(KeyError), use(FakeOperation()):
        raise KeyError
    assert type(current_operation()) is PlainOperation


def test_in_the_plugin_process_it_is_the_one_on_the_stack(process: LoggedProcess) -> None:
    """The request and context of the RPC that is being served say whose operation it is."""
    context = FakeContext()
    found = served(a_request(timeout=90.0), context)
    assert isinstance(found, EngineOperation)
    assert (found.urn, found.timeout, found.context) == (URN, 90.0, context)
    assert (found.front, found.records_failures) == (PYTHON, True)
    assert process.lines == []


@pytest.mark.parametrize(
    ("request_", "context"),
    [
        (a_request(urn=7), FakeContext()),
        (object(), FakeContext()),
        (a_request(), object()),
        (None, None),
    ],
)
def test_without_a_frame_it_is_a_plain_one(
    process: LoggedProcess, request_: Any, context: Any
) -> None:
    """Where an SDK names its arguments otherwise, stock behaviour remains, and one line says so."""
    assert type(served(request_, context)) is PlainOperation
    assert type(served(request_, context)) is PlainOperation
    ((severity, text, _, _),) = process.lines
    assert severity == "DEBUG"
    assert "frame (no request and context on the stack)" in text


@pytest.mark.parametrize(
    ("members", "timeout"),
    [({}, None), ({"timeout": 0.0}, None), ({"timeout": None}, None), ({"timeout": 1.5}, 1.5)],
)
def test_a_timeout_of_zero_is_none(members: dict[str, Any], timeout: float | None) -> None:
    """The engine says 0 where the user has said nothing; some requests have no timeout at all."""
    operation = EngineOperation(LoggedProcess(), a_request(**members), FakeContext())
    assert operation.timeout == timeout


def test_lines_go_to_the_row_of_the_resource() -> None:
    """Each kind of line is the engine's, under the resource's URN; only a row's line goes away."""
    process = LoggedProcess()
    operation = an_operation(FakeContext(), process)
    operation.status("a row")
    operation.info("a line")
    operation.warn("a warning")
    operation.debug("a detail")
    assert process.lines == [
        ("INFO", "a row", URN, True),
        ("INFO", "a line", URN, False),
        ("WARNING", "a warning", URN, False),
        ("DEBUG", "a detail", URN, False),
    ]


@pytest.mark.parametrize("cancelled", [False, True])
def test_a_pause_ends_when_the_engine_cancels(cancelled: bool) -> None:
    """A pause waits for the cancel, and says whether it came: then the operation is given up."""
    waited: list[float] = []
    process = LoggedProcess()

    def wait(seconds: float) -> bool:
        waited.append(seconds)
        return cancelled

    process.cancelled.wait = wait  # type: ignore[method-assign,assignment]
    assert an_operation(FakeContext(), process).sleep(7.5) is not cancelled
    assert waited == [7.5]


def test_actions_wait_until_the_engine_has_recorded() -> None:
    """What is to run after the result is recorded is kept by the process, until the end."""
    process = LoggedProcess()
    ran: list[int] = []
    an_operation(FakeContext(), process).after_recorded(lambda: ran.append(1))
    assert ran == []
    process.hear_cancel()
    assert ran == [1]


@pytest.fixture(autouse=True)
def _no_operation() -> Iterator[None]:
    """No test leaves an operation behind."""
    yield
    assert type(current_operation()) is PlainOperation
