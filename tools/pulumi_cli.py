#!/usr/bin/env python3
"""Find the Pulumi CLI on this machine, or build it; print the folder that holds `pulumi`.

A Pulumi that is installed already wins. Where there is none, the CLI is built from its Go module
into a folder outside the checkout, once: later runs and other clones find it there. Progress and
complaints go to stderr, so that `PATH="$(python3 tools/pulumi_cli.py):$PATH"` always works.

Standard library only: this runs before anything is installed.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

OLDEST = (3, 216)
"""The oldest CLI the package is tested for; it is the oldest SDK it accepts, too."""

MODULE = Path(__file__).resolve().parent / "pulumi-cli"
LANGUAGE_HOST = "pulumi-language-python"
STAND_IN = MODULE / LANGUAGE_HOST
SDK_SCRIPTS = (
    "python/dist/pulumi-resource-pulumi-python",
    "python/cmd/pulumi-language-python-exec",
)
"""What Pulumi's own release archive puts beside the binary for Python, as paths in its SDK."""

INSTALL = """\
There is no Pulumi CLI on PATH, and no Go to build one with.
Install Pulumi {oldest} or newer: https://www.pulumi.com/docs/install/
Or install Go {go} or newer, and run this again."""


class CannotBuild(Exception):
    """There is no Pulumi CLI and none can be made; the text says what to do about it."""


def main() -> int:
    """Print the folder, or say why there is none."""
    try:
        print(find() or build())
    except CannotBuild as problem:
        say(str(problem))
        return 1
    return 0


def say(text: str) -> None:
    """Tell the person, without mixing into the answer on stdout."""
    print(text, file=sys.stderr, flush=True)


def pinned() -> str:
    """The version of the CLI that go.mod asks for, such as `3.274.1`."""
    found = re.search(r"pulumi/pkg/v3 v(\S+)", (MODULE / "go.mod").read_text())
    assert found, "go.mod does not require pulumi/pkg/v3"
    return found[1]


def cache() -> Path:
    """Where a CLI built by us lives: outside any checkout, one folder for each version."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "amplify-job-resource" / f"pulumi-{pinned()}"


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
    go = find_go()
    target = cache()
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / f"{target.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (target / "pulumi").exists():
            return target
        for leftover in target.parent.glob("building-*"):
            shutil.rmtree(leftover)  # of a build that was killed
        with tempfile.TemporaryDirectory(dir=target.parent, prefix="building-") as scratch:
            folder = Path(scratch) / "bin"
            folder.mkdir()
            compile_into(folder, go)
            folder.rename(target)
    say(f"Pulumi {pinned()} is in {target}")
    return target


def find_go() -> str:
    """The `go` command, also where its installer puts it without touching PATH."""
    go = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")
    if go is None:
        needed = re.search(r"^go (\S+)", (MODULE / "go.mod").read_text(), re.MULTILINE)
        assert needed, "go.mod does not say its Go version"
        oldest = ".".join(map(str, OLDEST))
        raise CannotBuild(INSTALL.format(oldest=oldest, go=needed[1]))
    return go


def compile_into(folder: Path, go: str) -> None:
    """Fill `folder` with the binary and the scripts that belong beside it."""
    say(f"No Pulumi {'.'.join(map(str, OLDEST))} or newer here: building {pinned()} with Go.")
    say("That takes about five minutes on two cores, and happens once on a machine.")
    command = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
    with ticking("downloading modules"):
        run([go, "list", "-deps", command])
    stamp = f"-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={pinned()}"
    with ticking("compiling"):
        output = str(folder / "pulumi")
        run([go, "build", "-buildvcs=false", "-ldflags", stamp, "-o", output, command])
    sdk = Path(run([go, "list", "-m", "-f", "{{.Dir}}", "github.com/pulumi/pulumi/sdk/v3"]).strip())
    for script in SDK_SCRIPTS:
        install(sdk / script, folder / Path(script).name)
    install(STAND_IN, folder / LANGUAGE_HOST)


def run(command: list[str]) -> str:
    """Run one Go command in our module and return what it printed."""
    done = subprocess.run(command, cwd=MODULE, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotBuild(f"{' '.join(command[:3])} … failed:\n{done.stderr.strip()}")
    return done.stdout


@contextmanager
def ticking(what: str) -> Iterator[None]:
    """Show that a long step is alive: its name, a line every half minute, and its time."""
    began = time.monotonic()
    ended = threading.Event()

    def tick() -> None:
        while not ended.wait(30):
            say(f"  {what}: {time.monotonic() - began:.0f} s so far")

    ticker = threading.Thread(target=tick, daemon=True)
    say(f"  {what} …")
    ticker.start()
    try:
        yield
    finally:
        ended.set()
        ticker.join()
    say(f"  {what}: done in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    sys.exit(main())
