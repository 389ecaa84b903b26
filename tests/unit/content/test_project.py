"""Which folder is that of the Pulumi project."""

from __future__ import annotations

from pathlib import Path

import pytest
from amplify_job_resource._content.project import project_folder


@pytest.mark.parametrize("name", ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"])
def test_the_nearest_project_upwards_counts(tmp_path: Path, name: str) -> None:
    """From the program's folder, which may be in the project's or the same one."""
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / name).write_text("")
    assert project_folder(inner) == project_folder(tmp_path) == tmp_path
    (tmp_path / "a" / name).write_text("")
    assert project_folder(inner) == tmp_path / "a"


def test_without_a_project_the_folder_itself_counts(tmp_path: Path) -> None:
    """A folder of that name, or the settings of a stack, make no project."""
    folder = tmp_path / "a"
    (folder / "Pulumi.yaml").mkdir(parents=True)
    (folder / "Pulumi.dev.yaml").write_text("")
    assert project_folder(folder) == folder
