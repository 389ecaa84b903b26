"""A project of somebody else, with nothing but the wheel, its extra and pytest."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.stack import clean_environment

ROOT = Path(__file__).parents[2]
SETTINGS = """
[tool.pytest.ini_options]
filterwarnings = ["error"]
addopts = ["-n", "2"]
amplify_speed = "100"
"""


def run(command: list[str | Path], folder: Path, env: dict[str, str] | None = None) -> str:
    """What a command prints, which must succeed."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.engine
def test_a_strangers_project_needs_only_the_fixtures(tmp_path: Path) -> None:
    """The tests of the pages pass in a new environment, side by side, with warnings as errors."""
    run(
        [sys.executable, "-m", "build", "--no-isolation", "--wheel", "-o", tmp_path, ROOT], tmp_path
    )
    (wheel,) = tmp_path.glob("*.whl")
    uv: list[str | Path] = [sys.executable, "-m", "uv", "--quiet"]
    run([*uv, "venv", "--python", sys.executable, ".venv"], tmp_path)
    python = tmp_path / ".venv" / "bin" / "python"
    needed: list[str | Path] = [f"{wheel}[emulator]", "pytest", "pytest-xdist"]
    run([*uv, "pip", "install", "--python", python, *needed], tmp_path)
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text(SETTINGS)
    pages = sorted((ROOT / "docs").glob("emulator*.md"))
    snippets = [
        snippet
        for page in pages
        for snippet in re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
        if "def test_" in snippet
    ]
    for number, snippet in enumerate(snippets):
        (project / f"test_{number}.py").write_text(snippet, encoding="utf-8")
    command: list[str | Path] = [python, "-m", "pytest", "-p", "no:cacheprovider"]
    told = run(command, project, clean_environment(tmp_path))
    assert f" {sum(snippet.count('def test_') for snippet in snippets)} passed" in told
