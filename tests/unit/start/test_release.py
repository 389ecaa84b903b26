"""The loop that looks, decides and acts until there is exactly one job, in two ways of starting."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from amplify_job_resource._amplify.records import BuildTimes, JobRecord
from amplify_job_resource._inputs.request import ReleaseRequest
from amplify_job_resource._inputs.words import JobType, OnBusy
from amplify_job_resource._start import messages
from amplify_job_resource._start.git_build import GitBuild
from amplify_job_resource._start.method import ReleaseMethod
from amplify_job_resource._start.notes import Notes
from amplify_job_resource._start.release import Release, release
from amplify_job_resource._start.search import LOOKS
from amplify_job_resource.errors import AwsError, NotStarted, StartUnknown
from hypothesis import given
from hypothesis import strategies as st

from tests.operations import URN, FakeOperation
from tests.unit.samples import a_job
from tests.unit.start.fakes import (
    BAD_CREDENTIALS,
    BUSY,
    DENIED,
    REJECTED,
    THROTTLED,
    UNCLEAR,
    UNREACHABLE,
    FakeBranch,
    FilesUpload,
    keep_nothing,
)

SHA = "1f3c9e2a77"
PUSH = a_job(
    "RUNNING",
    id="41",
    job_type=JobType.WEB_HOOK,
    reported_commit="8b02d4a111",
    commit_message="a push",
)
SAME_COMMIT = a_job("RUNNING", id="41", job_type=JobType.WEB_HOOK, reported_commit=SHA)

Way = Callable[[str, ReleaseRequest], ReleaseMethod]
WAYS: list[Way] = [GitBuild, FilesUpload]


class Scene:
    """A branch without jobs, an hour of time, and no note on disk."""

    def __init__(self, way: Way) -> None:
        self.way = way
        self.operation = FakeOperation()
        self.branch = FakeBranch(self.operation)
        self.notes = Notes(URN)
        self.notes.remove()

    def attempt(self, **inputs: Any) -> ReleaseMethod:
        """An attempt at a release, which has begun nothing yet."""
        return self.way(URN, _request(inputs))

    def release(
        self, *, recorded: JobRecord | None = None, resumes: bool = True, **inputs: Any
    ) -> Release:
        """A run with these inputs, from its begin."""
        request = _request(inputs)
        return release(
            request,
            self.way(URN, request),
            self.branch,
            self.operation,
            self.notes,
            self.operation.now() + 3600,
            recorded,
            resumes=resumes,
        )

    def not_started(self, **inputs: Any) -> NotStarted:
        """A run with these inputs must end without a job, and without a note."""
        with pytest.raises(NotStarted) as caught:
            self.release(**inputs)
        assert caught.value.branch == self.branch.branch_id
        assert self.notes.read() is None
        return caught.value

    def unknown(self, **inputs: Any) -> StartUnknown:
        """A run with these inputs must end without knowing whether there is a job."""
        with pytest.raises(StartUnknown) as caught:
            self.release(**inputs)
        assert caught.value.branch == self.branch.branch_id
        return caught.value


def _request(inputs: dict[str, Any]) -> ReleaseRequest:
    return ReleaseRequest("d1a2", "main", **{"commit_id": SHA, **inputs})


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
def scene(request: pytest.FixtureRequest) -> Scene:
    return Scene(request.param)


# --- the way to a job ----------------------------------------------------------------------------


def test_a_free_branch_gets_its_job(scene: Scene) -> None:
    """One look, one StartJob; the note names the job, and how long builds take is known."""
    scene.branch.add(a_job("SUCCEED", id="41", took=90))
    found = scene.release()
    assert found == Release(found.job, builds=BuildTimes((90,)))
    assert scene.branch.begun == [found.job.number] == [42]
    assert scene.branch.asked == ["newest", "start"]
    note = scene.notes.read()
    assert note
    assert (note.job, note.newest_before) == (found.job.id, 41)


def test_a_busy_branch_is_waited_for(scene: Scene) -> None:
    """`wait` sends no StartJob before the active job has ended, and says how long that took."""
    scene.branch.add(PUSH)
    scene.branch.end(41, at=60)
    found = scene.release()
    assert scene.branch.begun == [found.job.number] == [42]
    assert scene.branch.count("start") == 1
    assert scene.branch.count("stop") == 0
    assert found.waited_for == messages.waited(scene.operation.now(), PUSH)


def test_stop_makes_room(scene: Scene) -> None:
    """`stop` stops the active job once, waits for its end, and starts."""
    scene.branch.add(PUSH)
    found = scene.release(on_busy=OnBusy.STOP)
    assert scene.branch.begun == [found.job.number] == [42]
    assert scene.branch.count("stop") == 1
    assert scene.operation.now() >= scene.branch.stop_takes
    assert found.waited_for


def test_fail_refuses_at_once(scene: Scene) -> None:
    """`fail` starts nothing on a busy branch, and the error carries the job that blocks it."""
    scene.branch.add(PUSH)
    error = scene.not_started(on_busy=OnBusy.FAIL)
    assert error.blocking_job == PUSH
    assert error.reason == messages.blocked_by(PUSH)
    assert scene.branch.begun == []
    assert scene.operation.now() == 0


@pytest.mark.parametrize("policy", [{"on_busy": OnBusy.ADOPT}, {"skip_if_built": True}])
def test_a_job_of_the_commit_is_adopted(scene: Scene, policy: dict[str, Any]) -> None:
    """Somebody else's job is taken as it is: it is said, and no note claims it."""
    scene.branch.add(SAME_COMMIT)
    assert scene.release(**policy) == Release(SAME_COMMIT, adopted=True)
    assert scene.branch.begun == []
    assert len(scene.operation.infos) == 1
    assert scene.notes.read() is None


@pytest.mark.parametrize(("interrupt_at", "word"), [(None, "timed out"), (30, "interrupted")])
def test_a_wait_that_is_given_up_names_what_blocks(
    scene: Scene, interrupt_at: float | None, word: str
) -> None:
    """At the deadline and after Ctrl-C, the error says which job kept the branch busy."""
    scene.branch.add(PUSH)
    scene.operation.interrupt_at = interrupt_at
    error = scene.not_started()
    assert error.blocking_job == PUSH
    assert error.reason == f"{word}: {messages.blocked_by(PUSH)}"
    assert scene.branch.begun == []


def test_a_race_is_tried_again(scene: Scene) -> None:
    """Busy though it looked free: the next look decides, and there is one job."""
    scene.branch.fail("start", BUSY)
    found = scene.release()
    assert scene.branch.asked == ["newest", "start", "newest", "start"]
    assert scene.branch.begun == [found.job.number]


def test_a_refusal_for_good_is_told_with_its_cause(scene: Scene) -> None:
    """AWS's error is the reason and the cause; nothing stays on disk."""
    scene.branch.fail("start", REJECTED)
    error = scene.not_started()
    assert error.reason == str(REJECTED)
    assert error.__cause__ is REJECTED
    assert error.blocking_job is None


# --- lost replies --------------------------------------------------------------------------------


def test_a_lost_reply_makes_no_second_job(scene: Scene) -> None:
    """The job whose reply was lost is found again, however it was started."""
    scene.branch.lose_reply(UNCLEAR)
    found = scene.release()
    assert scene.branch.begun == [found.job.number] == [1]
    assert not found.adopted


def test_a_lost_request_is_sent_again(scene: Scene) -> None:
    """A request that had no effect does not mean that there is no job in the end."""
    scene.branch.fail("start", UNCLEAR)
    found = scene.release()
    assert scene.branch.begun == [found.job.number] == [1]
    assert scene.branch.count("start") == 2


@pytest.mark.parametrize("ends", [False, True])
def test_a_job_that_is_listed_late_is_taken(scene: Scene, ends: bool) -> None:
    """A job that appears after all looks of the search is taken by the loop, also when it has ended."""
    scene.branch.lose_reply(UNCLEAR)
    # So that the second StartJob has no effect in any case.
    scene.branch.fail("start", None, THROTTLED)
    scene.branch.lists_after = sum(LOOKS) + 0.5
    if ends:
        scene.branch.end(1, at=5)
    found = scene.release()
    assert scene.branch.begun == [found.job.number] == [1]
    assert found.job.has_ended is ends
    assert scene.operation.infos == []


def test_what_cannot_be_looked_up_is_unknown_until_it_can(scene: Scene) -> None:
    """The error names the note; by that the next run finds the job, and starts no second one."""
    scene.branch.lose_reply(UNCLEAR)
    scene.branch.fail("newest", None, BAD_CREDENTIALS)
    error = scene.unknown()
    assert error.reason == f"{UNCLEAR}\nThen: {BAD_CREDENTIALS}"
    note = scene.notes.read()
    assert note
    assert error.note == scene.notes.path_of(note)
    scene.branch.end(1, at=0)
    found = scene.release()
    assert scene.branch.begun == [found.job.number] == [1]
    assert scene.operation.infos == [messages.resumed_after_a_kill(found.job)]


def test_without_a_note_the_error_names_none(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where no note can be written, none is promised."""
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "file"))
    scene.notes = Notes(URN)
    scene.branch.lose_reply(UNCLEAR)
    scene.branch.fail("newest", DENIED)
    error = scene.unknown()
    assert error.note is None
    assert DENIED.advice in str(error)


# --- earlier runs --------------------------------------------------------------------------------


def test_the_job_of_a_killed_run_is_resumed(scene: Scene) -> None:
    """A run was killed after its StartJob, and the job has ended since: there is no second one."""
    earlier = scene.attempt()
    scene.notes.write(earlier.note(0))
    earlier.send(scene.branch, keep_nothing)
    scene.branch.end(1, at=0)
    found = scene.release()
    assert (found.job.number, found.adopted) == (1, False)
    assert scene.branch.begun == [1]
    assert scene.operation.infos == [messages.resumed_after_a_kill(found.job)]
    note = scene.notes.read()
    assert note
    assert note.job == found.job.id


def test_what_is_recorded_is_not_resumed(scene: Scene) -> None:
    """A note that was left of the recorded job does not keep a new release from its own job."""
    earlier = scene.attempt()
    scene.notes.write(earlier.note(0))
    recorded = earlier.send(scene.branch, keep_nothing)
    scene.branch.end(1, at=0)
    assert scene.release(recorded=recorded).job.number == 2


def test_a_job_that_has_succeeded_since_is_taken_without_a_note(scene: Scene) -> None:
    """Another machine's run was cut off, and its job is newer than the recorded one: it is the one."""
    recorded = scene.attempt(commit_id="8b02d4a111", triggers="before").send(
        scene.branch, keep_nothing
    )
    scene.branch.end(1, at=0)
    scene.attempt().send(scene.branch, keep_nothing)
    scene.branch.end(2, at=0)
    found = scene.release(recorded=recorded)
    assert (found.job.number, found.adopted) == (2, False)
    assert scene.branch.begun == [1, 2]
    assert scene.operation.infos == [messages.resumed_after_a_kill(found.job)]


def test_an_active_job_of_the_release_is_resumed(scene: Scene) -> None:
    """Without a note, as on another machine, an active job still tells that it is this release."""
    earlier = scene.attempt().send(scene.branch, keep_nothing)
    assert scene.release(on_busy=OnBusy.STOP) == Release(earlier)
    assert scene.operation.infos == [messages.resumed(earlier)]
    assert scene.branch.asked == ["start", "newest"]


def test_where_nothing_is_recorded_an_active_job_is_another_one(scene: Scene) -> None:
    """Told not to resume, a run waits for the end of such a job and starts its own."""
    scene.attempt().send(scene.branch, keep_nothing)
    scene.branch.end(1, at=30)
    assert scene.release(resumes=False).job.number == 2


def test_a_job_of_other_inputs_is_not_this_release(scene: Scene) -> None:
    """An active job of this resource for other triggers is waited for, even under `adopt`."""
    scene.attempt(triggers={"env": 1}).send(scene.branch, keep_nothing)
    scene.branch.end(1, at=30)
    found = scene.release(triggers={"env": 2}, on_busy=OnBusy.ADOPT)
    assert (found.job.number, found.adopted) == (2, False)


# --- without the right to list -------------------------------------------------------------------


def test_without_a_list_the_job_is_started_all_the_same(scene: Scene) -> None:
    """ListJobs is a comfort: where it is denied it is asked once, and StartJob tells what is so."""
    scene.branch.add(PUSH)
    scene.branch.end(41, at=60)
    scene.branch.fail("newest", DENIED)
    found = scene.release()
    assert scene.branch.begun == [found.job.number] == [42]
    assert scene.branch.count("newest") == 1
    assert scene.operation.warnings == []


@pytest.mark.parametrize(
    ("policy", "named"),
    [
        ({"on_busy": OnBusy.ADOPT}, "on_busy=adopt"),
        ({"on_busy": OnBusy.STOP}, "on_busy=stop"),
        ({"skip_if_built": True}, "skip_if_built"),
        ({"skip_if_built": True, "on_busy": OnBusy.ADOPT}, "skip_if_built"),
    ],
)
def test_a_policy_without_effect_is_warned_of_once(
    scene: Scene, policy: dict[str, Any], named: str
) -> None:
    """What needs the list of jobs cannot be kept without it: the user is told, in their word for it."""
    scene.branch.fail("newest", DENIED)
    scene.branch.fail("start", BUSY)
    scene.release(**policy)
    assert scene.operation.warnings == [messages.has_no_effect(named, DENIED)]


def test_fail_needs_no_list(scene: Scene) -> None:
    """`fail` has its effect without the list: a busy branch ends it, and no job can be named."""
    scene.branch.add(PUSH)
    scene.branch.fail("newest", DENIED)
    error = scene.not_started(on_busy=OnBusy.FAIL)
    assert error.reason == messages.blocked_unseen(BUSY, DENIED)
    assert error.blocking_job is None
    assert scene.operation.warnings == []


# --- whatever happens ----------------------------------------------------------------------------

FAULTS = st.lists(
    st.sampled_from([None, None, BUSY, THROTTLED, UNREACHABLE, UNCLEAR, REJECTED, DENIED]),
    max_size=8,
)
REPLIES = st.lists(st.sampled_from([None, UNCLEAR]), max_size=2)


def claimed_by(scene: Scene, on_busy: OnBusy) -> list[list[int]]:
    """Which jobs there may be, going by what a run says at its end."""
    try:
        return [[scene.release(on_busy=on_busy).job.number]]
    except NotStarted:
        return [[]]
    except StartUnknown:
        return [[], [42]]


@given(
    st.sampled_from(WAYS),
    st.sampled_from(OnBusy),
    FAULTS,
    FAULTS,
    REPLIES,
    st.sampled_from([0.0, 1.0, 5.0]),
    st.none() | st.integers(0, 60),
)
def test_whatever_happens_there_is_one_job_at_most(
    way: Way,
    on_busy: OnBusy,
    at_start: list[AwsError | None],
    at_look: list[AwsError | None],
    replies: list[AwsError | None],
    lists_after: float,
    interrupt_at: float | None,
) -> None:
    """What the errors of a run claim is true, and the next run comes to the one job."""
    scene = Scene(way)
    scene.branch.add(PUSH)
    scene.branch.end(41, at=20)
    scene.branch.fail("start", *at_start)
    scene.branch.fail("newest", *at_look)
    scene.branch.lose_reply(*replies)
    scene.branch.lists_after = lists_after
    scene.operation.interrupt_at = interrupt_at
    assert scene.branch.begun in claimed_by(scene, on_busy)
    scene.branch.heal()
    scene.operation.interrupt_at = None
    scene.operation.time += 100
    found = scene.release(on_busy=on_busy)
    assert scene.branch.begun == [found.job.number]


def test_the_error_names_the_note_of_the_first_version(scene: Scene) -> None:
    """The file that a person is told to delete is the one that is there."""
    note = scene.attempt().note(0)
    scene.notes.write(note)
    assert scene.notes.lock_path
    old = scene.notes.lock_path.with_suffix(".json")
    scene.notes.path_of(note).rename(old)
    scene.branch.fail("newest", DENIED)
    error = scene.unknown()
    assert error.note == old
    assert str(old) in str(error)
