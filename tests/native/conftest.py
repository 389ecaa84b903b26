"""What the tests of the native provider share."""

from __future__ import annotations

import pytest

from tests.native.sdks import SDKs


@pytest.fixture(scope="session")
def sdks(tmp_path_factory: pytest.TempPathFactory) -> SDKs:
    """The SDKs of this checkout's schema."""
    return SDKs(tmp_path_factory.mktemp("sdks"))
