"""What the tests of the native provider share: SDKs, stacks, and those with programs in YAML."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from amplify_job_resource.emulator import Server

from tests.engine.conftest import emulator, front, native_front, new_stack, server
from tests.native.sdks import SDKs
from tests.native.yaml_stack import YamlStack

__all__ = ["emulator", "front", "native_front", "new_stack", "server"]

NO_HOST = "There is no `pulumi-language-yaml` on PATH: run the tests with `make test`."


@pytest.fixture(scope="session")
def sdks(tmp_path_factory: pytest.TempPathFactory) -> SDKs:
    """The SDKs of this checkout's schema."""
    return SDKs(tmp_path_factory.mktemp("sdks"))


@pytest.fixture
def new_yaml(server: Server, tmp_path: Path) -> Iterator[Callable[..., YamlStack]]:
    """Makes stacks with programs in YAML; whatever still runs at the end of the test is ended."""
    assert shutil.which("pulumi-language-yaml"), NO_HOST
    stacks: list[YamlStack] = []

    def make(program: str = "", **options: Any) -> YamlStack:
        folder = tmp_path / f"yaml-{len(stacks)}"
        folder.mkdir()
        stacks.append(YamlStack(folder, program, emulator_url=server.url, **options))
        return stacks[-1]

    yield make
    for stack in stacks:
        stack.close()
