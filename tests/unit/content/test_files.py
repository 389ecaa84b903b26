"""Files in pieces, and what is remembered of them."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from amplify_job_resource._content.files import (
    PIECE,
    ContentChanged,
    ContentError,
    Entry,
    disk_file,
    entry_of,
    listed,
    pieces,
    shown,
    text_file,
)


def test_an_entry_is_the_beginning_of_what_sha256sum_prints(tmp_path: Path) -> None:
    """Of a file that takes several pieces, and of an empty one."""
    for data in (os.urandom(2 * PIECE + 17), b""):
        (tmp_path / "a").write_bytes(data)
        file = disk_file("a", tmp_path / "a", len(data))
        assert entry_of(file) == Entry(hashlib.sha256(data).hexdigest()[:32], len(data))


def test_a_piece_is_bounded_and_told_of(tmp_path: Path) -> None:
    """Whoever waits sees each piece as it is read."""
    (tmp_path / "a").write_bytes(b"x" * (2 * PIECE + 1))
    told: list[int] = []
    lengths = [
        len(piece) for piece in pieces(disk_file("a", tmp_path / "a", 0), progress=told.append)
    ]
    assert lengths == told == [PIECE, PIECE, 1]


def test_reading_can_be_given_up(tmp_path: Path) -> None:
    """What `progress` raises ends the reading, and is no error of the file."""

    def give_up(length: int) -> None:
        raise KeyboardInterrupt

    (tmp_path / "a").write_bytes(b"x")
    with pytest.raises(KeyboardInterrupt):
        entry_of(disk_file("a", tmp_path / "a", 1), give_up)


@pytest.mark.parametrize("text", ["", "hello\n", "ünï", "x" * (PIECE + 1)])
def test_a_text_is_a_file_in_utf8(text: str) -> None:
    """It has no path, so that no cache remembers it."""
    file = text_file("a", text)
    assert b"".join(file.read()) == text.encode()
    assert b"".join(file.read()) == text.encode()
    assert (file.size, file.path) == (len(text.encode()), None)
    assert all(len(piece) <= PIECE for piece in file.read())


def test_half_a_character_is_refused() -> None:
    """The sentence says where it is."""
    with pytest.raises(ContentError, match=r"'a/b' has '\\ud800' at position 1"):
        text_file("a/b", "x\ud800")


def test_a_file_that_is_gone_has_changed(tmp_path: Path) -> None:
    """A build that runs at the same time is the usual cause, and the sentence says what to do."""
    with pytest.raises(ContentChanged, match=r"^'b/a' has changed .* deploy again$") as caught:
        entry_of(disk_file("b/a", tmp_path / "a", 1))
    assert caught.value.name == "b/a"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """With the system's reason and a way out."""
    with pytest.raises(ContentError, match=r"cannot read '.*' \(Is a directory\): .* exclude$"):
        entry_of(disk_file("a", tmp_path, 1))


def test_names_are_shown_on_one_line() -> None:
    """Quoted, and cut where they are endless."""
    assert shown("a\nb") == r"'a\nb'"
    assert len(shown("x" * 2000)) == 200
    assert listed(["a"]) == "'a'"
    assert listed(iter("abcd")) == "'a' and 3 more"
