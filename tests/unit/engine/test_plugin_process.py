"""What the plugin process shares between its calls. The seams themselves are tested in tests/plugin."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest
from amplify_job_resource._engine import plugin_process
from amplify_job_resource._engine.plugin_process import PluginProcess, install

from tests.unit.engine.rpc import LoggedProcess


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


def test_without_the_cancel_seam_nothing_is_kept() -> None:
    """Where nobody would tell that results are recorded, an action runs at once."""
    process, ran = PluginProcess(), list[int]()
    process.missing["cancel"] = "not found"
    process.after_recorded(lambda: ran.append(1))
    assert ran == [1]
