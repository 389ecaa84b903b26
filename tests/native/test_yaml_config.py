"""A commit that looks like a number, from the config of a stack whose program is in YAML."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from amplify_job_resource.emulator import Control

from tests.engine.conftest import APP
from tests.native.yaml_stack import YamlStack

ROOT = Path(__file__).parents[2]
PROGRAM: Final = f"""
config:
  commitId: {{ type: string }}
resources:
  site:
    type: amplify-job:Job
    properties: {{ appId: {APP}, branchName: main, commitId: "${{commitId}}" }}
"""
COMMAND: Final = """pulumi config set commitId '"1234567"'"""
PAGES: Final = (
    "docs/native.md",
    "docs/troubleshooting.md",
    "examples/aws-yaml-first-release/README.md",
)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_speaks_of_digits_has_the_command(page: str) -> None:
    """Each of the pages says how a commit with digits only is set."""
    assert COMMAND in (ROOT / page).read_text(encoding="utf-8")


@pytest.mark.engine
def test_a_commit_of_digits_from_config(
    new_yaml: Callable[..., YamlStack], emulator: Control
) -> None:
    """The command works, for a commit with an `e` as well; plain digits are an error at preview."""
    stack = new_yaml(PROGRAM)
    for digits, told in ("1234567", "1234567"), ("1234e56", "1.234e+59"):
        refused = stack.preview(config={"commitId": digits}).failed()
        assert f"commitId must be text, not {told}" in refused.text
    *_, value = shlex.split(COMMAND)
    for other in ("1234567", "1234e56"):
        run = stack.preview(config={"commitId": value.replace("1234567", other)}).ok()
        assert run.lines("site") == [f"release {APP}/main: {other}"]
    stack.up(config={"commitId": value}).ok()
    assert stack.job()["outputs"]["commitId"] == "1234567"
    (call,) = emulator.calls("StartJob")
    assert call["body"]["commitId"] == "1234567"
