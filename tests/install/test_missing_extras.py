"""What needs an extra says so in one sentence, whichever way it is reached."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

MISSING = 'raise ModuleNotFoundError("No module named {0!r}", name={0!r})\n'
MOTO = "the Amplify emulator needs moto: pip install 'amplify-job-resource[emulator]'"
SERVER = (
    "the server of the Amplify emulator needs flask: pip install 'amplify-job-resource[emulator]'"
)
COMMAND = "amplify-job needs {}: pip install 'amplify-job-resource[cli]'"


def without(package: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python where a package is missing."""
    (folder / f"{package}.py").write_text(MISSING.format(package), encoding="utf-8")
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("package", "arguments", "said"),
    [
        (
            "click",
            ["-c", "from amplify_job_resource.cli import main; main()"],
            COMMAND.format("click"),
        ),
        (
            "rich",
            ["-c", "from amplify_job_resource.cli import main; main()"],
            COMMAND.format("rich"),
        ),
        ("moto", ["-m", "amplify_job_resource.emulator"], MOTO),
        ("flask", ["-m", "amplify_job_resource.emulator"], SERVER),
    ],
)
def test_a_command_names_its_extra(
    package: str, arguments: list[str], said: str, tmp_path: Path
) -> None:
    """The sentence is all that is printed, and the exit code is that of a failure."""
    done = without(package, tmp_path, *arguments)
    assert (done.returncode != 0, done.stdout, done.stderr) == (True, "", f"{said}\n")


@pytest.mark.parametrize(
    ("package", "program", "said"),
    [
        ("moto", "from amplify_job_resource.emulator import register", MOTO),
        ("moto", "import amplify_job_resource.emulator.fixtures", MOTO),
        ("flask", "from amplify_job_resource.emulator import Server", SERVER),
    ],
)
def test_an_import_names_the_extra(package: str, program: str, said: str, tmp_path: Path) -> None:
    """An `ImportError` with the sentence, which a program can catch; the resources are there."""
    tried = (
        f"import amplify_job_resource\ntry: {program}\nexcept ImportError as error: print(error)"
    )
    assert without(package, tmp_path, "-c", tried).stdout == f"{said}\n"
