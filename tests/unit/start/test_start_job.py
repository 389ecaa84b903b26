"""The StartJob calls of one attempt, and the note about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest
from amplify_job_resource._amplify.api import BranchApi
from amplify_job_resource._amplify.records import JobRecord
from amplify_job_resource._inputs.words import JobType
from amplify_job_resource._start import messages
from amplify_job_resource._start.look import BranchLook
from amplify_job_resource._start.notes import Note, Notes
from amplify_job_resource._start.patience import GivenUp, Patience
from amplify_job_resource._start.search import LOOKS, Search, Undecided
from amplify_job_resource._start.start_job import (
    MAX_PUT_OFF,
    MAX_UNCLEAR,
    UNLISTED_PAUSE,
    StartJob,
)
from amplify_job_resource._values.pauses import MAX_BACKOFF
from amplify_job_resource.errors import AwsError

from tests.operations import URN, FakeOperation
from tests.unit.samples import a_job
from tests.unit.start.fakes import (
    BAD_CREDENTIALS,
    BUSY,
    DENIED,
    MISSING,
    REJECTED,
    THROTTLED,
    UNCLEAR,
    UNREACHABLE,
    FakeBranch,
    FilesUpload,
    an_upload,
    job_id,
)

THIS = an_upload()


class Scene:
    """A free branch whose newest job is 41, and an hour of time."""

    def __init__(self, method: FilesUpload = THIS) -> None:
        self.operation = FakeOperation()
        self.branch = FakeBranch(self.operation, a_job("SUCCEED", id="41"))
        self.notes = Notes(URN)
        patience = Patience(self.operation, 3600.0)
        self.look = BranchLook(self.branch, self.operation, patience)
        search = Search(method, self.branch, self.look, self.operation)
        self.start_job = StartJob(
            method, self.branch, self.operation, patience, self.notes, self.look, search
        )
        self.start_job.remember_newest(self.branch.newest())
        self.branch.asked.clear()

    def send(self, *, fails_when_busy: bool = False) -> JobRecord | None:
        """One StartJob."""
        return self.start_job.send(": doing", fails_when_busy=fails_when_busy)

    def send_until_given_up(self) -> NoReturn:
        """StartJob again and again, without a job."""
        while True:
            assert self.send() is None

    def given_up(self, *, fails_when_busy: bool = False) -> GivenUp:
        """The next StartJob must be the last, without a job."""
        with pytest.raises(GivenUp) as end:
            self.send(fails_when_busy=fails_when_busy)
        return end.value

    def deny_list(self) -> None:
        """The branch's jobs may not be listed, and that is known."""
        self.branch.fail("newest", DENIED)
        assert self.look.newest() is None


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_the_job_of_the_answer_is_the_job(scene: Scene) -> None:
    """A clear answer is the end of it: one call, no pause."""
    job = scene.send()
    assert job
    assert (job.number, job.arn) == (42, THIS.label)
    assert scene.start_job.sent
    assert scene.branch.asked == ["start"]
    assert scene.operation.now() == 0


def test_what_is_begun_is_noted_before_it_is_sent(scene: Scene) -> None:
    """Whatever comes of a StartJob, it is on disk already, with the newest job before it."""
    scene.branch.fail("start", REJECTED)
    scene.given_up()
    assert scene.notes.read() == THIS.note(41)


def test_the_job_can_be_added_to_the_note(scene: Scene) -> None:
    """Once there is a job, its id leads the next run to it directly."""
    scene.start_job.note_job(job_id(42))
    assert scene.notes.read() == replace(THIS.note(41), job=job_id(42))


def test_a_note_that_cannot_be_written_stops_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without a place for notes the release is made all the same, and it is said what is lost."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Notes, "write", full)
    scene.branch.fail("start", THROTTLED)
    assert scene.send() is None
    assert scene.send()
    scene.start_job.note_job(job_id(42))
    assert scene.operation.warnings == [
        f"no note about a release can be kept in {scene.notes.folder}: No space left on device. If "
        "this run is killed before its job is recorded, the next one may start a second job."
    ]


def test_a_way_that_has_its_job_early_keeps_its_own_notes(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it knows before the job is started is in the note by then, or it is said that it is not."""
    kept = replace(THIS.note(41), job=job_id(42), may_have_begun=False)
    full = OSError(28, "No space left on device")
    real = THIS.send

    def send(api: BranchApi, keep: Callable[[Note], None]) -> JobRecord:
        keep(kept)
        assert scene.notes.read() == kept
        monkeypatch.setattr(Notes, "write", lambda *_: raise_(full))
        keep(kept)
        return real(api, keep)

    def raise_(error: OSError) -> None:
        raise error

    monkeypatch.setattr(THIS, "send", send)
    assert scene.send()
    (warning,) = scene.operation.warnings
    assert "No space left on device" in warning


def test_only_a_look_before_the_first_call_tells_what_was_there(scene: Scene) -> None:
    """What is listed after a StartJob may be what it has started."""
    assert scene.start_job.newest_before == 41
    scene.start_job.remember_newest([a_job(id="43"), a_job(id="41")])
    assert scene.start_job.newest_before == 43
    scene.start_job.remember_newest([])
    assert scene.start_job.newest_before == 0
    scene.send()
    scene.start_job.remember_newest([a_job(id="44")])
    assert scene.start_job.newest_before == 0


@pytest.mark.parametrize(("time", "interrupt_at"), [(3600, None), (0, 0)])
def test_without_time_nothing_is_sent(
    scene: Scene, time: float, interrupt_at: float | None
) -> None:
    """At the deadline, and after Ctrl-C, no job is started any more, and no note is written."""
    scene.operation.time, scene.operation.interrupt_at = time, interrupt_at
    assert scene.given_up().why.endswith(": doing")
    assert scene.branch.asked == []
    assert not scene.start_job.sent
    assert scene.notes.read() is None


@pytest.mark.parametrize("error", [MISSING, DENIED, BAD_CREDENTIALS, REJECTED])
def test_a_refusal_for_good_is_the_end(scene: Scene, error: AwsError) -> None:
    """What AWS will refuse again is not sent again: its words are the reason."""
    scene.branch.fail("start", error)
    end = scene.given_up()
    assert end.why == str(error)
    assert end.__cause__ is error
    assert scene.branch.asked == ["start"]


# --- put off -------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [THROTTLED, UNREACHABLE])
def test_a_refusal_for_now_is_followed_by_a_pause(scene: Scene, error: AwsError) -> None:
    """A throttled call, or one that never left, had no effect: pause, say so, and go on."""
    scene.branch.fail("start", error)
    assert scene.send() is None
    assert 0 < scene.operation.now() <= MAX_BACKOFF
    assert [text for _, text in scene.operation.rows] == [f"{error.code}, trying again"]
    assert scene.branch.asked == ["start"]
    assert scene.send()


@pytest.mark.parametrize("between", [BUSY, UNCLEAR])
def test_refusals_for_now_count_in_a_row(scene: Scene, between: AwsError) -> None:
    """Another answer between two throttled ones begins the count anew."""
    most = [THROTTLED] * (MAX_PUT_OFF - 1)
    answers = [*most, between, *most]
    scene.branch.fail("start", *answers)
    for _ in answers:
        assert scene.send() is None
    assert scene.send()


# --- busy ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("fails_when_busy", [False, True])
def test_a_race_is_followed_by_another_look(scene: Scene, fails_when_busy: bool) -> None:
    """The branch looked free and is not: the next look tells why, also under `fail`."""
    scene.branch.fail("start", BUSY)
    assert scene.send(fails_when_busy=fails_when_busy) is None
    assert scene.branch.asked == ["start"]
    assert 0 < scene.operation.now() <= MAX_BACKOFF
    assert [text for _, text in scene.operation.rows] == ["the branch is busy, trying again"]


def test_a_busy_branch_that_cannot_be_listed_is_asked_seldom(scene: Scene) -> None:
    """Where StartJob is the only one to ask whether the branch is free, it is sent now and then."""
    scene.deny_list()
    scene.branch.fail("start", BUSY)
    assert scene.send() is None
    assert scene.operation.now() == UNLISTED_PAUSE


def test_fail_ends_at_a_busy_branch_that_cannot_be_listed(scene: Scene) -> None:
    """`fail` does not wait there either; the reason says why no job is named."""
    scene.deny_list()
    scene.branch.fail("start", BUSY)
    assert scene.given_up(fails_when_busy=True).why == messages.blocked_unseen(BUSY, DENIED)
    assert scene.operation.now() == 0


def test_busy_after_a_lost_reply_may_be_our_own_job(scene: Scene) -> None:
    """A job that was listed too late for the search is what keeps the branch busy: it is taken."""
    scene.branch.lose_reply(UNCLEAR)
    scene.branch.lists_after = sum(LOOKS) + 1
    assert scene.send() is None
    scene.operation.time += 1
    job = scene.send()
    assert job
    assert job.arn == THIS.label
    assert scene.branch.begun == [42]


# --- unclear -------------------------------------------------------------------------------------


def test_a_lost_reply_is_looked_up(scene: Scene) -> None:
    """The job whose reply was lost is found, and nothing is sent again."""
    scene.branch.lose_reply(UNCLEAR)
    job = scene.send()
    assert job
    assert job.arn == THIS.label
    assert scene.branch.asked == ["start", "newest"]


def test_a_lost_request_may_be_sent_again(scene: Scene) -> None:
    """When several looks have shown no job, there is none, and another call is due."""
    scene.branch.fail("start", UNCLEAR)
    assert scene.send() is None
    assert scene.branch.asked == ["start", *["newest"] * len(LOOKS)]
    assert scene.send()


def test_unclear_answers_have_an_end(scene: Scene) -> None:
    """After the last one that is allowed nothing is sent any more, and the reason says how often."""
    scene.branch.fail("start", *[UNCLEAR] * MAX_UNCLEAR)
    for _ in range(MAX_UNCLEAR - 1):
        assert scene.send() is None
    assert scene.given_up().why == messages.never_clear(UNCLEAR, MAX_UNCLEAR)
    assert scene.branch.count("start") == MAX_UNCLEAR


def test_the_last_unclear_answer_may_have_made_the_job(scene: Scene) -> None:
    """A job that is found after the last call that is allowed is the job all the same."""
    scene.branch.fail("start", *[UNCLEAR] * (MAX_UNCLEAR - 1))
    scene.branch.lose_reply(UNCLEAR)
    for _ in range(MAX_UNCLEAR - 1):
        assert scene.send() is None
    assert scene.send()
    assert scene.branch.begun == [42]


def test_what_the_last_unclear_answer_has_made_is_stopped_before_the_end() -> None:
    """Another look leads to its end; only then does this come to an end, and nothing is sent."""
    method = an_upload()
    method.left_over = frozenset({42})
    scene = Scene(method)
    scene.branch.add(a_job("PENDING", job_type=JobType.MANUAL))
    scene.branch.fail("start", *[UNCLEAR] * MAX_UNCLEAR)
    for _ in range(MAX_UNCLEAR):
        assert scene.send() is None
    assert scene.given_up().why == messages.never_clear(UNCLEAR, MAX_UNCLEAR)
    assert scene.branch.count("start") == MAX_UNCLEAR


def test_a_lost_reply_that_cannot_be_looked_up_stays_unknown(scene: Scene) -> None:
    """Without the right to list, no second job is started on a guess."""
    scene.deny_list()
    scene.branch.lose_reply(UNCLEAR)
    with pytest.raises(Undecided) as doubt:
        scene.send()
    assert doubt.value.why == str(UNCLEAR)


# --- the note, when it comes to nothing ----------------------------------------------------------


def test_the_note_of_a_refused_call_can_go(scene: Scene) -> None:
    """A refusal for good is certain: there is no job for the next run to look for."""
    scene.branch.fail("start", REJECTED)
    scene.given_up()
    scene.start_job.drop_note()
    assert scene.notes.read() is None


def test_a_note_is_kept_after_an_unclear_answer(scene: Scene) -> None:
    """A job may be listed later than all looks: the next run has to look again."""
    scene.branch.fail("start", UNCLEAR, REJECTED)
    assert scene.send() is None
    scene.given_up()
    scene.start_job.drop_note()
    assert scene.notes.read() == THIS.note(41)


def test_a_note_is_kept_after_a_refusal_for_now(scene: Scene) -> None:
    """Should "throttled" not be the whole truth, the next run looks first."""
    scene.branch.fail("start", THROTTLED)
    assert scene.send() is None
    scene.start_job.drop_note()
    assert scene.notes.read() == THIS.note(41)


def test_a_note_is_kept_before_anything_was_sent(scene: Scene) -> None:
    """An earlier run's note is not this attempt's to delete."""
    earlier = Note("mark", "earlier", 40)
    scene.notes.write(earlier)
    scene.start_job.drop_note()
    assert scene.notes.read() == earlier


def test_the_note_of_a_job_that_is_left_is_kept() -> None:
    """A job that was made, is not started and could not be stopped: the next run stops it."""
    method = an_upload()
    scene = Scene(method)
    scene.branch.fail("start", REJECTED)
    scene.given_up()
    method.leaves_job = True
    scene.start_job.drop_note()
    assert scene.notes.read() == method.note(41)
    method.leaves_job = False
    scene.start_job.drop_note()
    assert scene.notes.read() is None


def test_the_note_of_another_run_is_kept(scene: Scene) -> None:
    """Another run of the same resource may have written its own since."""
    scene.branch.fail("start", REJECTED)
    scene.given_up()
    newer = Note("mark", "another", 42)
    scene.notes.write(newer)
    scene.start_job.drop_note()
    assert scene.notes.read() == newer


def test_refusals_in_a_row_have_a_bound(scene: Scene) -> None:
    """AWS is asked as often as the constant says, within minutes, and the reason says how often."""
    scene.branch.fail("start", *[THROTTLED] * 100)
    while scene.branch.count("start") < MAX_PUT_OFF - 1:
        scene.send()
    with pytest.raises(GivenUp, match=f"AWS answered this {MAX_PUT_OFF} times"):
        scene.send()
    assert scene.branch.count("start") == MAX_PUT_OFF
    assert scene.operation.now() < 600
