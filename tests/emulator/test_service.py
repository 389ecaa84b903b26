"""The emulator as boto3 sees it, in process and on a frozen clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from amplify_job_resource.emulator import Control, Fault, Plan, register, world
from amplify_job_resource.emulator.jobs import ENDED, Job
from amplify_job_resource.status import KNOWN_STATUSES
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws


@pytest.fixture
def control(monkeypatch: pytest.MonkeyPatch) -> Iterator[Control]:
    """An app with a branch, on a clock that stands still."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    register()
    register()  # a second time changes nothing
    with mock_aws():
        control = Control()
        control.reset()
        world.clock.freeze()
        control.create_app("d1", ["main"])
        yield control


@pytest.fixture
def client(control: Control) -> Any:
    """boto3 without retries."""
    once = Config(retries={"total_max_attempts": 1})
    return boto3.client("amplify", region_name="us-east-1", config=once)


def start(client: Any, branch: str = "main", **more: Any) -> Any:
    answer = client.start_job(appId="d1", branchName=branch, jobType="RELEASE", **more)
    return answer["jobSummary"]


def job(client: Any, job_id: str = "1", branch: str = "main") -> Any:
    return client.get_job(appId="d1", branchName=branch, jobId=job_id)["job"]


def code(error: pytest.ExceptionInfo[ClientError]) -> tuple[int, str, str]:
    response = error.value.response
    return (
        response["ResponseMetadata"]["HTTPStatusCode"],
        response["Error"]["Code"],
        response["Error"]["Message"],
    )


def test_a_job_from_start_to_end(control: Control, client: Any) -> None:
    """A RELEASE reports HEAD, keeps its message, goes through its steps, and succeeds."""
    summary = start(client, commitId="1f3c9e2", commitMessage="Hello")
    assert summary["commitId"] == "HEAD"
    assert summary["commitMessage"] == "Hello"
    assert summary["jobArn"].endswith(":apps/d1/branches/main/jobs/0000000001")
    seen = []
    for _ in range(13):
        seen.append(job(client)["summary"]["status"])
        control.advance(10)
    assert list(dict.fromkeys(seen)) == ["PENDING", "PROVISIONING", "RUNNING", "SUCCEED"]
    done = job(client)
    assert [step["stepName"] for step in done["steps"]] == ["BUILD", "DEPLOY", "VERIFY"]
    assert all("X-Amz-Signature=" in step["logUrl"] for step in done["steps"])
    assert done["summary"]["endTime"] - done["summary"]["startTime"] == timedelta(seconds=120)


def test_a_busy_branch_refuses(client: Any) -> None:
    """A second StartJob is refused with the words and the code that users report."""
    start(client)
    with pytest.raises(ClientError) as error:
        start(client)
    words = "The requested branch main already have pending or running jobs"
    assert code(error) == (429, "LimitExceededException", words)


@pytest.mark.parametrize(
    ("request_", "status", "words"),
    [
        ({"jobType": "MANUAL"}, 400, "The requested jobType MANUAL does not support."),
        ({"jobType": "RETRY"}, 400, "jobId is required"),
        ({"jobType": "RETRY", "jobId": "7"}, 404, "Job 7 not found"),
        ({"jobType": "NOPE"}, 400, "jobType: 'NOPE' is not one of"),
        ({"jobType": "RELEASE", "jobReason": "x" * 300}, 400, "jobReason"),
        ({"jobType": "RELEASE", "branchName": "nope"}, 404, "Branch nope not found"),
        ({"jobType": "RELEASE", "appId": "dnope"}, 404, "App dnope not found"),
        ({"jobType": "RELEASE", "appId": "UP"}, 400, "does not match d[a-z0-9]+"),
    ],
)
def test_bad_requests_are_refused(
    client: Any, request_: dict[str, str], status: int, words: str
) -> None:
    """What AWS's model forbids, and what is not there, is refused with its code."""
    with pytest.raises(ClientError) as error:
        client.start_job(**{"appId": "d1", "branchName": "main", **request_})
    assert code(error)[0] == status
    assert words in code(error)[2]


def test_an_app_without_a_repository_builds_nothing(control: Control, client: Any) -> None:
    """A RELEASE of a manual app is a 400."""
    control.create_app("d2", ["main"], repository=False)
    with pytest.raises(ClientError) as error:
        client.start_job(appId="d2", branchName="main", jobType="RELEASE")
    assert code(error)[0] == 400


def test_a_retry_is_a_new_job_of_the_same_commit(control: Control, client: Any) -> None:
    """RETRY re-runs the commit of the job that it names, under a new id."""
    control.push("d1", "main", "a" * 40)
    control.advance(600)
    answer = client.start_job(appId="d1", branchName="main", jobType="RETRY", jobId="1")
    assert (answer["jobSummary"]["jobId"], answer["jobSummary"]["commitId"]) == ("2", "a" * 40)


def test_stop_goes_through_cancelling(control: Control, client: Any) -> None:
    """StopJob leads through CANCELLING to CANCELLED; of an ended job it is a 400."""
    start(client)
    control.advance(30)
    client.stop_job(appId="d1", branchName="main", jobId="1")
    assert job(client)["summary"]["status"] == "CANCELLING"
    control.advance(10)
    assert job(client)["summary"]["status"] == "CANCELLED"
    assert job(client)["steps"][-1]["status"] == "CANCELLED"
    with pytest.raises(ClientError) as error:
        client.stop_job(appId="d1", branchName="main", jobId="1")
    assert code(error)[0] == 400


def test_five_build_and_the_others_wait(control: Control, client: Any) -> None:
    """An account builds five jobs at once; the sixth is PENDING until a place is free."""
    names = [f"b{number}" for number in range(7)]
    control.create_app("d1", names)
    for name in names:
        start(client, name)
    control.advance(60)
    seen = [job(client, branch=name)["summary"]["status"] for name in names]
    assert seen == ["RUNNING"] * 5 + ["PENDING"] * 2
    control.advance(90)
    assert job(client, branch="b6")["summary"]["status"] == "RUNNING"


def test_pushes_queue_and_coalesce(control: Control, client: Any) -> None:
    """One push builds, one waits, and a third takes the place of the one that waits."""
    for letter in "abc":
        control.push("d1", "main", letter * 40)
    listed = client.list_jobs(appId="d1", branchName="main")["jobSummaries"]
    assert [found["commitId"][0] for found in listed] == ["c", "a"]
    control.advance(600)
    assert job(client, "2")["summary"]["status"] == "SUCCEED"
    assert job(client, "2")["steps"][0]["startTime"] >= job(client, "1")["summary"]["endTime"]


def test_lists_come_in_pages(control: Control, client: Any) -> None:
    """ListJobs gives fifty at most, the newest first, and a token for more."""
    control.default_plan(Plan.instant())
    for _ in range(60):
        start(client)
    first = client.list_jobs(appId="d1", branchName="main", maxResults=50)
    rest = client.list_jobs(appId="d1", branchName="main", nextToken=first["nextToken"])
    ids = [found["jobId"] for found in first["jobSummaries"] + rest["jobSummaries"]]
    assert ids == [str(number) for number in range(60, 0, -1)]
    assert "nextToken" not in rest


def test_a_branch_made_anew_counts_from_one(control: Control, client: Any) -> None:
    """Deleting a branch forgets its jobs; DeleteJob forgets one that has ended."""
    start(client)
    with pytest.raises(ClientError):
        client.delete_job(appId="d1", branchName="main", jobId="1")
    control.advance(600)
    client.delete_job(appId="d1", branchName="main", jobId="1")
    assert start(client)["jobId"] == "2"
    client.delete_branch(appId="d1", branchName="main")
    client.create_branch(appId="d1", branchName="main")
    assert start(client)["jobId"] == "1"


def test_apps_and_branches(client: Any) -> None:
    """Apps and branches made by the API start no build; reads give back what was set."""
    made = client.create_app(name="shop", repository="https://example.com/r")["app"]
    app = made["appId"]
    client.create_branch(appId=app, branchName="a/b c", enableAutoBuild=True)
    client.update_branch(appId=app, branchName="a/b c", stage="PULL_REQUEST")
    branch = client.get_branch(appId=app, branchName="a/b c")["branch"]
    assert (branch["enableAutoBuild"], branch["stage"]) == (True, "PULL_REQUEST")
    assert branch["totalNumberOfJobs"] == "0"
    assert client.get_app(appId=app)["app"]["repository"] == "https://example.com/r"
    assert app in [found["appId"] for found in client.list_apps()["apps"]]
    assert len(client.list_branches(appId=app)["branches"]) == 1
    client.delete_app(appId=app)
    with pytest.raises(ClientError):
        client.get_app(appId=app)


def test_an_unknown_operation_is_named(client: Any) -> None:
    """What is not emulated is a 501 that names it."""
    with pytest.raises(ClientError) as error:
        client.list_domain_associations(appId="d1")
    assert code(error)[0] == 501
    assert "ListDomainAssociations" in code(error)[2]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("500", 500),
        ("503", 503),
        ("throttled", 429),
        ("limit", 429),
        ("denied", 403),
        ("expired", 403),
        ("refused", 400),
    ],
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_faults_befall_their_calls(
    control: Control, client: Any, kind: Any, status: int, when: Any
) -> None:
    """A fault answers in place of the service, before the effect or after it, so many times."""
    control.fault(Fault(kind, "StartJob", when, times=1, skip=0))
    with pytest.raises(ClientError) as error:
        start(client)
    assert code(error)[0] == status
    assert len(control.jobs("d1")) == (1 if when == "after" else 0)
    assert job(client)["summary"] if when == "after" else start(client)


def test_a_dropped_connection_and_a_slow_answer(control: Control, client: Any) -> None:
    """In process a drop is botocore's own error, and slowness passes on the clock."""
    control.fault(Fault("drop", "ListJobs"), Fault("slow", "GetBranch", seconds=30))
    with pytest.raises(ConnectionClosedError):
        client.list_jobs(appId="d1", branchName="main")
    before = world.clock.now()
    client.get_branch(appId="d1", branchName="main")
    assert world.clock.now() - before == 30


def test_faults_skip_and_end(control: Control, client: Any) -> None:
    """A fault may let calls pass first, is for its branch only, and can be cleared."""
    control.fault(Fault("500", "GetBranch", times=2, skip=1, branch_name="main"))
    outcomes = []
    for _ in range(4):
        try:
            client.get_branch(appId="d1", branchName="main")
            outcomes.append("ok")
        except ClientError:
            outcomes.append("500")
    assert outcomes == ["ok", "500", "500", "ok"]
    control.fault(Fault("500", times=None))
    control.clear_faults()
    client.get_branch(appId="d1", branchName="main")


def test_the_log_has_each_request(control: Control, client: Any) -> None:
    """What was asked can be read: operation, place, body, region, key, status."""
    start(client, commitId="1f3c9e2")
    (call,) = control.calls("StartJob")
    assert (call["app_id"], call["branch_name"], call["region"]) == ("d1", "main", "us-east-1")
    assert call["body"]["commitId"] == "1f3c9e2"
    assert call["access_key"]
    assert call["status"] == 200
    control.clear_calls()
    assert control.calls() == []


def test_words_never_seen_and_odd_ids(control: Control, client: Any) -> None:
    """A plan can show unknown statuses, hide the message, pad the id and leave numbers out."""
    control.plan(
        "d1",
        "main",
        Plan(words=("BRAND_NEW",), echo_message=False, padded_id=True, skip_ids=4),
    )
    summary = start(client, commitMessage="Hello")
    assert (summary["jobId"], summary["commitMessage"]) == ("0000000005", "")
    control.advance(17)
    assert job(client, "5")["summary"]["status"] == "BRAND_NEW"


SECONDS = st.floats(0, 100) | st.just(0.0)
PLANS = st.builds(
    Plan,
    created=SECONDS,
    pending=SECONDS,
    provisioning=SECONDS,
    build=SECONDS,
    deploy=SECONDS,
    verify=SECONDS,
    cancelling=SECONDS,
    outcome=st.sampled_from(("SUCCEED", "FAILED", "CANCELLED")),
    step=st.sampled_from(("BUILD", "DEPLOY", "VERIFY")),
)
ORDER = ("CREATED", "PENDING", "PROVISIONING", "RUNNING", "CANCELLING", "ended")


@given(plan=PLANS, stop=st.none() | st.floats(0, 300), wait=st.floats(0, 50))
def test_a_job_is_a_function_of_plan_and_times(plan: Plan, stop: float | None, wait: float) -> None:
    """Statuses only go forward, an end is final, and steps lie within their job."""
    ready = 1000.0 + plan.created + plan.pending
    made = Job(1, "1", "arn", "RELEASE", "HEAD", "", 0.0, 1000.0, plan)
    made.slot_at = ready + wait
    if stop is not None and 1000 + stop < made.ends_at:
        made.stopped_at = 1000 + stop
        if made.stopped_at < made.slot_at:
            made.slot_at = None
    looks = [made.look(1000.0 + second) for second in range(0, 900, 7)]
    places = [ORDER.index("ended" if look.ended else look.status) for look in looks]
    assert places == sorted(places)
    assert looks[-1].status in ENDED
    assert {look.status for look in looks} <= KNOWN_STATUSES
    for look in looks:
        for step in look.steps:
            assert step.start_time >= 1000
            assert step.end_time is None or step.start_time <= step.end_time
            assert look.end_time is None or (step.end_time or 0) <= look.end_time


def test_a_plan_that_cannot_be_is_refused() -> None:
    """A wrong word in a plan or a fault is an error where it is written."""
    wrong: tuple[dict[str, Any], ...] = (
        {"outcome": "GREAT"},
        {"step": "TEST"},
        {"stuck": "SUCCEED"},
        {"build": -1},
    )
    for members in wrong:
        with pytest.raises(ValueError, match=r"."):
            Plan(**members)
    with pytest.raises(ValueError, match="kind is one of"):
        Fault("explode")  # type: ignore[arg-type]


def test_times_are_in_utc(client: Any) -> None:
    """Times come as moments with a zone."""
    assert isinstance(start(client)["startTime"], datetime)
    assert job(client)["summary"]["startTime"].tzinfo is not None
