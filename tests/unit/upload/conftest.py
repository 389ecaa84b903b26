"""Fixtures of the tests that upload over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.upload.upload_server import UploadServer, upload_server

PROXIES = ("http_proxy", "https_proxy", "no_proxy", "all_proxy", "requests_ca_bundle")


@pytest.fixture(autouse=True)
def _no_proxies_here(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server() -> Iterator[UploadServer]:
    """A server that takes uploads."""
    with upload_server() as given:
        yield given
