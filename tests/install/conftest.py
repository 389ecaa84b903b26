"""What the tests of installations share: the distributions of this checkout, and environments."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.install import environments
from tests.install.environments import Environment
from tools.wheel import build


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    return build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session")
def sdist(wheel: Path) -> Path:
    """The sdist of this checkout, from which the wheel was built."""
    (sdist,) = wheel.parent.glob("*.tar.gz")
    return sdist


@pytest.fixture
def install(wheel: Path, tmp_path: Path) -> Callable[..., Environment]:
    """Makes an environment with the wheel, with extras such as `[cli]`, and with what else is named."""

    def make(extras: str = "", *more: str) -> Environment:
        return environments.make(tmp_path / "elsewhere", f"{wheel}{extras}", *more)

    return make
