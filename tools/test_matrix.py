"""Run the tests on every Python here, and on the oldest and newest dependencies.

Each row of the matrix has an environment of its own, kept outside the checkout and reused. The
lower bounds in pyproject.toml are what "oldest" means, so they are tested and not only claimed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.metadata import requires
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DISTRIBUTION = "amplify-job-resource"
VERSIONS = ("3.10", "3.11", "3.12", "3.13")
EVERYWHERE = ("tests/unit", "tests/emulator")
WITH_DEPENDENCIES = ("tests/release", "tests/plugin", "tests/engine")
"""What depends most on how boto3 and the Pulumi SDK behave."""
TEST_TOOLS = ("hypothesis", "psutil", "pytest", "pytest-xdist")
UV = (sys.executable, "-m", "uv", "--quiet")


@dataclass(frozen=True)
class Row:
    """One environment and the tests to run in it."""

    name: str
    python: Path
    requirements: tuple[str, ...]
    """Arguments of `uv pip install`."""
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """How a row went."""

    row: Row
    passed: bool
    summary: str
    seconds: float


def main() -> int:
    """Run the rows one after the other, then print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("rows", nargs="*", help="only rows whose name holds one of these words")
    chosen = parser.parse_args().rows
    rows = [row for row in matrix() if not chosen or any(word in row.name for word in chosen)]
    if not rows:
        sys.exit("no such row")
    outcomes = [run(row) for row in rows]
    print_table(outcomes)
    return not all(outcome.passed for outcome in outcomes)


def matrix() -> list[Row]:
    """The rows that can be run here."""
    pythons = find_pythons()
    lowest, highest = min(pythons, key=minor), max(pythons, key=minor)
    locked = ("--requirements", str(ROOT / "requirements-dev.lock"))
    return [
        *(
            Row(f"locked, Python {version}", python, locked, EVERYWHERE)
            for version, python in pythons.items()
        ),
        Row(f"oldest, Python {lowest}", pythons[lowest], oldest(), EVERYWHERE + WITH_DEPENDENCIES),
        Row(
            f"newest, Python {highest}", pythons[highest], newest(), EVERYWHERE + WITH_DEPENDENCIES
        ),
    ]


def minor(version: str) -> int:
    """12 for `3.12`."""
    return int(version.partition(".")[2])


def find_pythons() -> dict[str, Path]:
    """A working interpreter for each version: from PATH, from pyenv, or the one running this."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    found: dict[str, Path] = {}
    for version in VERSIONS:
        on_path = shutil.which(f"python{version}")
        candidates = [
            *([Path(on_path)] if on_path else []),
            *sorted(pyenv.glob(f"{version}*/bin/python")),
            Path(sys.executable),
        ]
        python = next((path for path in candidates if version_of(path) == version), None)
        if python:
            found[version] = python
        else:
            print(f"no Python {version} here: not tested", file=sys.stderr)
    return found


def version_of(python: Path) -> str:
    """What `python` says it is; a pyenv shim may be there and yet not work."""
    ask = "import sys, venv; print('{}.{}'.format(*sys.version_info))"
    try:
        done = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip()


def declared() -> dict[str, str]:
    """Each dependency of the package, extras included, with its lower bound."""
    bounds = {}
    for requirement in requires(DISTRIBUTION) or []:
        specifier = requirement.partition(";")[0]
        name = re.match(r"[\w.-]+(\[[\w,-]+\])?", specifier)
        bound = re.search(r">=([\w.]+)", specifier)
        assert name, f"{requirement} is not of the form name>=version"
        assert bound, f"{requirement} has no lower bound"
        bounds[name[0]] = bound[1]
    return bounds


def oldest() -> tuple[str, ...]:
    """Exactly the lower bounds, with the locked test tools."""
    return (*(f"{name}=={bound}" for name, bound in declared().items()), *locked_test_tools())


def newest() -> tuple[str, ...]:
    """Whatever is newest today, with the locked test tools."""
    return ("--upgrade", *declared(), "pulumi<4", *locked_test_tools())


def locked_test_tools() -> list[str]:
    """The lock's lines for what the tests themselves import."""
    lines = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8").splitlines()
    lines = [line.removesuffix("\\").strip() for line in lines]
    return [line for line in lines if line.partition("==")[0] in TEST_TOOLS]


def run(row: Row) -> Outcome:
    """Make the row's environment ready and run its tests there."""
    began = time.monotonic()
    print(f"{row.name} …", file=sys.stderr, flush=True)
    python = environment(row)
    tests = [folder for folder in row.tests if (ROOT / folder).is_dir()]
    command = [str(python), "-m", "pytest", "-q", "-n", "auto", "--dist", "worksteal"]
    command += ["-p", "no:cacheprovider", *tests]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout + done.stderr, file=sys.stderr)
    last = (done.stdout.strip() or "no output").splitlines()[-1]
    return Outcome(row, done.returncode == 0, last.strip("= "), time.monotonic() - began)


def environment(row: Row) -> Path:
    """The interpreter of the row's environment, made or brought up to date."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    checkout = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
    name = re.sub(r"\W+", "-", row.name.lower())
    venv = cache / "amplify-job-resource" / f"matrix-{checkout}" / name
    python = venv / "bin" / "python"
    commands: list[tuple[str | Path, ...]] = [
        (*UV, "pip", "install", "--python", python, *row.requirements),
        (*UV, "pip", "install", "--python", python, "--no-deps", "--editable", ROOT),
    ]
    if not python.exists():
        commands.insert(0, (*UV, "venv", "--clear", "--python", row.python, venv))
    for command in commands:
        subprocess.run(command, check=True)
    return python


def print_table(outcomes: list[Outcome]) -> None:
    """One line a row."""
    width = max(len(outcome.row.name) for outcome in outcomes)
    for outcome in outcomes:
        word = "passed" if outcome.passed else "FAILED"
        print(f"{outcome.row.name:{width}}  {word}  {outcome.seconds:5.0f} s  {outcome.summary}")


if __name__ == "__main__":
    sys.exit(main())
