"""The page for beginners is followed as it is printed, and shows what they see."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.stack import clean_environment

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "getting-started.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def bare(line: str) -> str:
    """A line without indentation, and with the same seconds in every run."""
    return re.sub(r"\b\d+s\b", "Ns", " ".join(line.split()))


@pytest.mark.engine
def test_a_beginner_comes_to_a_release(tmp_path: Path) -> None:
    """The printed commands, run as they are but for pip and a free port, print what is shown."""
    install, emulator, *rest, own = blocks("sh")
    folder = tmp_path / "first-release"
    folder.mkdir()
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "Pulumi.yaml").write_text(blocks("yaml")[0], encoding="utf-8")
    (folder / "__main__.py").write_text(blocks("python")[0], encoding="utf-8")
    assert [line.split()[0] for line in install.splitlines()] == [
        *("mkdir", "cd", "python3", ".venv/bin/pip")
    ]
    start = shlex.split(emulator)
    address = f"http://127.0.0.1:{start[-1]}"
    environment = clean_environment(tmp_path)
    for name in ("AWS_REGION", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE"):
        del environment[name]

    def type_in(commands: str, **more: str) -> str:
        done = subprocess.run(
            ["bash", "-eu", "-c", commands],
            check=False,
            cwd=folder,
            env={**environment, "TMPDIR": str(tmp_path), **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    with subprocess.Popen(
        [*start[:-1], "0"], cwd=folder, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        script = "\n".join(rest).replace(address, server.stdout.readline().strip())
        script = script.replace("pulumi up", "pulumi up --yes --skip-preview")
        script = re.sub(r"^(pulumi .*)# fails$", r"! \1", script, flags=re.MULTILINE)
        try:
            said = type_in(script)
        finally:
            server.terminate()
    shown = [bare(line) for block in blocks("text") for line in block.splitlines()]
    printed = set(map(bare, said.splitlines()))
    assert len(shown) == 8
    assert [line for line in shown if line not in printed] == []
    # A new terminal has none of the variables, so none of the stacks.
    backend = tmp_path / "backend"
    backend.mkdir()
    said = type_in(own, PULUMI_BACKEND_URL=backend.as_uri(), PULUMI_CONFIG_PASSPHRASE="")
    assert "release d1a2b3c4/main" in map(bare, said.splitlines())


def test_the_wheel_of_the_page_is_the_one_of_the_package() -> None:
    """The page names the wheel that a build of this version makes."""
    version = re.search(r'^version = "(.*)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version
    assert f"amplify_job_resource-{version[1]}-py3-none-any.whl" in PAGE
