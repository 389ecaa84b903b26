"""The real AWS CLI, in an environment of its own: it wants one exact version of botocore."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tools.cached import alone, cache, ticking

VERSION = "1.46.3"


def folder_with_aws() -> Path:
    """The folder with `aws`, for PATH; made once, in the user's cache.

    Raises:
        subprocess.CalledProcessError: it cannot be installed.
    """
    venv = cache() / f"awscli-{VERSION}"
    done = venv / ".installed"
    with alone(venv):
        if not done.exists():
            with ticking(f"installing awscli {VERSION}"):
                subprocess.run([sys.executable, "-m", "venv", "--clear", venv], check=True)
                pip: list[str | Path] = [venv / "bin" / "python", "-m", "pip", "install", "--quiet"]
                pip += ["--disable-pip-version-check", f"awscli=={VERSION}"]
                subprocess.run(pip, check=True)
            done.touch()
    return venv / "bin"
