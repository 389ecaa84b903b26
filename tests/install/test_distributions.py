"""The wheel and the sdist, each in a new environment, with and without the extras."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.install import environments
from tests.install.environments import WHERE, Environment

Install = Callable[..., Environment]
#: The packages that only extras bring.
BROUGHT = ("moto", "flask", "click", "rich")
HERE = f"""
from importlib.util import find_spec
print(*(name for name in {BROUGHT} if find_spec(name)))
"""


def works(environment: Environment) -> None:
    """Make sure that the package is the environment's own, and that its plugin starts."""
    environment.python(WHERE)
    told = environment.run("pulumi-resource-amplify-job", "--version")
    assert told.stdout.strip() == version("amplify-job-resource")


def test_the_wheel_alone(install: Install) -> None:
    """A program imports the resources, the plugin starts, and each command names its extra."""
    environment = install()
    works(environment)
    assert environment.python(HERE).split() == []
    command = environment.run("amplify-job", "status")
    assert command.returncode != 0
    assert command.stderr == "amplify-job needs click: pip install 'amplify-job-resource[cli]'\n"


@pytest.mark.slow
def test_the_sdist(sdist: Path, tmp_path: Path) -> None:
    """A wheel is built of it elsewhere, with what it asks for, and works."""
    works(environments.make(tmp_path / "elsewhere", str(sdist)))


@pytest.mark.slow
def test_the_wheel_with_pip(wheel: Path, tmp_path: Path) -> None:
    """Pip installs it, and finds that everything fits."""
    environment = environments.empty(tmp_path / "elsewhere", "--seed")
    installed = environment.run("pip", "install", "--quiet", wheel)
    assert installed.returncode == 0, installed.stderr
    works(environment)
    assert environment.run("pip", "check").returncode == 0


@pytest.mark.slow
def test_the_command_alone(install: Install) -> None:
    """`[cli]` brings the command, and no emulator: its program says what to install."""
    environment = install("[cli]")
    works(environment)
    assert environment.python(HERE).split() == ["click", "rich"]
    assert environment.run("amplify-job", "--help").returncode == 0
    emulator = environment.run("python", "-m", "amplify_job_resource.emulator")
    assert emulator.returncode != 0
    assert emulator.stderr == (
        "the Amplify emulator needs moto: pip install 'amplify-job-resource[emulator]'\n"
    )


@pytest.mark.slow
def test_the_emulator_alone(install: Install) -> None:
    """`[emulator]` brings the emulator; the command still names what it lacks."""
    environment = install("[emulator]")
    works(environment)
    assert {"moto", "flask"} <= {*environment.python(HERE).split()}
    command = environment.run("amplify-job", "status")
    assert command.stderr == "amplify-job needs rich: pip install 'amplify-job-resource[cli]'\n"
