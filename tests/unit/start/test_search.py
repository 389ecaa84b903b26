"""The search for a job that may have been started."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from amplify_job_resource._amplify.ids import JobId
from amplify_job_resource._amplify.records import JobRecord
from amplify_job_resource._inputs.words import JobType
from amplify_job_resource._start.look import BranchLook
from amplify_job_resource._start.notes import Note, Notes
from amplify_job_resource._start.patience import Patience
from amplify_job_resource._start.search import LOOKS, ONE_LOOK, Search, Undecided
from amplify_job_resource.errors import AwsError

from tests.operations import URN, FakeOperation
from tests.unit.samples import NOON, a_job
from tests.unit.start.fakes import (
    BAD_CREDENTIALS,
    DENIED,
    REJECTED,
    THROTTLED,
    UNCLEAR,
    FakeBranch,
    FilesUpload,
    an_upload,
    job_id,
    keep_nothing,
)

THIS = an_upload()
EARLIER = an_upload(attempt="earlier")
OTHER_RELEASE = an_upload(files="files-2", attempt="later")
UNTOLD = replace(THIS.job(), arn=None)
WHY = "StartJob was not answered"


class Scene:
    """A search on a branch with an hour's time, for `files-1`."""

    def __init__(self, *jobs: JobRecord, method: FilesUpload = THIS) -> None:
        self.operation = FakeOperation()
        self.branch = FakeBranch(self.operation, *jobs)
        look = BranchLook(self.branch, self.operation, Patience(self.operation, 3600.0))
        self.search = Search(method, self.branch, look, self.operation)
        self.notes = Notes(URN)

    def started(self, newest_before: int | None = 41, **given: Any) -> JobRecord | None:
        """The job of this attempt, as the search finds it."""
        return self.search.started(THIS.note(newest_before), WHY, **given)

    def orphaned(
        self, job: JobId | None = None, recorded: JobRecord | None = None
    ) -> JobRecord | None:
        """The job of a run that was killed, whose note names this job."""
        self.notes.write(replace(EARLIER.note(41), job=job))
        return self.search.orphaned(self.notes, recorded)

    def undecided(self, **given: Any) -> str:
        """The search for this attempt's job must not come to a result; why."""
        with pytest.raises(Undecided) as doubt:
            self.started(**given)
        return doubt.value.why


# --- after an unclear answer ---------------------------------------------------------------------


def test_a_job_of_this_attempt_is_found_at_the_first_look() -> None:
    """A job that is listed already is found without a pause, also one that has ended."""
    scene = Scene(THIS.job("FAILED"), a_job(id="43"))
    assert scene.started() == THIS.job("FAILED")
    assert scene.branch.down_to == [41]
    assert scene.operation.now() == 0


def test_a_job_that_is_listed_late_is_found() -> None:
    """Several looks with pauses between them find a job that AWS lists some seconds later."""
    scene = Scene()
    scene.branch.lists_after = LOOKS[1] + LOOKS[2]
    THIS.send(scene.branch, keep_nothing)
    found = scene.started(newest_before=0)
    assert found
    assert found.arn == THIS.label
    assert scene.operation.now() == LOOKS[1] + LOOKS[2]


@pytest.mark.parametrize("looks", [LOOKS, ONE_LOOK])
def test_where_no_job_is_listed_there_is_none(looks: tuple[float, ...]) -> None:
    """After the last look it counts as certain that nothing was started, whatever others do."""
    scene = Scene(a_job(id="43"), EARLIER.job(id="44"), OTHER_RELEASE.job(id="45"))
    assert scene.started(looks=looks) is None
    assert scene.branch.asked == ["newest"] * len(looks)
    assert scene.operation.now() == sum(looks)


def test_a_job_that_does_not_tell_whose_it_is_leaves_doubt() -> None:
    """A second job is not started on a guess: the reason names each job that may be the one."""
    scene = Scene(*(replace(UNTOLD, id=job_id(number)) for number in (41, 42, 43)))
    why = scene.undecided()
    assert why.startswith("jobs 43, 42 began at about that time and have no")


def test_a_job_that_tells_whose_it_is_settles_it() -> None:
    """Beside the certain job, one that does not tell is somebody else's."""
    scene = Scene(UNTOLD, THIS.job(id="43"))
    assert scene.started() == THIS.job(id="43")


def test_without_the_right_to_list_it_is_unknown() -> None:
    """What may not be looked up is not guessed at."""
    scene = Scene(THIS.job())
    scene.branch.fail("newest", DENIED)
    assert scene.undecided() == WHY


@pytest.mark.parametrize("error", [BAD_CREDENTIALS, REJECTED])
def test_a_look_that_fails_leaves_it_unknown(error: AwsError) -> None:
    """The reason has both: why there may be a job, and why it cannot be looked for."""
    scene = Scene(THIS.job())
    scene.branch.fail("newest", error)
    assert scene.undecided() == f"{WHY}\nThen: {error}"


@pytest.mark.parametrize(("time", "interrupt_at"), [(3600, None), (0, 0)])
def test_a_late_or_interrupted_search_still_looks_once(
    time: float, interrupt_at: float | None
) -> None:
    """At the deadline, and after Ctrl-C, a job that is listed is found all the same."""
    scene = Scene(THIS.job())
    scene.operation.time, scene.operation.interrupt_at = time, interrupt_at
    assert scene.started() == THIS.job()


def test_an_interrupt_between_looks_leaves_it_unknown() -> None:
    """Ctrl-C ends the search, and an empty look is no proof that nothing was started."""
    scene = Scene()
    scene.operation.interrupt_at = 0
    assert (
        scene.undecided() == f"{WHY}\nThe search for the job was interrupted before one was found"
    )
    assert scene.branch.asked == ["newest"]


def test_a_job_that_was_made_and_waits_ends_the_search() -> None:
    """It was not started, and the branch has no room for another one: no more looks, and no doubt."""
    method = an_upload()
    method.left_over = frozenset({42})
    scene = Scene(a_job("PENDING", job_type=JobType.MANUAL), method=method)
    assert scene.started() is None
    assert scene.branch.asked == ["newest"]


# --- after a kill --------------------------------------------------------------------------------


def test_without_a_note_nothing_is_asked() -> None:
    """Where no run was cut off, a start costs no look more."""
    scene = Scene(EARLIER.job())
    assert scene.search.orphaned(scene.notes, None) is None
    assert scene.branch.asked == []


def test_a_note_of_another_release_is_left_alone() -> None:
    """What was begun for other inputs is not this release, and its note is not ours to delete."""
    scene = Scene(OTHER_RELEASE.job())
    note = OTHER_RELEASE.note(41)
    scene.notes.write(note)
    assert scene.search.orphaned(scene.notes, None) is None
    assert scene.notes.read() == note
    assert scene.branch.asked == []


@pytest.mark.parametrize("status", ["RUNNING", "SUCCEED", "FAILED"])
@pytest.mark.parametrize("named", [False, True])
def test_the_job_of_a_killed_run_is_found(named: bool, status: str) -> None:
    """A note leads to the job of its attempt, whether it names the job or not, active or ended."""
    scene = Scene(EARLIER.job(status))
    assert scene.orphaned(job_id(42) if named else None) == EARLIER.job(status)
    assert scene.notes.read()


def test_an_active_job_of_another_machine_is_taken_at_once() -> None:
    """It is of this very release, and may have ended when the search for the lost one is over."""
    job = THIS.job("RUNNING", id="43")
    scene = Scene(job)
    assert scene.orphaned() == job
    assert scene.operation.now() == 0
    scene = Scene(job)
    assert scene.search.orphaned(scene.notes, None, resumes=False) is None


def test_a_run_that_was_killed_before_it_sent_has_no_job() -> None:
    """The looks show nothing: the note is deleted, and the release is started anew."""
    scene = Scene(THIS.job("SUCCEED", id="43"))
    assert scene.orphaned() is None
    assert scene.notes.read() is None
    assert scene.operation.now() == sum(LOOKS)


@pytest.mark.parametrize("denied", [False, True])
def test_an_old_job_is_read_by_its_number(denied: bool) -> None:
    """A job that the list does not reach any more, or may not show, is still found by a note."""
    scene = Scene(EARLIER.job())
    if denied:
        scene.branch.fail("newest", DENIED)
    else:
        scene.branch.hide(42)
    assert scene.orphaned(job_id(42)) == EARLIER.job()
    assert scene.branch.down_to == [41]
    assert scene.branch.asked == ["newest", "get 42"]


def test_a_noted_job_that_is_gone_is_forgotten() -> None:
    """A job that AWS does not know any more is not resumed, and its note is deleted."""
    scene = Scene()
    assert scene.orphaned(job_id(42)) is None
    assert scene.branch.asked == ["newest", "get 42"]
    assert scene.notes.read() is None


def test_a_noted_number_may_have_come_to_mean_another_job() -> None:
    """On a branch that was made anew, job 42 of somebody else is not resumed."""
    scene = Scene(a_job(id="42"))
    assert scene.orphaned(job_id(42)) is None
    assert scene.notes.read() is None


@pytest.mark.parametrize("error", [DENIED, THROTTLED, UNCLEAR, BAD_CREDENTIALS])
def test_a_noted_job_that_cannot_be_read_leaves_doubt(error: AwsError) -> None:
    """While AWS does not say how the job is, nobody says that there is none, and the note stays."""
    scene = Scene()
    scene.branch.fail("get", error)
    with pytest.raises(Undecided) as doubt:
        scene.orphaned(job_id(42))
    assert doubt.value.why == (
        f"an earlier run was cut off after it had started job 42\nThen: {error}"
    )
    assert scene.notes.read()


def test_an_unnamed_job_that_cannot_be_looked_for_leaves_doubt() -> None:
    """The same for a note that names no job: the reason says that a run was cut off."""
    scene = Scene()
    scene.branch.fail("newest", DENIED)
    with pytest.raises(
        Undecided, match=r"^an earlier run was cut off while it was starting a job$"
    ):
        scene.orphaned()
    assert scene.notes.read()


def test_a_release_of_other_inputs_since_outdates_the_job() -> None:
    """Another machine has released something else after it: that job is not the live one any more."""
    scene = Scene(EARLIER.job("SUCCEED", id="42"), OTHER_RELEASE.job("SUCCEED", id="43"))
    assert scene.orphaned() is None
    assert scene.notes.read() is None


@pytest.mark.parametrize(
    ("note", "outdated"),
    [
        (replace(OTHER_RELEASE.note(40), job=job_id(43)), True),
        (OTHER_RELEASE.note(42), True),
        (OTHER_RELEASE.note(43), False),
        (replace(OTHER_RELEASE.note(40), job=job_id(41)), False),
        (replace(OTHER_RELEASE.note(40), job=job_id(43), may_have_begun=False), False),
    ],
    ids=[
        "it names the newer job",
        "it may be of it",
        "it is newer",
        "it names another job",
        "the newer job was never started",
    ],
)
def test_a_note_of_another_release_may_explain_a_newer_job(note: Note, outdated: bool) -> None:
    """A job that tells nothing outdates a killed run's one, if a later release may have begun it."""
    killed = EARLIER.job("SUCCEED", id="42")
    scene = Scene(killed, replace(UNTOLD, id=job_id(43), status="SUCCEED"))
    scene.notes.write(note)
    assert scene.orphaned(job_id(42)) == (None if outdated else killed)
    assert scene.notes.read(OTHER_RELEASE.wrote) == note


def test_a_release_of_other_inputs_before_outdates_nothing() -> None:
    """What this resource has built before it does not matter."""
    scene = Scene(EARLIER.job("SUCCEED", id="43"), OTHER_RELEASE.job("SUCCEED", id="42"))
    assert scene.orphaned() == EARLIER.job("SUCCEED", id="43")


def test_the_newest_job_of_the_release_is_the_live_one() -> None:
    """Where another machine has built the same release again, its job is resumed."""
    again = an_upload(attempt="elsewhere").job("SUCCEED", id="44")
    scene = Scene(EARLIER.job("SUCCEED", id="42"), a_job("SUCCEED", id="43"), again)
    assert scene.orphaned() == again


def elsewhere(number: str, start: int | None) -> JobRecord:
    """A recorded job of another branch that began so many seconds after noon."""
    begun = None if start is None else NOON + timedelta(seconds=start)
    return JobRecord(JobId("d1a2", "dev", number), "SUCCEED", start_time=begun)


@pytest.mark.parametrize(
    ("recorded", "outdated"),
    [
        (a_job("SUCCEED", id="41"), False),
        (a_job("SUCCEED", id="42"), True),
        (a_job("SUCCEED", id="43"), True),
        # Each branch counts its own jobs, so only times can be compared.
        (elsewhere("99", -1), False),
        (elsewhere("1", 1), True),
        (elsewhere("99", None), False),
    ],
)
def test_a_recorded_job_that_is_newer_outdates_it(recorded: JobRecord, outdated: bool) -> None:
    """What Pulumi has in state began after the killed run's job, or is it: nothing is to be resumed."""
    job = EARLIER.job("SUCCEED", start_time=NOON)
    scene = Scene(job)
    assert scene.orphaned(recorded=recorded) == (None if outdated else job)
    assert (scene.notes.read() is None) is outdated


def test_a_note_that_another_run_has_written_since_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A search that leads nowhere deletes the note that it began with, and no other."""
    scene = Scene()
    newer = Note("other", "another run", 50)

    def sleep(_: float) -> bool:
        scene.notes.write(newer)
        return True

    monkeypatch.setattr(scene.operation, "sleep", sleep)
    assert scene.orphaned() is None
    assert scene.notes.read() == newer


@pytest.mark.parametrize("named", [False, True])
def test_the_note_of_a_job_that_waits_stays_until_it_is_stopped(named: bool) -> None:
    """A job that was never started is no release; should this run be killed, the next one finds it."""
    method = an_upload()
    method.left_over = frozenset({42})
    scene = Scene(a_job("PENDING", job_type=JobType.MANUAL), method=method)
    note = replace(EARLIER.note(41), may_have_begun=False, job=job_id(42) if named else None)
    scene.notes.write(note)
    assert scene.search.orphaned(scene.notes, None) is None
    assert scene.notes.read() == note


def test_a_newer_job_that_waits_outdates_nothing() -> None:
    """It will be stopped, whatever it was made for: the killed run's job is the live one."""
    method = an_upload()
    method.left_over = frozenset({43})
    killed = EARLIER.job("SUCCEED", id="42")
    waiting = a_job("PENDING", id="43", job_type=JobType.MANUAL)
    scene = Scene(killed, waiting, method=method)
    scene.notes.write(replace(OTHER_RELEASE.note(42), job=job_id(43)))
    assert scene.orphaned(job_id(42)) == killed
