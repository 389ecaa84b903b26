"""Install the files in `dist/` as users do, and make releases with them against the emulator.

Each of them comes into an environment of its own, which does not see this checkout. The demo makes
the releases, on the real engine; the sdist and the plugin hold the wheel's files, so of them it is
enough that they come up.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tools.distribution import DIST, SCHEMA, SUMS, checksums
from tools.plugin_archive import version_of

ROOT = Path(__file__).resolve().parent.parent
UV = (sys.executable, "-m", "uv", "--quiet")
TOLD = "\nDone in "
"""How the demo says that all went well."""


def main() -> int:
    """Try each file; a failure ends it, with what was printed."""
    if not (DIST / SUMS).exists():
        sys.exit(f"there is no {SUMS} in dist/: make dist")
    if (DIST / SUMS).read_text(encoding="utf-8") != checksums(DIST):
        sys.exit(f"the files in dist/ are not those of {SUMS}")
    (wheel,), (sdist,) = DIST.glob("*.whl"), DIST.glob("amplify_job_resource-*.tar.gz")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        python = installed(wheel, folder / "wheel")
        show_main_job(python, "python")
        show_main_job(python, "yaml")
        version = version_of(wheel)
        told = run([str(installed(sdist, folder / "sdist").with_name("amplify-job")), "--version"])
        if told.strip() != version:
            sys.exit(f"the version of {sdist.name} is {told}")
        install_plugin(version, folder / "plugin")
    return 0


def installed(package: Path, venv: Path) -> Path:
    """The interpreter of a new environment that has a package with its extras."""
    python = venv / "bin" / "python"
    began = time.monotonic()
    run([*UV, "venv", "--python", sys.executable, str(venv)], venv.parent)
    run([*UV, "pip", "install", "--python", str(python), f"{package}[cli,emulator]"], venv.parent)
    report(f"{package.name} is installed", began)
    return python


def show_main_job(python: Path, front: str) -> None:
    """Run the demo with the package of an environment, and not with that of this checkout."""
    where = "import amplify_job_resource; print(amplify_job_resource.__file__)"
    found = run([str(python), "-I", "-c", where], python.parent).strip()
    if not Path(found).resolve().is_relative_to(python.parents[1].resolve()):
        sys.exit(f"{python} takes the package from {found}")
    began = time.monotonic()
    demo = [str(python), "-I", str(ROOT / "tools" / "demo.py"), "--front", front]
    if TOLD not in run(demo, python.parent):
        sys.exit(f"the demo in {front} did not reach its end")
    report(f"{python.parents[1].name}: releases from a program in {front}", began)


def install_plugin(version: str, home: Path) -> None:
    """Install the plugin's archive with Pulumi, and ask it for its schema."""
    began = time.monotonic()
    archives = sorted(DIST.glob("pulumi-resource-*.tar.gz"))
    if len({archive.read_bytes() for archive in archives}) != 1:
        sys.exit("the plugin's archives are not the same for all systems")
    home.mkdir()
    plugin = ["plugin", "install", "resource", "amplify-job", version, "--file", str(archives[0])]
    run(["pulumi", *plugin], home)
    told = json.loads(run(["pulumi", "package", "get-schema", f"amplify-job@{version}"], home))
    if told != json.loads((DIST / SCHEMA).read_text(encoding="utf-8")):
        sys.exit(f"{archives[0].name} tells another schema than {SCHEMA}")
    report(f"{archives[0].name} is installed, and tells its schema", began)


def run(command: list[str], folder: Path | None = None) -> str:
    """Run a command in a folder, its own if none is given; what it printed on stdout."""
    folder = folder or Path(command[0]).parent
    environment = {
        **{name: text for name, text in os.environ.items() if not name.startswith("PYTHON")},
        "PULUMI_HOME": str(folder),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
        "PULUMI_PYTHON_CMD": sys.executable,
    }
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"`{' '.join(command)}` failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def report(what: str, began: float) -> None:
    """A line for the person who waits."""
    print(f"{what} ({time.monotonic() - began:.0f} s)", flush=True)


if __name__ == "__main__":
    sys.exit(main())
