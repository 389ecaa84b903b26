"""Zips that are given: what is in them, and what is refused."""

from __future__ import annotations

import io
import stat
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile, ZipInfo

import pytest
from amplify_job_resource._content import zip_source as module
from amplify_job_resource._content.files import PIECE, ContentError, ContentFile
from amplify_job_resource._content.zip_source import files_of_zip, is_zip
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.content.sites import write_zip

FILES = {"index.html": b"hello", "a/b.css": b"a{}" * 1000, "empty": b"", "ü/日本.txt": b"x"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.zip"


def found(path: Path) -> dict[str, bytes]:
    files, _ = files_of_zip(path, "a.zip")
    return {file.name: b"".join(file.read()) for file in files}


def refusal(read: Callable[[], object]) -> str:
    with pytest.raises(ContentError) as caught:
        read()
    return str(caught.value)


@pytest.mark.parametrize("method", [ZIP_STORED, ZIP_DEFLATED])
def test_members_are_unpacked(path: Path, method: int) -> None:
    """Both methods that every program knows, and names in any language."""
    with ZipFile(path, "w", method) as archive:
        for name, data in FILES.items():
            archive.writestr(name, data)
    assert is_zip(path)
    assert found(path) == FILES
    files, unmarked = files_of_zip(path, "a.zip")
    assert [file.size for file in files] == [*map(len, FILES.values())]
    assert {file.path for file in files} == {path}
    assert unmarked == ()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(
    st.dictionaries(st.text("ab/", min_size=1).filter(lambda name: name[-1] != "/"), st.binary())
)
def test_python_reads_the_same(path: Path, files: dict[str, bytes]) -> None:
    """Python's own reader is the oracle."""
    with ZipFile(write_zip(path, files)) as archive:
        assert found(path) == {name: archive.read(name) for name in archive.namelist()}


def test_folders_and_what_macos_adds_count_as_nothing(path: Path) -> None:
    """They are no files of the site."""
    write_zip(
        path, {"a/": b"", "a/b": b"1", "__MACOSX/a/._b": b"2", "a/.DS_Store": b"3", "a/c/": b""}
    )
    assert found(path) == {"a/b": b"1"}


def test_a_zip_behind_something_else_is_one(path: Path) -> None:
    """Such as a program that unpacks itself."""
    write_zip(path, FILES)
    path.write_bytes(b"#!/bin/sh\n" + path.read_bytes())
    assert found(path) == FILES


def test_a_zip_whose_headers_have_no_sizes_is_read(path: Path) -> None:
    """As programs make it that write into a pipe: the list at the end has them."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: int) -> int:
            raise OSError

        def tell(self) -> int:
            raise OSError

    pipe = Pipe()
    with ZipFile(pipe, "w", ZIP_DEFLATED) as archive:
        for name, data in FILES.items():
            archive.writestr(name, data)
    assert b"PK\x07\x08" in pipe.getvalue()
    path.write_bytes(pipe.getvalue())
    assert found(path) == FILES


def unmarked(path: Path, raw: bytes) -> Path:
    """A zip with one member, whose name is not marked as UTF-8."""
    write_zip(path, {"x" * len(raw): b"data"})
    path.write_bytes(path.read_bytes().replace(b"x" * len(raw), raw))
    return path


def test_a_name_that_is_not_marked_is_read_as_utf8(path: Path) -> None:
    """MacOS writes such names; it is told, as other programs may read them otherwise."""
    files, names = files_of_zip(unmarked(path, "é.txt".encode()), "a.zip")
    assert [file.name for file in files] == ["é.txt"]
    assert names == ("é.txt",)
    assert found(path) == {"é.txt": b"data"}


def test_a_name_of_an_old_code_page_is_read_so(path: Path) -> None:
    """It is no UTF-8, and so it is what the format says."""
    files, names = files_of_zip(unmarked(path, b"\x82.txt"), "a.zip")
    assert [file.name for file in files] == ["é.txt"]
    assert names == ("é.txt",)


def test_a_plain_name_needs_no_mark(path: Path) -> None:
    """ASCII reads the same everywhere."""
    assert files_of_zip(unmarked(path, b"a.txt"), "a.zip")[1] == ()


@pytest.mark.parametrize("raw", [b"a\x00b", b"a\\b", b"C:/a", b"/a/b", b"../a"])
def test_a_bad_name_comes_out_as_it_is(path: Path, raw: bytes) -> None:
    """Nothing cuts or mends it before the rules for names see it."""
    assert [*found(unmarked(path, raw))] == [raw.decode()]


def link() -> ZipInfo:
    info = ZipInfo("link")
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def with_links(path: Path) -> None:
    other = link()
    other.filename = "other"
    write_zip(path, {"index.html": b"", link(): b"../secret", other: b"x"})


def with_bzip2(path: Path) -> None:
    with ZipFile(path, "w", ZIP_BZIP2) as archive:
        archive.writestr("a", b"x")


def with_lzma(path: Path) -> None:
    with ZipFile(path, "w", ZIP_LZMA) as archive:
        archive.writestr("a", b"x")


def encrypted(path: Path) -> None:
    write_zip(path, {"a": b"x", "b": b"x", "c": b"x"})
    data = bytearray(path.read_bytes())
    at = -1
    while (at := data.find(b"PK\x01\x02", at + 1)) >= 0:
        data[at + 8] |= 1
    path.write_bytes(bytes(data))


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (with_links, "is a symbolic link: make the zip without links, .*'link' and 1 more"),
        (with_bzip2, r"compressed by another method .*\('a'\)"),
        (with_lzma, r"compressed by another method .*\('a'\)"),
        (encrypted, r"is encrypted: make the zip without a password \('a' and 2 more\)"),
    ],
)
def test_what_no_deployment_unpacks_is_refused(
    path: Path, make: Callable[[Path], None], reason: str
) -> None:
    """One sentence, with the first such member and how many more there are."""
    make(path)
    with pytest.raises(ContentError, match=f"^the zip 'a.zip' has a member that .*{reason}"):
        files_of_zip(path, "a.zip")


@pytest.mark.parametrize("data", [b"", b"x", b"\x1f\x8b" + b"x" * 100, b"PK\x03\x04" + b"x" * 100])
def test_other_files_are_no_zips(path: Path, data: bytes) -> None:
    """A tar, a text, the beginning of a zip; and nothing."""
    assert not is_zip(path)
    path.write_bytes(data)
    assert not is_zip(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.data())
def test_a_damaged_zip_is_an_error_or_the_same(path: Path, data: st.DataObject) -> None:
    """Whichever byte is another: no other exception, and no other content under a good checksum."""
    raw = bytearray(write_zip(path, {"a/b": b"hello" * 9, "c": b"x"}).read_bytes())
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(raw))
    try:
        read = set(found(path).values())
    except ContentError:
        read = set()
    assert read <= {b"hello" * 9, b"x"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.data())
def test_a_part_of_a_zip_is_an_error(path: Path, data: st.DataObject) -> None:
    """As an interrupted download leaves it: its list is missing."""
    raw = write_zip(path, FILES).read_bytes()
    path.write_bytes(raw[: data.draw(st.integers(0, len(raw) - 1))])
    assert "is broken" in refusal(lambda: files_of_zip(path, "a.zip"))


def listing(path: Path, name: bytes, change: Callable[[bytearray, int], None]) -> None:
    """Change the row of a member in the list at the end."""
    data = bytearray(path.read_bytes())
    change(data, data.rindex(name) - 46)
    path.write_bytes(bytes(data))


def only(path: Path) -> ContentFile:
    files, _ = files_of_zip(path, "a.zip")
    (file,) = files
    return file


@pytest.mark.parametrize("method", [ZIP_STORED, ZIP_DEFLATED])
@pytest.mark.parametrize("declared", [0, 1, 999_999, 1_000_001, 2_000_000])
def test_a_member_has_as_many_bytes_as_declared(path: Path, method: int, declared: int) -> None:
    """More end at once, before they fill the memory or a disk; fewer are an error, too."""
    with ZipFile(path, "w", method) as archive:
        archive.writestr("a.bin", b"x" * 1_000_000)
    listing(path, b"a.bin", lambda data, at: struct.pack_into("<L", data, at + 24, declared))
    file = only(path)
    read: list[int] = []

    def unpack() -> None:
        read.extend(len(piece) for piece in file.read())

    assert "the zip 'a.zip' is broken ('a.bin': it" in refusal(unpack)
    assert sum(read) <= declared


def test_a_wrong_checksum_is_an_error(path: Path) -> None:
    """What was damaged on its way is not deployed."""
    write_zip(path, {"a.bin": b"hello"})
    listing(path, b"a.bin", lambda data, at: struct.pack_into("<L", data, at + 16, 1))
    assert "'a.bin': its size or checksum is wrong" in refusal(lambda: list(only(path).read()))


def test_a_member_that_goes_on_behind_its_end_is_read_to_its_end(path: Path) -> None:
    """Bytes behind the end of the deflated data are none of its content."""
    packed = zlib.compress(b"hello", 6)[2:-4]
    write_zip(path, {"a.bin": b"hello"})
    assert packed in path.read_bytes()
    assert found(path) == {"a.bin": b"hello"}


def test_what_stands_between_a_name_and_its_bytes_is_passed_over(path: Path) -> None:
    """Most programs write times and owners there."""
    info = ZipInfo("a.bin")
    info.extra = struct.pack("<2H4s", 0x7875, 4, b"more")
    assert found(write_zip(path, {info: b"hello", "b": b"x"})) == {"a.bin": b"hello", "b": b"x"}


def test_a_member_without_a_header_is_an_error(path: Path) -> None:
    """Whatever bytes are there instead."""
    write_zip(path, {"a.bin": b"hello"})
    path.write_bytes(path.read_bytes().replace(b"PK\x03\x04", b"PK\x03\x05"))
    assert "it is not where the zip's list says" in refusal(lambda: list(only(path).read()))


def test_a_header_with_another_name_is_an_error(path: Path) -> None:
    """Programs that read a zip as it comes would take the other name."""
    write_zip(path, {"a.bin": b"hello"})
    data = path.read_bytes()
    at = data.index(b"a.bin")
    path.write_bytes(data[:at] + b"b.bin" + data[at + 5 :])
    assert "it is not where the zip's list says" in refusal(lambda: list(only(path).read()))


def test_a_bomb_is_refused_by_what_it_declares(path: Path) -> None:
    """Nothing is unpacked for that."""
    write_zip(path, {"a.bin": b"x" * 1000, "b.bin": b""})
    for name in (b"a.bin", b"b.bin"):
        listing(path, name, lambda data, at: struct.pack_into("<L", data, at + 24, 3 * 10**9))
    sentence = refusal(lambda: files_of_zip(path, "a.zip"))
    assert sentence.startswith("the zip 'a.zip' has 0.0 GB, and 6.0 GB unpacked; a deployment may")


def test_a_zip_that_aws_does_not_take_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it is uploaded for an hour; what is in it alone would not be too much."""
    with ZipFile(path, "w", ZIP_STORED) as archive:
        archive.writestr("a", b"x" * 100)
    monkeypatch.setattr(module, "MOST_BYTES", path.stat().st_size - 1)
    assert "a deployment may have 5 GB" in refusal(lambda: files_of_zip(path, "a.zip"))


def test_members_that_share_their_bytes_are_refused(path: Path) -> None:
    """A bomb can be made of many members that are one and the same piece of the zip."""
    write_zip(path, {"a.bin": b"x" * 1000, "b.bin": b""})
    listing(path, b"b.bin", lambda data, at: struct.pack_into("<L", data, at + 20, 10**6))
    assert "its members are larger than itself" in refusal(lambda: files_of_zip(path, "a.zip"))


def test_a_large_member_takes_little_memory(path: Path) -> None:
    """It is unpacked piece by piece, also where a few bytes become very many."""
    size = 64 * 1024 * 1024
    write_zip(path, {"a.bin": bytes(size)})
    file = only(path)
    tracemalloc.start()
    try:
        longest = max(len(piece) for piece in file.read())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert longest <= PIECE
    assert peak < 8 * PIECE
    assert path.stat().st_size < size // 500


def test_a_zip_that_cannot_be_read_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When it is listed, and when a member is read."""
    write_zip(path, {"a.bin": b"hello"})
    file = only(path)
    path.unlink()
    assert "No such file" in refusal(lambda: list(file.read()))
    assert "No such file" in refusal(lambda: files_of_zip(path, "a.zip"))
