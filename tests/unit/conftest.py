"""Unit tests see no AWS or Pulumi settings of the machine they run on."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest

from tests.unit.lifecycles import World, a_world
from tests.unit.programs import Engine, Run


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith(("AWS_", "PULUMI_", "AMPLIFY_JOB_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "pulumi"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "aws-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "aws-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def engine() -> Engine:
    """The mocked engine."""
    engine = Engine()
    pulumi.runtime.set_mocks(engine, project="shop", stack="dev")
    return engine


@pytest.fixture
def run(engine: Engine) -> Run:
    """Runs a program; the inputs of each declared resource, by name, without the pickled provider.

    Resources are declared in whichever order they are ready.
    """

    def run(program: Callable[[], Any]) -> list[dict[str, Any]]:
        pulumi.runtime.test(program)()  # type: ignore[no-untyped-call]
        return [
            {key: value for key, value in declared.inputs.items() if key != "__provider"}
            for declared in sorted(engine.declared, key=lambda declared: declared.name)
        ]

    return run


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """A free branch, no config, and nothing in state."""
    return a_world(monkeypatch)
