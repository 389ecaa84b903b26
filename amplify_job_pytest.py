"""The pytest plugin: fixtures with Amplify Hosting on this machine, from the extra `emulator`.

It stands beside the package, because pytest imports it at each start, and the package takes a while.
Nothing else is imported until a test asks for a fixture.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from amplify_job_resource.emulator import Control


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the fixtures, all of which can be left out."""
    words = "how many times as fast as in reality the emulator's jobs run; 0 stops its clock"
    group = parser.getgroup("amplify-job", "Amplify emulator")
    group.addoption("--amplify-speed", type=float, metavar="N", help=words)
    parser.addini("amplify_speed", f"{words} (default: 1)")
    parser.addini(
        "amplify_plan", "file with rules of how the emulator's jobs run, from the root folder"
    )


@pytest.fixture
def amplify(monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config) -> Iterator[Control]:
    """The `Control` of an empty Amplify in this process, which boto3 calls reach; needs no settings.

    Other processes are refused: they need `amplify_server`.
    """
    with _fixtures().in_process(monkeypatch) as control:
        _set_up(control, pytestconfig)
        yield control


@pytest.fixture
def amplify_server(
    monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> Iterator[Control]:
    """The `Control` of an empty Amplify as a server, which this process and those that it starts reach.

    The environment has the server's address until the test has ended, and no other setting of AWS.
    """
    with _fixtures().as_server(monkeypatch) as control:
        _set_up(control, pytestconfig)
        yield control


def _fixtures() -> ModuleType:
    """What does the work; without the extra, the test fails with what to install."""
    try:
        from amplify_job_resource.emulator import fixtures
    except ImportError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None
    return fixtures


def _set_up(control: Control, config: pytest.Config) -> None:
    """Set up an emulator as the options say.

    A wrong one fails the test, with what is wrong and no traceback.
    """
    plan, speed = config.getini("amplify_plan"), config.getoption("--amplify-speed")
    try:
        if plan:
            control.plan_file(config.rootpath / plan)
        if speed is None:
            speed = float(config.getini("amplify_speed") or 1)
        if speed != 1:
            control.run(speed)
    except (ValueError, OSError) as error:
        words = f"amplify_plan or amplify_speed: {error}"
        raise pytest.fail.Exception(words, pytrace=False) from None
