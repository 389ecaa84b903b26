"""The CI recipes are valid by the public schemas of their systems."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ("vendor.github-workflows", "ci-github-actions/.github/workflows/release.yml"),
        ("vendor.gitlab-ci", "ci-gitlab/.gitlab-ci.yml"),
    ],
)
def test_recipes_match_their_schemas(schema: str, path: str) -> None:
    """A recipe has only keys that its system knows."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema]
    done = subprocess.run(
        [*command, str(EXAMPLES / path)], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
