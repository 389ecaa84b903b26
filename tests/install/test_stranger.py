"""A project of somebody else, with nothing but the wheel, its extra and pytest."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.install.environments import ROOT, WHERE, Environment

SETTINGS = """
[tool.pytest.ini_options]
filterwarnings = ["error"]
addopts = ["-n", "2", "-p", "no:cacheprovider"]
"""


@pytest.mark.slow
@pytest.mark.engine
def test_a_strangers_project_needs_only_the_fixtures(install: Callable[..., Environment]) -> None:
    """The tests of the pages pass there, side by side, with warnings as errors."""
    environment = install("[emulator]", "pytest", "pytest-xdist")
    environment.python(WHERE)
    (environment.folder / "pyproject.toml").write_text(SETTINGS)
    pages = "".join(page.read_text("utf-8") for page in (ROOT / "docs").glob("emulator*.md"))
    snippets = re.findall(r"```python\n(.*?)```", pages, re.DOTALL)
    tests = [snippet for snippet in snippets if "def test_" in snippet]
    for number, test in enumerate(tests):
        (environment.folder / f"test_{number}.py").write_text(test, encoding="utf-8")
    tested = environment.run("pytest")
    assert f" {sum(test.count('def test_') for test in tests)} passed" in tested.stdout, (
        tested.stdout
    )
