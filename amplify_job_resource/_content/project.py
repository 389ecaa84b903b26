"""The folder of a Pulumi project: what relative paths of a recorded source count from."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_FILES: Final = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")


def project_folder(folder: Path) -> Path:
    """The project's folder: the nearest one with a Pulumi.yaml, from a folder upwards.

    Args:
        folder: Where to begin; it is given back where there is no project.
    """
    found = (each for each in (folder, *folder.parents) if _has_project(each))
    return next(found, folder)


def _has_project(folder: Path) -> bool:
    return any((folder / name).is_file() for name in _FILES)
