"""Zips: what is taken from one, and that none does harm."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from amplify_job_resource.emulator import archives
from amplify_job_resource.emulator.archives import Unusable, check_name, unpack

from tests.emulator.files import zipped


def test_a_zip_is_its_files() -> None:
    """Each file with its name; a folder is none, and empty files stay."""
    files = {"index.html": b"a", "assets/ü.js": b"", ".well-known/x": b"c"}
    assert unpack(zipped({**files, "folder/": b""})) == files
    assert unpack(zipped(files, zipfile.ZIP_STORED)) == files
    assert unpack(zipped({})) == {}


@pytest.mark.parametrize(
    "name", ["../x", "a/../../x", "/etc/passwd", "..\\x", "C:\\x", "c:/x", ".."]
)
def test_a_name_that_leads_out_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such a zip is not used, and writes nothing."""
    inside = tmp_path / "outer" / "inner"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    with pytest.raises(Unusable, match="leads out"):
        unpack(zipped({"index.html": b"a", name: b"b"}))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", ["a..b", "a:b", "x/.../y", "a b", "con"])
def test_an_odd_name_is_a_name(name: str) -> None:
    """What stays in its folder is taken as it is."""
    check_name(name)


def test_an_empty_name_is_none() -> None:
    """A file has a name."""
    with pytest.raises(Unusable):
        check_name("")


def encrypted() -> bytes:
    """A zip that says that its file is encrypted, in both places."""
    data = bytearray(zipped({"a": b"a"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no zip",
        zipped({"a": b"a" * 100})[:-30],
        zipped({"a": b"abc"}, zipfile.ZIP_STORED).replace(b"abc", b"abd"),  # a wrong checksum
        zipped({"a": b"a"}, zipfile.ZIP_BZIP2),
        zipped({"a": b"a"}, zipfile.ZIP_LZMA),
        encrypted(),
    ],
    ids=["empty", "text", "cut off", "checksum", "bzip2", "lzma", "encrypted"],
)
def test_what_is_no_zip_is_refused(data: bytes) -> None:
    """Whatever is wrong with it, it is one error."""
    with pytest.raises(Unusable):
        unpack(data)


def test_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that are too large together are not unpacked, whatever the zip says of their sizes."""
    monkeypatch.setattr(archives, "MOST_BYTES", 1000)
    assert len(unpack(zipped({"a": bytes(400), "b": bytes(600)}))) == 2
    bomb = bytearray(zipped({"a": bytes(400), "b": bytes(601)}))
    with pytest.raises(Unusable, match="more than 1000 bytes"):
        unpack(bytes(bomb))
    monkeypatch.setattr(archives, "MOST_FILES", 2)
    with pytest.raises(Unusable, match="more than 2 files"):
        unpack(zipped(dict.fromkeys("abc", b"")))
