"""A machine on which somebody installs the plugin: a checkout at home, pip without an index."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.engine.stack import Stack

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "install-plugin.md"
CHECKOUT = "amplify-job-resource"
"""Where the page has the checkout, in the home folder."""
#: What a build of the wheel and of the archive reads.
FILES = ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md")
FOLDERS = ("amplify_job_resource", "plugin", "tools")
#: What `make plugin` does once there are the tools, which are those that are here.
MAKE = f'make() {{ test "$*" = plugin && "{sys.executable}" -m tools.plugin_archive; }}\n'


def copy_checkout(target: Path) -> Path:
    """A copy of this checkout, without what was made in it; its files are as old as the copy."""
    target.mkdir(parents=True)
    for name in FILES:
        shutil.copy(ROOT / name, target)
    for name in FOLDERS:
        made = shutil.ignore_patterns("__pycache__", ".venv")
        shutil.copytree(ROOT / name, target / name, ignore=made, copy_function=shutil.copy)
    return target


def installed_packages(folder: Path) -> Path:
    """Links to all that is installed here but pip and this package, so that pip need not fetch it."""
    folder.mkdir()
    own = re.compile(r"amplify_job_resource|pip\b|__pycache__|.*\.pth$")
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not own.match(entry.name):
            (folder / entry.name).symlink_to(entry)
    return folder


def prepare(stack: Stack) -> None:
    """Give a stack's environment a checkout at home, and no plugin; nothing is fetched by pip."""
    copy_checkout(Path(stack.environment["HOME"]) / CHECKOUT)
    commands = stack.folder / "commands"
    commands.mkdir()
    python = commands / "python3"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    others = [entry for entry in os.environ["PATH"].split(os.pathsep) if not has_plugin(entry)]
    stack.environment |= {
        "PATH": os.pathsep.join([str(commands), *others]),
        "PULUMI_PYTHON_CMD": sys.executable,
        "PYTHONPATH": str(installed_packages(stack.folder / "packages")),
        "PIP_NO_BUILD_ISOLATION": "0",  # which means that there is none
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_COMPILE": "1",  # only a few modules are needed
    }


def has_plugin(folder: str) -> bool:
    return (Path(folder) / "pulumi-resource-amplify-job").exists()


def blocks(heading: str, language: str) -> list[str]:
    """The blocks of a language in a section of the page."""
    section = PAGE.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2]
    found = re.findall(rf"```{language}\n(.*?)```", section.partition("\n## ")[0], re.DOTALL)
    assert found, f"{PAGE.name} has no {language} below {heading}"
    return found


def type_in(stack: Stack, commands: str) -> str:
    """Run commands of the page in the project's folder; what they printed.

    What they export holds for the stack's later commands.
    """
    done = subprocess.run(
        ["bash", "-euc", f'{MAKE}{commands}\nprintf "\\nPATH=%s" "$PATH"'],
        cwd=stack.cwd,
        env=stack.environment,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout
    printed, _, stack.environment["PATH"] = done.stdout.rpartition("\nPATH=")
    return printed
