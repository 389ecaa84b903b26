"""Build the wheel and check that it is what users are to get.

It must hold exactly the package's files, say the right things about itself, and work when it is
installed alone, without the extras.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from email.parser import HeaderParser
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "amplify_job_resource"
DIST_INFO = ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")

USE = f"""
import importlib.util, {PACKAGE}
from {PACKAGE} import Job
from {PACKAGE}.provider import JobProvider
for extra in ("moto", "click", "rich"):
    assert importlib.util.find_spec(extra) is None, f"{{extra}} came without its extra"
"""


def main() -> int:
    """Build, look, install, import; print what is wrong."""
    with tempfile.TemporaryDirectory() as scratch:
        wheel = build(Path(scratch))
        problems = [*wrong_files(wheel), *wrong_metadata(wheel)] or broken_install(wheel)
    for problem in problems:
        print(f"{wheel.name}: {problem}", file=sys.stderr)
    if not problems:
        print(f"{wheel.name}: as it should be")
    return bool(problems)


def build(folder: Path) -> Path:
    """The wheel of this checkout, built into `folder`."""
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(folder),
        str(ROOT),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"the wheel cannot be built:\n{done.stdout}{done.stderr}")
    (wheel,) = folder.glob("*.whl")
    return wheel


def wrong_files(wheel: Path) -> list[str]:
    """Files that are missing or too many."""
    sources = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / PACKAGE).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    dist_info = "-".join(wheel.name.split("-")[:2]) + ".dist-info"
    wanted = {*sources, f"{PACKAGE}/py.typed", *(f"{dist_info}/{name}" for name in DIST_INFO)}
    with zipfile.ZipFile(wheel) as archive:
        found = set(archive.namelist())
    missing = [f"{name} is missing" for name in sorted(wanted - found)]
    return missing + [f"{name} does not belong in it" for name in sorted(found - wanted)]


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


def broken_install(wheel: Path) -> list[str]:
    """What fails when the wheel is installed alone into a new environment and used."""
    venv = wheel.parent / "venv"
    python = venv / "bin" / "python"
    uv = [sys.executable, "-m", "uv", "--quiet"]
    for command in (
        [*uv, "venv", "--python", sys.executable, str(venv)],
        [*uv, "pip", "install", "--python", str(python), str(wheel)],
        [str(python), "-W", "error::SyntaxWarning", "-c", USE],
        [str(python.with_name("pulumi-resource-amplify-job")), "--version"],
    ):
        done = subprocess.run(command, cwd=venv.parent, capture_output=True, text=True, check=False)
        if done.returncode:
            return [f"installed alone, it does not work:\n{done.stdout}{done.stderr}"]
    return []


if __name__ == "__main__":
    sys.exit(main())
