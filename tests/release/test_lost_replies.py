"""StartJob without a clear answer: look, and only then decide."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from amplify_job_resource._start.trailers import Trailer, with_trailers
from amplify_job_resource.emulator import Fault, Plan, emulator_state
from amplify_job_resource.emulator.responses import AmplifyResponse

from tests.machine.engine import APP
from tests.release.conftest import Scene

SHA = "a" * 40


def answer(patch: pytest.MonkeyPatch, operation: str, text: str) -> None:
    """Have the next call of an operation take effect and be answered with this text."""
    real = AmplifyResponse._answer

    def odd(self: AmplifyResponse, asked: str | None) -> Any:
        answered = real(self, asked)
        if asked != operation:
            return answered
        patch.setattr(AmplifyResponse, "_answer", real)
        return 200, {}, text

    patch.setattr(AmplifyResponse, "_answer", odd)


@pytest.mark.parametrize("ended", [False, True])
@pytest.mark.parametrize("kind", ["500", "503", "drop"])
def test_a_lost_reply_makes_no_second_job(scene: Scene, kind: str, ended: bool) -> None:
    """The job whose reply was lost is found by its trailer, also when it has ended at once."""
    scene.control.default_plan(Plan.instant() if ended else Plan())
    scene.fault(Fault(kind, "StartJob", "after"))  # type: ignore[arg-type]
    assert scene.up() == "ok"
    assert scene.asked("StartJob") == 1
    assert scene.jobs() == ["SUCCEED"]


@pytest.mark.parametrize("kind", ["500", "503", "drop"])
def test_a_lost_request_is_sent_again(scene: Scene, kind: str) -> None:
    """A request that had no effect is sent again after a look that finds nothing."""
    scene.fault(Fault(kind, "StartJob", "before"))  # type: ignore[arg-type]
    assert scene.up() == "ok"
    assert scene.asked("StartJob") == 2
    assert scene.jobs() == ["SUCCEED"]


@pytest.mark.parametrize("text", ["<html>Bad gateway</html>", "{", '{"jobSummary": {}}', ""])
def test_an_answer_that_makes_no_sense_is_no_answer(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """Garbage, or an answer without a job id, where the job was made: the job is found."""
    answer(monkeypatch, "StartJob", text)
    assert scene.up() == "ok"
    assert scene.asked("StartJob") == 1
    assert scene.jobs() == ["SUCCEED"]


@pytest.mark.parametrize("ended", [False, True])
def test_a_job_that_is_listed_late_is_found(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, ended: bool
) -> None:
    """A job that ListJobs shows only after the looks is still taken, and is the only one."""
    scene.control.default_plan(Plan.instant() if ended else Plan())
    real, begun = scene.backend.list_jobs, emulator_state.clock.now()

    def late(app_id: str, name: str) -> Any:
        found = real(app_id, name)
        return found if emulator_state.clock.now() > begun + 14 else []

    monkeypatch.setattr(scene.backend, "list_jobs", late)
    scene.fault(Fault("drop", "StartJob", "after"), Fault("drop", "StartJob", "before", skip=1))
    assert scene.up() == "ok"
    assert scene.jobs() == ["SUCCEED"]


def test_a_lost_reply_and_then_no_credentials(scene: Scene) -> None:
    """Credentials that expire before the look: it is not known, and the next up finds the job."""
    scene.fault(Fault("drop", "StartJob", "after"))
    scene.fault(Fault("expired", "ListJobs", skip=1, times=None))
    assert scene.up() == "unknown"
    assert "it is unknown whether an Amplify job was started for d1/main" in scene.error
    assert "The credentials come from" in scene.error
    scene.heal()
    scene.pass_time(1000)
    assert scene.up() == "ok"
    assert scene.jobs() == ["SUCCEED"]


def test_a_reply_lost_at_the_deadline_is_looked_up(scene: Scene) -> None:
    """StartJob that takes the rest of the time and then drops: one look is still made."""
    scene.start_long(100)
    scene.fault(Fault("slow", "StartJob", seconds=4000), Fault("drop", "StartJob", "after"))
    assert scene.up() == "recorded failure"
    assert "Amplify job d1/main/1 has not ended" in scene.error
    assert scene.up() == "ok"
    assert scene.asked("StartJob") == 1


def test_ctrl_c_in_a_lost_reply_is_looked_up(scene: Scene) -> None:
    """Ctrl-C while StartJob is out and its reply is lost: the job is found and recorded."""
    scene.fault(Fault("drop", "StartJob", "after"))
    sent = scene.attempting

    def attempting() -> None:
        sent()
        scene.interrupt_at = scene.ticks

    scene.attempting = attempting  # type: ignore[method-assign]
    assert scene.up() == "recorded failure"
    assert scene.resource
    assert scene.resource.id == "d1/main/1"


def test_a_push_without_a_message_is_not_taken_for_ours(scene: Scene) -> None:
    """A webhook's job without a message raises no doubt: a RELEASE is never shown as one."""
    real = scene.backend.start_job

    def racing(app_id: str, name: str, request: dict[str, Any]) -> Any:
        scene.backend.start_job = real  # type: ignore[method-assign]
        scene.control.push(APP, "main", SHA, "")
        return real(app_id, name, request)

    scene.backend.start_job = racing  # type: ignore[method-assign]
    scene.fault(Fault("500", "StartJob", "after"))
    assert scene.up() == "ok"
    assert scene.resource
    assert scene.resource.id == "d1/main/2"


def test_older_jobs_without_a_message_raise_no_doubt(scene: Scene) -> None:
    """What was there before StartJob was sent cannot be what it started."""
    scene.start_long()
    scene.push("main", SHA)
    real = scene.listed

    def listed(branch: str, jobs: Any) -> None:
        real(branch, jobs)
        if scene.asked("ListJobs") == 2:
            scene.pass_time(1000)
            scene.backend.start_job(APP, "main", {"jobType": "RELEASE"})

    scene.listed = listed  # type: ignore[method-assign]
    scene.fault(Fault("drop", "StartJob", "after"))
    assert scene.up() == "ok"
    assert scene.resource
    assert scene.resource.id == "d1/main/3"


def cut_messages(scene: Scene, length: int, end: str = "") -> None:
    """AWS gives back only the begin of each commit message."""
    real = scene.backend.start_job

    def cutting(app_id: str, name: str, request: dict[str, Any]) -> Any:
        message = request["commitMessage"][:length] + end
        return real(app_id, name, {**request, "commitMessage": message})

    scene.backend.start_job = cutting  # type: ignore[method-assign]


@pytest.mark.parametrize("length", [1, *range(0, 113, 8)])
@pytest.mark.parametrize("end", ["", "…", "..."])
def test_a_cut_message_may_be_ours(scene: Scene, length: int, end: str) -> None:
    """Should AWS cut our message anywhere, no second job is started on a guess."""
    whole = with_trailers(
        "Release of aaaaaaa by Pulumi: dev/site", Trailer("0" * 16, "0" * 16), "0" * 8
    )
    assert length < len(whole)
    cut_messages(scene, length, end)
    scene.fault(Fault("drop", "StartJob", "after"))
    assert scene.up() == "unknown"
    assert "job 1 began at about that time" in scene.error
    assert len(scene.jobs()) == 1


def test_the_longest_message_cut_may_be_ours(scene: Scene) -> None:
    """A message that we had to shorten is known again by its begin."""
    cut_messages(scene, 9_950)
    scene.inputs["commitMessage"] = "m" * 10_000
    scene.fault(Fault("drop", "StartJob", "after"))
    assert scene.up() == "unknown"


def test_a_cut_message_of_a_killed_run_may_be_ours(scene: Scene) -> None:
    """Another message since does not hide the job: the note knows what was sent."""
    cut_messages(scene, 3)
    scene.inputs["commitMessage"] = "one"
    scene.killed_up("StartJob answered")
    scene.pass_time(1000)
    scene.inputs["commitMessage"] = "two"
    assert scene.up() == "unknown"
    assert "job 1 began at about that time" in scene.error
    assert len(scene.jobs()) == 1


def test_a_retry_that_shows_its_sources_message_may_be_ours(scene: Scene) -> None:
    """Should AWS give a RETRY the message of the job that it repeats, no second one is started."""
    scene.up()
    real = scene.backend.start_job
    source = scene.backend.branch(APP, "main").jobs[1]

    def repeating(app_id: str, name: str, request: dict[str, Any]) -> Any:
        return real(app_id, name, {**request, "commitMessage": source.commit_message})

    scene.backend.start_job = repeating  # type: ignore[method-assign]
    scene.inputs.update(jobType="RETRY", sourceJobId="1")
    scene.fault(Fault("drop", "StartJob", "after"))
    assert scene.up() == "unknown"
    assert "job 2 began at about that time" in scene.error
    assert scene.asked("StartJob") == 2


def test_a_job_of_a_killed_run_that_is_listed_late_is_found(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a kill there are several looks as well, before another job is started."""
    scene.control.default_plan(Plan.instant())
    scene.killed_up("StartJob answered")
    real, begun = scene.backend.list_jobs, emulator_state.clock.now()

    def late(app_id: str, name: str) -> Any:
        found = real(app_id, name)
        return found if emulator_state.clock.now() > begun + 4 else []

    monkeypatch.setattr(scene.backend, "list_jobs", late)
    assert scene.up() == "ok"
    assert scene.jobs() == ["SUCCEED"]


def test_a_job_that_shows_up_after_the_last_answer_is_found_by_the_next(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The third unclear answer is the last, and its job comes late: the note leads to it."""
    scene.control.default_plan(Plan.instant())
    real, begun = scene.backend.list_jobs, emulator_state.clock.now()

    def late(app_id: str, name: str) -> Any:
        found = real(app_id, name)
        return found if emulator_state.clock.now() > begun + 60 else []

    monkeypatch.setattr(scene.backend, "list_jobs", late)
    scene.fault(Fault("500", "StartJob", times=2), Fault("500", "StartJob", "after", skip=2))
    assert "AWS gave no clear answer 3 times" in scene.refused()
    assert scene.notes
    scene.pass_time(1000)
    assert scene.up() == "ok"
    assert scene.jobs() == ["SUCCEED"]


@pytest.mark.parametrize("point", ["StartJob answered", "GetJob answered"])
def test_an_outage_after_a_kill_claims_nothing(scene: Scene, point: str) -> None:
    """While the job of a killed run cannot be looked up, nobody says that none was started."""
    scene.start_long()
    scene.killed_up(point)
    scene.fault(Fault("drop", "ListJobs", times=None), Fault("drop", "GetJob", times=None))
    assert scene.up() == "unknown"
    assert "an earlier run was cut off" in scene.error
    scene.heal()
    assert scene.up() == "ok"
    assert scene.jobs() == ["SUCCEED"]


def test_without_a_note_the_error_does_not_promise_one(scene: Scene, tmp_path: Path) -> None:
    """Where no note can be written, the message says so, and what that means."""
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PULUMI_HOME", str(tmp_path / "file"))
        scene.fault(Fault("drop", "StartJob", "after"), Fault("denied", "ListJobs", times=None))
        message = scene.refused()
    assert "no note about it could be written" in message
    assert "may start a second job" in message


def test_line_breaks_that_become_spaces_do_no_harm(scene: Scene) -> None:
    """Should AWS give our message back on one line, the mark is still read."""
    real = scene.backend.start_job

    def joining(app_id: str, name: str, request: dict[str, Any]) -> Any:
        message = " ".join(request["commitMessage"].split())
        return real(app_id, name, {**request, "commitMessage": message})

    scene.backend.start_job = joining  # type: ignore[method-assign]
    scene.fault(Fault("drop", "StartJob", "after"))
    assert scene.up() == "ok"
    assert scene.asked("StartJob") == 1


def test_a_dead_network_ends_as_a_sentence_within_minutes(scene: Scene) -> None:
    """Where nothing answers from the begin, a release does not try for the whole timeout."""
    scene.fault(Fault("drop", "*", times=None))
    begun = emulator_state.clock.now()
    assert scene.up() == "refused"
    assert "no Amplify job was started for d1/main" in scene.error
    assert emulator_state.clock.now() - begun < 600


def test_an_outage_while_the_branch_is_busy_is_waited_out(scene: Scene) -> None:
    """Once the branch could be listed, an outage of a quarter of an hour ends no wait."""
    scene.start_long(1800)
    scene.push("main", SHA)
    scene.fault(Fault("503", "ListJobs", skip=5, times=400))
    assert scene.up() == "ok"
    assert scene.asked("StartJob") == 1


def test_throttling_is_counted_in_a_row(scene: Scene) -> None:
    """Busy answers between throttled ones begin the count anew."""
    scene.fault(Fault("denied", "ListJobs", times=None))
    scene.start_long(1500)
    scene.push("main", SHA)
    for skip in range(0, 40, 2):
        scene.fault(Fault("throttled", "StartJob", skip=skip))
    assert scene.up() == "ok"
    assert scene.jobs() == ["SUCCEED", "SUCCEED"]


def test_an_absent_job_is_not_called_unknown(scene: Scene) -> None:
    """After a lost request was looked up, a timeout on a busy branch is a plain one; the note stays."""
    real = scene.backend.start_job

    def racing(app_id: str, name: str, request: dict[str, Any]) -> Any:
        scene.backend.start_job = real  # type: ignore[method-assign]
        scene.control.plan(APP, "main", Plan(stuck="RUNNING"))
        scene.push("main", SHA)
        return real(app_id, name, request)

    scene.fault(Fault("drop", "StartJob", "before"))
    scene.backend.start_job = racing  # type: ignore[method-assign]
    assert scene.up() == "refused"
    assert "timed out: the branch is busy: job 1 is RUNNING" in scene.error
    assert scene.notes
