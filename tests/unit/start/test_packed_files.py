"""What is uploaded: what the program has seen, or nothing; and what is shown on the way."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from amplify_job_resource._content.files import ContentChanged, ContentError
from amplify_job_resource._content.zip_upload import Upload
from amplify_job_resource._start import packed_files
from amplify_job_resource._start.packed_files import ROW_SECONDS, upload
from amplify_job_resource._upload.upload import Receipt

from tests.operations import FakeOperation
from tests.unit.start.deployments import a_folder, a_request
from tests.unit.start.fakes import UPLOAD_ADDRESS, FakeBranch, job_id


@pytest.fixture
def operation() -> FakeOperation:
    return FakeOperation()


def packed(folder: Path, operation: FakeOperation, **given: Any) -> Upload:
    return packed_files.packed_files(a_request(folder, **given), operation)


def test_the_files_come_as_one_zip(tmp_path: Path, operation: FakeOperation) -> None:
    """What is uploaded has all files and the size that it says; a row tells that they are read."""
    a_folder(tmp_path, "one")
    (tmp_path / "app.js").write_text("two", encoding="utf-8")
    files = packed(tmp_path, operation)
    data = b"".join(files.chunks())
    assert len(data) == files.size
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "app.js": b"two",
            "index.html": b"one",
        }
    assert operation.rows == [(0, "reading the files")]


def test_excluded_files_stay_here(tmp_path: Path, operation: FakeOperation) -> None:
    """The patterns of the program hold for the upload as well."""
    a_folder(tmp_path)
    (tmp_path / "notes.txt").write_text("private", encoding="utf-8")
    with zipfile.ZipFile(
        io.BytesIO(b"".join(packed(tmp_path, operation, exclude=["*.txt"]).chunks()))
    ) as archive:
        assert archive.namelist() == ["index.html"]


def test_a_relative_path_begins_at_the_project(
    tmp_path: Path, operation: FakeOperation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The provider may run in a folder below it."""
    a_folder(tmp_path / "dist")
    (tmp_path / "app").mkdir()
    (tmp_path / "Pulumi.yaml").touch()
    request = replace(a_request(tmp_path / "dist"), source="dist")
    monkeypatch.chdir(tmp_path / "app")
    assert packed_files.packed_files(request, operation).size > 0


def changed(folder: Path) -> None:
    a_folder(folder, "<h1>Other</h1>")


def added(folder: Path) -> None:
    (folder / "new.js").touch()


def removed(folder: Path) -> None:
    (folder / "index.html").unlink()
    (folder / "other.html").touch()


@pytest.mark.parametrize("change", [changed, added, removed])
def test_another_content_is_refused(
    tmp_path: Path, operation: FakeOperation, change: Callable[[Path], None]
) -> None:
    """What the program has not seen is not deployed."""
    request = a_request(a_folder(tmp_path))
    change(tmp_path)
    with pytest.raises(ContentChanged):
        packed_files.packed_files(request, operation)


def test_a_folder_that_is_gone_is_refused(tmp_path: Path, operation: FakeOperation) -> None:
    """The sentence names it."""
    request = a_request(a_folder(tmp_path / "dist"))
    (tmp_path / "dist" / "index.html").unlink()
    with pytest.raises(ContentError, match="dist"):
        packed_files.packed_files(request, operation)


def test_a_manifest_that_was_changed_is_refused(tmp_path: Path, operation: FakeOperation) -> None:
    """Whoever edits state gets a sentence."""
    request = replace(a_request(a_folder(tmp_path)), manifest="what is this\n")
    with pytest.raises(ContentError, match="the manifest cannot be read"):
        packed_files.packed_files(request, operation)


def test_ctrl_c_ends_the_reading(tmp_path: Path, operation: FakeOperation) -> None:
    """Large folders take long to read."""
    request = a_request(a_folder(tmp_path))
    operation.interrupt_at = 0
    with pytest.raises(ContentError, match="interrupted while reading the files"):
        packed_files.packed_files(request, operation)


def test_the_upload_shows_how_far_it_is(
    tmp_path: Path, operation: FakeOperation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row at the begin, then one every few seconds; what is done has the job's name."""
    files = packed(a_folder(tmp_path), operation)
    given: dict[str, Any] = {}

    def put(url: str, body: Upload, settings: Any, **rest: Any) -> Receipt:
        given.update(url=url, body=body, settings=settings, **rest)
        for sent in range(1, files.size):
            operation.sleep(ROW_SECONDS / 10)
            rest["progress"](sent)
        return Receipt.TAKEN

    monkeypatch.setattr(packed_files, "put", put)
    branch = FakeBranch(operation)
    operation.rows.clear()
    upload(files, UPLOAD_ADDRESS, job_id(7), branch, operation, 60.0)
    assert (given["url"], given["body"]) == (UPLOAD_ADDRESS, files)
    assert (given["clock"], given["deadline"]) == (operation, 60.0)
    assert given["settings"].region == branch.region
    assert given["action"] == "uploading the files (d1a2/main/7)"
    times = [time for time, _ in operation.rows]
    assert len(times) > 3
    assert all(ROW_SECONDS <= later - time < ROW_SECONDS * 1.5 for time, later in pairwise(times))
    assert operation.rows[0][1].startswith("uploading 0 of ")
