"""The records of a zip, read by Python's own reader."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO
from zipfile import ZipFile

import pytest
from amplify_job_resource._content.zip_records import STORED, Member, end, listed, local_header
from hypothesis import given
from hypothesis import strategies as st


def member(name: str, data: bytes, offset: int) -> Member:
    return Member(name.encode(), STORED, zlib.crc32(data), len(data), len(data), offset)


def write(file: BinaryIO, contents: Iterable[tuple[Member, bytes]]) -> None:
    """Each header, as much of the bytes as is given, and the list; the rest stays a hole."""
    members = []
    for each, data in contents:
        file.seek(each.offset)
        file.write(local_header(each) + data)
        file.seek(each.end)
        members.append(each)
    rows = b"".join(map(listed, members))
    file.write(rows + end(len(members), members[-1].end if members else 0, len(rows)))


NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=9).filter(
    lambda name: name[-1] != "/"
)


@given(st.dictionaries(NAMES, st.binary(max_size=20)))
def test_python_reads_what_was_written(files: dict[str, bytes]) -> None:
    """Names in any language, sizes, checksums and bytes."""
    file = io.BytesIO()
    offset = 0
    written = []
    for name, data in files.items():
        written.append((member(name, data, offset), data))
        offset = written[-1][0].end
    write(file, written)
    with ZipFile(file) as archive:
        assert {info.orig_filename: archive.read(info) for info in archive.infolist()} == files
        for info in archive.infolist():
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert info.external_attr >> 16 == 0o100644
            assert info.create_system == 3
            assert info.extra == b""


def test_a_file_of_more_than_4_gib_is_read(tmp_path: Path) -> None:
    """So is one behind it, whose offset is as large; the file on disk is a hole."""
    size = 4 * 1024**3 + 5
    large = Member(b"large", STORED, 1, size, size, 0)
    small = member("small", b"hello", large.end)
    with (tmp_path / "a.zip").open("wb") as file:
        write(file, [(large, b""), (small, b"hello")])
    with ZipFile(tmp_path / "a.zip") as archive:
        assert [(info.filename, info.file_size) for info in archive.infolist()] == [
            ("large", size),
            ("small", 5),
        ]
        assert archive.read("small") == b"hello"
        with archive.open("large") as found:
            assert found.read(10) == bytes(10)


@pytest.mark.parametrize("size", [0xFFFF_FFFE, 0xFFFF_FFFF, 0x1_0000_0000])
@pytest.mark.parametrize("packed_size", [5, 0xFFFF_FFFE, 0xFFFF_FFFF])
def test_each_size_at_the_limit_is_read(tmp_path: Path, size: int, packed_size: int) -> None:
    """The greatest number that fits means another field, and so it does not fit itself."""
    large = Member(b"large", STORED, 1, packed_size, size, 0)
    small = member("small", b"hello", large.end)
    with (tmp_path / "a.zip").open("wb") as file:
        write(file, [(large, b""), (small, b"hello")])
    with ZipFile(tmp_path / "a.zip") as archive:
        info = archive.getinfo("large")
        assert (info.file_size, info.compress_size) == (size, packed_size)
        assert archive.read("small") == b"hello"


@pytest.mark.parametrize("count", [0xFFFE, 0xFFFF, 0x1_0000])
def test_more_files_than_a_short_number_counts_are_read(count: int) -> None:
    """The last of them is there."""
    contents = []
    offset = 0
    for number in range(count):
        contents.append((member(f"{number}", b"", offset), b""))
        offset = contents[-1][0].end
    file = io.BytesIO()
    write(file, contents)
    has_larger_end = b"PK\x06\x06" in file.getvalue()
    assert has_larger_end == (count >= 0xFFFF)
    with ZipFile(file) as archive:
        assert len(archive.infolist()) == count
        assert archive.read(f"{count - 1}") == b""
