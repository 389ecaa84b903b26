"""Build the archive of the native plugin, which `pulumi plugin install … --file` takes.

It holds what Pulumi's Python host needs to install and run the plugin: the folder `plugin/`, with
requirements that name the wheel beside them. The wheel's dependencies are not inside: pip fetches
them when the plugin is installed. With the same tools, the same sources give the same bytes.
"""

from __future__ import annotations

import gzip
import io
import re
import sys
import tarfile
import tempfile
from pathlib import Path

from tools.wheel import WHEN, build

ROOT = Path(__file__).resolve().parent.parent
PLUGIN = ROOT / "plugin"
AS_THEY_ARE = ("PulumiPlugin.yaml", "__main__.py")


def main() -> int:
    """Write the archive into `dist/`, and print its path."""
    with tempfile.TemporaryDirectory() as scratch:
        wheel = build(Path(scratch))
        version = version_of(wheel)
        content = packed(members(wheel))
    target = ROOT / "dist" / f"pulumi-resource-amplify-job-v{version}.tar.gz"
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(content)
    print(target.relative_to(ROOT))
    return 0


def version_of(wheel: Path) -> str:
    """The version in the name of a wheel, where it is one that a plugin can have."""
    version = wheel.name.split("-")[1]
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        sys.exit(f"version {version}: Pulumi takes versions of plugins such as 1.2.3 only")
    return version


def members(wheel: Path) -> dict[str, bytes]:
    """The files of the archive, by name."""
    return {
        **{name: (PLUGIN / name).read_bytes() for name in AS_THEY_ARE},
        "requirements.txt": f"./{wheel.name}\n".encode(),
        wheel.name: wheel.read_bytes(),
    }


def packed(files: dict[str, bytes]) -> bytes:
    """The files as a compressed tar, in which nothing depends on this machine or this moment."""
    content = io.BytesIO()
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=content, mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.USTAR_FORMAT) as archive,
    ):
        for name in sorted(files):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime, entry.mode = len(files[name]), WHEN, 0o644
            archive.addfile(entry, io.BytesIO(files[name]))
    return content.getvalue()


if __name__ == "__main__":
    sys.exit(main())
