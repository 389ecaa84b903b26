"""Fixtures of the tests that read logs over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from amplify_job_resource._amplify.settings import Settings
from amplify_job_resource._logs.address import LogSession

from tests.unit.logs.log_server import LogServer, log_server


@pytest.fixture
def server() -> Iterator[LogServer]:
    """A server that has one log."""
    with log_server() as given:
        yield given


@pytest.fixture
def session() -> Iterator[LogSession]:
    """A session with the settings of nobody."""
    with LogSession(Settings(), read_seconds=5) as session:
        yield session
