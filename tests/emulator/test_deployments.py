"""CreateDeployment and StartDeployment, as boto3 sees them."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from amplify_job_resource.emulator import Control, Fault, Plan, emulator_state
from amplify_job_resource.emulator.models import backend_of
from botocore.exceptions import ClientError, ConnectionClosedError

from tests.emulator.conftest import APP, Branch, MachineTime
from tests.emulator.files import MANUAL, PAGE, SITE, ask, deploy, manual_branch, start, zipped
from tests.emulator.test_jobs import refused

NOT_FINISHED = (
    400,
    "BadRequestException",
    "The last job(deployment) 1 was not finished, please wait until it finish or use StopJob "
    "operation to cancel it before creating a new deployment.",
)
CONNECTED = (
    400,
    "BadRequestException",
    "Operation not supported. App is already connected a repository",
)


@pytest.fixture
def site(branch: Branch, emulator: Control) -> Branch:
    """The branch main of an app without a repository, whose jobs end at once."""
    emulator.default_plan(Plan.instant())
    return manual_branch(branch.client, emulator)


def create(site: Branch, **members: Any) -> Any:
    return site.client.create_deployment(**site.place, **members)


def page(emulator: Control) -> bytes:
    return ask(emulator.site(MANUAL)).body


def test_files_go_live(site: Branch, emulator: Control) -> None:
    """Created, uploaded and started, a zip is a job of type MANUAL with two steps, and a site."""
    assert deploy(site, SITE) == "1"
    summary = site.summary("1")
    assert (summary["status"], summary["jobType"]) == ("SUCCEED", "MANUAL")
    assert summary["jobArn"].endswith(f":apps/{MANUAL}/branches/main/jobs/0000000001")
    assert "sourceUrl" not in summary
    assert [step["stepName"] for step in site.steps("1")] == ["DEPLOY", "VERIFY"]
    assert page(emulator) == PAGE
    assert site.client.get_branch(**site.place)["branch"]["activeJobId"] == "1"


def test_the_answer_has_the_job_and_one_address(site: Branch) -> None:
    """Without a map of files there is an address for a zip, and an empty map."""
    made = create(site)
    assert set(made) - {"ResponseMetadata"} == {"jobId", "fileUploadUrls", "zipUploadUrl"}
    assert (made["jobId"], made["fileUploadUrls"]) == ("1", {})


def test_files_can_be_uploaded_one_by_one(site: Branch, emulator: Control) -> None:
    """A map of files gives each its own address, and what was uploaded there is its content."""
    names = ["index.html", "a b/ü%2F.txt", "Files/x"]
    made = create(site, fileMap=dict.fromkeys(names, "d41d8cd98f00b204e9800998ecf8427e"))
    assert set(made) - {"ResponseMetadata"} == {"jobId", "fileUploadUrls"}
    assert set(made["fileUploadUrls"]) == set(names)
    for name in names:
        assert ask(made["fileUploadUrls"][name], "PUT", name.encode()).status == 200
    assert emulator.calls("PutUpload")[1]["body"] == {"bytes": 13, "file": "a b/ü%2F.txt"}
    start(site, jobId="1")
    url = emulator.site(MANUAL)
    assert ask(url).body == b"index.html"
    assert ask(url + "a%20b/%C3%BC%252F.txt").body == "a b/ü%2F.txt".encode()
    assert ask(url + "Files/x").body == b"Files/x"


def test_a_created_job_blocks_the_branch(site: Branch, emulator: Control) -> None:
    """From CreateDeployment on it is PENDING, for as long as nobody starts or stops it."""
    create(site)
    for _ in range(3):
        assert (site.status("1"), site.steps("1")) == ("PENDING", [])
        assert refused(create, site) == NOT_FINISHED
        assert refused(start, site, sourceUrl="s3://bucket/site.zip") == NOT_FINISHED
        assert refused(site.start, jobType="RETRY", jobId="1") == (
            429,
            "LimitExceededException",
            "The requested branch main already have pending or running jobs",
        )
        emulator.advance(10 * 60 * 60)
    assert [job["jobId"] for job in site.listed()] == ["1"]
    assert site.stop("1") == "CANCELLED"
    assert create(site)["jobId"] == "2"


def test_a_running_deployment_blocks_the_branch(site: Branch, emulator: Control) -> None:
    """Until it has ended, a stopped one too."""
    site.plan(Plan(cancelling=5))
    deploy(site, SITE)
    assert refused(create, site) == NOT_FINISHED
    emulator.advance(20)
    assert site.status("1") == "RUNNING"
    site.stop("1")
    assert refused(create, site) == NOT_FINISHED
    emulator.advance(5)
    assert create(site)["jobId"] == "2"


def test_a_plan_counts_from_the_start(site: Branch, emulator: Control) -> None:
    """A job waits for StartDeployment, then runs as planned, with no time for a build."""
    site.plan(Plan(created=1, pending=2, provisioning=3, build=100, deploy=4, verify=5))
    made = create(site)
    assert site.status("1") == "CREATED"
    emulator.advance(60)
    assert site.status("1") == "PENDING"
    ask(made["zipUploadUrl"], "PUT", SITE)
    start(site, jobId="1")
    seen = []
    for _ in range(15):
        seen.append(site.status("1"))
        emulator.advance(1)
    assert seen == ["PENDING"] * 2 + ["PROVISIONING"] * 3 + ["RUNNING"] * 9 + ["SUCCEED"]


def test_a_start_within_the_time_in_created(site: Branch, emulator: Control) -> None:
    """A job stays CREATED as long as planned, also when it is started meanwhile."""
    site.plan(Plan.instant(created=10))
    deploy(site, SITE)
    assert site.status("1") == "CREATED"
    emulator.advance(10)
    assert site.status("1") == "SUCCEED"


@pytest.mark.parametrize("outcome", ["FAILED", "CANCELLED"])
def test_a_plan_can_fail(site: Branch, emulator: Control, outcome: Any) -> None:
    """What a plan has for BUILD happens in DEPLOY; the earlier files stay live."""
    site.plan(Plan.instant(), Plan.instant(outcome=outcome, status_reason="no space"))
    deploy(site, SITE)
    deploy(site, zipped({"index.html": b"new"}))
    (step,) = site.steps("2")
    assert (step["stepName"], step["status"], step["statusReason"]) == (
        "DEPLOY",
        outcome,
        "no space",
    )
    assert page(emulator) == PAGE


def test_files_are_live_when_the_job_has_succeeded(site: Branch, emulator: Control) -> None:
    """Not before, and not after a stop."""
    deploy(site, SITE)
    site.plan(Plan(pending=0, provisioning=0, deploy=10, verify=10), Plan(cancelling=0))
    deploy(site, zipped({"index.html": b"2"}))
    emulator.advance(19)
    assert page(emulator) == PAGE
    emulator.advance(1)
    assert page(emulator) == b"2"
    deploy(site, zipped({"index.html": b"3"}))
    site.stop("3")
    emulator.advance(1000)
    assert page(emulator) == b"2"


def test_the_log_tells_of_the_archive(site: Branch) -> None:
    """DEPLOY says how large the zip was; a zip that is none fails without a reason."""
    deploy(site, SITE)
    assert f"Got archive: {len(SITE)} bytes" in ask(site.steps("1")[0]["logUrl"]).body.decode()
    deploy(site, b"no zip")
    (step,) = site.steps("2")
    assert (site.status("2"), step["status"]) == ("FAILED", "FAILED")
    assert "statusReason" not in step
    assert ask(step["logUrl"]).body.decode().endswith("[ERROR]: Failed to deploy\n")


def test_a_start_is_in_time(site: Branch, emulator: Control) -> None:
    """Eight hours after CreateDeployment it is late: the call is refused, and the job fails."""
    for seconds, late in ((8 * 60 * 60, False), (8 * 60 * 60 + 1, True)):
        made = create(site)
        ask(made["zipUploadUrl"], "PUT", SITE)
        emulator.advance(seconds)
        if late:
            assert refused(start, site, jobId=made["jobId"])[:2] == (400, "BadRequestException")
        else:
            start(site, jobId=made["jobId"])
    assert [job["status"] for job in site.listed()] == ["FAILED", "SUCCEED"]
    assert page(emulator) == PAGE
    assert create(site)["jobId"] == "3"


def test_a_start_is_in_time_by_the_clock_of_clients(
    machine_time: MachineTime, emulator: Control, branch: Branch
) -> None:
    """At speed 10, the eight hours are real ones all the same."""
    site = manual_branch(branch.client, emulator)
    emulator.run(10)
    made = create(site)
    ask(made["zipUploadUrl"], "PUT", SITE)
    machine_time.pass_by(8 * 60 * 60 - 1)
    assert start(site, jobId="1") == "1"


def test_what_is_not_uploaded_is_not_started(site: Branch) -> None:
    """Neither a zip nor a file can be missing; the job goes on waiting."""
    create(site)
    status, code, message = refused(start, site, jobId="1")
    assert (status, code) == (400, "BadRequestException")
    assert "not uploaded" in message
    assert site.status("1") == "PENDING"
    site.stop("1")
    urls = create(site, fileMap={"a": "1", "b": "2"})["fileUploadUrls"]
    ask(urls["a"], "PUT", b"a")
    assert refused(start, site, jobId="2")[2].endswith("1 missing")
    ask(urls["b"], "PUT", b"b")
    assert start(site, jobId="2") == "2"


def test_only_a_waiting_deployment_is_started(site: Branch) -> None:
    """A started, a stopped and another job are refused; one that does not exist is a 404."""
    deploy(site, SITE)
    assert refused(start, site, jobId="1")[:2] == (400, "BadRequestException")
    made = create(site)
    ask(made["zipUploadUrl"], "PUT", SITE)
    site.stop("2")
    assert "stopped" in refused(start, site, jobId="2")[2]
    site.start(jobType="RETRY", jobId="1")
    assert refused(start, site, jobId="3")[:2] == (400, "BadRequestException")
    assert refused(start, site, jobId="9")[:2] == (404, "NotFoundException")


def test_a_job_or_a_source_is_named(site: Branch) -> None:
    """Without both, AWS's own words; with both, a refusal as well."""
    assert refused(start, site) == (
        400,
        "BadRequestException",
        "Must specify jobId or sourceUrl for StartDeploymentRequest.",
    )
    create(site)
    both = refused(start, site, jobId="1", sourceUrl="s3://bucket/site.zip")
    assert both[:2] == (400, "BadRequestException")
    assert site.status("1") == "PENDING"


def test_a_connected_app_is_refused(branch: Branch) -> None:
    """An app with a repository is built, and has AWS's own words for files."""
    assert refused(create, branch) == CONNECTED
    assert refused(start, branch, sourceUrl="s3://bucket/site.zip") == CONNECTED
    assert refused(start, branch, jobId="1") == CONNECTED
    assert branch.listed() == []


def test_what_does_not_exist_is_a_404(site: Branch) -> None:
    """An app or branch that is not there fails with NotFoundException."""
    for missing in ({"appId": "dnone"}, {"branchName": "none"}):
        site.place = {"appId": MANUAL, "branchName": "main", **missing}
        assert refused(create, site)[:2] == (404, "NotFoundException")
        assert refused(start, site, jobId="1")[:2] == (404, "NotFoundException")


@pytest.mark.parametrize(
    ("file_map", "words"),
    [
        ({"../x": "1"}, "fileMap: the name '../x' leads out of the folder"),
        ({"/x": "1"}, "leads out"),
        ({"n" * 256: "1"}, "more than 255 characters"),
        ({"x": "m" * 33}, "is more than 32 characters"),
    ],
)
def test_a_map_of_files_is_checked(site: Branch, file_map: dict[str, str], words: str) -> None:
    """AWS's limits, and names that are none."""
    status, code, message = refused(create, site, fileMap=file_map)
    assert (status, code) == (400, "BadRequestException")
    assert words in message
    assert site.listed() == []


@pytest.mark.parametrize("members", [{"sourceUrl": "file:///etc/passwd"}, {"sourceUrlType": "TAR"}])
def test_a_source_is_checked_against_awss_model(site: Branch, members: Any) -> None:
    """An address of another kind is refused, and not read."""
    request = {"sourceUrl": "s3://bucket/site.zip", **members}
    assert refused(start, site, **request)[:2] == (400, "BadRequestException")
    assert site.listed() == []


@pytest.mark.parametrize("operation", ["CreateDeployment", "StartDeployment"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_calls_go_wrong(site: Branch, emulator: Control, operation: str, when: Any) -> None:
    """A reply can be lost: with `after` the job is there, or runs."""
    made = create(site) if operation == "StartDeployment" else {}
    if made:
        ask(made["zipUploadUrl"], "PUT", SITE)
    emulator.fault(Fault("drop", operation, when))
    with pytest.raises(ConnectionClosedError):
        start(site, jobId="1") if made else create(site)
    assert [call["status"] for call in emulator.calls(operation)][-1] is None
    statuses = [job["status"] for job in site.listed()]
    if made:
        assert statuses == (["SUCCEED"] if when == "after" else ["PENDING"])
    else:
        assert statuses == (["PENDING"] if when == "after" else [])
    if when == "after":
        assert site.client.get_app(appId=MANUAL)["app"]["appId"] == MANUAL


def test_a_denial_names_the_branch(site: Branch, emulator: Control) -> None:
    """A deployment is an action on the branch."""
    emulator.fault(Fault("denied", "CreateDeployment"))
    with pytest.raises(
        ClientError, match=r"amplify:CreateDeployment .*:apps/dmanual/branches/main$"
    ):
        create(site)


def test_calls_have_their_members(site: Branch, emulator: Control) -> None:
    """A map of files and the job are in the list of calls."""
    create(site, fileMap={"a": "1"})
    refused(start, site, jobId="1")
    created, started = emulator.calls("CreateDeployment"), emulator.calls("StartDeployment")
    assert (created[0]["body"], created[0]["status"]) == ({"fileMap": {"a": "1"}}, 200)
    assert (started[0]["job_id"], started[0]["status"]) == ("1", 400)


def test_a_deployment_takes_its_turn(site: Branch, emulator: Control) -> None:
    """One that waits for its start holds no build slot; one that runs does."""
    emulator.default_plan(Plan(pending=0, provisioning=0, deploy=100))
    places = [f"b{number}" for number in range(7)]
    for name in places:
        site.client.create_branch(appId=MANUAL, branchName=name)
        site.place["branchName"] = name
        create(site) if name == "b0" else deploy(site, SITE)
    statuses = [emulator.jobs(MANUAL, name)[0]["status"] for name in places]
    assert statuses == ["PENDING", *["RUNNING"] * 5, "PENDING"]


def test_a_retry_deploys_the_same_files(site: Branch, emulator: Control) -> None:
    """As long as they are kept: those of the last three deployments that succeeded."""
    for number in range(1, 6):
        deploy(site, zipped({"index.html": b"%d" % number}))
    assert site.start(jobType="RETRY", jobId="3") == "6"
    assert page(emulator) == b"3"
    assert [step["stepName"] for step in site.steps("6")] == ["DEPLOY", "VERIFY"]
    site.start(jobType="RETRY", jobId="1")
    assert site.status("7") == "FAILED"
    assert page(emulator) == b"3"


def test_older_files_are_given_up(site: Branch) -> None:
    """What was uploaded for a job that was stopped goes, too; so does what failed."""
    made = create(site)
    ask(made["zipUploadUrl"], "PUT", SITE)
    site.stop("1")
    site.plan(Plan.instant(outcome="FAILED"))
    for _ in range(5):
        deploy(site, SITE)
    create(site)
    backend = backend_of("123456789012", "us-east-1")
    contents = [job.content for job in backend.branch(MANUAL, "main").jobs.values()]
    kept = [bool(content and (content.files or content.uploads)) for content in contents]
    assert kept == [False, False, False, True, True, True, False]


def test_a_deleted_record_leaves_the_site(site: Branch, emulator: Control) -> None:
    """DeleteJob of the live deployment brings no older one back, and a newer one goes live."""
    for number in range(1, 3):
        deploy(site, zipped({"index.html": b"%d" % number}))
    site.client.delete_job(**site.place, jobId="2")
    site.client.delete_job(**site.place, jobId="1")
    assert page(emulator) == b"2"
    deploy(site, zipped({"index.html": b"3"}))
    assert page(emulator) == b"3"


def test_many_deletions_keep_one_site(site: Branch, emulator: Control) -> None:
    """A record is given up with its files when three newer deployments have succeeded."""
    deploy(site, SITE)
    site.client.delete_job(**site.place, jobId="1")
    branch = backend_of("123456789012", "us-east-1").branch(MANUAL, "main")
    for _ in range(3):
        assert branch.deleted is not None
        deploy(site, SITE)
    create(site)
    assert branch.deleted is None
    assert page(emulator) == PAGE


def test_regions_have_their_own(site: Branch, emulator: Control) -> None:
    """The same app in another region has its own jobs, and its own uploads."""
    emulator.create_app(MANUAL, ["main"], repository=False, region="eu-west-1")
    elsewhere = Branch(boto3.client("amplify", region_name="eu-west-1"), emulator)
    elsewhere.place["appId"] = MANUAL
    deploy(elsewhere, zipped({"index.html": b"eu"}))
    assert site.listed() == []
    assert emulator.calls("PutUpload")[0]["region"] == "eu-west-1"
    assert ask(emulator.site(MANUAL, region="eu-west-1")).body == b"eu"
    assert emulator_state.clock.frozen
    assert emulator.jobs(APP) == []
