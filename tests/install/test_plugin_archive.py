"""The archive that `make plugin` makes: what is in it, and that it is the same each time."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.install.plugins import ROOT, copy_checkout
from tools import plugin_archive


def make(checkout: Path, *, umask: int, environment: Mapping[str, str]) -> bytes:
    """The archive that a checkout makes."""
    subprocess.run(
        [sys.executable, "-m", "tools.plugin_archive"],
        cwd=checkout,
        env={**os.environ, **environment},
        umask=umask,
        check=True,
        capture_output=True,
    )
    (archive,) = (checkout / "dist").iterdir()
    assert archive.name == f"pulumi-resource-amplify-job-v{plugin_version()}.tar.gz"
    return archive.read_bytes()


def plugin_version() -> str:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return text.partition('\nversion = "')[2].partition('"')[0]


def test_the_archive_is_the_same_each_time_and_complete(tmp_path: Path) -> None:
    """Another folder, time, umask, zone and age of files change no byte; nothing else is inside."""
    one, two = copy_checkout(tmp_path / "one"), copy_checkout(tmp_path / "another" / "two")
    for path in (two, *two.rglob("*")):
        os.utime(path, (0, 1_700_000_000))
        path.chmod(path.stat().st_mode & 0o700)
    archive = make(one, umask=0o022, environment={"TZ": "UTC"})
    other = {"TZ": "Asia/Tokyo", "SOURCE_DATE_EPOCH": "1700000000", "PYTHONHASHSEED": "7"}
    assert make(two, umask=0o077, environment=other) == archive

    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        inside = {
            member.name: opened.extractfile(member).read()  # type: ignore[union-attr]
            for member in opened.getmembers()
        }
    wheel = f"amplify_job_resource-{plugin_version()}-py3-none-any.whl"
    assert set(inside) == {"PulumiPlugin.yaml", "__main__.py", "requirements.txt", wheel}
    for name in ("PulumiPlugin.yaml", "__main__.py"):
        assert inside[name] == (ROOT / "plugin" / name).read_bytes()
    assert inside["requirements.txt"] == f"./{wheel}\n".encode()
    assert (
        "amplify_job_resource/schema.json" in zipfile.ZipFile(io.BytesIO(inside[wheel])).namelist()
    )


def test_a_version_that_pulumi_does_not_take_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A name with such a version could not be installed, so no file is written."""
    monkeypatch.setattr(plugin_archive, "ROOT", tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "")
    name = "amplify_job_resource-0.2.0rc1-py3-none-any.whl"
    monkeypatch.setattr(plugin_archive, "build", lambda folder: folder / name)
    with pytest.raises(SystemExit, match=r"0\.2\.0rc1: Pulumi takes versions of plugins such as"):
        plugin_archive.main()
    assert not list(tmp_path.iterdir())
