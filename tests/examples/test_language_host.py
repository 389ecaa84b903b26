"""The stand-in for Pulumi's Python language host finds the interpreter that the project names."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

STAND_IN = Path(__file__).parents[2] / "tools/pulumi-cli/pulumi-language-python"


@pytest.mark.parametrize("has_yaml", [True, False], ids=["yaml", "no yaml"])
@pytest.mark.parametrize(
    "about",
    [
        "name: site\nruntime:\n  name: python\n  options:\n    virtualenv: my-venv # ours\n",
        "name: site\nruntime: {name: python, options: {virtualenv: 'my-venv'}}\n",
        '{"name": "site", "runtime": {"name": "python", "options": {"virtualenv": "my-venv"}}}',
        '{"runtime":{"options":{"toolchain":"pip","virtualenv":"my-venv"},"name":"python"}}',
    ],
    ids=["block", "flow", "JSON", "dense JSON"],
)
def test_the_project_s_interpreter_is_found(about: str, tmp_path: Path, *, has_yaml: bool) -> None:
    """Whatever form Pulumi.yaml has, the stand-in starts again with the virtualenv's Python."""
    (tmp_path / "Pulumi.yaml").write_text(about, encoding="utf-8")
    python = tmp_path / "my-venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "started with $2 $3"\n', encoding="utf-8")
    python.chmod(0o755)
    (tmp_path / "packages").mkdir()
    if has_yaml:
        (tmp_path / "packages/yaml").symlink_to(Path(yaml.__file__).parent)
    done = subprocess.run(
        # Without its packages, this Python is one that has no `pulumi`.
        [sys.executable, "-S", str(STAND_IN), "127.0.0.1:1"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path / "packages")},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "started with --tried=1 127.0.0.1:1\n", done.stderr
