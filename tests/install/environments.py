"""New environments, as on a machine that has never seen this checkout."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.engine.stack import clean_environment

ROOT = Path(__file__).parents[2]
UV = (sys.executable, "-m", "uv", "--quiet")
#: What a program sees of this package: where it is, and whether the checkout is in sight.
WHERE = f"""
import sys
from pathlib import Path
import amplify_job_resource
from amplify_job_resource import Deployment, Job
from amplify_job_resource.provider import DeploymentProvider, JobProvider
paths = [Path(entry).resolve() for entry in [*sys.path, Path.cwd(), amplify_job_resource.__file__]]
assert not any(path.is_relative_to({str(ROOT)!r}) for path in paths), paths
assert Path(amplify_job_resource.__file__).is_relative_to(sys.prefix)
"""


@dataclass(frozen=True)
class Environment:
    """A virtual environment in a folder that is empty beside it."""

    folder: Path

    @property
    def bin(self) -> Path:
        """The folder with Python and the console scripts."""
        return self.folder / ".venv" / "bin"

    def run(self, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment in the folder; nothing of this process is passed on."""
        return subprocess.run(
            [self.bin / program, *arguments],
            cwd=self.folder,
            env=clean_environment(self.folder),
            capture_output=True,
            text=True,
            check=False,
        )

    def python(self, program: str) -> str:
        """What a program in Python prints; it succeeds, and no syntax of the package is dubious."""
        done = self.run("python", "-W", "error::SyntaxWarning", "-c", program)
        assert done.returncode == 0, done.stderr
        return done.stdout


def make(folder: Path, *requirements: str) -> Environment:
    """An environment with the requirements, which uv takes from its cache where it can."""
    environment = empty(folder)
    run(*UV, "pip", "install", "--python", environment.bin / "python", *requirements)
    return environment


def empty(folder: Path, *options: str) -> Environment:
    """An environment without packages."""
    folder.mkdir()
    run(*UV, "venv", "--python", sys.executable, *options, folder / ".venv")
    return Environment(folder)


def run(*command: str | Path) -> None:
    """Run a command of this machine's, outside the checkout."""
    done = subprocess.run(
        command, cwd=ROOT.anchor, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
