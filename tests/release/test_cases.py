"""What went wrong for people who released Amplify apps in other ways, and must not go wrong here."""

from __future__ import annotations

import json

import pytest
from amplify_job_resource.emulator import Fault, Plan, emulator_state

from tests.machine.engine import APP
from tests.release.conftest import Scene

SHA = "a" * 40
OTHER = "b" * 40


def test_a_second_up_finds_nothing_to_do(scene: Scene) -> None:
    """With the same inputs there is no second release, and a refresh before it makes none either."""
    scene.up()
    assert scene.resource
    assert scene.resource.outputs["reportedCommitId"] == "HEAD"
    assert scene.up() == "same"
    assert scene.refresh() == "ok"
    assert scene.up() == "same"
    assert scene.asked("StartJob") == 1


def test_a_cancelled_job_ends_the_wait_at_once(scene: Scene) -> None:
    """A job that somebody cancels ends the wait within a look or two, as a failure."""
    scene.start_long(3000)
    stopped = False

    def interrupted() -> bool:
        nonlocal stopped
        if not stopped and scene.jobs() == ["RUNNING"]:
            scene.foreign_stop("main")
            stopped = True
        return False

    scene.interrupted = interrupted  # type: ignore[method-assign]
    begun = emulator_state.clock.now()
    assert scene.up() == "recorded failure"
    assert "CANCELLED" in scene.error
    assert emulator_state.clock.now() - begun < 90


def test_a_release_sends_commit_and_message_and_gets_head_back(scene: Scene) -> None:
    """The wanted commit is a label in the request; what AWS reports is kept apart from it."""
    outputs = scene.create(commitId=SHA, commitMessage="Fix the header", jobReason="a ticket")
    (start,) = scene.control.calls("StartJob")
    assert start["body"]["commitId"] == SHA
    assert start["body"]["jobReason"] == "a ticket"
    assert start["body"]["commitMessage"].startswith("Fix the header\n\nPulumi-Attempt: ")
    assert (outputs["commitId"], outputs["reportedCommitId"]) == (SHA, "HEAD")


def test_stop_replaces_the_own_running_job(scene: Scene) -> None:
    """A new commit under `stop` stops the own job of the old one, once, then starts."""
    scene.inputs["waitForCompletion"] = False
    scene.start_long()
    scene.up()
    scene.inputs.update(commitId=OTHER, onBusy="stop", waitForCompletion=True)
    assert scene.up() == "ok"
    assert scene.asked("StopJob") == 1
    assert scene.jobs() == ["CANCELLED", "SUCCEED"]


@pytest.mark.parametrize("policy", ["wait", "adopt", "fail"])
def test_somebody_elses_job_is_never_stopped(scene: Scene, policy: str) -> None:
    """Without `stop`, no policy stops a job, not even when the release gives up."""
    scene.control.plan(APP, "main", Plan(stuck="RUNNING"))
    scene.push("main", OTHER)
    scene.pass_time(100)
    message = scene.refused(onBusy=policy)
    assert "the branch is busy: job 1 is RUNNING" in message
    assert "aws amplify stop-job --app-id d1 --branch-name main --job-id 1" in message
    assert scene.asked("StopJob") == 0


@pytest.mark.parametrize("status", ["CREATED", "PENDING", "PROVISIONING", "RUNNING"])
def test_every_active_status_is_busy(scene: Scene, status: str) -> None:
    """Whatever an active job is at, `fail` sends no StartJob."""
    scene.control.plan(APP, "main", Plan(created=5, stuck=status))
    scene.push("main", OTHER)
    scene.pass_time(100)
    assert f"job 1 is {status}" in scene.refused(onBusy="fail")
    assert scene.asked("StartJob") == 0


def test_all_statuses_on_the_way_to_success(scene: Scene) -> None:
    """CREATED, PENDING, PROVISIONING and RUNNING are all waited out."""
    plan = Plan(created=30, pending=30, provisioning=30, build=30)
    scene.control.plan(APP, "main", plan)
    assert scene.create()["status"] == "SUCCEED"
    for status in ("CREATED", "PENDING", "PROVISIONING", "BUILD"):
        assert f"job 1 {status} " in scene.said


def test_a_queue_is_explained_at_the_timeout(scene: Scene) -> None:
    """A job that is PENDING all the time: the error names it, the quota, its page and the stop."""
    scene.control.plan(APP, "main", Plan(stuck="PENDING"))
    assert scene.up() == "recorded failure"
    for words in (
        "Amplify job d1/main/1 has not ended: PENDING after 59m59s",
        "by default an account builds 5 jobs at once",
        "/amplify/apps/d1/branches/main/deployments",
        "aws amplify stop-job --app-id d1 --branch-name main --job-id 1 --region us-east-1",
        "The next `pulumi up` keeps waiting for it.",
    ):
        assert words in scene.error
    assert scene.asked("StopJob") == 0
    assert scene.resource
    assert scene.resource.id == "d1/main/1"


def test_a_failed_step_is_named_with_its_reason(scene: Scene) -> None:
    """A failed build fails the up, names the step and why, and is in state."""
    reason = "the artifact folder dist is missing"
    scene.control.plan(APP, "main", Plan(outcome="FAILED", status_reason=reason))
    assert scene.up() == "recorded failure"
    assert f"step BUILD FAILED: {reason}" in scene.error
    assert scene.resource
    assert scene.resource.outputs["status"] == "FAILED"


def test_a_service_that_cancels_may_be_allowed_to(scene: Scene) -> None:
    """A job that Amplify cancels by itself is an error with a hint, and fine with allow_failure."""
    scene.control.default_plan(Plan(outcome="CANCELLED"))
    assert scene.up() == "recorded failure"
    assert "AMPLIFY_DIFF_DEPLOY" in scene.error
    scene.inputs["allowFailure"] = True
    assert scene.up() == "ok"
    assert scene.asked("StartJob") == 1


def test_an_app_without_a_repository_is_refused_first(scene: Scene) -> None:
    """A RELEASE of a manual app never reaches StartJob."""
    scene.control.create_app("d2", repository=False)
    message = scene.refused(appId="d2")
    assert "Amplify app d2 is not connected to a repository" in message
    assert scene.asked("StartJob") == 0


def test_a_refused_retry_says_so_in_aws_s_words(scene: Scene) -> None:
    """When AWS refuses a RETRY its words are shown, and nothing is in state."""
    scene.push("main", SHA)
    scene.pass_time(1000)
    scene.fault(Fault("refused", "StartJob"))
    message = scene.refused(jobType="RETRY", sourceJobId="1")
    assert "The request is refused by plan (BadRequestException)" in message


def test_a_denial_names_action_and_arn(scene: Scene) -> None:
    """Without the right to start, the error names it on the branch as it is written."""
    scene.fault(Fault("denied", "StartJob", times=None))
    message = scene.refused(branchName="feature/x 1")
    arn = "arn:aws:amplify:us-east-1:*:apps/d1/branches/feature/x 1/jobs/*"
    assert f"The credentials need amplify:StartJob on {arn}" in message


def test_destroy_stops_a_pending_job(scene: Scene) -> None:
    """Destroy stops our own job that is stuck in the queue, and sees it cancelled."""
    scene.inputs["waitForCompletion"] = False
    scene.control.plan(APP, "main", Plan(stuck="PENDING", cancelling=30))
    scene.up()
    assert scene.destroy() == "ok"
    assert scene.jobs() == ["CANCELLED"]
    assert scene.asked("StopJob") == 1


def test_destroy_of_an_ended_job_leaves_history_alone(scene: Scene) -> None:
    """Destroy asks AWS for nothing when the job had ended."""
    scene.up()
    scene.control.clear_calls()
    assert scene.destroy() == "ok"
    assert scene.control.calls() == []


def test_destroy_when_the_job_ends_between_look_and_stop(scene: Scene) -> None:
    """A StopJob that is refused since the job has just ended is fine."""
    scene.inputs["waitForCompletion"] = False
    scene.start_long(100)
    scene.up()
    scene.fault(Fault("slow", "StopJob", seconds=500))
    assert scene.destroy() == "ok"
    assert scene.jobs() == ["SUCCEED"]


@pytest.mark.parametrize("gone", ["job", "branch", "app"])
def test_destroy_when_all_is_gone(scene: Scene, gone: str) -> None:
    """A job, branch or app that is not there any more is destroyed already."""
    scene.inputs["waitForCompletion"] = False
    scene.up()
    scene.pass_time(1000)
    if gone == "job":
        scene.control.delete_job(APP, "main", "1")
    elif gone == "branch":
        scene.control.delete_branch(APP, "main")
    else:
        scene.backend.delete_app(APP)
    assert scene.destroy() == "ok"


def test_destroy_leaves_a_job_alone_that_only_has_the_number(scene: Scene) -> None:
    """On a branch that was made anew, job 1 is somebody else's and is not stopped."""
    scene.inputs["waitForCompletion"] = False
    scene.up()
    scene.control.delete_branch(APP, "main")
    scene.backend.create_branch(APP, "main", {})
    scene.start_long()
    scene.foreign_start("main")
    assert scene.destroy() == "ok"
    assert "job 1 does not carry this resource's trailer and is left alone" in scene.said
    assert scene.asked("StopJob") == 0


def test_destroy_leaves_a_push_alone_that_only_has_the_number(scene: Scene) -> None:
    """The same with a push's job that shows no message at all."""
    scene.inputs["waitForCompletion"] = False
    scene.start_long()
    scene.up()
    scene.control.delete_branch(APP, "main")
    scene.backend.create_branch(APP, "main", {})
    scene.start_long()
    scene.control.push(APP, "main", SHA, "")
    assert scene.destroy() == "ok"
    assert scene.asked("StopJob") == 0


def test_a_purged_job_is_no_reason_to_build(scene: Scene) -> None:
    """A job that was released and whose record is purged keeps its last state after a refresh."""
    scene.up()
    scene.purge("main")
    assert scene.refresh() == "ok"
    assert scene.up() == "same"


def test_a_branch_that_is_gone_is_gone_after_a_refresh(scene: Scene) -> None:
    """With its branch the resource goes, and the next up releases the branch when it is back."""
    scene.up()
    scene.control.delete_branch(APP, "main")
    assert scene.refresh() == "gone"
    scene.backend.create_branch(APP, "main", {})
    assert scene.up() == "ok"


@pytest.mark.parametrize("kind", ["throttled", "denied", "expired", "500", "drop"])
def test_a_refresh_never_drops_a_job_for_a_fault(scene: Scene, kind: str) -> None:
    """Throttling, denials, credentials and outages end a refresh with an error, and change nothing."""
    scene.up()
    scene.fault(Fault(kind, times=None))  # type: ignore[arg-type]
    assert scene.refresh() == "refused"
    assert scene.resource
    scene.heal()
    assert scene.up() == "same"


def test_a_branch_made_by_code_gets_its_first_build(scene: Scene) -> None:
    """A branch without auto-build that was never built gets job 1, once."""
    scene.backend.create_branch(APP, "new", {"enableAutoBuild": False})
    assert scene.create(branchName="new")["jobId"] == "1"
    assert scene.asked("StartJob") == 1


def test_a_changed_trigger_alone_releases(scene: Scene) -> None:
    """Changed environment variables, given as a trigger, build the same commit again."""
    scene.inputs["triggers"] = {"env": "one"}
    scene.up()
    scene.inputs["triggers"] = {"env": "two"}
    assert scene.up() == "ok"
    assert "trigger env changed" in scene.said
    assert scene.jobs() == ["SUCCEED", "SUCCEED"]


def test_outputs_name_the_job_and_hold_no_signed_url(scene: Scene) -> None:
    """Id, ARN and status are outputs, after a refresh as well; log URLs never are."""
    scene.up()
    for _ in range(2):
        assert scene.resource
        outputs = scene.resource.outputs
        assert outputs["jobId"] == "1"
        assert outputs["jobArn"].endswith(":apps/d1/branches/main/jobs/0000000001")
        assert outputs["status"] == "SUCCEED"
        assert [step["name"] for step in outputs["steps"]] == ["BUILD", "DEPLOY", "VERIFY"]
        assert "X-Amz" not in json.dumps(outputs)
        scene.refresh()


def test_a_job_that_vanishes_in_the_wait_says_how_to_go_on(scene: Scene) -> None:
    """A job that is not there any more: it is not waited for for ever, and refresh is named."""
    scene.inputs["waitForCompletion"] = False
    scene.up()
    scene.pass_time(1000)
    scene.control.delete_job(APP, "main", "1")
    scene.inputs["waitForCompletion"] = True
    assert scene.up() == "recorded failure"
    assert "can no longer be read" in scene.error
    assert "`pulumi refresh` removes it from state" in scene.error
    assert scene.refresh() == "gone"
    assert scene.up() == "ok"


def test_a_job_that_is_not_readable_at_once_is_waited_for(scene: Scene) -> None:
    """GetJob that does not know a job for some seconds after its start is no error."""
    real, begun = scene.backend.job, emulator_state.clock.now()

    def late(app_id: str, name: str, job_id: str) -> object:
        return real(app_id, name, job_id if emulator_state.clock.now() > begun + 15 else "999")

    scene.backend.job = late  # type: ignore[method-assign, assignment]
    assert scene.up() == "ok"


def test_many_jobs_on_a_branch(scene: Scene) -> None:
    """On a branch with hundreds of jobs, ten comes after nine, and a lost reply is found."""
    scene.control.default_plan(Plan.instant())
    for _ in range(130):
        scene.foreign_start("main")
    scene.fault(Fault("drop", "StartJob", "after"))
    assert scene.up() == "ok"
    assert scene.resource
    assert scene.resource.id == "d1/main/131"
    assert scene.asked("StartJob") == 1


@pytest.mark.parametrize("number", [1, 2])
def test_a_job_of_an_earlier_branch_is_neither_kept_nor_waited_for(
    scene: Scene, number: int
) -> None:
    """The branch is made anew while a job is active: its number may be somebody else's job by then."""
    scene.inputs["waitForCompletion"] = False
    for _ in range(number):
        assert scene.up(replace=True) == "ok"
        scene.pass_time(4000)
    scene.inputs["commitId"] = OTHER
    assert scene.up() == "ok"
    scene.make_anew("main")
    for _ in range(number + 1):
        scene.foreign_start("main")
        scene.pass_time(4000)
    scene.inputs["waitForCompletion"] = True
    assert scene.up() == "recorded failure"
    assert "`pulumi refresh`" in scene.error
    assert scene.refresh() == "gone"
    assert scene.up() == "ok"
    assert scene.resource
    assert scene.resource.job == ("main", number + 2)


def test_a_refresh_of_an_earlier_branch_keeps_the_note_of_the_same_number(scene: Scene) -> None:
    """The job in state and that of a killed run have one id, since the branch was made anew between."""
    assert scene.up() == "ok"
    scene.make_anew("main")
    scene.inputs["commitId"] = OTHER
    scene.kill_point = "GetJob answered"
    assert scene.up() == "killed"
    scene.pass_time(4000)
    assert scene.refresh() == "gone"
    assert scene.up() == "ok"
    assert scene.asked("StartJob") == 2


def test_a_note_of_the_same_number_on_a_new_branch_outlives_a_diff(scene: Scene) -> None:
    """A failed job of a killed run is recorded as such, and not taken for the one in state."""
    assert scene.up() == "ok"
    scene.make_anew("main")
    scene.inputs["commitId"] = OTHER
    scene.control.plan(APP, "main", Plan(outcome="FAILED"))
    scene.kill_point = "GetJob answered"
    assert scene.up() == "killed"
    scene.pass_time(4000)
    assert scene.up() == "recorded failure"
    assert scene.asked("StartJob") == 2


@pytest.mark.parametrize("kill_point", ["StartJob answered", "GetJob answered"])
def test_a_note_of_the_same_request_on_a_new_branch_outlives_a_diff(
    scene: Scene, kill_point: str
) -> None:
    """Number and trailer are those of the job in state; only the age of the branch tells them apart."""
    assert scene.up() == "ok"
    scene.make_anew("main")
    scene.kill_point = kill_point
    assert scene.up(replace=True) == "killed"
    assert scene.up() == "same"
    scene.pass_time(4000)
    assert scene.refresh() == "gone"
    assert scene.up() == "ok"
    assert scene.asked("StartJob") == 2


def test_the_note_of_an_unclear_replacement_outlives_the_end_of_the_recorded_job(
    scene: Scene,
) -> None:
    """The job in state ends badly, which says nothing of the one that `--replace` may have started."""
    scene.inputs["waitForCompletion"] = False
    scene.start_long()
    assert scene.up() == "ok"
    scene.inputs["waitForCompletion"] = True
    scene.control.plan(APP, "main", Plan(echo_message=False))
    scene.foreign_stop("main")
    scene.pass_time(100)
    scene.fault(Fault("drop", "StartJob", "after"))
    assert scene.up(replace=True) == "unknown"
    assert scene.up() == "recorded failure"
    assert scene.up() == "unknown"
    assert scene.asked("StartJob") == 2
