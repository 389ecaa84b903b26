"""Folders, zips and contents for tests."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from amplify_job_resource._content.files import Content, ContentFile
from amplify_job_resource._content.source import read_content

SITE = {"index.html": b"hello", "css/a.css": b"a{}" * 100, ".well-known/x": b"x"}


def write_folder(folder: Path, files: Mapping[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def write_zip(path: Path, files: Mapping[Any, bytes]) -> Path:
    """A zip of members, each with a name or a `ZipInfo`."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def content_of(files: Mapping[str, bytes], source: str | None = "site") -> Content:
    """A content in memory, with any names."""
    found = (in_memory(name, data) for name, data in sorted(files.items()))
    return Content(tuple(found), source)


def in_memory(name: str, data: bytes) -> ContentFile:
    return ContentFile(name, len(data), partial(in_pieces, data))


def in_pieces(data: bytes, length: int = 1000) -> Iterator[bytes]:
    return (data[at : at + length] for at in range(0, len(data), length))


def read_folder(folder: Path, *exclude: str) -> Content:
    return read_content(str(folder), exclude, Path())


def names_of(content: Content) -> list[str]:
    return [file.name for file in content.files]


def bytes_of(content: Content) -> dict[str, bytes]:
    return {file.name: b"".join(file.read()) for file in content.files}


def settle(folder: Path, seconds: float = 1_000_000_000) -> None:
    """Set the times of all files back to the same moment."""
    for path in folder.rglob("*"):
        os.utime(path, (seconds, seconds))
