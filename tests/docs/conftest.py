"""What the tests of the documents share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from amplify_job_resource.emulator import Plan, Server


@pytest.fixture
def emulator() -> Iterator[Server]:
    """An emulator with the app that the pages name; builds end at once."""
    with Server() as server:
        server.control.reset()
        server.control.create_app("d1a2b3c4", ["main"])
        server.control.default_plan(Plan.instant())
        yield server
