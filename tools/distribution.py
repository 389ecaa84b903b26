"""Build all files of a release into `dist/`: what the package index and a release page offer.

The wheel is built from the sdist, and the plugin's archive holds that same wheel. With the same
tools, the same sources give the same bytes.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import zipfile
from pathlib import Path

from tools.plugin_archive import members, packed, version_of
from tools.wheel import build

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
PLATFORMS = ("darwin-amd64", "darwin-arm64", "linux-amd64", "linux-arm64")
"""The systems for which Pulumi asks, of those that the package supports."""
SCHEMA = "schema.json"
SUMS = "SHA256SUMS"


def main() -> int:
    """Empty `dist/`, fill it, and print what is in it."""
    shutil.rmtree(DIST, ignore_errors=True)
    wheel = build(DIST)
    add_plugin(wheel, DIST)
    (DIST / SUMS).write_text(checksums(DIST), encoding="utf-8")
    print((DIST / SUMS).read_text(encoding="utf-8"), end="")
    return 0


def add_plugin(wheel: Path, folder: Path) -> None:
    """The plugin under each name that Pulumi asks for, and the schema."""
    content = packed(members(wheel))
    for platform in PLATFORMS:
        name = f"pulumi-resource-amplify-job-v{version_of(wheel)}-{platform}.tar.gz"
        (folder / name).write_bytes(content)
    with zipfile.ZipFile(wheel) as archive:
        (folder / SCHEMA).write_bytes(archive.read(f"amplify_job_resource/{SCHEMA}"))


def checksums(folder: Path) -> str:
    """A line for each file of a folder, as `sha256sum --check` reads it."""
    files = sorted(path for path in folder.iterdir() if path.name != SUMS)
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files
    )


if __name__ == "__main__":
    sys.exit(main())
