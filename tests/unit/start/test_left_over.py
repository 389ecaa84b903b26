"""What a run that was cut off has left on a branch, where its resource is given up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from amplify_job_resource._amplify.api import BranchApi
from amplify_job_resource._amplify.ids import BranchId, JobId
from amplify_job_resource._amplify.records import BranchRecord, JobRecord
from amplify_job_resource._inputs.words import JobType
from amplify_job_resource._start import messages
from amplify_job_resource._start.left_over import stop_left_over
from amplify_job_resource._start.notes import Note, Notes
from amplify_job_resource.errors import AwsError

from tests.operations import URN, FakeOperation
from tests.unit.samples import NOON, a_job
from tests.unit.start.fakes import (
    BAD_CREDENTIALS,
    DENIED,
    MISSING,
    THROTTLED,
    UNANSWERED,
    UNCLEAR,
    FakeBranch,
    job_id,
)

WAITING = a_job("PENDING", job_type=JobType.MANUAL)
NOTE = Note("mark", "try", 41, job=job_id(42), may_have_begun=False)


class Scene:
    """A branch with a job, and notes."""

    def __init__(self, job: JobRecord = WAITING) -> None:
        self.operation = FakeOperation()
        self.branch = FakeBranch(self.operation, job)
        self.notes = Notes(URN)
        self.made = 0

    def api(self) -> BranchApi:
        self.made += 1
        return self.branch

    def stop(self, *notes: Note, current: JobId | None = None) -> None:
        for note in notes:
            self.notes.write(note)
        branch = BranchId("d1a2", "main")
        stop_left_over(self.notes, branch, current, self.api, self.operation)


@pytest.mark.parametrize("may_have_begun", [False, True])
def test_a_job_that_waits_is_stopped(may_have_begun: bool) -> None:
    """It would block the branch, and nothing would lead to it; a line says why."""
    scene = Scene()
    scene.stop(replace(NOTE, may_have_begun=may_have_begun))
    assert scene.branch.count("stop") == 1
    assert scene.operation.infos == [messages.stopping_left_over(WAITING)]


@pytest.mark.parametrize(
    "notes",
    [
        [],
        [replace(NOTE, job=None)],
        [replace(NOTE, job=JobId("d1a2", "other", "42"))],
    ],
)
def test_where_no_note_names_a_job_here_nothing_is_asked(notes: list[Note]) -> None:
    """A destroy without a killed run before it makes no call for this."""
    scene = Scene()
    scene.stop(*notes)
    assert (scene.made, scene.branch.asked) == (0, [])


def test_the_job_that_the_resource_has_now_goes_on() -> None:
    """A replacement may have just made it, and its note is still there."""
    scene = Scene()
    scene.stop(NOTE, current=job_id(42))
    assert scene.branch.asked == []


@pytest.mark.parametrize(
    "job",
    [
        a_job("RUNNING", job_type=JobType.MANUAL),
        a_job("CANCELLED", job_type=JobType.MANUAL),
        a_job("PENDING", job_type=JobType.RELEASE),
        a_job("PENDING"),
    ],
)
def test_what_does_not_wait_for_its_files_is_left_alone(job: JobRecord) -> None:
    """A build, a job that is under way, and one that has ended."""
    scene = Scene(job)
    scene.stop(NOTE)
    assert scene.branch.count("stop") == 0


@pytest.mark.parametrize(
    ("noted", "created", "stops"),
    [
        (NOON, NOON, 1),
        (NOON, NOON + timedelta(seconds=1), 0),
        (None, NOON, 1),
        (NOON, None, 1),
    ],
)
def test_a_branch_that_was_made_anew_has_other_jobs(noted: Any, created: Any, stops: int) -> None:
    """The number of the note is somebody else's there."""
    scene = Scene()
    scene.branch.settings = BranchRecord(create_time=created)
    scene.stop(replace(NOTE, branch_created=noted))
    assert scene.branch.count("stop") == stops


@pytest.mark.parametrize("error", [DENIED, UNCLEAR])
def test_a_branch_that_cannot_be_read_counts_as_the_same(error: AwsError) -> None:
    """The job's kind and state tell enough."""
    scene = Scene()
    scene.branch.fail("branch", error)
    scene.stop(NOTE)
    assert scene.branch.count("stop") == 1


def test_a_job_that_cannot_be_stopped_is_told_of() -> None:
    """A destroy goes on all the same."""
    scene = Scene()
    scene.branch.fail("stop", DENIED)
    scene.stop(NOTE)
    assert scene.operation.warnings == [messages.left_elsewhere(WAITING)]


@pytest.mark.parametrize("error", [DENIED, UNCLEAR, THROTTLED, BAD_CREDENTIALS, UNANSWERED])
def test_what_cannot_be_looked_at_is_stopped_all_the_same(error: AwsError) -> None:
    """A note says that it waits, and after this nothing leads to it any more."""
    scene = Scene()
    scene.branch.fail("get", error)
    scene.stop(NOTE)
    assert scene.branch.count("stop") == 1
    assert scene.operation.warnings == []


def test_what_can_neither_be_looked_at_nor_stopped_is_told_of() -> None:
    """The warning has the command that frees the branch."""
    scene = Scene()
    scene.branch.fail("get", *[DENIED] * 3)
    scene.branch.fail("stop", *[DENIED] * 3)
    scene.stop(NOTE)
    (warning,) = scene.operation.warnings
    assert "aws amplify stop-job --app-id d1a2 --branch-name main --job-id 42" in warning


def test_what_has_begun_and_cannot_be_looked_at_goes_on() -> None:
    """It may be live by now."""
    scene = Scene()
    scene.branch.fail("get", DENIED)
    scene.stop(replace(NOTE, may_have_begun=True))
    assert scene.branch.count("stop") == 0


def test_what_is_gone_needs_nothing() -> None:
    """Somebody has deleted the job."""
    scene = Scene()
    scene.branch.fail("get", MISSING)
    scene.stop(NOTE)
    assert (scene.branch.count("stop"), scene.operation.warnings) == (0, [])
