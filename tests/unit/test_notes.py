"""The note on disk about a StartJob that Pulumi has not been told of."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from amplify_job_resource.notes import Note, Notes, folder

URN = "urn:pulumi:dev::shop::pulumi-python:dynamic/amplify:Job::site"


def test_notes_are_kept_in_pulumis_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`PULUMI_HOME` says where, else `.pulumi` in the user's home."""
    assert folder() == tmp_path / "pulumi" / "amplify-job-resource"
    monkeypatch.delenv("PULUMI_HOME")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert folder() == tmp_path / ".pulumi" / "amplify-job-resource"


def test_a_note_lives_from_start_to_told() -> None:
    """Written before StartJob, completed after it, read by a later run, removed in the end."""
    notes = Notes(URN)
    assert notes.read() is None
    assert notes.write("mark", 41)
    assert Notes(URN).read() == Note("mark", after=41)
    notes.started("42")
    assert Notes(URN).read() == Note("mark", after=41, job_id="42")
    notes.remove()
    assert Notes(URN).read() is None
    notes.remove()


def test_a_newer_note_takes_the_place_of_the_older() -> None:
    """There is one note a resource: a new start forgets the job of the last one."""
    notes = Notes(URN)
    notes.write("old", 1)
    notes.started("2")
    notes.write("new", None)
    assert notes.read() == Note("new")


def test_resources_have_their_own_notes() -> None:
    """Two resources do not see each other's notes, and names that no file may have are fine."""
    one, other = Notes(URN), Notes(f"{URN}/../..\n{'x' * 500}")
    assert one.write("one", 1)
    assert other.write("other", 2)
    assert one.read() == Note("one", 1)
    assert other.read() == Note("other", 2)
    assert one.path.parent == other.path.parent == folder()


@pytest.mark.parametrize(
    ("noted", "asked", "kept"),
    [
        ("42", "42", False),
        ("42", "41", True),
        ("42", None, True),
        (None, None, True),
        (None, "42", True),
    ],
)
def test_a_note_goes_when_its_job_is_recorded(
    noted: str | None, asked: str | None, kept: bool
) -> None:
    """Only a note about exactly this job is removed."""
    notes = Notes(URN)
    notes.write("mark", 41)
    if noted:
        notes.started(noted)
    notes.remove_if(asked)
    assert (notes.read() is not None) is kept


def test_a_job_without_a_note_is_not_noted() -> None:
    """Naming the job makes no note where none was written."""
    notes = Notes(URN)
    notes.started("42")
    assert notes.read() is None
    assert not notes.path.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"3",
        b'{"marker": "m", "newer": 1}',
        b"{}",
        b"\xff\xfe",
        b"\0" * 64,
    ],
)
def test_a_corrupt_note_is_no_note(content: bytes) -> None:
    """Whatever is in the file, reading it raises nothing, and it can be written anew."""
    notes = Notes(URN)
    notes.write("mark", 1)
    notes.path.write_bytes(content)
    assert notes.read() is None
    notes.started("42")
    notes.remove_if("42")
    assert notes.write("mark", 2)
    assert notes.read() == Note("mark", 2)


def test_a_place_that_cannot_be_written_loses_only_the_note(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where there is a file instead of a folder, nothing raises and the writer is told."""
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "file"))
    notes = Notes(URN)
    assert not notes.write("mark", 1)
    assert notes.read() is None
    notes.started("42")
    notes.remove_if("42")
    notes.remove()


def test_a_full_disk_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """A note that cannot be written to its end is not there, and the one before stays whole."""
    notes = Notes(URN)
    notes.write("before", 1)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert not notes.write("after", 2)
    assert notes.read() == Note("before", 1)
    assert [path.name for path in notes.path.parent.iterdir()] == [notes.path.name]
