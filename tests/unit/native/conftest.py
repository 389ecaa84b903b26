"""The fixture `calls`: the provider behind a real connection, and AWS in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.native.calls import Amplify, Engine, without_aws


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The provider behind a real connection; jobs succeed at once."""
    without_aws(monkeypatch)
    engine = Engine(Amplify())
    yield engine
    engine.close()
