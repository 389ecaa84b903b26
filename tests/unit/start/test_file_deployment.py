"""A deployment of files of this machine: the job that waits, its note, the upload, and its start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from amplify_job_resource._amplify.ids import JobId
from amplify_job_resource._amplify.records import JobRecord
from amplify_job_resource._content.files import ContentChanged
from amplify_job_resource._inputs.words import JobType, OnBusy
from amplify_job_resource._start import file_deployment, messages, packed_files
from amplify_job_resource._start.file_deployment import FileDeployment
from amplify_job_resource._start.notes import Note, Notes
from amplify_job_resource._start.release import Release, release
from amplify_job_resource._start.start_deployment import MAX_STARTS
from amplify_job_resource._start.start_job import MAX_UNCLEAR
from amplify_job_resource._upload.failures import UploadFailed
from amplify_job_resource._upload.upload import Receipt
from amplify_job_resource.errors import AwsError, NotStarted, StartUnknown, Unanswered

from tests.operations import URN, FakeOperation
from tests.unit.samples import NOON, a_job
from tests.unit.start.deployments import a_folder, a_request
from tests.unit.start.fakes import (
    BAD_CREDENTIALS,
    BUSY,
    DENIED,
    REJECTED,
    THROTTLED,
    UNCLEAR,
    UNREACHABLE,
    UPLOAD_ADDRESS,
    FakeBranch,
    job_id,
)

FAILED = UploadFailed("S3 refuses the upload (AccessDenied)", "Run it again.")


class Scene:
    """A branch without jobs, a folder with a page, an hour of time, and no note on disk.

    Attributes:
        uploads: the jobs that files were uploaded for.
        uploading: is called within each upload, and may raise.
    """

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.operation = FakeOperation()
        self.branch = FakeBranch(self.operation)
        self.branch.repository = None
        self.notes = Notes(URN)
        self.uploads: list[int] = []
        self.uploading: Callable[[], None] = lambda: None
        patch.setattr(packed_files, "put", self._put)

    def _put(self, url: str, *_: Any, action: str, **__: Any) -> Receipt:
        assert url == UPLOAD_ADDRESS
        self.uploads.append(int(action.rpartition("/")[2].rstrip(")")))
        self.uploading()
        return Receipt.TAKEN

    def attempt(self, text: str = "one", **given: Any) -> FileDeployment:
        """An attempt to deploy a page that says this; nothing is read or sent yet."""
        return FileDeployment(URN, a_request(a_folder(self.folder, text), **given))

    def ready(self, *notes: Note, newest_before: int | None = 41) -> FileDeployment:
        """An attempt that has looked at the branch, and was told of these notes."""
        method = self.attempt()
        method.preflight(self.branch, self.operation, 3600.0)
        method.recall(notes)
        method.note(newest_before)
        return method

    def release(
        self, text: str = "one", recorded: JobRecord | None = None, **given: Any
    ) -> Release:
        """A run from its begin."""
        request = a_request(a_folder(self.folder, text), **given)
        method = FileDeployment(URN, request)
        deadline = self.operation.now() + 3600
        method.preflight(self.branch, self.operation, deadline)
        return release(request, method, self.branch, self.operation, self.notes, deadline, recorded)

    def not_started(self, **given: Any) -> str:
        """A run must end without a job that goes on; why."""
        with pytest.raises(NotStarted) as caught:
            self.release(**given)
        return str(caught.value)

    def killed(self, **members: Any) -> Note:
        """The note of a run that was killed when job 42 was made for it."""
        note = replace(self.attempt().note(41), job=job_id(42), **members)
        self.notes.write(note)
        return note

    @property
    def status(self) -> list[str]:
        """The statuses of all jobs, oldest first; from here on, all goes well."""
        self.branch.heal()
        return [job.status for job in reversed(self.branch.newest())]


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    return Scene(tmp_path / "site", monkeypatch)


def waiting(number: int = 42, **members: Any) -> JobRecord:
    """A job as CreateDeployment leaves it."""
    return a_job("PENDING", id=str(number), **{"job_type": JobType.MANUAL, **members})


# --- one deployment ------------------------------------------------------------------------------


def test_create_upload_start(scene: Scene) -> None:
    """A free branch: one of each, in this order, and a note that names the job."""
    found = scene.release()
    assert (found.job.number, found.job.status) == (1, "RUNNING")
    assert scene.branch.asked == ["app", "branch", "newest", "create", "begin 1"]
    assert scene.uploads == [1]
    note = scene.notes.read()
    assert note
    assert (note.job, note.newest_before, note.may_have_begun) == (found.job.id, 0, True)


def test_each_step_is_noted_before_it_is_taken(scene: Scene) -> None:
    """Before the create: no job; before the upload: its number; before the start: that it may begin."""
    kept: list[Note | None] = []
    create, start = scene.branch.create_deployment, scene.branch.start_deployment

    def creating() -> tuple[JobRecord, str]:
        kept.append(scene.notes.read())
        return create()

    def starting(request: Mapping[str, Any]) -> JobRecord:
        kept.append(scene.notes.read())
        return start(request)

    scene.branch.create_deployment = creating  # type: ignore[method-assign]
    scene.branch.start_deployment = starting  # type: ignore[method-assign]
    scene.uploading = lambda: kept.append(scene.notes.read())
    scene.release()
    assert [(note.job, note.may_have_begun) for note in kept if note] == [
        (None, False),
        (job_id(1), False),
        (job_id(1), True),
    ]


def test_content_that_has_changed_is_not_deployed(scene: Scene) -> None:
    """It is looked at before anything is sent."""
    method = scene.attempt("one")
    a_folder(scene.folder, "two")
    with pytest.raises(
        NotStarted, match=r"has changed while.*\nNothing was deployed to d1a2/main\.$"
    ):
        method.preflight(scene.branch, scene.operation, 3600.0)


@pytest.mark.parametrize("policy", [OnBusy.WAIT, OnBusy.STOP])
def test_a_busy_branch_is_freed_first(scene: Scene, policy: OnBusy) -> None:
    """The policies are those of a build."""
    scene.branch.add(a_job("RUNNING", job_type=JobType.MANUAL))
    scene.branch.end(42, at=60)
    assert scene.release(onBusy=policy).job.number == 43
    assert scene.branch.count("stop") == (policy is OnBusy.STOP)
    assert scene.branch.count("create") == 1


def test_fail_ends_on_a_busy_branch(scene: Scene) -> None:
    """A deployment that waits for its files is told of as such."""
    scene.branch.add(waiting())
    assert "It may wait for files that nobody uploads any more" in scene.not_started(onBusy="fail")
    assert scene.branch.count("create") == 0


# --- what goes wrong before the start ------------------------------------------------------------


@pytest.mark.parametrize(
    "error", [FAILED, ContentChanged("index.html"), Unanswered("uploading", "Interrupted", "no")]
)
def test_an_upload_that_fails_leaves_no_job(scene: Scene, error: Exception) -> None:
    """The job is stopped, the note goes, and the sentence says both what and what now."""

    def failing() -> None:
        raise error

    scene.uploading = failing
    text = scene.not_started()
    assert f"the files were not uploaded: {error}" in text
    assert "Job 1, which was created for it, was stopped." in text
    assert "Nothing is recorded. The next `pulumi up` tries again." in text
    assert scene.status == ["CANCELLING"]
    assert scene.branch.begun == []
    assert scene.notes.read() is None


def test_a_job_that_cannot_be_stopped_is_told_of(scene: Scene) -> None:
    """Its note stays, and the next run stops it, whatever it deploys."""

    def failing() -> None:
        scene.branch.fail("stop", UNCLEAR)
        raise FAILED

    scene.uploading = failing
    text = scene.not_started()
    assert "Job 1, which was created for it, could not be stopped" in text
    assert "aws amplify stop-job --app-id d1a2 --branch-name main --job-id 1" in text
    note = scene.notes.read()
    assert note
    assert (note.job, note.may_have_begun) == (job_id(1), False)
    scene.uploading = lambda: None
    assert scene.release("two").job.number == 2
    assert scene.status == ["CANCELLED", "RUNNING"]


@pytest.mark.parametrize("error", [REJECTED, DENIED, BAD_CREDENTIALS])
def test_a_start_that_is_refused_leaves_no_job(scene: Scene, error: AwsError) -> None:
    """The job is stopped, and the note goes."""
    scene.branch.fail("begin", error)
    assert str(error) in scene.not_started()
    assert scene.status == ["CANCELLING"]
    assert scene.notes.read() is None


def test_a_start_that_is_refused_and_a_stop_without_an_answer(scene: Scene) -> None:
    """Nothing has begun, so the next run stops the job and does not go on with it."""
    scene.branch.fail("begin", REJECTED)
    scene.branch.fail("stop", UNCLEAR)
    assert "could not be stopped" in scene.not_started()
    assert scene.release().job.number == 2
    assert scene.status == ["CANCELLED", "RUNNING"]


@pytest.mark.parametrize("error", [UNCLEAR, UNREACHABLE, THROTTLED])
def test_a_start_that_is_never_answered_is_given_up(scene: Scene, error: AwsError) -> None:
    """The job is stopped, whatever has become of the calls."""
    scene.branch.fail("begin", *[error] * 99)
    assert "Job 1, which was created for it, was stopped." in scene.not_started()
    assert scene.branch.count("begin") == MAX_STARTS
    assert scene.status == ["CANCELLING"]
    assert scene.notes.read() is None


def test_what_has_begun_and_is_not_seen_is_not_stopped(scene: Scene) -> None:
    """After a lost reply AWS does not tell how the job is: it is looked for, and found."""
    scene.branch.lose_reply(UNCLEAR, of="begin")
    scene.branch.fail("get", *[DENIED] * 99)
    scene.branch.fail("begin", None, DENIED)
    assert scene.release().job.number == 1
    assert scene.branch.count("stop") == 0


def test_a_start_without_an_answer_and_a_stop_that_has_to_be_repeated(scene: Scene) -> None:
    """The job is stopped at the next look, and is no release then: another one is made."""
    scene.branch.fail("begin", *[UNCLEAR] * MAX_STARTS)
    scene.branch.fail("stop", THROTTLED)
    assert scene.release().job.number == 2
    assert scene.status == ["CANCELLED", "RUNNING"]


def test_an_interrupted_start_that_cannot_be_read_is_unknown(scene: Scene) -> None:
    """Ctrl-C after a lost reply, no GetJob, and the job in the queue: it may have been started."""
    scene.branch.queued_for = 500
    scene.branch.lose_reply(UNCLEAR, of="begin")
    scene.branch.fail("get", *[DENIED] * 99)
    scene.uploading = lambda: setattr(scene.operation, "interrupt_at", scene.operation.time)
    with pytest.raises(StartUnknown) as unknown:
        scene.release()
    assert unknown.value.note
    scene.branch.heal()
    scene.operation.interrupt_at = None
    scene.operation.time += 500
    assert scene.release().job.number == 1
    assert scene.branch.begun == [1]


def test_a_start_and_a_stop_without_an_answer_are_unknown(scene: Scene) -> None:
    """A job that may have begun is not denied: the note stays, and the next run goes on with it."""
    scene.branch.queued_for = 500
    scene.branch.lose_reply(UNCLEAR, of="begin")

    def lost() -> None:
        scene.branch.fail("get", *[BAD_CREDENTIALS] * 99)
        scene.branch.fail("stop", *[BAD_CREDENTIALS] * 99)
        scene.branch.fail("begin", None, *[BAD_CREDENTIALS] * 99)
        scene.branch.fail("newest", *[BAD_CREDENTIALS] * 99)

    scene.uploading = lost
    with pytest.raises(StartUnknown) as unknown:
        scene.release()
    assert unknown.value.note
    scene.branch.heal()
    assert scene.release().job.number == 1
    assert scene.branch.begun == [1]


def test_an_interrupted_start_leaves_no_job(scene: Scene) -> None:
    """Ctrl-C after a lost StartDeployment: the job still waits, and is stopped."""
    scene.branch.fail("begin", UNCLEAR)
    scene.uploading = lambda: setattr(scene.operation, "interrupt_at", scene.operation.time)
    assert "interrupted" in scene.not_started()
    assert scene.status == ["CANCELLING"]


# --- lost replies --------------------------------------------------------------------------------


@pytest.mark.parametrize("lists_after", [0, 5])
def test_what_a_lost_create_has_made_is_stopped(scene: Scene, lists_after: float) -> None:
    """It has no address to upload to, so it is stopped, and another one is made."""
    scene.branch.lists_after = lists_after
    scene.branch.lose_reply(UNCLEAR, of="create")
    assert scene.release().job.number == 2
    assert scene.status == ["CANCELLED", "RUNNING"]
    assert scene.uploads == [2]
    waiting_job = waiting(1)
    assert scene.operation.infos == [messages.stopping_left_over(waiting_job)]


def test_what_a_lost_create_has_made_and_is_listed_late_is_stopped(scene: Scene) -> None:
    """AWS refuses the next one as busy, and then the job is seen."""
    scene.branch.lists_after = 20
    scene.branch.lose_reply(UNCLEAR, of="create")
    assert scene.release().job.number == 2
    assert scene.branch.count("create") > 2
    assert scene.status == ["CANCELLED", "RUNNING"]


def test_a_create_that_had_no_effect_is_sent_again(scene: Scene) -> None:
    """Several looks show no job, so there is none."""
    scene.branch.fail("create", UNCLEAR)
    assert scene.release().job.number == 1
    assert scene.status == ["RUNNING"]


def test_creates_without_an_answer_leave_no_job(scene: Scene) -> None:
    """After the last one, what it has made is stopped before the run ends."""
    scene.branch.lose_reply(*[UNCLEAR] * 99, of="create")
    assert f"no clear answer {MAX_UNCLEAR} times" in scene.not_started()
    assert scene.status == ["CANCELLED"] * MAX_UNCLEAR


@pytest.mark.parametrize("queued_for", [0, 500])
def test_a_lost_start_is_no_second_deployment(scene: Scene, queued_for: float) -> None:
    """The job is looked at, and taken: begun, or in the queue."""
    scene.branch.queued_for = queued_for
    scene.branch.lose_reply(UNCLEAR, of="begin")
    assert scene.release().job.number == 1
    assert scene.branch.begun == [1]
    assert scene.branch.count("stop") == 0


def test_what_was_stopped_after_lost_starts_is_no_deployment(scene: Scene) -> None:
    """StartDeployment never arrived, and the job could be stopped late only: a new one is made."""
    scene.branch.fail("begin", *[UNCLEAR] * MAX_STARTS)
    scene.branch.fail("stop", THROTTLED, THROTTLED)
    assert scene.release().job.number == 2
    assert scene.status == ["CANCELLED", "RUNNING"]
    assert scene.branch.begun == [2]


# --- after a kill --------------------------------------------------------------------------------


def test_what_was_never_started_is_stopped(scene: Scene) -> None:
    """A run that was killed in the upload: its job is stopped, and a new one is made."""
    scene.killed()
    scene.branch.add(waiting())
    assert scene.release().job.number == 43
    assert scene.status == ["CANCELLED", "RUNNING"]
    assert scene.operation.infos == [messages.stopping_left_over(waiting())]


def test_what_was_created_without_a_note_of_it_is_stopped(scene: Scene) -> None:
    """A run that was killed in CreateDeployment: the job that waits since then."""
    scene.notes.write(scene.attempt().note(41))
    scene.branch.add(waiting())
    assert scene.release().job.number == 43
    assert scene.status == ["CANCELLED", "RUNNING"]


def test_the_first_job_of_a_branch_is_stopped_as_well(scene: Scene) -> None:
    """A branch without any job has 0 as its newest number."""
    scene.notes.write(scene.attempt().note(0))
    scene.branch.add(waiting(1))
    assert scene.release().job.number == 2
    assert scene.status == ["CANCELLED", "RUNNING"]


def test_a_note_without_a_number_does_not_claim_a_job_of_another_note(scene: Scene) -> None:
    """Killed in a create with one content, then at the start with another: the latter goes on."""
    scene.notes.write(scene.attempt("two").note(0))
    job, _ = scene.branch.create_deployment()
    scene.notes.write(replace(scene.attempt("one").note(0), job=job.id, may_have_begun=True))
    assert scene.release("one").job.number == 1
    assert scene.branch.count("stop") == 0
    assert scene.branch.begun == [1]


@pytest.mark.parametrize("status", ["CANCELLING", "CANCELLED"])
def test_what_was_stopped_is_no_deployment(scene: Scene, status: str) -> None:
    """Whoever has stopped it, and started or not: the content is not live, so it is deployed."""
    scene.killed(may_have_begun=True)
    scene.branch.add(a_job(status, job_type=JobType.MANUAL))
    scene.branch.end(42, at=5, status="CANCELLED")
    assert scene.release().job.number == 43
    assert scene.branch.count("stop") == 0


@pytest.mark.parametrize("status", ["RUNNING", "SUCCEED", "FAILED"])
def test_what_has_begun_is_resumed(scene: Scene, status: str) -> None:
    """Active or ended, it is the one deployment of the request."""
    scene.killed(may_have_begun=True)
    scene.branch.add(a_job(status, job_type=JobType.MANUAL))
    assert scene.release().job.number == 42
    assert scene.branch.count("create") == 0
    assert scene.operation.infos == [
        "job 42 was started by an earlier run that was cut off: resumed"
    ]


def test_what_may_have_begun_and_waits_is_started(scene: Scene) -> None:
    """A run that was killed at StartDeployment: the files are there, so it is started."""
    job, _ = scene.branch.create_deployment()
    scene.notes.write(replace(scene.attempt().note(0), job=job.id, may_have_begun=True))
    assert scene.release().job.status == "RUNNING"
    assert scene.branch.begun == [1]
    assert scene.branch.count("create") == 1


def test_what_has_begun_and_queues_is_followed(scene: Scene) -> None:
    """AWS refuses a second start, and the job is seen to begin when it is its turn."""
    scene.killed(may_have_begun=True)
    scene.branch.add(waiting())
    scene.branch.add_at(replace(waiting(), status="RUNNING"), 60)
    scene.branch.fail("begin", *[REJECTED] * 99)
    assert scene.release().job.number == 42


def test_what_cannot_be_started_any_more_is_stopped(scene: Scene) -> None:
    """As after eight hours: a run that was cut off has left it, and a new deployment is made."""
    scene.killed(may_have_begun=True)
    scene.branch.add(waiting())
    scene.branch.fail("begin", *[REJECTED] * 40)
    stopped = scene.branch.stop

    def stop(number: str) -> None:
        scene.branch.heal()
        stopped(number)

    scene.branch.stop = stop  # type: ignore[method-assign]
    assert scene.release().job.number == 43
    assert scene.status == ["CANCELLED", "RUNNING"]


@pytest.mark.parametrize("status", ["SUCCEED", "RUNNING"])
def test_what_is_newer_than_a_killed_run_s_may_be_live(scene: Scene, status: str) -> None:
    """Somebody has deployed since: the job that a note leads to is not what the site shows."""
    scene.killed(may_have_begun=True)
    scene.branch.add(replace(waiting(), status="SUCCEED"))
    scene.branch.add(a_job(status, id="43", job_type=JobType.MANUAL))
    scene.branch.end(43, at=30)
    assert scene.release().job.number == 44


def test_what_waits_is_stopped_where_jobs_may_not_be_listed(scene: Scene) -> None:
    """A note has its number, so GetJob and StopJob are enough."""
    scene.killed()
    scene.branch.add(waiting())
    scene.branch.fail("newest", *[DENIED] * 9)
    assert scene.release().job.number == 43
    assert scene.status == ["CANCELLED", "RUNNING"]


@pytest.mark.parametrize("error", [DENIED, BAD_CREDENTIALS])
def test_what_may_have_begun_is_not_denied(scene: Scene, error: AwsError) -> None:
    """Where it cannot be gone on with, it is unknown, and the note stays."""
    scene.killed(may_have_begun=True)
    scene.branch.add(waiting())
    scene.branch.fail("begin", error)
    with pytest.raises(StartUnknown, match="while it was starting job 42"):
        scene.release()
    assert scene.notes.read()


def test_a_resume_that_is_interrupted_is_not_denied(scene: Scene) -> None:
    """Ctrl-C between two StartDeployments: the next run goes on."""
    scene.killed(may_have_begun=True)
    scene.branch.add(waiting())
    scene.branch.fail("begin", UNCLEAR)
    scene.operation.interrupt_at = 0.5
    started = scene.branch.start_deployment

    def slow(request: Any) -> JobRecord:
        scene.operation.time = 1.0
        return started(request)

    scene.branch.start_deployment = slow  # type: ignore[method-assign]
    with pytest.raises(StartUnknown, match="interrupted"):
        scene.release()
    assert scene.notes.read()


def test_other_content_stops_what_waits(scene: Scene) -> None:
    """What a killed run has made for other files is never started."""
    scene.killed()
    scene.branch.add(waiting())
    assert scene.release("two").job.number == 43
    assert scene.status == ["CANCELLED", "RUNNING"]


def test_other_content_waits_for_what_has_begun(scene: Scene) -> None:
    """A deployment of a killed run that goes on keeps the branch busy like any other."""
    scene.killed(may_have_begun=True)
    scene.branch.add(a_job("RUNNING", job_type=JobType.MANUAL))
    scene.branch.end(42, at=60)
    assert scene.release("two").job.number == 43
    assert scene.status == ["SUCCEED", "RUNNING"]
    assert scene.branch.count("stop") == 0


@pytest.mark.parametrize("may_have_begun", [True, False])
def test_a_resumed_job_is_no_excuse_for_one_that_waits(scene: Scene, may_have_begun: bool) -> None:
    """Killed with one content after its start, killed with another before: the first is asked again."""
    scene.killed(may_have_begun=True)
    scene.branch.add(a_job("SUCCEED", job_type=JobType.MANUAL))
    note = replace(scene.attempt("two").note(42), job=job_id(43))
    scene.notes.write(replace(note, may_have_begun=may_have_begun))
    scene.branch.add(waiting(43))
    assert scene.release("one").job.number == 42
    assert scene.status == ["SUCCEED", "CANCELLING"]


def test_a_note_whose_job_has_ended_leads_nowhere(scene: Scene) -> None:
    """A job that was never started and that somebody has stopped."""
    scene.killed()
    scene.branch.add(a_job("CANCELLED", job_type=JobType.MANUAL))
    assert scene.release().job.number == 43
    assert scene.branch.count("stop") == 0


def test_what_waits_on_another_branch_is_told_of(scene: Scene) -> None:
    """It cannot be stopped from here: the warning has the command."""
    elsewhere = JobId("d1a2", "feature", "7")
    scene.ready(replace(scene.attempt().note(6), job=elsewhere))
    (warning,) = scene.operation.warnings
    assert "job 7 of d1a2/feature was created for a deployment that was cut off" in warning
    assert "--branch-name feature --job-id 7 --region eu-west-1" in warning


def test_a_secret_id_leaves_doubt(scene: Scene) -> None:
    """A note without the job's number: what may be it is neither taken nor deployed again."""
    note = replace(scene.attempt().note(41), may_have_begun=True)
    scene.notes.write(note)
    scene.branch.add(a_job("SUCCEED", job_type=JobType.MANUAL))
    with pytest.raises(StartUnknown, match="job 42 began at about that time"):
        scene.release()


# --- whose a job that waits is -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("job", "left_over"),
    [
        (waiting(), True),
        (a_job("CREATED", job_type=JobType.MANUAL), True),
        (waiting(job_type=None), True),
        (waiting(43), False),
        (waiting(41), False),
        (waiting(job_type=JobType.RELEASE), False),
        (a_job("RUNNING", job_type=JobType.MANUAL), False),
        (a_job("CANCELLING", job_type=JobType.MANUAL), False),
        (a_job("SUCCEED", job_type=JobType.MANUAL), False),
    ],
)
def test_the_job_of_a_note_that_waits_is_left_over(
    scene: Scene, job: JobRecord, left_over: bool
) -> None:
    """By its number, as long as it waits; nobody else's."""
    note = replace(scene.attempt().note(41), job=job_id(42))
    assert scene.ready(note).is_left_over(job) is left_over
    begun = replace(note, may_have_begun=True)
    assert not scene.ready(begun).is_left_over(job)
    other = replace(begun, trailer="of other files")
    assert scene.ready(other).is_left_over(job) is left_over


@pytest.mark.parametrize(
    ("job", "left_over"),
    [
        (waiting(), True),
        (waiting(43), True),
        (waiting(41), False),
        (waiting(job_type=None), False),
        (a_job("RUNNING", job_type=JobType.MANUAL), False),
    ],
)
def test_a_note_without_a_number_leads_to_what_waits_since(
    scene: Scene, job: JobRecord, left_over: bool
) -> None:
    """A newer deployment that waits; one that says what it is."""
    note = scene.attempt().note(41)
    assert scene.ready(note).is_left_over(job) is left_over
    assert not scene.ready(replace(note, newest_before=None)).is_left_over(job)


@pytest.mark.parametrize(
    ("minutes", "left_over"), [(-16, False), (-14, True), (0, True), (14, True), (16, False)]
)
@pytest.mark.parametrize("unanswered", [False, True])
def test_what_was_made_at_another_time_is_somebody_elses(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, minutes: int, left_over: bool, unanswered: bool
) -> None:
    """A CreateDeployment without an answer has its effect within minutes, or none."""
    monkeypatch.setattr(file_deployment, "utc_now", lambda: NOON)
    job = waiting(start_time=NOON + timedelta(minutes=minutes))
    if unanswered:
        method = scene.ready()
        scene.branch.fail("create", UNCLEAR)
        with pytest.raises(type(UNCLEAR)):
            method.send(scene.branch, lambda _: None)
    else:
        method = scene.ready(scene.attempt().note(41))
    assert method.is_left_over(job) is left_over


@pytest.mark.parametrize("newest_before", [41, 0])
def test_an_attempt_that_has_no_answer_may_have_made_what_waits(
    scene: Scene, newest_before: int
) -> None:
    """Not before it was sent, also after it was refused as busy since, and not after another one."""
    method = scene.ready(newest_before=newest_before)
    assert not method.is_left_over(waiting())
    for error, left_over in (
        (REJECTED, False),
        (UNREACHABLE, False),
        (UNCLEAR, True),
        (BUSY, True),
    ):
        scene.branch.fail("create", error)
        with pytest.raises(AwsError):
            method.send(scene.branch, lambda _: None)
        assert method.is_left_over(waiting()) is left_over
    method.send(scene.branch, lambda _: None)
    assert not method.is_left_over(waiting())


def test_the_job_of_this_attempt_is_its_own(scene: Scene) -> None:
    """One that was begun is found by its number, and another attempt's is not."""
    method = scene.ready()
    job = method.send(scene.branch, lambda _: None)
    assert method.started(job, method.attempt)
    for status in ("PENDING", "CANCELLING", "CANCELLED"):
        assert not method.started(replace(job, status=status), method.attempt)
    assert method.is_left_over(replace(job, status="PENDING", job_type=JobType.MANUAL))
    assert not method.started(a_job("RUNNING", id="7"), method.attempt)
    assert not scene.ready().started(job, method.attempt)


@pytest.mark.parametrize(
    ("job", "is_noted"),
    [
        (a_job("SUCCEED", job_type=JobType.MANUAL), True),
        (a_job("SUCCEED"), True),
        (a_job("SUCCEED", job_type=JobType.RELEASE), False),
    ],
)
def test_only_what_may_have_begun_is_a_deployment(
    scene: Scene, job: JobRecord, is_noted: bool
) -> None:
    """A note whose job was never started is of no deployment; neither is a build."""
    method = scene.attempt()
    note = replace(method.note(41), job=job.id, may_have_begun=True)
    assert method.is_noted(job, note) is is_noted
    assert not method.is_noted(job, replace(note, may_have_begun=False))
    assert not method.may_be(job, note)


# --- what nobody may see -------------------------------------------------------------------------


@pytest.mark.parametrize("lost", ["create", "begin", "stop"])
def test_the_address_of_the_upload_goes_nowhere(scene: Scene, lost: str) -> None:
    """Neither a line nor a note nor an error has it, whatever goes wrong."""

    def failing() -> None:
        raise FAILED

    scene.branch.lose_reply(UNCLEAR, of=lost)
    scene.uploading = failing if lost == "stop" else lambda: None
    said = scene.not_started() if lost == "stop" else str(scene.release())
    lines = [row for _, row in scene.operation.rows]
    said += "\n".join(lines + scene.operation.infos + scene.operation.warnings)
    said += str([note.to_json() for note in scene.notes.read_all()])
    assert "5ec2e7" not in said
    assert "uploads.example" not in said
