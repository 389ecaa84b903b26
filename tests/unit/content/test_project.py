"""Where relative paths of a recorded source begin."""

from __future__ import annotations

from pathlib import Path

import pytest
from amplify_job_resource._content.project import project_folder


@pytest.mark.parametrize("name", ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"])
@pytest.mark.parametrize("below", [".", "infra", "infra/deep"])
def test_it_is_the_nearest_folder_with_a_project(tmp_path: Path, name: str, below: str) -> None:
    """From wherever in it a command is run; a project around it is another one."""
    project = tmp_path / "outer" / "site"
    (project / below).mkdir(parents=True)
    (tmp_path / "outer" / "Pulumi.yaml").write_text("")
    (project / name).write_text("")
    assert project_folder((project / below).resolve()) == project.resolve()


def test_a_folder_of_that_name_is_no_project(tmp_path: Path) -> None:
    """A project is a file."""
    (tmp_path / "a" / "Pulumi.yaml").mkdir(parents=True)
    (tmp_path / "Pulumi.yaml").write_text("")
    assert project_folder(tmp_path / "a") == tmp_path


def test_without_a_project_it_is_the_folder_itself(tmp_path: Path) -> None:
    """As for a command outside of one."""
    assert project_folder(tmp_path / "nowhere" / "deep") == tmp_path / "nowhere" / "deep"
