"""The link to the engine: lines, its Cancel, and its end."""

from __future__ import annotations

import socket
from types import SimpleNamespace

import pytest
from amplify_job_resource._engine import engine_link
from amplify_job_resource._engine.engine_link import (
    LOOK_SECONDS,
    ORPHAN_GRACE,
    REFUSALS,
    EngineLink,
)

from tests.operations import URN
from tests.unit.engine.rpc import FakeContext, LoggedProcess, an_operation


def test_a_warning_about_the_machine_is_shown_once() -> None:
    """It is for the whole command, so it stands at the stack and not at one of its resources."""
    process = LoggedProcess()
    for resource in ("one", "other"):
        an_operation(FakeContext(), process).warn_once("no notes")
        an_operation(FakeContext(), process).warn(resource)
    assert process.lines == [
        ("WARNING", "no notes", "", False),
        ("WARNING", "one", URN, False),
        ("WARNING", "other", URN, False),
    ]


def test_what_is_kept_runs_once_and_in_order() -> None:
    """The engine cancels at the end of every operation: then all results are recorded."""
    process, ran = EngineLink(), list[int]()
    process.after_recorded(lambda: ran.append(1))
    process.after_recorded(lambda: ran.append(2))
    assert not process.cancelled.is_set()
    process.hear_cancel()
    process.hear_cancel()
    assert process.cancelled.is_set()
    assert ran == [1, 2]


@pytest.mark.parametrize(
    ("severity", "ephemeral", "shown"),
    [
        ("INFO", False, "a line\n"),
        ("WARNING", False, "a line\n"),
        ("INFO", True, ""),
        ("DEBUG", False, ""),
    ],
)
def test_without_an_engine_lines_go_to_stderr(
    severity: str, ephemeral: bool, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Lines that stay are printed where people see them, and never on stdout, which is a protocol."""
    EngineLink().log(severity, "a line", ephemeral=ephemeral)
    output = capsys.readouterr()
    assert (output.out, output.err) == ("", shown)


class Exited(Exception):
    """The process would have ended here."""


class Watched(EngineLink):
    """A plugin process whose time costs nothing, and whose end is seen.

    Attributes:
        looks: how often it has paused before a look, or before its end.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self.looks = 0

        def end(code: int) -> None:
            raise Exited(code)

        monkeypatch.setattr(engine_link, "time", SimpleNamespace(sleep=self._pause))
        monkeypatch.setattr(engine_link, "os", SimpleNamespace(_exit=end))

    def _pause(self, _: float) -> None:
        self.looks += 1


@pytest.mark.parametrize(
    "between", [None, TimeoutError("no answer"), ConnectionResetError(), OSError("no more files")]
)
def test_only_refusals_in_a_row_mean_that_the_engine_is_gone(
    monkeypatch: pytest.MonkeyPatch, between: OSError | None
) -> None:
    """A refusal among connections keeps the process; before it ends, all waits are ended."""
    refused = ConnectionRefusedError()
    # A connection takes a refusal back; what says nothing leaves it.
    answers = [between, refused, between, *([refused] if between is None else []), refused]
    waiting = list(answers)

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        assert address == ("127.0.0.1", 7)
        answer = waiting.pop(0)
        if answer is not None:
            raise answer
        return socket.socket()

    process = Watched(monkeypatch)
    network = SimpleNamespace(create_connection=connect)
    monkeypatch.setattr(engine_link, "socket", network)
    with pytest.raises(Exited, match="0"):
        process._end_without_engine(("127.0.0.1", 7))
    assert waiting == []
    assert process.looks == len(answers) + 1
    assert process.cancelled.is_set()


def test_an_engine_that_is_stopped_is_not_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system accepts connections for a process that does not run: only its end refuses them."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as engine:
        process = Watched(monkeypatch)

        def pause(_: float) -> None:
            process.looks += 1
            assert process.cancelled.is_set() is (process.looks > 52)
            if process.looks == 51:
                engine.close()

        monkeypatch.setattr(engine_link, "time", SimpleNamespace(sleep=pause))
        address = engine.getsockname()
        with pytest.raises(Exited):
            process._end_without_engine(address)
    assert process.looks == 53


def test_an_orphan_is_gone_within_five_seconds() -> None:
    """This is what docs/plugin-process.md promises; the first look may have been a moment ago."""
    assert (1 + REFUSALS) * LOOK_SECONDS + ORPHAN_GRACE < 5
