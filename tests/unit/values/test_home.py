"""Where the package keeps files of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from amplify_job_resource._values.home import folder


def test_files_are_kept_in_pulumis_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`PULUMI_HOME` says where, else `.pulumi` in the user's home."""
    assert folder() == tmp_path / "pulumi" / "amplify-job-resource"
    monkeypatch.delenv("PULUMI_HOME")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert folder() == tmp_path / ".pulumi" / "amplify-job-resource"


def test_a_relative_home_in_a_folder_that_is_gone_is_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nothing can be found below a folder that was deleted."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    monkeypatch.setenv("PULUMI_HOME", "home")
    gone.rmdir()
    try:
        assert folder() is None
    finally:
        os.chdir(tmp_path)
