"""Busy branches, adoption and the other policies: what `create` does with what it finds."""

from __future__ import annotations

import pytest
from amplify_job_resource.emulator import Fault, Plan, emulator_state

from tests.machine.engine import APP
from tests.release.conftest import Scene

SHA = "a" * 40
OTHER = "b" * 40
LONG = Plan(pending=0, provisioning=0, build=900, deploy=0, verify=0, cancelling=60)


def test_wait_lets_the_active_job_end(scene: Scene) -> None:
    """`wait` starts its own job after the end of the active one, and says what it waited for."""
    scene.control.plan(APP, "main", LONG)
    scene.push("main", OTHER)
    outputs = scene.create()
    assert outputs["jobId"] == "2"
    assert "for job 1)" in scene.said
    assert scene.asked("StartJob") == 1
    assert scene.asked("StopJob") == 0


def test_wait_waits_for_a_job_that_is_being_cancelled(scene: Scene) -> None:
    """CANCELLING is busy like RUNNING: the start comes after it."""
    scene.control.plan(APP, "main", LONG)
    scene.push("main", OTHER)
    scene.control.stop_job(APP, "main", "1")
    assert scene.create()["jobId"] == "2"
    assert scene.asked("StartJob") == 1


def test_fail_names_what_blocks(scene: Scene) -> None:
    """`fail` starts nothing and names job, status, age, page and how to stop it."""
    scene.control.plan(APP, "main", LONG)
    scene.push("main", OTHER)
    message = scene.refused(onBusy="fail")
    for words in (
        "job 1 is RUNNING, started ",
        "https://us-east-1.console.aws.amazon.com/amplify/apps/d1/branches/main/deployments",
        "aws amplify stop-job --app-id d1 --branch-name main --job-id 1 --region us-east-1",
    ):
        assert words in message
    assert scene.asked("StartJob") == 0


def test_stop_stops_the_active_job_and_starts_after_its_end(scene: Scene) -> None:
    """`stop` sends StopJob once, waits for CANCELLED, then starts."""
    scene.control.plan(APP, "main", LONG)
    scene.push("main", OTHER)
    outputs = scene.create(onBusy="stop")
    assert outputs["jobId"] == "2"
    assert scene.asked("StopJob") == 1
    assert [job["status"] for job in scene.control.jobs(APP)] == ["SUCCEED", "CANCELLED"]


def test_adopt_takes_a_job_of_the_same_commit(scene: Scene) -> None:
    """`adopt` follows an active job that builds exactly the commit, and does not own it."""
    scene.push("main", SHA)
    outputs = scene.create(onBusy="adopt", commitId=SHA)
    assert (outputs["jobId"], outputs["adopted"]) == ("1", True)
    assert scene.asked("StartJob") == 0
    scene.destroy()
    assert scene.asked("StopJob") == 0


def test_adopt_leaves_a_job_of_another_commit(scene: Scene) -> None:
    """`adopt` waits for the end of a job that builds something else, then starts its own."""
    scene.push("main", OTHER)
    outputs = scene.create(onBusy="adopt", commitId=SHA)
    assert (outputs["jobId"], outputs["adopted"]) == ("2", False)


def test_a_job_of_another_stack_is_never_adopted_by_its_label(scene: Scene) -> None:
    """A job with the mark of another resource, and HEAD as its commit, is somebody else's."""
    message = f"Release\n\nPulumi-Release: {'0' * 32}"
    scene.backend.start_job(APP, "main", {"jobType": "RELEASE", "commitMessage": message})
    outputs = scene.create(onBusy="adopt", commitId=SHA)
    assert (outputs["jobId"], outputs["adopted"]) == ("2", False)


def test_an_adopted_job_is_not_stopped_by_destroy(scene: Scene) -> None:
    """Destroy leaves a running job alone that a push had started."""
    scene.control.plan(APP, "main", LONG)
    scene.push("main", SHA)
    scene.create(onBusy="adopt", commitId=SHA, waitForCompletion=False)
    scene.destroy()
    assert scene.asked("StopJob") == 0


def test_skip_if_built_takes_the_newest_success(scene: Scene) -> None:
    """`skip_if_built` takes the newest successful job when it built exactly the commit."""
    scene.push("main", SHA)
    scene.pass_time(1000)
    outputs = scene.create(skipIfBuilt=True, commitId=SHA)
    assert (outputs["jobId"], outputs["adopted"], outputs["outcome"]) == ("1", True, "ok")
    assert scene.asked("StartJob") == 0


def test_skip_if_built_builds_when_something_newer_is_live(scene: Scene) -> None:
    """A success of the commit that is no longer the newest one is not taken."""
    for commit in (SHA, OTHER):
        scene.push("main", commit)
        scene.pass_time(1000)
    assert scene.create(skipIfBuilt=True, commitId=SHA)["jobId"] == "3"


def test_skip_if_built_builds_for_a_changed_trigger(scene: Scene) -> None:
    """A changed trigger means that what is built is outdated, whatever its commit."""
    scene.control.default_plan(Plan.instant(commit_id=SHA))
    scene.inputs.update(skipIfBuilt=True, commitId=SHA, triggers={"env": "1"})
    assert scene.up() == "ok"
    scene.inputs["triggers"] = {"env": "2"}
    assert scene.up() == "ok"
    assert len(scene.control.jobs(APP)) == 2


def test_verify_commit_refuses_another_commit(scene: Scene) -> None:
    """Under `verify_commit` a job that reports another commit is a recorded error with both.

    It is one in each run, also after a refresh, and the line of the preview says why.
    """
    scene.control.plan(APP, "main", Plan.instant(commit_id=OTHER))
    scene.inputs.update(verifyCommit=True, commitId=SHA)
    assert scene.up() == "recorded failure"
    for command in (scene.up, scene.refresh, scene.up):
        assert command() == ("ok" if command == scene.refresh else "recorded failure")
    assert f"verify_commit: job 1 reports {OTHER[:7]}, not {SHA[:7]}" in scene.said
    scene.inputs["verifyCommit"] = False
    assert scene.up() == "ok"
    assert scene.asked("StartJob") == 1


def test_another_commit_is_a_warning_and_head_is_none(scene: Scene) -> None:
    """Without `verify_commit`, another sha is a warning; `HEAD` says nothing."""
    scene.control.plan(APP, "main", Plan.instant(commit_id=OTHER))
    scene.create(commitId=SHA)
    assert f"reports {OTHER}, not {SHA}" in scene.said
    scene.resource = None
    scene.create(commitId=SHA[:-1] + "c")
    assert "reports" not in scene.said


def test_a_short_sha_is_the_same_commit(scene: Scene) -> None:
    """A request for a short sha is content with the long one that AWS reports."""
    scene.control.plan(APP, "main", Plan.instant(commit_id=SHA))
    assert scene.create(commitId=SHA[:7], verifyCommit=True)["outcome"] == "ok"


def test_retry_needs_its_job_and_records_the_new_one(scene: Scene) -> None:
    """A RETRY sends the job it re-runs and records the job that AWS answers with."""
    scene.push("main", SHA)
    scene.pass_time(1000)
    outputs = scene.create(jobType="RETRY", sourceJobId="1", commitId=SHA)
    assert (outputs["jobId"], outputs["reportedCommitId"]) == ("2", SHA)
    (start,) = scene.control.calls("StartJob")
    assert start["job_id"] == "1"
    assert "HEAD" not in scene.said


def test_retry_of_a_head_job_warns(scene: Scene) -> None:
    """Retrying a job that reports HEAD as its commit builds today's HEAD: that is said before."""
    scene.create()
    scene.resource = None
    scene.create(jobType="RETRY", sourceJobId="1")
    assert "job 1 reports HEAD as its commit: retrying it builds today's HEAD of main" in scene.said


def test_retry_of_a_job_that_is_not_there_starts_nothing(scene: Scene) -> None:
    """A RETRY of an unknown job is refused before StartJob."""
    message = scene.refused(jobType="RETRY", sourceJobId="77")
    assert "Job 77 not found" in message
    assert scene.asked("StartJob") == 0


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"enableAutoBuild": True}, "d1/auto has auto-build enabled (enableAutoBuild)"),
        ({"stage": "PULL_REQUEST"}, "d1/auto is a pull-request preview"),
    ],
)
def test_surprising_branches_are_warned_of(
    scene: Scene, settings: dict[str, object], words: str
) -> None:
    """A branch that builds on push, or is a pull-request preview, is released with a warning."""
    scene.backend.create_branch(APP, "auto", settings)
    scene.create(branchName="auto")
    assert words in scene.said


def test_optional_reads_may_be_denied(scene: Scene) -> None:
    """Without any right but StartJob and GetJob, a release works."""
    for operation in ("GetApp", "GetBranch", "ListJobs"):
        scene.control.fault(Fault("denied", operation, times=None))
    assert scene.create()["outcome"] == "ok"


def test_a_busy_branch_that_cannot_be_listed_is_tried_again(scene: Scene) -> None:
    """Without ListJobs, `wait` asks StartJob now and then until the branch is free."""
    scene.control.fault(Fault("denied", "ListJobs", times=None))
    scene.control.plan(APP, "main", LONG)
    scene.push("main", OTHER)
    assert scene.create()["jobId"] == "2"
    assert len(scene.control.jobs(APP)) == 2


def test_without_list_jobs_a_lost_reply_is_not_guessed_at(scene: Scene) -> None:
    """When nothing can be looked up, no second job is started; the permission is named."""
    scene.control.fault(Fault("denied", "ListJobs", times=None), Fault("500", "StartJob", "after"))
    message = scene.refused()
    assert "it is unknown whether an Amplify job was started for d1/main" in message
    assert "The credentials need amplify:ListJobs on" in message
    assert "amplify-job-resource" in message  # the note's path
    assert "it is unknown" in scene.refused()
    assert len(scene.control.jobs(APP)) == 1
    scene.control.clear_faults()
    assert scene.create()["jobId"] == "1"
    assert len(scene.control.jobs(APP)) == 1


def test_a_lost_reply_without_echo_is_not_guessed_at(scene: Scene) -> None:
    """When AWS gives no message back, a job that may be ours keeps a second one from being made."""
    scene.control.plan(APP, "main", Plan(echo_message=False))
    scene.control.fault(Fault("drop", "StartJob", "after"))
    message = scene.refused()
    assert "job 1 began at about that time" in message
    assert len(scene.control.jobs(APP)) == 1


@pytest.mark.parametrize("plan", [Plan(echo_message=False), Plan(padded_id=True), Plan(skip_ids=7)])
def test_odd_answers_are_fine(scene: Scene, plan: Plan) -> None:
    """No echo, padded ids, gaps between ids: the release is made and followed all the same."""
    scene.control.plan(APP, "main", plan)
    scene.create()
    assert scene.up() == "same"


def test_a_race_is_tried_again(scene: Scene) -> None:
    """Busy at StartJob though it looked idle: wait and start, two StartJob calls and one job."""
    real = scene.backend.start_job

    def racing(app_id: str, name: str, request: dict[str, object]) -> object:
        scene.backend.start_job = real  # type: ignore[method-assign]
        scene.push("main", OTHER)
        return real(app_id, name, request)

    scene.backend.start_job = racing  # type: ignore[method-assign, assignment]
    assert scene.create()["jobId"] == "2"
    assert scene.asked("StartJob") == 2


def test_three_unclear_answers_are_enough(scene: Scene) -> None:
    """StartJob is sent three times at most when each has no effect and no clear answer."""
    scene.control.fault(Fault("500", "StartJob", times=None))
    message = scene.refused()
    assert (
        "AWS gave no clear answer 3 times, and the branch shows no job of this release" in message
    )
    assert scene.asked("StartJob") == 3


def test_throttling_has_an_end(scene: Scene) -> None:
    """A StartJob that is throttled for ever ends as a sentence, within some minutes."""
    scene.control.fault(Fault("throttled", "StartJob", times=None))
    begun = emulator_state.clock.now()
    assert "Too Many Requests" in scene.refused()
    assert emulator_state.clock.now() - begun < 600


def test_a_throttled_wait_goes_on(scene: Scene) -> None:
    """Throttling in the middle of a wait costs nothing but time."""
    scene.control.fault(Fault("throttled", "GetJob", times=30))
    assert scene.create()["outcome"] == "ok"


def test_expired_credentials_in_a_wait_record_the_job(scene: Scene) -> None:
    """Credentials that expire for good end the wait; the job is recorded and waited for again."""
    scene.control.fault(Fault("expired", "GetJob", times=None))
    assert scene.up() == "recorded failure"
    scene.control.clear_faults()
    assert scene.up() == "ok"
    assert scene.asked("StartJob") == 1


def test_words_never_seen_are_waited_out(scene: Scene) -> None:
    """A status that this version does not know is neither success nor failure."""
    scene.control.plan(APP, "main", Plan(words=("BRAND_NEW", "SUCCEEDED"), word_seconds=60))
    assert scene.create()["status"] == "SUCCEED"


def test_a_job_that_never_ends_meets_the_timeout(scene: Scene) -> None:
    """A stuck job ends the wait after an hour, is recorded, and its queue hint is given."""
    scene.control.plan(APP, "main", Plan(stuck="PENDING"))
    begun = emulator_state.clock.now()
    assert scene.up() == "recorded failure"
    assert 3600 <= emulator_state.clock.now() - begun < 3700


def test_cancelled_by_the_service_is_explained(scene: Scene) -> None:
    """A job that Amplify cancelled by itself is a failure with a hint at diff deploys."""
    scene.control.plan(APP, "main", Plan.instant(outcome="CANCELLED"))
    outputs = scene.create()
    assert (outputs["status"], outputs["outcome"]) == ("CANCELLED", "recorded failure")


def test_the_user_s_longest_message_still_carries_the_mark(scene: Scene) -> None:
    """A message of 10,000 characters is cut to make room; state keeps the whole."""
    outputs = scene.create(commitMessage="m" * 10_000)
    (start,) = scene.control.calls("StartJob")
    assert len(start["body"]["commitMessage"]) == 10_000
    assert "\nPulumi-Release: " in start["body"]["commitMessage"]
    assert outputs["commitMessage"] == "m" * 10_000


def test_an_answer_without_a_job_id_is_an_error(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When AWS's answer names no job, nothing is recorded as a success."""
    from amplify_job_resource.emulator.responses import AmplifyResponse

    monkeypatch.setattr(AmplifyResponse, "start_job", lambda self: {"jobSummary": {}})
    assert "the response has no jobId" in scene.refused()


def test_an_old_note_is_outdated_by_a_newer_release_from_elsewhere(scene: Scene) -> None:
    """A killed run's job is not resumed when the resource was released again since."""
    scene.kill_at = 12
    assert scene.up() == "killed"
    first = scene.control.jobs(APP)
    assert len(first) == 1
    scene.pass_time(1000)
    message = first[0]["commit_message"][:-16] + "f" * 16
    scene.backend.start_job(APP, "main", {"jobType": "RELEASE", "commitMessage": message})
    scene.pass_time(1000)
    scene.unrecorded.clear()
    assert scene.up() == "ok"
    assert scene.resource
    assert scene.resource.id == "d1/main/3"
