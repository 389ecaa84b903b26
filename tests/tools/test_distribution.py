"""The files of a release have the names by which pip and Pulumi find them, and true checksums."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from tools import distribution

PLUGIN = "pulumi-resource-amplify-job-v1.2.3-{}.tar.gz"


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """Something with a wheel's name and the schema in it."""
    made = tmp_path / "amplify_job_resource-1.2.3-py3-none-any.whl"
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("amplify_job_resource/schema.json", '{"name": "amplify-job"}')
    return made


def test_the_plugin_is_there_for_each_system(wheel: Path, tmp_path: Path) -> None:
    """Pulumi finds an archive for each supported system, and in it the wheel that is released."""
    distribution.add_plugin(wheel, tmp_path)
    for system in ("darwin-amd64", "darwin-arm64", "linux-amd64", "linux-arm64"):
        with tarfile.open(tmp_path / PLUGIN.format(system)) as archive:
            inside = archive.extractfile(wheel.name)
            assert inside
            assert inside.read() == wheel.read_bytes()
    assert (tmp_path / "schema.json").read_text(encoding="utf-8") == '{"name": "amplify-job"}'


def test_checksums_are_of_all_files(wheel: Path, tmp_path: Path) -> None:
    """The list names each file with its digest, in the form that other tools read."""
    distribution.add_plugin(wheel, tmp_path)
    told = distribution.checksums(tmp_path)
    (tmp_path / "SHA256SUMS").write_text(told, encoding="utf-8")
    assert f"{hashlib.sha256(wheel.read_bytes()).hexdigest()}  {wheel.name}\n" in told
    assert len(told.splitlines()) == 6
    assert distribution.checksums(tmp_path) == told
    if shutil.which("sha256sum"):
        check = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
        subprocess.run(check, cwd=tmp_path, check=True)
