"""The zip that is made: its size first, then its bytes."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tracemalloc
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest
from amplify_job_resource._content import zip_plan as module
from amplify_job_resource._content.files import (
    PIECE,
    Content,
    ContentChanged,
    ContentError,
    ContentFile,
)
from amplify_job_resource._content.manifest import Manifest, manifest_of
from amplify_job_resource._content.zip_packing import Trial
from amplify_job_resource._content.zip_plan import ZipPlan
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.content.sites import (
    SITE,
    content_of,
    in_memory,
    read_folder,
    settle,
    write_folder,
)

CONTENTS = st.dictionaries(
    st.text("ab.é/", min_size=1, max_size=6).filter(lambda name: name[-1] != "/"),
    st.binary(max_size=50) | st.binary(max_size=50).map(lambda data: data * 200),
    min_size=1,
)


def plan_of(content: Content) -> ZipPlan:
    return ZipPlan.of(content, manifest_of(content))


def zip_of(content: Content) -> bytes:
    plan = plan_of(content)
    data = b"".join(plan.chunks())
    assert len(data) == plan.size
    return data


@given(CONTENTS, st.booleans())
def test_python_reads_the_files(files: dict[str, bytes], is_kept: bool) -> None:
    """Sorted by name, whole, and as many bytes as were announced; each time the same."""
    with pytest.MonkeyPatch.context() as patched:
        if not is_kept:
            patched.setattr(module, "KEPT_BYTES", 0)
        plan = plan_of(content_of(files))
        data = b"".join(plan.chunks())
    assert len(data) == plan.size
    assert data == b"".join(plan.chunks())
    with ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == sorted(files)
        assert {name: archive.read(name) for name in archive.namelist()} == files


@given(CONTENTS)
def test_what_is_kept_in_memory_changes_nothing(files: dict[str, bytes]) -> None:
    """The bytes are those that are made again where there is no room."""
    kept = zip_of(content_of(files))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "KEPT_BYTES", 20)
        assert zip_of(content_of(files)) == kept


def test_the_same_content_is_the_same_zip(tmp_path: Path) -> None:
    """Neither place, times, modes nor the order of writing show in it."""
    one = write_folder(tmp_path / "one", SITE)
    other = write_folder(tmp_path / "deep" / "other", dict(reversed(SITE.items())))
    settle(other)
    (other / "index.html").chmod(0o700)
    assert zip_of(read_folder(one)) == zip_of(read_folder(other))


def test_files_are_stored_or_deflated() -> None:
    """By their names, and by what comes of it."""
    files = {"a.css": b"a{}" * 999, "a.png": b"a{}" * 999, "b.bin": os.urandom(999), "c": b""}
    with ZipFile(io.BytesIO(zip_of(content_of(files)))) as archive:
        methods = {info.filename: info.compress_type for info in archive.infolist()}
    assert methods == {
        "a.css": ZIP_DEFLATED,
        "a.png": ZIP_STORED,
        "b.bin": ZIP_STORED,
        "c": ZIP_STORED,
    }


@pytest.mark.skipif(shutil.which("unzip") is None, reason="there is no unzip here")
def test_unzip_unpacks_it(tmp_path: Path) -> None:
    """A reader that shares nothing with Python's."""
    site = write_folder(tmp_path / "site", {**SITE, "ü/日本.txt": b"x" * 5000, "empty": b""})
    (tmp_path / "a.zip").write_bytes(zip_of(read_folder(site)))
    unzip = ["unzip", "-q", "a.zip", "-d", "unpacked"]
    done = subprocess.run(unzip, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert manifest_of(read_folder(tmp_path / "unpacked")) == manifest_of(read_folder(site))


def test_chunks_are_worth_to_be_sent() -> None:
    """Thousands of small files are few chunks, and a large file is not one."""
    files = {f"{number}.png": b"x" * 100 for number in range(5000)}
    lengths = [len(chunk) for chunk in plan_of(content_of(files)).chunks()]
    assert len(lengths) <= 5 + 1
    assert all(PIECE <= length < 2 * PIECE for length in lengths[:-1])


def test_a_file_that_is_not_that_of_the_manifest_is_named() -> None:
    """It changed since the deployment was decided; nothing is sent."""
    manifest = manifest_of(content_of({"a": b"1", "b": b"2"}))
    with pytest.raises(ContentChanged, match=r"^'b' has changed") as caught:
        ZipPlan.of(content_of({"a": b"1", "b": b"3"}), manifest)
    assert caught.value.name == "b"


@pytest.mark.parametrize("files", [{"a": b"1"}, {"a": b"1", "b": b"2", "c": b""}])
def test_a_file_that_came_or_went_is_told(files: dict[str, bytes]) -> None:
    """One that is new is named; for one that is gone, the whole is another one."""
    manifest = manifest_of(content_of({"a": b"1", "b": b"2"}))
    with pytest.raises(ContentChanged, match="'c'" if "c" in files else "the content"):
        ZipPlan.of(content_of(files), manifest)


def test_totals_alone_tell_a_change_too() -> None:
    """Of a large content no more is recorded."""
    content = content_of({"a": b"1", "b": b"2"})
    totals = manifest_of(content)
    totals = Manifest(None, totals.digest, totals.file_count, totals.total_bytes)
    assert ZipPlan.of(content, totals).size == plan_of(content).size
    with pytest.raises(ContentChanged, match=r"^the content has changed"):
        ZipPlan.of(content_of({"a": b"1", "b": b"3"}), totals)


@pytest.mark.parametrize("name", ["a.css", "z.png"])
def test_a_file_that_changes_between_two_tries_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The last chunks, without which a zip cannot be read, are not given."""
    monkeypatch.setattr(module, "KEPT_BYTES", 0)
    site = write_folder(tmp_path, {**SITE, name: b"a{}" * 999})
    plan = plan_of(read_folder(site))
    whole = b"".join(plan.chunks())
    (site / name).write_bytes(b"b{}" * 999)
    sent: list[bytes] = []
    with pytest.raises(ContentChanged, match=name):
        sent.extend(plan.chunks())
    assert sum(map(len, sent)) < len(whole)
    assert b"PK\x05\x06" not in b"".join(sent)


def test_what_is_in_memory_cannot_change(tmp_path: Path) -> None:
    """A small site is uploaded as it was, whatever is built in the meantime."""
    site = write_folder(tmp_path, {"a.css": b"a{}" * 999, "b.css": b"b{}" * 999})
    plan = plan_of(read_folder(site))
    whole = b"".join(plan.chunks())
    (site / "a.css").write_bytes(b"c{}" * 999)
    (site / "b.css").unlink()
    assert b"".join(plan.chunks()) == whole


def test_there_is_room_for_a_whole_content_and_not_for_each_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the first files take, the others do not have."""
    files = {name: name.encode() * 999 for name in ("a.css", "b.css", "c.css")}
    site = write_folder(tmp_path, files)
    packed = Trial(in_memory("a.css", files["a.css"]), None, PIECE).packed
    monkeypatch.setattr(module, "KEPT_BYTES", len(packed or b""))
    plan = plan_of(read_folder(site))
    (site / "a.css").unlink()
    assert len(b"".join(plan.chunks())) == plan.size
    (site / "c.css").unlink()
    with pytest.raises(ContentChanged, match=r"c\.css"):
        list(plan.chunks())


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    """In the first pass or in the second."""
    site = write_folder(tmp_path, {"a.png": b"1", "b.png": b"2"})
    content = read_folder(site)
    plan = plan_of(content)
    manifest = manifest_of(content)
    (site / "b.png").unlink()
    with pytest.raises(ContentChanged, match=r"'b\.png'"):
        list(plan.chunks())
    with pytest.raises(ContentChanged, match=r"'b\.png'"):
        ZipPlan.of(content, manifest)


def test_planning_can_be_given_up() -> None:
    """What `progress` raises comes out, and each byte is told once."""
    content = content_of(SITE)
    told: list[int] = []
    ZipPlan.of(content, manifest_of(content), told.append)
    assert sum(told) == sum(map(len, SITE.values()))

    def give_up(length: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        ZipPlan.of(content, manifest_of(content), give_up)


def test_a_zip_that_aws_does_not_take_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is uploaded for an hour."""
    content = content_of(SITE)
    size = plan_of(content).size
    monkeypatch.setattr(module, "MOST_BYTES", size)
    assert plan_of(content).size == size
    monkeypatch.setattr(module, "MOST_BYTES", size - 1)
    with pytest.raises(ContentError, match="a deployment may have 5 GB: leave large files out"):
        plan_of(content)


def test_an_upload_that_is_given_up_leaves_nothing_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file that was being sent is closed at once."""
    plan = plan_of(read_folder(write_folder(tmp_path, {"a.png": bytes(4 * PIECE)})))
    opening = Path.open
    opened: list[Any] = []

    def opens(path: Path, *arguments: Any, **named: Any) -> Any:
        opened.append(opening(path, *arguments, **named))
        return opened[-1]

    monkeypatch.setattr(Path, "open", opens)
    chunks = plan.chunks()
    next(chunks)
    assert [file.closed for file in opened] == [False]
    del chunks
    assert [file.closed for file in opened] == [True]


def blocks(block: bytes, count: int) -> Iterator[bytes]:
    return (block for _ in range(count))


@pytest.mark.parametrize(("name", "block"), [("a.bin", os.urandom(PIECE)), ("a.png", bytes(PIECE))])
def test_a_large_file_takes_little_memory(name: str, block: bytes) -> None:
    """It is never whole in memory, nor is what it is packed to."""
    count = 128
    large = ContentFile(name, count * PIECE, partial(blocks, block, count))
    content = Content((large, in_memory("b", b"x")))
    manifest = manifest_of(content)
    tracemalloc.start()
    try:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(module, "KEPT_BYTES", 4 * PIECE)
            plan = ZipPlan.of(content, manifest)
        sent = sum(len(chunk) for chunk in plan.chunks())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sent == plan.size > count * PIECE
    assert peak < 16 * PIECE
