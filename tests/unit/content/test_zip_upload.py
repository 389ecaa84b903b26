"""What is uploaded: a zip that is made, or the one that was given."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, ZipFile

import pytest
from amplify_job_resource._content.files import PIECE, ContentChanged, ContentError
from amplify_job_resource._content.manifest import Manifest, manifest_of
from amplify_job_resource._content.source import read_content
from amplify_job_resource._content.zip_plan import ZipPlan
from amplify_job_resource._content.zip_upload import GivenZip, Upload, upload_of

from tests.unit.content.sites import SITE, read_folder, write_folder, write_zip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_zip(tmp_path / "a.zip", SITE)


def given(path: Path, manifest: Manifest | None = None) -> Upload:
    content = read_content(str(path), [], Path())
    return upload_of(content, manifest or manifest_of(content))


def test_of_a_folder_a_zip_is_made(tmp_path: Path) -> None:
    """Its bytes are those of the plan."""
    content = read_folder(write_folder(tmp_path, SITE))
    upload = upload_of(content, manifest_of(content))
    assert isinstance(upload, ZipPlan)
    assert len(b"".join(upload.chunks())) == upload.size


def test_a_given_zip_is_uploaded_byte_for_byte(path: Path) -> None:
    """With all that is in it, any number of times."""
    with ZipFile(path, "a") as archive:
        archive.comment = b"made by hand"
        archive.writestr("__MACOSX/._a", b"x")
    upload = given(path)
    assert isinstance(upload, GivenZip)
    assert upload.size == path.stat().st_size
    assert b"".join(upload.chunks()) == b"".join(upload.chunks()) == path.read_bytes()


def test_a_zip_that_was_made_again_is_the_same_content(path: Path, tmp_path: Path) -> None:
    """Other times and another method: what is deployed is the same, and so is what a folder gives."""
    with ZipFile(tmp_path / "b.zip", "w", ZIP_STORED) as archive:
        for name, data in reversed(SITE.items()):
            archive.writestr(name, data)
    folder = read_folder(write_folder(tmp_path / "site", SITE))
    again = given(tmp_path / "b.zip", manifest_of(folder))
    assert b"".join(again.chunks()) == (tmp_path / "b.zip").read_bytes()
    assert given(path, manifest_of(folder)).size == path.stat().st_size


def test_a_zip_that_is_not_that_of_the_manifest_is_told(path: Path) -> None:
    """It was made anew since the deployment was decided."""
    manifest = manifest_of(read_content(str(path), [], Path()))
    write_zip(path, {**SITE, "index.html": b"other"})
    with pytest.raises(ContentChanged, match=r"^the content has changed"):
        given(path, manifest)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data + b"x",
        lambda data: data + bytes(5 * PIECE),
        lambda data: data[:-1],
        lambda data: b"",
        lambda data: data[:50] + b"x" + data[51:],
        lambda data: data[:-1] + b"x",
    ],
)
def test_a_zip_that_changes_between_two_tries_is_told(
    tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    """The end of it is not given, so that the upload cannot end."""
    path = tmp_path / "a.zip"
    with ZipFile(path, "w", ZIP_STORED) as archive:
        archive.writestr("a.bin", bytes(3 * PIECE))
    upload = given(path)
    path.write_bytes(change(path.read_bytes()))
    sent: list[bytes] = []
    with pytest.raises(ContentChanged):
        sent.extend(upload.chunks())
    assert sum(map(len, sent)) < upload.size


def test_a_zip_that_is_gone_is_told(path: Path) -> None:
    """Before anything is sent."""
    upload = given(path)
    path.unlink()
    with pytest.raises(ContentChanged):
        list(upload.chunks())


def test_a_zip_that_cannot_be_read_any_more_is_named(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the system's reason."""
    upload = given(path)

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ContentError, match=r"a.zip' \(Permission denied\)"):
        list(upload.chunks())


def test_checking_a_zip_can_be_given_up(path: Path) -> None:
    """Also while its own bytes are read, which are no bytes of a file."""
    content = read_content(str(path), [], Path())
    manifest = manifest_of(content)
    told: list[int] = []
    upload_of(content, manifest, told.append)
    assert told[0] == 0
    assert sum(told) == sum(map(len, SITE.values()))

    def give_up(length: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        upload_of(content, manifest, give_up)


def test_a_large_zip_takes_little_memory(tmp_path: Path) -> None:
    """It is sent piece by piece."""
    path = tmp_path / "a.zip"
    with ZipFile(path, "w", ZIP_STORED) as archive:
        archive.writestr("a.bin", bytes(100 * PIECE))
    content = read_content(str(path), [], Path())
    manifest = manifest_of(content)
    tracemalloc.start()
    try:
        upload = upload_of(content, manifest)
        sent = sum(len(chunk) for chunk in upload.chunks())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sent == upload.size == path.stat().st_size
    assert peak < 8 * PIECE
