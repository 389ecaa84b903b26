"""The note on disk about a StartJob that Pulumi has not been told of."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from amplify_job_resource._amplify.ids import JobId
from amplify_job_resource._amplify.records import JobRecord
from amplify_job_resource._start.notes import MAX_MESSAGE, Note, Notes
from amplify_job_resource._values.home import folder

from tests.unit.samples import NOON


def recorded(text: str = "d1a2/main/42", start_time: datetime | None = None) -> JobRecord:
    """A recorded job by its resource id."""
    job = JobId.parse(text)
    assert job
    return JobRecord(job, "SUCCEED", start_time=start_time)


URN = "urn:pulumi:dev::shop::pulumi-python:dynamic/amplify:Job::site"
JOB = JobId("d1a2", "main", "42")
ANY = Note("mark", "try")
CREATED = NOON + timedelta(microseconds=123456)


def test_without_a_home_there_are_no_notes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user without HOME who is in no list of users: nothing is found, and writing says why not."""

    def nobody(_: str) -> None:
        raise KeyError

    monkeypatch.delenv("PULUMI_HOME")
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr("pwd.getpwuid", nobody)
    notes = Notes(URN)
    assert (notes.folder, notes.lock_path) == (None, None)
    with pytest.raises(OSError, match="there is no home folder"):
        notes.write(ANY)
    assert notes.read() is None
    notes.remove_recorded(recorded())
    notes.remove_of("try")
    notes.remove()


@pytest.mark.parametrize("variable", ["PULUMI_HOME", "HOME"])
def test_a_relative_home_is_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str
) -> None:
    """It begins in the folder at hand, as everywhere; the path of a note is a whole one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PULUMI_HOME")
    monkeypatch.setenv(variable, "home")
    notes = Notes(URN)
    notes.write(ANY)
    assert Notes(URN).read() == ANY
    assert notes.path_of(ANY).is_relative_to(tmp_path / "home")


def test_a_note_lives_from_start_to_told() -> None:
    """Written before StartJob, completed after it, read by a later run, removed in the end."""
    notes = Notes(URN)
    assert notes.read() is None
    notes.write(Note("mark", "try", 41))
    assert Notes(URN).read() == Note("mark", "try", newest_before=41)
    notes.write(Note("mark", "try", job=JOB))
    assert Notes(URN).read() == Note("mark", "try", job=JOB)
    notes.remove()
    assert Notes(URN).read() is None
    notes.remove()


def test_each_release_has_a_note_of_its_own() -> None:
    """A newer note takes the place of an older one of the same release only."""
    notes = Notes(URN)
    notes.write(Note("old", "one", 1))
    notes.write(Note("new", "two", None))
    notes.write(Note("old", "one", job=JOB))
    assert notes.read(lambda note: note.trailer == "old") == Note("old", "one", job=JOB)
    assert notes.read(lambda note: note.trailer == "new") == Note("new", "two")
    assert len(notes.read_all()) == 2
    notes.remove()
    assert notes.read_all() == []


def test_the_one_note_of_the_first_version_is_found() -> None:
    """A note that version 0.1.0 has left under the resource's name alone is read and removed."""
    notes = Notes(URN)
    written = Note("old", "one", 41, "a message", JOB)
    notes.write(written)
    data = json.loads(notes.path_of(written).read_text(encoding="utf-8"))
    del data["commit"]
    notes.path_of(written).unlink()
    assert notes.lock_path
    old = notes.lock_path.with_suffix(".json")
    old.write_text(json.dumps(data), encoding="utf-8")
    assert notes.read() == written
    notes.remove_recorded(recorded())
    assert not old.exists()


def test_resources_have_their_own_notes() -> None:
    """Two resources do not see each other's notes, and names that no file may have are fine."""
    one, other = Notes(URN), Notes(f"{URN}/../..\n{'x' * 500}")
    one.write(Note("one", "try", 1))
    other.write(Note("other", "try", 2))
    assert one.read() == Note("one", "try", 1)
    assert other.read() == Note("other", "try", 2)
    assert one.folder == other.folder == folder()
    assert one.lock_path != other.lock_path


@pytest.mark.parametrize(
    ("noted", "asked", "kept"),
    [
        (True, "d1a2/main/42", False),
        (True, "d1a2/main/41", True),
        (True, "d1a2/dev/42", True),
        (False, "d1a2/main/42", True),
    ],
)
def test_a_note_goes_when_its_job_is_recorded(noted: bool, asked: str, kept: bool) -> None:
    """Only a note about exactly this job is removed: each branch has a job 42."""
    notes = Notes(URN)
    notes.write(Note("mark", "try", 41))
    if noted:
        notes.write(Note("mark", "try", job=JOB))
    notes.remove_recorded(recorded(asked))
    assert (notes.read() is not None) is kept


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
        b'{"marker": "m", "attempt": "t", "after": "41", "message": "", "job": null}',
        b'{"marker": "m", "attempt": "t", "after": 41, "message": "", "job": 42}',
        b'{"marker": 1, "attempt": "t", "after": 41, "message": "", "job": null}',
        b'{"marker": "m", "attempt": "t", "after": 41, "message": "", "job": "nonsense"}',
        b"\xff\xfe",
        b"\0" * 64,
    ],
)
def test_a_corrupt_note_is_no_note(content: bytes) -> None:
    """Whatever is in the file, reading it raises nothing, and it can be written anew."""
    notes = Notes(URN)
    notes.write(Note("mark", "try", 1))
    notes.path_of(ANY).write_bytes(content)
    assert notes.read() is None
    notes.write(Note("mark", "try", job=JOB))
    notes.remove_recorded(recorded("d1a2/main/42"))
    notes.write(Note("mark", "try", 2))
    assert notes.read() == Note("mark", "try", 2)


@pytest.mark.parametrize("home", ["file", "file/below", "dev/full", "pulumi"])
def test_a_place_that_cannot_be_written_loses_only_the_note(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: str
) -> None:
    """Where there is a file instead of a folder, the writer is told, and nothing else raises."""
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    (tmp_path / "pulumi").mkdir()
    (tmp_path / "pulumi" / "amplify-job-resource").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("PULUMI_HOME", "/dev/full" if home == "dev/full" else str(tmp_path / home))
    notes = Notes(URN)
    with pytest.raises(OSError, match=r"Not a directory|File exists"):
        notes.write(Note("mark", "try", 1))
    assert notes.read() is None
    notes.remove_recorded(recorded("d1a2/main/42"))
    notes.remove()


def test_a_full_disk_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """A note that cannot be written to its end is not there, and the one before stays whole."""
    notes = Notes(URN)
    notes.write(Note("before", "try", 1))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        notes.write(Note("after", "try", 2))
    assert notes.read() == Note("before", "try", 1)
    written = notes.path_of(Note("before", "try"))
    assert list(written.parent.iterdir()) == [written]


def test_a_note_that_was_not_finished_goes_with_the_others() -> None:
    """A run that is killed while it writes leaves a file of no use, which the next one deletes."""
    notes = Notes(URN)
    notes.write(ANY)
    notes.path_of(ANY).with_suffix(".4711.tmp").write_text("{", encoding="utf-8")
    notes.remove()
    assert list(notes.path_of(ANY).parent.iterdir()) == []


def test_an_attempt_removes_only_its_own_note() -> None:
    """A run that comes to its end late leaves the note alone that another run has written since."""
    notes = Notes(URN)
    notes.write(Note("mark", "mine", 1))
    notes.write(Note("mark", "theirs", 2))
    notes.remove_of("mine")
    assert notes.read() == Note("mark", "theirs", 2)
    notes.remove_of("theirs")
    assert notes.read() is None


def test_a_note_keeps_the_beginning_of_a_message() -> None:
    """A note stays small, however long the commit message is."""
    notes = Notes(URN)
    notes.write(Note("mark", "try", 1, "m" * 10_000))
    assert notes.read() == Note("mark", "try", 1, "m" * MAX_MESSAGE)


@pytest.mark.parametrize(
    ("secret", "missing"),
    [
        ("commitMessage", {"message": ""}),
        ("commitId", {"commit": None}),
        ("appId", {"job": None}),
        ("branchName", {"job": None}),
        ("region", {}),
    ],
)
def test_a_secret_is_in_no_file(secret: str, missing: dict[str, Any]) -> None:
    """What the program gave as a secret, or what is made of it, is not written to disk."""
    notes = Notes(URN)
    whole = Note("mark", "try", 1, "a message", JOB, "1f3c9e2")
    notes.write(replace(whole, secret_inputs=frozenset({secret})))
    assert notes.read() == replace(whole, **missing)


@pytest.mark.parametrize(
    ("note", "kept"),
    [
        (Note("mark", "try", 41), False),
        (Note("mark", "try", 42), True),
        (Note("mark", "try", None), True),
        (Note("other", "try", 41), True),
        (Note("mark", "try", 41, job=JobId("d1a2", "main", "43")), True),
    ],
)
def test_a_note_without_a_job_goes_with_its_release(note: Note, kept: bool) -> None:
    """It is about the recorded job of its release, unless that is older than the attempt."""
    notes = Notes(URN)
    notes.write(note)
    notes.remove_recorded(recorded(), lambda found: found.trailer == "mark")
    assert notes.read() == (note if kept else None)


@pytest.mark.parametrize("job", [None, JOB])
@pytest.mark.parametrize(
    ("created", "started", "kept"),
    [
        (CREATED, CREATED - timedelta(seconds=1), True),
        (CREATED, CREATED, False),
        (CREATED, CREATED + timedelta(days=1), False),
        (None, CREATED, False),
        (CREATED, None, False),
    ],
)
def test_a_note_of_a_branch_that_is_younger_than_the_job_stays(
    job: JobId | None, created: datetime | None, started: datetime | None, kept: bool
) -> None:
    """The recorded job has the number, and even the request, of one that was begun on a new branch."""
    notes = Notes(URN)
    note = Note("mark", "try", 0, job=job, branch_created=created)
    notes.write(note)
    assert notes.read() == note
    notes.remove_recorded(recorded(start_time=started), lambda _: True)
    assert notes.read() == (note if kept else None)


@pytest.mark.parametrize("may_have_begun", [True, False])
def test_a_note_tells_whether_its_job_may_have_begun(may_have_begun: bool) -> None:
    """One that waits for its start is told apart; notes of older versions are of jobs that began."""
    note = Note("mark", "try", 41, job=JOB, may_have_begun=may_have_begun)
    Notes(URN).write(note)
    assert Notes(URN).read() == note
    assert ("mayHaveBegun" in note.to_json()) is not may_have_begun


def test_a_note_may_tell_when_aws_was_asked() -> None:
    """The time is kept to the microsecond; notes of builds have none."""
    note = Note("mark", "try", 41, sent_at=CREATED)
    Notes(URN).write(note)
    assert Notes(URN).read() == note
    assert "sentAt" not in ANY.to_json()


@pytest.mark.parametrize("sent_at", [5, "yesterday"])
def test_a_note_with_another_time_is_none(sent_at: object) -> None:
    """A file that somebody has changed is not believed."""
    with pytest.raises(ValueError, match=r".+"):
        Note.from_json({**ANY.to_json(), "sentAt": sent_at})
