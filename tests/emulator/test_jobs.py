"""How jobs run in the emulator, as boto3 sees them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from amplify_job_resource.emulator import Control, Plan
from botocore.exceptions import ClientError

from tests.emulator.conftest import APP, Branch, MachineTime, make_client

LONG = Plan(pending=0, provisioning=0, build=3600, cancelling=5)


def refused(call: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[int, str, str]:
    """The HTTP status, code and message of a call that must fail."""
    with pytest.raises(ClientError) as caught:
        call(*args, **kwargs)
    error: Any = caught.value.response
    return (
        error["ResponseMetadata"]["HTTPStatusCode"],
        error["Error"]["Code"],
        error["Error"]["Message"],
    )


def test_a_job_goes_through_its_statuses(branch: Branch, emulator: Control) -> None:
    """Each status and each step lasts as long as planned."""
    branch.plan(Plan(created=1, pending=2, provisioning=3, build=4, deploy=5, verify=6))
    job = branch.start()
    seen = []
    for _ in range(22):
        steps = [(step["stepName"], step["status"]) for step in branch.steps(job)]
        seen.append((branch.status(job), steps[-1] if steps else None))
        emulator.advance(1)
    assert seen == (
        [("CREATED", None)]
        + [("PENDING", None)] * 2
        + [("PROVISIONING", None)] * 3
        + [("RUNNING", ("BUILD", "RUNNING"))] * 4
        + [("RUNNING", ("DEPLOY", "RUNNING"))] * 5
        + [("RUNNING", ("VERIFY", "RUNNING"))] * 6
        + [("SUCCEED", ("VERIFY", "SUCCEED"))]
    )


def test_an_answer_tells_of_one_moment(
    machine_time: MachineTime, emulator: Control, branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time goes on at each look at the clock; yet no job has ended while one of its steps runs."""

    def monotonic() -> float:
        machine_time.pass_by(0.01)
        return machine_time.passed

    monkeypatch.setattr(machine_time, "monotonic", monotonic)
    emulator.run(1)
    # Jobs of many lengths: one of them ends between any two looks at the clock.
    for length in range(10):
        build = 0.1 + length / 100
        branch.plan(Plan(pending=0, provisioning=0, build=build, deploy=0.1, verify=0.1))
        job_id = branch.start()
        while True:
            job: Any = branch.client.get_job(**branch.place, jobId=job_id)["job"]
            ended, steps = job["summary"].get("endTime"), job["steps"]
            running = [step["stepName"] for step in steps if "endTime" not in step]
            assert len(running) == (0 if ended or not steps else 1)
            if ended:
                break


def test_a_release_reports_head_and_the_message(branch: Branch) -> None:
    """The job reports HEAD, whatever commitId StartJob got, and the commitMessage of StartJob."""
    job = branch.start(commitId="1f3c9e2a77", commitMessage="Fix\n\nit", jobReason="because")
    summary = branch.summary(job)
    assert (summary["commitId"], summary["commitMessage"]) == ("HEAD", "Fix\n\nit")
    assert summary["jobType"] == "RELEASE"
    assert summary["jobArn"] == (
        f"arn:aws:amplify:us-east-1:123456789012:apps/{APP}/branches/main/jobs/0000000001"
    )


def test_the_commit_time_comes_back(branch: Branch, emulator: Control) -> None:
    """A job reports the commitTime that StartJob got, whatever the machine's time zone is."""
    time = datetime(2026, 11, 25, 12, tzinfo=timezone(timedelta(hours=2)))
    assert branch.summary(branch.start(commitTime=time))["commitTime"] == time
    assert emulator.calls("StartJob")[0]["body"]["commitTime"] == time.timestamp()


def test_a_plan_can_change_what_the_job_reports(branch: Branch) -> None:
    """A plan can set the commit that the job reports, and can leave out the message."""
    branch.plan(Plan(commit_id="8b02d4a111", echo_message=False))
    job = branch.start(commitId="1f3c9e2a77", commitMessage="mine")
    assert branch.summary(job)["commitId"] == "8b02d4a111"
    assert not branch.summary(job).get("commitMessage")


@pytest.mark.parametrize("status", ["PENDING", "PROVISIONING", "RUNNING", "CANCELLING"])
def test_a_busy_branch_refuses(branch: Branch, status: str) -> None:
    """While a job of the branch has not ended, StartJob fails with AWS's own 429."""
    branch.plan(Plan(pending=0, provisioning=0, stuck=status))
    job = branch.start()
    if status == "CANCELLING":
        branch.stop(job)
    assert branch.status(job) == status
    assert refused(branch.start) == (
        429,
        "LimitExceededException",
        "The requested branch main already have pending or running jobs",
    )
    assert len(branch.listed()) == 1


def test_an_idle_branch_starts_the_next_job(branch: Branch) -> None:
    """When a job has ended, however it ended, the next one can start, with the next number."""
    branch.plan(Plan.instant(), Plan.instant(outcome="FAILED"), Plan.instant(outcome="CANCELLED"))
    assert [branch.start() for _ in range(4)] == ["1", "2", "3", "4"]
    assert [job["status"] for job in branch.listed()][1:] == ["CANCELLED", "FAILED", "SUCCEED"]


def test_branches_do_not_block_each_other(
    branch: Branch, new_branch: Callable[[str], Branch]
) -> None:
    """Another branch can start a job meanwhile, and counts its own jobs."""
    branch.plan(LONG)
    branch.start()
    other = new_branch("feature/a b/ünï")
    assert other.start() == "1"
    assert other.summary("1")["jobArn"].endswith("/branches/feature/a b/ünï/jobs/0000000001")


def test_manual_is_refused(branch: Branch) -> None:
    """StartJob refuses MANUAL with AWS's own message."""
    assert refused(branch.start, jobType="MANUAL") == (
        400,
        "BadRequestException",
        "The requested jobType MANUAL does not support.",
    )


def test_an_app_without_a_repository_builds_nothing(branch: Branch, emulator: Control) -> None:
    """A RELEASE of an app without a repository fails with 400."""
    emulator.create_app("dmanual", repository=False)
    branch.place["appId"] = "dmanual"
    status, code, message = refused(branch.start)
    assert (status, code) == (400, "BadRequestException")
    assert "repository" in message


def test_a_retry_builds_the_commit_of_its_job(branch: Branch) -> None:
    """A RETRY is a new job that reports the commit of the job it names."""
    branch.plan(Plan.instant(commit_id="1f3c9e2a77"))
    branch.start()
    job = branch.start(jobType="RETRY", jobId="1")
    assert job == "2"
    assert branch.summary(job)["commitId"] == "1f3c9e2a77"
    assert branch.summary(job)["jobType"] == "RETRY"


def test_a_retry_needs_a_job_that_exists(branch: Branch) -> None:
    """RETRY without a jobId fails with 400, and with the id of no job with 404."""
    assert refused(branch.start, jobType="RETRY")[:2] == (400, "BadRequestException")
    assert refused(branch.start, jobType="RETRY", jobId="9")[:2] == (404, "NotFoundException")
    assert branch.listed() == []


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"jobType": "DEPLOY"}, "jobType: 'DEPLOY' is not one of"),
        ({"appId": "UP"}, "appId: 'UP' does not match d[a-z0-9]+"),
        ({"commitMessage": "m" * 10_001}, "commitMessage"),
        ({"jobReason": "r" * 256}, "jobReason"),
        ({"commitId": "c" * 256}, "commitId"),
        ({"jobType": "RETRY", "jobId": "one"}, "jobId"),
    ],
)
def test_requests_are_checked_against_awss_model(
    branch: Branch, members: dict[str, str], words: str
) -> None:
    """A value that AWS's service model forbids fails with 400 and a message that names the member."""
    status, code, message = refused(branch.start, **members)
    assert (status, code) == (400, "BadRequestException")
    assert message.startswith(words)
    assert branch.listed() == []


def test_what_does_not_exist_is_a_404(branch: Branch) -> None:
    """Every call for an app, branch or job that does not exist fails with NotFoundException."""
    branch.start()
    client = branch.client
    here: Any = {**branch.place, "jobId": "1"}
    for missing in ({"appId": "dnone"}, {"branchName": "none"}, {"jobId": "7"}):
        there = {**here, **missing}
        for call in (client.get_job, client.stop_job, client.delete_job):
            assert refused(call, **there)[:2] == (404, "NotFoundException")
    for missing in ({"appId": "dnone"}, {"branchName": "none"}):
        there = {**branch.place, **missing}
        assert refused(client.list_jobs, **there)[:2] == (404, "NotFoundException")
        assert refused(client.get_branch, **there)[:2] == (404, "NotFoundException")
        assert refused(client.start_job, **there, jobType="RELEASE")[0] == 404
    assert refused(client.get_app, appId="dnone")[:2] == (404, "NotFoundException")


def test_stopping_goes_through_cancelling(branch: Branch, emulator: Control) -> None:
    """A stopped job is CANCELLING as long as planned, then CANCELLED; so is the step it was in."""
    branch.plan(LONG)
    job = branch.start()
    emulator.advance(60)
    assert branch.stop(job) == "CANCELLING"
    assert branch.steps(job)[0]["status"] == "RUNNING"
    emulator.advance(4.9)
    assert branch.status(job) == "CANCELLING"
    emulator.advance(0.2)
    summary = branch.summary(job)
    assert summary["status"] == "CANCELLED"
    assert summary["endTime"] - summary["startTime"] == timedelta(seconds=65)
    (step,) = branch.steps(job)
    assert (step["stepName"], step["status"]) == ("BUILD", "CANCELLED")
    assert step["endTime"] == summary["endTime"]


def test_a_second_stop_changes_nothing(branch: Branch, emulator: Control) -> None:
    """CANCELLING lasts no longer after a second StopJob; on an ended job it fails with 400."""
    branch.plan(LONG)
    job = branch.start()
    branch.stop(job)
    emulator.advance(4)
    branch.stop(job)
    emulator.advance(2)
    assert branch.status(job) == "CANCELLED"
    assert refused(branch.stop, job)[:2] == (400, "BadRequestException")


def test_a_pending_job_can_be_stopped(branch: Branch) -> None:
    """A job that is stopped while PENDING has no steps, and frees the branch."""
    branch.plan(Plan(stuck="PENDING", cancelling=0))
    job = branch.start()
    assert branch.stop(job) == "CANCELLED"
    assert branch.steps(job) == []
    assert branch.start() == "2"


def test_a_stop_at_the_end_of_a_step_cancels_the_next_one(
    branch: Branch, emulator: Control
) -> None:
    """A step that ended at the time of StopJob stays SUCCEED."""
    branch.plan(Plan(pending=0, provisioning=0, build=10, deploy=10, cancelling=5))
    job = branch.start()
    emulator.advance(10)
    branch.stop(job)
    emulator.advance(5)
    assert [(step["stepName"], step["status"]) for step in branch.steps(job)] == [
        ("BUILD", "SUCCEED"),
        ("DEPLOY", "CANCELLED"),
    ]


@pytest.mark.parametrize("outcome", ["FAILED", "CANCELLED"])
def test_a_failure_is_shown_in_its_step(branch: Branch, outcome: Any) -> None:
    """The failed step has the reason, earlier steps are SUCCEED, later steps are not listed."""
    branch.plan(Plan.instant(outcome=outcome, step="DEPLOY", status_reason="no artifacts"))
    job = branch.start()
    assert branch.status(job) == outcome
    build, deploy = branch.steps(job)
    assert (build["status"], build.get("statusReason")) == ("SUCCEED", None)
    assert (deploy["status"], deploy["statusReason"]) == (outcome, "no artifacts")


def test_steps_have_times_and_signed_logs(branch: Branch, emulator: Control) -> None:
    """Steps have their own start and end times, and signed log URLs; only ended ones have an end."""
    branch.plan(Plan(pending=5, provisioning=5, build=10, deploy=10, verify=10))
    job = branch.start()
    emulator.advance(25)
    build, deploy = branch.steps(job)
    began = branch.summary(job)["startTime"]
    assert (build["startTime"] - began, build["endTime"] - began) == (
        timedelta(seconds=10),
        timedelta(seconds=20),
    )
    assert deploy["startTime"] == build["endTime"]
    assert "endTime" not in deploy
    assert "endTime" not in branch.summary(job)
    assert "X-Amz-Signature=" in build["logUrl"]
    assert build["logUrl"] != deploy["logUrl"]
    emulator.advance(100)
    assert branch.steps(job)[-1]["endTime"] == branch.summary(job)["endTime"]


def test_unknown_statuses_can_be_shown(branch: Branch, emulator: Control) -> None:
    """A job can show statuses that no client knows, and can be stuck in one."""
    branch.plan(
        Plan(pending=0, provisioning=0, build=1, words=("UPLOADING", "WARMING"), word_seconds=2),
        Plan(pending=0, provisioning=0, words=("UPLOADING",), stuck="UPLOADING"),
    )
    job = branch.start()
    assert branch.status(job) == "UPLOADING"
    emulator.advance(2)
    assert branch.status(job) == "WARMING"
    emulator.advance(2)
    assert branch.status(job) == "RUNNING"
    emulator.advance(100)
    stuck = branch.start()
    emulator.advance(10**6)
    assert branch.status(stuck) == "UPLOADING"


def test_ids_can_be_padded_and_skipped(branch: Branch) -> None:
    """A plan can add leading zeros to the id, and can leave out numbers; zeros are ignored in calls."""
    branch.plan(Plan.instant(padded_id=True), Plan.instant(skip_ids=3))
    assert [branch.start(), branch.start()] == ["0000000001", "5"]
    assert branch.status("1") == branch.status("0000000001") == "SUCCEED"


def test_the_list_comes_in_pages_newest_first(branch: Branch, emulator: Control) -> None:
    """A page of ListJobs has fifty jobs at most, and a token if there are more."""
    emulator.default_plan(Plan.instant())
    for _ in range(120):
        branch.start()
    pages, token = [], ""
    for _ in range(3):
        more: Any = {"nextToken": token} if token else {}
        answer = branch.client.list_jobs(**branch.place, **more)
        pages.append([job["jobId"] for job in answer["jobSummaries"]])
        token = answer.get("nextToken", "")
    assert token == ""
    assert [len(page) for page in pages] == [50, 50, 20]
    assert [job for page in pages for job in page] == [str(number) for number in range(120, 0, -1)]
    assert len(branch.listed(maxResults=7)) == 7
    assert refused(branch.listed, maxResults=51)[:2] == (400, "BadRequestException")
    assert refused(branch.listed, nextToken="mine")[:2] == (400, "BadRequestException")


def test_five_build_at_once_and_the_rest_wait(
    new_branch: Callable[[str], Branch], emulator: Control
) -> None:
    """A sixth job is PENDING until one of five has ended; waiting jobs build oldest first."""
    emulator.default_plan(Plan(pending=0, provisioning=0, build=100, deploy=0, verify=0))
    branches = [new_branch(f"b{number}") for number in range(8)]
    for one in branches:
        one.start()
        emulator.advance(1)

    def statuses() -> list[str]:
        return [one.status("1") for one in branches]

    assert statuses() == ["RUNNING"] * 5 + ["PENDING"] * 3
    branches[6].stop("1")
    emulator.advance(92.5)
    assert statuses() == ["SUCCEED", *["RUNNING"] * 5, "CANCELLED", "PENDING"]
    emulator.advance(1)
    assert statuses() == ["SUCCEED"] * 2 + ["RUNNING"] * 4 + ["CANCELLED", "RUNNING"]
    emulator.advance(10_000)
    assert statuses() == ["SUCCEED"] * 6 + ["CANCELLED", "SUCCEED"]


def test_build_slots_do_not_depend_on_when_jobs_are_read(
    new_branch: Callable[[str], Branch], emulator: Control
) -> None:
    """Jobs that are read only hours later got their slots when the slots became free."""
    emulator.default_plan(Plan(pending=0, provisioning=0, build=100, deploy=0, verify=0))
    branches = [new_branch(f"b{number}") for number in range(12)]
    for one in branches:
        one.start()
    emulator.advance(10_000)
    ends = sorted(
        (one.summary("1")["endTime"] - one.summary("1")["startTime"]).total_seconds()
        for one in branches
    )
    assert ends == [100.0] * 5 + [200.0] * 5 + [300.0] * 2


def test_a_replaced_app_holds_no_build_slots(
    branch: Branch, new_branch: Callable[[str], Branch], emulator: Control
) -> None:
    """Jobs of an app that was replaced by one of the same id free their build slots."""
    for number in range(5):
        old = new_branch(f"b{number}")
        old.plan(LONG)
        old.start()
    emulator.create_app(APP, ["main"])
    branch.plan(LONG)
    assert branch.status(branch.start()) == "RUNNING"


def test_the_last_push_waits(branch: Branch, emulator: Control) -> None:
    """The first push builds, the second waits for it, and a third replaces the second."""
    emulator.default_plan(Plan(pending=0, provisioning=0, build=100, deploy=0, verify=0))
    assert [emulator.push(APP, "main", commit * 10) for commit in "abc"] == ["1", "2", "2"]
    assert branch.status("1") == "RUNNING"
    assert branch.status("2") == "PENDING"
    assert branch.summary("2")["commitId"] == "c" * 10
    assert refused(branch.start)[0] == 429
    emulator.advance(100)
    assert (branch.status("1"), branch.status("2")) == ("SUCCEED", "RUNNING")
    emulator.advance(100)
    assert branch.status("2") == "SUCCEED"
    assert branch.start() == "3"


def test_a_recreated_branch_counts_from_one(branch: Branch, emulator: Control) -> None:
    """A deleted branch loses its jobs and their numbers."""
    branch.plan(LONG)
    branch.start()
    branch.client.delete_branch(**branch.place)
    assert refused(branch.start)[:2] == (404, "NotFoundException")
    branch.client.create_branch(**branch.place)
    assert branch.listed() == []
    assert branch.start() == "1"
    emulator.delete_branch(APP, "main")
    assert refused(branch.listed)[0] == 404


def test_an_ended_job_can_be_deleted(branch: Branch) -> None:
    """DeleteJob removes an ended job, whose number is not used again, and refuses a running one."""
    branch.plan(Plan.instant())
    job = branch.start()
    branch.client.delete_job(**branch.place, jobId=job)
    assert refused(branch.status, job)[:2] == (404, "NotFoundException")
    branch.plan(LONG)
    assert branch.start() == "2"
    assert refused(branch.client.delete_job, **branch.place, jobId="2")[0] == 400


def test_apps_and_branches_keep_their_settings(branch: Branch) -> None:
    """GetApp and GetBranch return what the create and update calls got."""
    client = branch.client
    app = client.create_app(name="shop", repository="https://github.com/x/y")["app"]
    place: Any = {"appId": app["appId"]}
    client.create_branch(**place, branchName="pr-1", stage="PULL_REQUEST", enableAutoBuild=True)
    made = client.get_branch(**place, branchName="pr-1")["branch"]
    assert (made["stage"], made["enableAutoBuild"]) == ("PULL_REQUEST", True)
    assert (made["activeJobId"], made["totalNumberOfJobs"]) == ("", "0")
    client.update_branch(**place, branchName="pr-1", enableAutoBuild=False)
    client.update_app(**place, environmentVariables={"A": "1"})
    got = client.get_app(**place)["app"]
    assert (got["name"], got["repository"]) == ("shop", "https://github.com/x/y")
    assert got["environmentVariables"] == {"A": "1"}
    assert got["appArn"].endswith(f":apps/{app['appId']}")
    branches = client.list_branches(**place)["branches"]
    assert [(one["branchName"], one["enableAutoBuild"]) for one in branches] == [("pr-1", False)]
    assert {one["appId"] for one in client.list_apps()["apps"]} == {APP, app["appId"]}
    assert refused(client.create_branch, **place, branchName="pr-1")[0] == 400
    client.delete_app(**place)
    assert refused(client.get_app, **place)[0] == 404


def test_the_active_job_is_the_newest_success(branch: Branch) -> None:
    """GetBranch returns the newest job that succeeded, and the number of jobs."""
    branch.plan(Plan.instant(), Plan.instant(), Plan.instant(outcome="FAILED"))
    for _ in range(3):
        branch.start()
    shape = branch.client.get_branch(**branch.place)["branch"]
    assert (shape["activeJobId"], shape["totalNumberOfJobs"]) == ("2", "3")


def test_regions_are_separate(branch: Branch, emulator: Control) -> None:
    """An app of one region does not exist in another, and each region has its own jobs."""
    elsewhere = make_client("eu-west-1")
    assert refused(elsewhere.get_app, appId=APP)[:2] == (404, "NotFoundException")
    emulator.create_app(APP, ["main"], region="eu-west-1")
    started = elsewhere.start_job(**branch.place, jobType="RELEASE")["jobSummary"]
    assert started["jobArn"].startswith("arn:aws:amplify:eu-west-1:")
    assert branch.listed() == []
    assert len(emulator.jobs(APP, region="eu-west-1")) == 1
