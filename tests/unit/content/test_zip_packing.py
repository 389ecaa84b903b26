"""How a file is packed, and that it is packed the same again."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator

import pytest
from amplify_job_resource._content.files import ContentChanged, ContentFile, entry_of
from amplify_job_resource._content.zip_packing import Trial, is_compressed, packed_again
from amplify_job_resource._content.zip_records import DEFLATED, STORED
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.content.sites import in_memory, in_pieces

ROOM = 1 << 20
TEXT = b"body { color: red }\n" * 5000


class Changing(Iterator[bytes]):
    """A file that is another one each time it is read."""

    def __init__(self, *contents: bytes) -> None:
        self._contents = iter(contents)

    def __next__(self) -> bytes:
        return next(self._contents)

    def file(self, name: str) -> ContentFile:
        return ContentFile(name, 0, lambda: in_pieces(next(self)))


def packed_twice(first: bytes, second: bytes, name: str = "a") -> bytes:
    file = Changing(first, second).file(name)
    return b"".join(packed_again(file, Trial(file, None, 0).member(0)))


@pytest.mark.parametrize(
    ("name", "data", "method"),
    [
        ("a.css", TEXT, DEFLATED),
        ("a", TEXT, DEFLATED),
        ("a.png", TEXT, STORED),
        ("a/b.WOFF2", TEXT, STORED),
        ("a.bin", os.urandom(5000), STORED),
        ("a.css", b"a{}", STORED),
        ("a.css", b"", STORED),
    ],
)
def test_a_file_is_deflated_where_that_makes_it_smaller(
    name: str, data: bytes, method: int
) -> None:
    """What is compressed already is not even tried, and what becomes no smaller stays as it is."""
    trial = Trial(in_memory(name, data), None, ROOM)
    member = trial.member(7)
    assert (member.method, member.size, member.crc) == (method, len(data), zlib.crc32(data))
    assert (member.name, member.offset) == (name.encode(), 7)
    assert trial.entry == entry_of(in_memory(name, data))
    packed = packed_twice(data, data, name)
    assert len(packed) == member.packed_size
    assert (packed if method == STORED else zlib.decompress(packed, -15)) == data
    assert member.packed_size <= len(data)


@given(st.binary(max_size=3000), st.integers(1, 50))
def test_it_is_packed_the_same_again(data: bytes, times: int) -> None:
    """Whatever it holds: what is kept of the first time is what is made the second time."""
    file = in_memory("a", data * times)
    trial = Trial(file, None, ROOM)
    again = b"".join(packed_again(file, trial.member(0)))
    assert again == (trial.packed if trial.member(0).method == DEFLATED else data * times)


def test_only_what_there_is_room_for_stays_in_memory() -> None:
    """What does not fit is made again."""
    length = Trial(in_memory("a", TEXT), None, 0).member(0).packed_size
    kept = Trial(in_memory("a", TEXT), None, length).packed
    assert kept is not None
    assert len(kept) == length
    assert Trial(in_memory("a", TEXT), None, length - 1).packed is None


def test_each_piece_is_told_of() -> None:
    """Whoever waits sees it, and can give up."""
    told: list[int] = []
    Trial(in_memory("a", TEXT), told.append, 0)
    assert sum(told) == len(TEXT)
    assert len(told) == len(TEXT) // 1000


@pytest.mark.parametrize("name", ["a.css", "a.png"])
@pytest.mark.parametrize(
    "second",
    [
        TEXT + b"x",
        TEXT[:-1],
        b"",
        b"B" + TEXT[1:],
        TEXT[:-1] + b"x",
        TEXT * 2,
        os.urandom(len(TEXT)),
    ],
)
def test_a_file_that_is_another_one_the_second_time_is_told(name: str, second: bytes) -> None:
    """The upload cannot end with it: its length and its checksum are sent already."""
    with pytest.raises(ContentChanged, match=name):
        packed_twice(TEXT, second, name)


def test_no_more_is_given_than_was_planned() -> None:
    """A file that grows while it is sent does not make the upload any longer."""
    file = Changing(TEXT, TEXT + bytes(10**6)).file("a.png")
    member = Trial(file, None, 0).member(0)
    sent: list[bytes] = []
    with pytest.raises(ContentChanged):
        sent.extend(packed_again(file, member))
    assert sum(map(len, sent)) == member.packed_size


@pytest.mark.parametrize(
    "name", ["a.png", "a.JPG", "a.jpeg", "a/b.min.gz", "x.woff", "x.mp4", "x.br"]
)
def test_names_say_what_is_compressed(name: str) -> None:
    """In upper or lower case."""
    assert is_compressed(name)


@pytest.mark.parametrize(
    "name", ["png", "a.png.txt", "a.svg", "a.html", "a.wasm", "a.ico", "apng", ""]
)
def test_other_names_do_not(name: str) -> None:
    """A favicon in its old form is a plain bitmap."""
    assert not is_compressed(name)
