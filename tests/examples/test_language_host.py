"""The stand-in for Pulumi's Python language host: which Python it takes, and when it ends."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import grpc
import pytest
import yaml  # type: ignore[import-untyped]
from pulumi.runtime.proto import language_pb2, language_pb2_grpc

from tests.waiting import wait_until

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
    add_python(tmp_path)
    (tmp_path / "packages").mkdir()
    if has_yaml:
        (tmp_path / "packages/yaml").symlink_to(Path(yaml.__file__).parent)
    done = without_packages(tmp_path, "127.0.0.1:1")
    assert done.stdout == "started with --tried=1 127.0.0.1:1\n", done.stderr


def test_the_flags_of_another_version_do_no_harm(tmp_path: Path) -> None:
    """Hosts and CLIs of other versions give flags before the address; only `--tried` counts."""
    (tmp_path / "Pulumi.yaml").write_text("runtime: {options: {virtualenv: my-venv}}\n")
    add_python(tmp_path)
    done = without_packages(tmp_path, "-toolchain=pip", "-virtualenv=.venv", "127.0.0.1:1")
    assert done.stdout == "started with --tried=1 127.0.0.1:1\n", done.stderr
    done = without_packages(tmp_path, "-toolchain=pip", "--tried=99", "127.0.0.1:1")
    assert "no Python with the pulumi package" in done.stderr


def test_it_ends_with_its_program_when_the_cli_is_gone(tmp_path: Path) -> None:
    """A CLI that is killed says nothing; the pipe that it read is closed, and that is enough."""
    host = shutil.copy(STAND_IN, tmp_path)
    runner = tmp_path / "pulumi-language-python-exec"
    runner.write_text("import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(600)\n")
    read, write = os.pipe()
    stand_in = subprocess.Popen([sys.executable, host, "127.0.0.1:1"], stdout=write)
    os.close(write)
    cli = os.fdopen(read, encoding="utf-8")
    try:
        port = int(cli.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            request = language_pb2.RunRequest(info=language_pb2.ProgramInfo(entry_point="."))
            run = language_pb2_grpc.LanguageRuntimeStub(channel).Run.future(request)
            program = int(cli.readline())
            assert not run.done()
            cli.close()
            stand_in.wait(20)
        wait_until(lambda: not is_alive(program), "the program is gone")
    finally:
        stand_in.kill()


def add_python(project: Path) -> None:
    """Give a project a virtual environment whose Python tells how it was started."""
    python = project / "my-venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "started with $2 $3"\n', encoding="utf-8")
    python.chmod(0o755)


def without_packages(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Start the stand-in with this Python, but without its packages, so that it has no `pulumi`."""
    return subprocess.run(
        [sys.executable, "-S", str(STAND_IN), *arguments],
        cwd=project,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(project / "packages")},
        check=False,
        capture_output=True,
        text=True,
    )


def is_alive(pid: int) -> bool:
    """Whether a process still runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
