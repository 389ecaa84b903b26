"""What the tests of installations share: the distributions of this checkout, and environments."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.install import environments
from tests.install.environments import Environment
from tools.check_wheel import build


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    return build(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist of this checkout."""
    return build(tmp_path_factory.mktemp("sdist"), "sdist")


@pytest.fixture
def install(wheel: Path, tmp_path: Path) -> Callable[..., Environment]:
    """Makes an environment with the wheel, with extras such as `[cli]`, and with what else is named."""

    def make(extras: str = "", *more: str) -> Environment:
        return environments.make(tmp_path / "elsewhere", f"{wheel}{extras}", *more)

    return make
