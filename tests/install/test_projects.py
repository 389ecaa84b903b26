"""An example as a project of uv, and of Poetry: its own environment, made by `pulumi install`."""

from __future__ import annotations

import os
import re
import shutil
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from amplify_job_resource.emulator import Plan, Server

from tests.engine.stack import Stack
from tests.install import environments
from tests.install.environments import ROOT, Environment

EXAMPLE = ROOT / "examples" / "aws-py-first-release"
ABOUT = """\
[project]
name = "first-release"
version = "0.1.0"
requires-python = ">=3.10,<4"
dependencies = ["amplify-job-resource"]
"""
UV = """
[tool.uv.sources]
amplify-job-resource = {{ path = "{wheel}" }}
"""
POETRY = """
[tool.poetry]
package-mode = false

[[tool.poetry.source]]
name = "here"
url = "{index}"
"""


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The tools that a user has on PATH, and a Python with `pulumi`, which has not our package."""
    folder = tmp_path_factory.mktemp("tools") / "environment"
    return environments.make(folder, "poetry>=2,<3", "pulumi", "uv")


@pytest.fixture
def stack(wheel: Path, tools: Environment, tmp_path: Path) -> Iterator[Stack]:
    """A stack of the example on such a machine, and an emulator in place of AWS."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    own = os.fspath(Path(sys.executable).parent)
    others = [entry for entry in os.environ["PATH"].split(os.pathsep) if entry != own]
    environment = {
        "PATH": os.pathsep.join([str(tools.bin), *others]),
        "PULUMI_PYTHON_CMD": str(tools.bin / "python"),
        "XDG_CACHE_HOME": str(cache),  # of uv: what it has fetched before
        "POETRY_CACHE_DIR": str(
            tmp_path / "poetry"
        ),  # an older wheel of this version is none of ours
        "POETRY_VIRTUALENVS_PATH": str(tmp_path / "environments"),
        "UV_PYTHON": sys.executable,
    }
    with Server() as server:
        server.control.reset()
        server.control.create_app("d1a2b3c4", ["main"])
        server.control.default_plan(Plan.instant())
        stack = Stack(tmp_path, emulator_url=server.url, environment=environment)
        yield stack
        stack.close()


@pytest.fixture
def index(wheel: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a package index with the wheel and all that it needs, and nothing else.

    Poetry asks the public one in a way that most mirrors do not answer.
    """
    folder = tmp_path / "index"
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--only-binary=:all:")
    environments.run(*pip, "--dest", folder, wheel)
    for file in [*folder.iterdir()]:
        name = re.sub("[-_.]+", "-", file.name.partition("-")[0]).lower()
        (folder / name).mkdir(exist_ok=True)
        file.rename(folder / name / file.name)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    """Shows a folder, and logs no request."""

    def log_message(self, format: str, *args: object) -> None:
        pass


def releases(stack: Stack, toolchain: str, part: str) -> None:
    """Make sure that `pulumi install` makes the environment in which a release then runs."""
    about = (EXAMPLE / "Pulumi.yaml").read_text(encoding="utf-8")
    about = about.replace("${PROJECT}", stack.project).replace("${DESCRIPTION}", "made by a test")
    about = about.replace("virtualenv: .venv", f"toolchain: {toolchain}")
    (stack.cwd / "Pulumi.yaml").write_text(about, encoding="utf-8")
    shutil.copy(EXAMPLE / "__main__.py", stack.cwd)
    (stack.cwd / "pyproject.toml").write_text(ABOUT + part, encoding="utf-8")
    stack.pulumi("install", timeout=300).ok()
    config = {"appId": "d1a2b3c4", "commitId": "1f3c9e2"}
    assert "release d1a2b3c4/main: 1f3c9e2" in stack.preview(config=config).ok().lines("site")
    assert stack.up().ok().steps("site") == ["create"]
    assert stack.preview("--expect-no-changes").ok().steps("site") == ["same"]


@pytest.mark.slow
@pytest.mark.engine
def test_a_project_of_uv(stack: Stack, wheel: Path) -> None:
    """The example with `toolchain: uv`: program and plugin run in the environment that uv makes."""
    releases(stack, "uv", UV.format(wheel=wheel))


@pytest.mark.slow
@pytest.mark.engine
def test_a_project_of_poetry(stack: Stack, index: str) -> None:
    """The example with `toolchain: poetry`: Pulumi asks Poetry where the environment is."""
    releases(stack, "poetry", POETRY.format(index=index))
