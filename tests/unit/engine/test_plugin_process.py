"""What the plugin process shares between its calls. The seams themselves are tested in tests/plugin."""

from __future__ import annotations

import socket
import sys
from types import ModuleType, SimpleNamespace

import pytest
from amplify_job_resource._engine import plugin_process
from amplify_job_resource._engine.plugin_process import ORPHAN_GRACE, PluginProcess, install

from tests.operations import URN
from tests.unit.engine.rpc import FakeContext, LoggedProcess, an_operation


def test_nothing_is_installed_anywhere_else() -> None:
    """A program, a test, or a shell is no plugin process, and stays as it is."""
    install()
    assert plugin_process.plugin_process() is None


@pytest.fixture
def in_the_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process looks like the plugin process of an SDK without any seam."""
    main = ModuleType("__main__")
    main.__spec__ = sys.modules["pulumi.dynamic"].__spec__
    monkeypatch.setitem(sys.modules, "__main__", main)
    monkeypatch.setattr(sys, "argv", ["no address"])
    monkeypatch.setattr(plugin_process, "_process", None)


def test_the_plugin_process_is_known_by_its_main_module(in_the_plugin: None) -> None:
    """Where `pulumi.dynamic` runs, the seams are put to use, once."""
    install()
    process = plugin_process.plugin_process()
    assert process is not None
    install()
    assert plugin_process.plugin_process() is process


def test_a_switch_leaves_the_stock_behaviour(
    in_the_plugin: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `AMPLIFY_JOB_STOCK_PLUGIN=1` no seam is put to use, also in the plugin process."""
    monkeypatch.setenv("AMPLIFY_JOB_STOCK_PLUGIN", "1")
    install()
    assert plugin_process.plugin_process() is None


def test_a_seam_that_is_missing_is_named() -> None:
    """Another SDK costs the seams that it lacks and no more; one debug line names them."""
    process = LoggedProcess()
    process.install(ModuleType("__main__"), ["no address"])
    assert set(process.missing) == {"engine", "pool", "queue", "cancel"}
    process.report_missing()
    process.report_missing()
    ((severity, text, _, _),) = process.lines
    assert severity == "DEBUG"
    assert all(f"{name} (" in text for name in process.missing)


def test_a_process_with_all_seams_says_nothing() -> None:
    """Where nothing is missing, there is no line."""
    process = LoggedProcess()
    process.report_missing()
    assert process.lines == []


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
    process, ran = PluginProcess(), list[int]()
    process.after_recorded(lambda: ran.append(1))
    process.after_recorded(lambda: ran.append(2))
    assert not process.cancelled.is_set()
    process.hear_cancel()
    process.hear_cancel()
    assert process.cancelled.is_set()
    assert ran == [1, 2]


def test_without_the_cancel_seam_nothing_is_kept() -> None:
    """Where nobody would tell that results are recorded, an action runs at once."""
    process, ran = PluginProcess(), list[int]()
    process.missing["cancel"] = "not found"
    process.after_recorded(lambda: ran.append(1))
    assert ran == [1]


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
    PluginProcess().log(severity, "a line", ephemeral=ephemeral)
    output = capsys.readouterr()
    assert (output.out, output.err) == ("", shown)


class Exited(Exception):
    """The process would have ended here."""


class Watched(PluginProcess):
    """A plugin process whose time costs nothing, and whose end is seen.

    Attributes:
        looks: how often it has paused before a look, or before its end.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self.looks = 0

        def end(code: int) -> None:
            raise Exited(code)

        monkeypatch.setattr(plugin_process, "time", SimpleNamespace(sleep=self._pause))
        monkeypatch.setattr(plugin_process, "os", SimpleNamespace(_exit=end))

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
    monkeypatch.setattr(plugin_process, "socket", network)
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

        monkeypatch.setattr(plugin_process, "time", SimpleNamespace(sleep=pause))
        address = engine.getsockname()
        with pytest.raises(Exited):
            process._end_without_engine(address)
    assert process.looks == 53


def test_an_orphan_is_gone_within_five_seconds() -> None:
    """This is what docs/plugin-process.md promises; the first look may have been a moment ago."""
    assert (1 + plugin_process.REFUSALS) * plugin_process.LOOK_SECONDS + ORPHAN_GRACE < 5
