"""Build wheel and sdist, and check that they are what users are to get.

The wheel must hold exactly the package's files, and say the right things about itself; the sdist must
hold the same files, and an index must take both. Whether they work is tested in `tests/install`.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
import zipfile
from email.parser import HeaderParser
from pathlib import Path

from tools.wheel import ROOT, build

PACKAGE = "amplify_job_resource"
#: The plugin for pytest, which stands beside the package.
PLUGIN = "amplify_job_pytest.py"
SDIST_FILES = ("CHANGELOG.md", "LICENSE", "PKG-INFO", "README.md", "pyproject.toml")
DIST_INFO = ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")


def main() -> int:
    """Build and look; print what is wrong."""
    with tempfile.TemporaryDirectory() as scratch:
        wheel = build(Path(scratch))
        (sdist,) = wheel.parent.glob("*.tar.gz")
        problems = [
            *wrong_files(wheel),
            *wrong_metadata(wheel),
            *missing_sources(sdist),
            *complaints("twine", "check", "--strict", str(wheel), str(sdist)),
            *complaints(
                "check_wheel_contents", "--no-config", f"--toplevel={PLUGIN},{PACKAGE}", str(wheel)
            ),
        ]
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        print(f"{wheel.name}, {sdist.name}: as they should be")
    return bool(problems)


def sources() -> set[str]:
    """The files of the package and the plugin, as paths in a checkout."""
    return {PLUGIN} | {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / PACKAGE).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def wrong_files(wheel: Path) -> list[str]:
    """Files that are missing in a wheel, or too many."""
    dist_info = "-".join(wheel.name.split("-")[:2]) + ".dist-info"
    wanted = {*sources(), f"{PACKAGE}/py.typed", *(f"{dist_info}/{name}" for name in DIST_INFO)}
    with zipfile.ZipFile(wheel) as archive:
        found = set(archive.namelist())
    missing = [f"{name} is missing in the wheel" for name in sorted(wanted - found)]
    return missing + [f"{name} does not belong in the wheel" for name in sorted(found - wanted)]


def missing_sources(sdist: Path) -> list[str]:
    """Files that are missing in an sdist: those of the package, and what tells of it."""
    with tarfile.open(sdist) as archive:
        found = {name.partition("/")[2] for name in archive.getnames()}
    return [
        f"{name} is missing in the sdist" for name in sorted({*sources(), *SDIST_FILES} - found)
    ]


def wrong_metadata(wheel: Path) -> list[str]:
    """Statements about itself that users and tools rely on."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        metadata = HeaderParser().parsestr(archive.read(name).decode())
    wanted = {
        "Name": "amplify-job-resource",
        "Requires-Python": ">=3.10",
        "License-Expression": "Apache-2.0",
        "Description-Content-Type": "text/markdown",
    }
    problems = [
        f"{field} is {metadata[field]!r} and not {value!r}"
        for field, value in wanted.items()
        if metadata[field] != value
    ]
    extras = metadata.get_all("Provides-Extra", [])
    if sorted(extras) != ["cli", "emulator"]:
        problems.append(f"the extras are {extras}")
    return problems


def complaints(*command: str) -> list[str]:
    """What a checker says, a module with its arguments, if it finds something wrong."""
    run = [sys.executable, "-m", *command]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    return [f"{command[0]}: {done.stdout}{done.stderr}"] if done.returncode else []


if __name__ == "__main__":
    sys.exit(main())
