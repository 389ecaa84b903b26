"""Digests that are remembered between runs, where that is safe."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from amplify_job_resource._content import digest_cache as module
from amplify_job_resource._content.digest_cache import (
    LIFETIME,
    QUIET,
    DigestCache,
    digests_of,
)
from amplify_job_resource._content.files import (
    ContentChanged,
    Entry,
    disk_file,
    entry_of,
    text_file,
)
from amplify_job_resource._content.zip_source import files_of_zip

from tests.unit.content.sites import write_zip

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no cache on Windows")


class Machine:
    """A file, the cache, and a clock."""

    def __init__(self, folder: Path) -> None:
        self.cache = folder / "cache"
        self.file = folder / "a"
        self.late = 3600 * 10**9  # how long after the last change a run is

    def now(self) -> int:
        found = self.file.stat()
        return max(found.st_mtime_ns, found.st_ctime_ns) + self.late

    def write(self, data: bytes) -> None:
        self.file.write_bytes(data)

    def read(self, subject: str = "site") -> tuple[Entry, int]:
        """One run: the entry, and how many bytes were read for it."""
        cache = DigestCache(self.cache, subject, self.now)
        told: list[int] = []
        entry = cache.entry_of(disk_file("name", self.file, 0), told.append)
        cache.save()
        assert entry == entry_of(disk_file("name", self.file, 0))
        return entry, sum(told)

    @property
    def saved(self) -> list[Path]:
        return sorted(self.cache.glob("*")) if self.cache.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path)
    machine.write(b"hello")
    return machine


def test_a_file_is_read_once(machine: Machine) -> None:
    """As long as it stays as it is, over any number of runs."""
    assert [machine.read()[1] for _ in range(3)] == [5, 0, 0]
    assert len(machine.saved) == 1


def grown(file: Path) -> None:
    file.write_bytes(b"hello again")


def edited(file: Path) -> None:
    file.write_bytes(b"Hello")


def edited_with_its_time_set_back(file: Path) -> None:
    times = file.stat()
    file.write_bytes(b"Hello")
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


def replaced(file: Path) -> None:
    times = file.stat()
    other = file.with_name("other")
    other.write_bytes(b"Hello")
    os.utime(other, ns=(times.st_atime_ns, times.st_mtime_ns))
    other.replace(file)


def touched(file: Path) -> None:
    os.utime(file, (1, 1))


@pytest.mark.parametrize(
    "change", [grown, edited, edited_with_its_time_set_back, replaced, touched]
)
def test_a_file_that_may_have_changed_is_read_again(
    machine: Machine, change: Callable[[Path], None]
) -> None:
    """Also where its size and its time are the same as before."""
    machine.read()
    change(machine.file)
    assert machine.read()[1] == machine.file.stat().st_size
    assert machine.read()[1] == 0


@pytest.mark.parametrize(("late", "again"), [(0, 5), (QUIET, 5), (-(10**12), 5), (QUIET + 1, 0)])
def test_a_file_that_was_just_written_is_not_remembered(
    machine: Machine, late: int, again: int
) -> None:
    """A change within one tick of the clock, or one from a clock that is ahead, would not show."""
    machine.late = late
    machine.read()
    machine.late = 3600 * 10**9
    assert machine.read()[1] == again


def test_a_file_that_changes_while_it_is_read_is_not_remembered(machine: Machine) -> None:
    """Its digest is that of neither state."""
    cache = DigestCache(machine.cache, "site", machine.now)

    def change(length: int) -> None:
        machine.write(b"HELLO")

    cache.entry_of(disk_file("name", machine.file, 0), change)
    cache.save()
    assert machine.saved == []
    assert machine.read()[1] == 5


@pytest.mark.parametrize("days", [-1000, 1000])
def test_both_times_of_a_file_have_to_be_past(machine: Machine, days: int) -> None:
    """A tool may set the one, and what it did may be a moment ago; or a clock is wrong."""
    moment = machine.file.stat().st_ctime_ns + days * 86400 * 10**9
    os.utime(machine.file, ns=(moment, moment))
    now = machine.file.stat().st_ctime_ns + (0 if days < 0 else 3600 * 10**9)
    for _ in range(2):
        read: list[int] = []
        cache = DigestCache(machine.cache, "site", lambda: now)
        cache.entry_of(disk_file("name", machine.file, 0), read.append)
        cache.save()
        assert read == [5]


def test_what_is_no_longer_used_is_dropped(machine: Machine) -> None:
    """A subject has as many entries as its content has files."""
    machine.read()
    cache = DigestCache(machine.cache, "site", machine.now)
    cache.save()
    assert machine.read()[1] == 5


def test_subjects_do_not_disturb_each_other(machine: Machine) -> None:
    """Two folders may be deployed side by side."""
    assert [machine.read(subject)[1] for subject in ("a", "b", "a", "b")] == [5, 5, 0, 0]


def test_the_largest_files_are_remembered(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A bound keeps the cache small, and what takes the longest to read is within it."""
    monkeypatch.setattr(module, "MOST_FILES", 2)
    files = []
    for size in (1, 3, 2):
        path = tmp_path / f"file-{size}"
        path.write_bytes(b"x" * size)
        os.utime(path, (1, 1))
        files.append(disk_file("", path, size))
    machine.write(b"last")  # the clock is set by this one
    read: list[list[int]] = []
    for _ in range(2):
        cache = DigestCache(machine.cache, "site", machine.now)
        read.append([])
        for file in files:
            cache.entry_of(file, read[-1].append)
        cache.save()
    assert read == [[1, 3, 2], [1]]


def test_members_of_a_zip_are_remembered_with_the_zip(machine: Machine, tmp_path: Path) -> None:
    """Each by its own name, so that none is taken for another."""
    files, _ = files_of_zip(write_zip(tmp_path / "a.zip", {"a": b"one", "b": b"two!"}), "a.zip")
    machine.file = tmp_path / "a.zip"
    for expected in ([3, 4], []):
        cache = DigestCache(machine.cache, "site", machine.now)
        read: list[int] = []
        assert [cache.entry_of(file, read.append) for file in files] == [*map(entry_of, files)]
        cache.save()
        assert read == expected


def test_a_text_is_not_remembered(machine: Machine) -> None:
    """It is at hand."""
    cache = DigestCache(machine.cache, "site", machine.now)
    assert cache.entry_of(text_file("a", "hello")).size == 5
    cache.save()
    machine.read()
    assert len(json.loads(machine.saved[0].read_text().partition("\n")[2])) == 1


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def damaged(path: Path) -> None:
    data = bytearray(path.read_bytes())
    digits = entry_digits(data)
    data[digits] = ord("0") if data[digits] != ord("0") else ord("1")
    path.write_bytes(bytes(data))


def entry_digits(data: bytes | bytearray) -> int:
    """Where a digit of the digest stands."""
    return data.rindex(b'"') - 1


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def of_other_json(path: Path) -> None:
    for body in ("[1]", '{"a": 1}', '{"a": [1, 2]}', '{"a": []}', "null", "x"):
        path.write_text(f"{module._checksum(body)}\n{body}")
        assert module._load(path) == {}


def not_utf8(path: Path) -> None:
    path.write_bytes(b"\xff\n\xff")


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("change", [emptied, damaged, cut_off, of_other_json, not_utf8, a_folder])
def test_whatever_is_wrong_with_it_files_are_read(
    machine: Machine, change: Callable[[Path], None]
) -> None:
    """A cache is never the reason why a run fails, or why a digest is wrong."""
    machine.read()
    change(machine.saved[0])
    assert machine.read()[1] == 5


def test_without_a_place_for_it_files_are_read(machine: Machine) -> None:
    """No home folder, or one that is a file."""
    cache = DigestCache(None, "site")
    assert cache.entry_of(disk_file("", machine.file, 0)).size == 5
    cache.save()
    cache.forget()
    machine.cache.write_bytes(b"")
    assert [machine.read()[1] for _ in range(2)] == [5, 5]


@pytest.mark.parametrize("call", ["mkdir", "write_text", "replace"])
def test_a_home_that_cannot_be_written_is_no_error(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """Nothing is left behind either."""

    def refuse(*arguments: Any, **named: Any) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(Path, call, refuse)
        assert machine.read()[1] == 5
    assert machine.saved == []


def test_what_was_forgotten_is_read_again(machine: Machine) -> None:
    """For a digest that turned out to be wrong, whatever the reason."""
    machine.read()
    cache = DigestCache(machine.cache, "site", machine.now)
    cache.forget()
    assert machine.saved == []
    assert machine.read()[1] == 5


def test_what_nobody_uses_goes_in_time(machine: Machine) -> None:
    """Folders of a build server have a new name each time; whatever else lies there stays."""
    machine.read("old")
    (old,) = machine.saved
    other = machine.cache / "note.json"
    killed = machine.cache / "digests-1-x.1-1.tmp"
    for path in (other, killed):
        path.write_text("")
    long_ago = machine.now() / 1e9 - LIFETIME - 10
    for path in (old, other, killed):
        os.utime(path, (long_ago, long_ago))
    machine.read("new")
    assert old not in machine.saved
    assert killed not in machine.saved
    assert other in machine.saved
    assert len(machine.saved) == 2


def test_what_is_used_stays(machine: Machine) -> None:
    """A run that changes nothing says that it was there."""
    machine.read()
    (saved,) = machine.saved
    os.utime(saved, (1, 1))
    assert machine.read()[1] == 0
    assert saved.stat().st_mtime > 1


def test_runs_side_by_side_leave_a_cache_that_works(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each writes a file of its own first."""
    writing = Path.write_text
    written: list[Path] = []
    all_write = threading.Barrier(8, timeout=60)

    def write(path: Path, *arguments: Any, **named: Any) -> int:
        written.append(path)
        all_write.wait()
        return writing(path, *arguments, **named)

    monkeypatch.setattr(Path, "write_text", write)
    threads = [threading.Thread(target=machine.read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(written)) == 8
    assert len(machine.saved) == 1
    assert machine.read()[1] == 0


def test_each_source_has_digests_of_its_own(machine: Machine, tmp_path: Path) -> None:
    """By its path, and by where that begins; they lie in Pulumi's own folder."""
    os.utime(machine.file, (1, 1))
    late = machine.now()
    for root, source in ((tmp_path, "a"), (tmp_path, "b"), (tmp_path / "c", "a"), (tmp_path, [])):
        cache = digests_of(root, source)
        cache._now = lambda: late
        cache.entry_of(disk_file("a", machine.file, 5))
        cache.save()
    home = tmp_path / "pulumi" / "amplify-job-resource"
    assert len(list(home.glob("digests-*.json"))) == 4
    read: list[int] = []
    assert (
        digests_of(tmp_path, "a").entry_of(disk_file("a", machine.file, 5), read.append).size == 5
    )
    assert read == []


def test_a_file_that_is_gone_is_told(machine: Machine) -> None:
    """The cache does not know better."""
    machine.read()
    late = machine.now()
    machine.file.unlink()
    with pytest.raises(ContentChanged):
        DigestCache(machine.cache, "site", lambda: late).entry_of(disk_file("x", machine.file, 0))


def test_windows_has_no_cache(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """It keeps no time of change, and some builds set the other times back."""
    monkeypatch.setattr(sys, "platform", "win32")
    assert [machine.read()[1] for _ in range(2)] == [5, 5]
    assert machine.saved == []
