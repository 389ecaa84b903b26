#!/usr/bin/env python3
"""Find the Pulumi CLI on this machine, or build it; print what goes in front of PATH.

A Pulumi that is installed already wins. Where there is none, the CLI is built from its Go module
into a folder outside the checkout, once: later runs and other clones find it there. So is the
host for programs in YAML, and what writes SDKs for tests. Progress and complaints go to
stderr, so that `PATH="$(python3 tools/pulumi_cli.py):$PATH"` always works.

Standard library only: this runs before anything is installed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

if not __package__:  # started as a script
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import cached
from tools.cached import CannotBuild, alone, say, scratch_beside, ticking
from tools.go_programs import Program, compile_go, find_go, required, run

OLDEST = (3, 216)
"""The oldest CLI the package is tested for; it is the oldest SDK it accepts, too."""

TOOLS = Path(__file__).resolve().parent
MODULE = TOOLS / "pulumi-cli"
YAML_MODULE = TOOLS / "pulumi-yaml"
LANGUAGE_HOST = "pulumi-language-python"
STAND_IN = MODULE / LANGUAGE_HOST
SDK_SCRIPTS = (
    "python/dist/pulumi-resource-pulumi-python",
    "python/cmd/pulumi-language-python-exec",
)
"""What Pulumi's own release archive puts beside the binary for Python, as paths in its SDK."""

YAML = "github.com/pulumi/pulumi-yaml"
YAML_HOST = Program(
    name="pulumi-language-yaml",
    module=YAML_MODULE,
    package=f"{YAML}/cmd/pulumi-language-yaml",
    flags=f"-X {YAML}/pkg/version.Version=v{required(YAML_MODULE, YAML)}",
    effort="That takes about two minutes on two cores, and happens once on a machine.",
)
"""Runs programs in YAML; an installed Pulumi has one of its own."""

SDK_GENERATOR = Program(
    name="pulumi-generate-sdk",
    module=MODULE,
    package="./generate-sdk",
    flags="",
    effort="That takes a moment, since most of it was compiled with the CLI.",
)
"""Writes SDKs where the CLI is ours; an installed Pulumi has `pulumi package gen-sdk`."""

INSTALL = """\
There is no Pulumi CLI on PATH, and no Go to build one with.
Install Pulumi {oldest} or newer: https://www.pulumi.com/docs/install/
Or install Go {go} or newer, and run this again."""

WITHOUT = """\
{name} cannot be built: {problem}
What needs it will say so. For all else this is enough; with Go {go} or newer, run this again."""


def main() -> int:
    """Print the folders for PATH, or say why there is no CLI."""
    try:
        print(os.pathsep.join(map(str, folders())))
    except CannotBuild as problem:
        say(str(problem))
        return 1
    return 0


def folders() -> list[Path]:
    """What goes in front of PATH: the CLI's folder; ours as well, if the other has no YAML host.

    Raises:
        CannotBuild: There is no Pulumi CLI and none can be made.
    """
    cli = find() or build()
    if cli == cache():
        add(YAML_HOST)
        add(SDK_GENERATOR)
        return [cli]
    if (cli / YAML_HOST.name).exists() or shutil.which(YAML_HOST.name):
        return [cli]
    add(YAML_HOST)
    return [cli, cache()]


def add(program: Program) -> None:
    """Put a program beside the CLI; without it, most of the project works all the same."""
    try:
        program.add_to(cache())
    except CannotBuild as problem:
        say(WITHOUT.format(name=program.name, problem=problem, go=required(program.module, "go")))


def pinned() -> str:
    """The version of the CLI that go.mod asks for, such as `3.274.1`."""
    return required(MODULE, "github.com/pulumi/pulumi/pkg/v3")


def cache() -> Path:
    """Where a CLI built by us lives: outside any checkout, one folder for each version."""
    return cached.cache() / f"pulumi-{pinned()}"


def version_of(pulumi: Path) -> tuple[int, int] | None:
    """Major and minor version of a `pulumi` executable; None when it does not say."""
    quiet = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        answer = subprocess.run(
            [pulumi, "version"], capture_output=True, text=True, timeout=60, env=quiet, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.match(r"v?(\d+)\.(\d+)\.", answer.stdout.strip())
    return (int(found[1]), int(found[2])) if found else None


def find() -> Path | None:
    """The folder of a usable Pulumi: the one on PATH, else the one built here before."""
    on_path = shutil.which("pulumi")
    if on_path and Path(on_path).parent != cache():
        version = version_of(Path(on_path))
        oldest = ".".join(map(str, OLDEST))
        if version is None:
            say(f"{on_path} does not say its version: looking further.")
        elif version < OLDEST:
            found = ".".join(map(str, version))
            say(f"{on_path} is Pulumi {found}, and {oldest} or newer is needed: looking further.")
        elif not shutil.which(LANGUAGE_HOST):
            say(f"{on_path} has no {LANGUAGE_HOST} on PATH: looking further.")
        else:
            return Path(on_path).parent
    if (cache() / "pulumi").exists():
        refresh_stand_in(cache())
        return cache()
    return None


def refresh_stand_in(folder: Path) -> None:
    """Put this checkout's language host into the cached folder, when it is another one."""
    cached = folder / LANGUAGE_HOST
    if not cached.exists() or cached.read_bytes() != STAND_IN.read_bytes():
        fresh = folder / f"{LANGUAGE_HOST}.{os.getpid()}"
        install(STAND_IN, fresh)
        fresh.replace(cached)


def install(source: Path, target: Path) -> None:
    """Copy a file and make it executable (the module cache is read-only)."""
    shutil.copyfile(source, target)
    target.chmod(0o755)


def build() -> Path:
    """Build the CLI into the cache and return its folder; two at once build it only once."""
    oldest = ".".join(map(str, OLDEST))
    go = find_go()
    if go is None:
        raise CannotBuild(INSTALL.format(oldest=oldest, go=required(MODULE, "go")))
    target = cache()
    with alone(target):
        if (target / "pulumi").exists():
            return target
        say(f"No Pulumi {oldest} or newer here: building {pinned()} with Go.")
        say("That takes about five minutes on two cores, and happens once on a machine.")
        with scratch_beside(target) as scratch:
            compile_into(scratch, go)
            target.mkdir(exist_ok=True)
            # The CLI itself goes last: it says that the others are there.
            for made in sorted(scratch.iterdir(), key=lambda file: file.name == "pulumi"):
                made.replace(target / made.name)
    say(f"Pulumi {pinned()} is in {target}")
    return target


def compile_into(folder: Path, go: str) -> None:
    """Fill `folder` with the binary and the scripts that belong beside it."""
    command = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
    with ticking("downloading modules"):
        run([go, "list", "-deps", command], MODULE)
    stamp = f"-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={pinned()}"
    with ticking("compiling"):
        compile_go(go, MODULE, command, folder / "pulumi", stamp)
    find_sdk = [go, "list", "-m", "-f", "{{.Dir}}", "github.com/pulumi/pulumi/sdk/v3"]
    sdk = Path(run(find_sdk, MODULE).strip())
    for script in SDK_SCRIPTS:
        install(sdk / script, folder / Path(script).name)
    install(STAND_IN, folder / LANGUAGE_HOST)


if __name__ == "__main__":
    sys.exit(main())
