"""Fixtures of the tests that upload over HTTP."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.secure_server import secure_server
from tests.unit.upload.upload_server import UploadServer, upload_server

ELSEWHERE = ("http_proxy", "https_proxy", "no_proxy", "all_proxy", "requests_ca_bundle")


@pytest.fixture(autouse=True)
def _no_proxies_here(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ELSEWHERE:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server() -> Iterator[UploadServer]:
    """A server that takes uploads."""
    with upload_server() as given:
        yield given


@dataclass(frozen=True)
class Authority:
    """Whose certificates nobody knows: its file, and what a server with one needs."""

    file: str
    context: ssl.SSLContext


@pytest.fixture(scope="package")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority of this machine."""
    file: Path = tmp_path_factory.mktemp("tls") / "ca.pem"
    with secure_server(file, b""):
        pass  # which wrote its certificate, with the key
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return Authority(str(file), context)


@pytest.fixture
def secure(authority: Authority) -> Iterator[UploadServer]:
    """A server with https that takes uploads."""
    with upload_server(authority.context) as given:
        yield given
