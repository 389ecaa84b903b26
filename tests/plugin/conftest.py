"""The real plugin process, with an emulator in this process for it to talk to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from amplify_job_resource import JobProvider
from amplify_job_resource.emulator import Control, Plan, Server

from tests.engine.stack import clean_environment
from tests.plugin.process import Plugin

APP = "d1a2b3c4"


@pytest.fixture
def server() -> Iterator[Server]:
    """An emulator server with `d1a2b3c4/main`, whose jobs end at once."""
    with Server() as server:
        server.control.reset()
        server.control.create_app(APP, ["main"])
        server.control.default_plan(Plan.instant())
        yield server


@pytest.fixture
def emulator(server: Server) -> Control:
    """Sets up the emulator and looks at it."""
    return server.control


@pytest.fixture
def start(server: Server, tmp_path: Path) -> Iterator[Callable[..., Plugin]]:
    """Starts configured plugin processes."""
    plugins: list[Plugin] = []

    def start(environment: Mapping[str, str] | None = None) -> Plugin:
        full = {**clean_environment(tmp_path), "AWS_ENDPOINT_URL_AMPLIFY": server.url}
        plugins.append(Plugin(JobProvider(), tmp_path, {**full, **(environment or {})}))
        plugins[-1].configure({})
        return plugins[-1]

    yield start
    for plugin in plugins:
        plugin.close()


@pytest.fixture
def plugin(start: Callable[..., Plugin]) -> Plugin:
    """A plugin process as the engine would start it."""
    return start()
