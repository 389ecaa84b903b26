"""The API calls: what is asked, and what is made of AWS's answers."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, TypeVar, cast

import pytest
from amplify_job_resource import AwsError, OutcomeUnclear, Unanswered
from amplify_job_resource._amplify.api import MAX_PAGES, PAGE_SIZE, BranchApi
from amplify_job_resource._amplify.app_answers import AppAnswers
from amplify_job_resource._amplify.budget import FULL_RATE
from amplify_job_resource._amplify.ids import BranchId
from amplify_job_resource._amplify.records import BranchRecord, DomainRecord, Step, SubDomain
from amplify_job_resource._amplify.session import Clients
from amplify_job_resource._amplify.settings import Settings
from amplify_job_resource._ask import Ask, directly

from tests.unit.samples import NOON, a_job

T = TypeVar("T")

BRANCH = BranchId("d1a2", "feature/x")
PLACE = {"appId": "d1a2", "branchName": "feature/x"}


class FakeClient:
    """Answers every operation from a list, and keeps what was asked."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, operation: str) -> Any:
        def answer(**request: Any) -> dict[str, Any]:
            self.asked.append((operation, request))
            return self.answers.pop(0)

        return answer


def api_with(client: FakeClient, ask: Ask = directly) -> BranchApi:
    """The API of a branch, on that client."""
    clients = SimpleNamespace(
        retrying=client,
        single_attempt=client,
        settings=Settings(region="eu-west-1"),
        app_answers=AppAnswers(),
        budgets=set(),
    )
    return BranchApi(cast("Clients", clients), BRANCH, ask)


def page(*numbers: int, token: str | None = None) -> dict[str, Any]:
    """One page of ListJobs."""
    summaries = [{"jobId": str(number), "status": "SUCCEED"} for number in numbers]
    return {"jobSummaries": summaries, **({"nextToken": token} if token else {})}


def test_a_job_is_read_with_its_steps() -> None:
    """Every member that is used comes over, and the signed addresses do not."""
    summary = {
        "jobId": "42",
        "jobArn": "arn",
        "status": "FAILED",
        "jobType": "RELEASE",
        "commitId": "HEAD",
        "commitMessage": "m",
        "startTime": NOON,
        "endTime": NOON,
    }
    step = {
        "stepName": "BUILD",
        "status": "FAILED",
        "startTime": NOON,
        "endTime": NOON,
        "statusReason": "exit 1",
        "logUrl": "https://signed",
        "artifactsUrl": "https://signed",
    }
    client = FakeClient({"job": {"summary": summary, "steps": [step]}})
    job = api_with(client).get("42")
    assert client.asked == [("get_job", {**PLACE, "jobId": "42"})]
    assert str(job.id) == "d1a2/feature/x/42"
    assert (job.status, job.arn, job.reported_commit, job.commit_message) == (
        "FAILED",
        "arn",
        "HEAD",
        "m",
    )
    assert (job.start_time, job.end_time, job.region) == (NOON, NOON, "eu-west-1")
    assert job.steps == (Step("BUILD", "FAILED", NOON, NOON, "exit 1"),)
    assert "signed" not in repr(job)


@pytest.mark.parametrize("answer", [{}, {"job": {}}, {"job": {"summary": {}, "steps": [{}]}}])
def test_an_answer_with_little_in_it_is_a_job(answer: dict[str, Any]) -> None:
    """AWS leaves out members that its model calls required: then nothing is known, and it goes on."""
    job = api_with(FakeClient(answer)).get("42")
    assert (job.id.number_text, job.status, job.has_ended) == ("42", "UNKNOWN", False)


def test_a_job_that_goes_on_has_no_end() -> None:
    """AWS fills in an end time for running jobs, too; it counts only for jobs that have ended."""
    summary = {"jobId": "42", "status": "RUNNING", "startTime": NOON, "endTime": NOON}
    job = api_with(FakeClient({"job": {"summary": summary}})).get("42")
    assert (job.end_time, job.duration_seconds) == (None, None)


def test_a_start_is_one_call_with_what_was_given() -> None:
    """StartJob gets app, branch and the request; its answer is the job."""
    client = FakeClient({"jobSummary": {"jobId": "43", "status": "PENDING"}})
    job = api_with(client).start({"jobType": "RELEASE", "commitMessage": "m"})
    assert client.asked == [("start_job", {**PLACE, "jobType": "RELEASE", "commitMessage": "m"})]
    assert (job.id.number_text, job.status, job.number) == ("43", "PENDING", 43)


@pytest.mark.parametrize("answer", [{}, {"jobSummary": {}}, {"jobSummary": {"jobId": ""}}])
def test_a_start_without_a_job_id_is_an_error(answer: dict[str, Any]) -> None:
    """An accepted request whose answer names no job is no success; there may be a job."""
    with pytest.raises(OutcomeUnclear, match="the response has no jobId"):
        api_with(FakeClient(answer)).start({"jobType": "RELEASE"})


def test_one_page_in_order_is_enough() -> None:
    """A first page that comes newest first ends the reading."""
    client = FakeClient(page(9, 8, 7, token="more"))
    assert [job.number for job in api_with(client).newest()] == [9, 8, 7]
    assert client.asked == [("list_jobs", {**PLACE, "maxResults": PAGE_SIZE})]


def test_pages_are_read_down_to_a_number() -> None:
    """When older jobs matter, pages are read until that number is reached."""
    client = FakeClient(page(9, 8, token="a"), page(7, 6, token="b"), page(5, 4, token="c"))
    assert [job.number for job in api_with(client).newest(down_to=6)] == [9, 8, 7, 6]
    assert [request.get("nextToken") for _, request in client.asked] == [None, "a"]


def test_pages_without_an_order_are_all_read() -> None:
    """AWS promises no order: without one every page is read, and the result is in order."""
    client = FakeClient(page(7, 9, token="a"), page(10, token="b"), page(1, 8))
    assert [job.number for job in api_with(client).newest()] == [10, 9, 8, 7, 1]
    assert len(client.asked) == 3


def test_the_reading_has_an_end() -> None:
    """A list that never ends is read for so many pages and no more."""
    client = FakeClient(*[page(1, 2, token="again")] * (MAX_PAGES + 1))
    api_with(client).newest()
    assert len(client.asked) == MAX_PAGES


def test_a_summary_without_an_id_is_left_out() -> None:
    """What names no job cannot be followed."""
    answer = page(9)
    answer["jobSummaries"] += [{}, {"jobId": None}, {"jobId": "x"}]
    assert [job.number for job in api_with(FakeClient(answer)).newest()] == [9]
    assert api_with(FakeClient({})).newest() == []


@pytest.mark.parametrize(
    ("answer", "record"),
    [
        ({}, BranchRecord()),
        (
            {
                "branch": {
                    "enableAutoBuild": True,
                    "stage": "PULL_REQUEST",
                    "sourceBranch": "s",
                    "createTime": NOON,
                }
            },
            BranchRecord(
                enable_auto_build=True,
                stage="PULL_REQUEST",
                source_branch="s",
                create_time=NOON,
            ),
        ),
    ],
)
def test_a_branch_is_read(answer: dict[str, Any], record: BranchRecord) -> None:
    """What is used of GetBranch, with defaults for what is left out."""
    client = FakeClient(answer)
    assert api_with(client).branch() == record
    assert client.asked == [("get_branch", PLACE)]


@pytest.mark.parametrize(
    ("answer", "repository"),
    [({}, None), ({"app": {"repository": ""}}, None), ({"app": {"repository": "r"}}, "r")],
)
def test_an_app_without_a_repository_has_none(
    answer: dict[str, Any], repository: str | None
) -> None:
    """An empty repository, as manual apps have, is none."""
    assert api_with(FakeClient(answer)).app().repository == repository


def test_an_error_names_the_place() -> None:
    """Errors say what was being done, to which branch and job."""

    class Failing:
        def __getattr__(self, operation: str) -> Any:
            from botocore.exceptions import ReadTimeoutError

            def fail(**_: Any) -> Any:
                raise ReadTimeoutError(endpoint_url="http://127.0.0.1:1")

            return fail

    api = api_with(cast("FakeClient", Failing()))
    for call, doing in (
        (lambda: api.start({}), "starting Amplify job (d1a2/feature/x)"),
        (lambda: api.get("42"), "reading Amplify job (d1a2/feature/x/42)"),
        (lambda: api.stop("42"), "stopping Amplify job (d1a2/feature/x/42)"),
        (api.newest, "listing Amplify jobs (d1a2/feature/x)"),
        (api.branch, "reading Amplify branch (d1a2/feature/x)"),
        (api.app, "reading Amplify app (d1a2/feature/x)"),
        (api.domains, "listing Amplify domains (d1a2/feature/x)"),
    ):
        with pytest.raises(AwsError) as caught:
            cast("Any", call)()
        assert caught.value.action == doing


def test_every_call_but_startjob_can_be_given_up() -> None:
    """What has become of a StartJob matters; all other calls are made in the way that was handed in."""
    asked: list[str] = []

    def refuse(call: Callable[[], T], action: str) -> T:
        asked.append(action)
        raise Unanswered(action, "Interrupted", "there was no answer yet")

    client = FakeClient({"jobSummary": {"jobId": "7", "status": "PENDING"}})
    api = api_with(client, refuse)
    calls: list[Callable[[], object]] = [
        lambda: api.get("42"),
        lambda: api.stop("42"),
        api.newest,
        api.branch,
        api.app,
        api.domains,
    ]
    for call in calls:
        with pytest.raises(Unanswered) as caught:
            call()
        assert caught.value.action == asked[-1]
    assert len(asked) == len(calls)
    assert api.start({}).id.number_text == "7"
    assert [operation for operation, _ in client.asked] == ["start_job"]


def test_each_page_is_a_call_of_its_own() -> None:
    """A long list is given up between two pages, too."""
    asked: list[str] = []

    def ask(call: Callable[[], T], action: str) -> T:
        asked.append(action)
        return call()

    api_with(FakeClient(page(9, 8, token="more"), page(7, 6)), ask).newest(7)
    assert asked == ["listing Amplify jobs (d1a2/feature/x)"] * 2


def test_words_that_are_not_known_are_plain_text() -> None:
    """A status and a step's name are printed wherever a job is."""
    job = {
        "summary": {"jobId": "7", "status": "NEW\x1b[31m\u202e"},
        "steps": [{"stepName": "BUI\nLD", "status": "\x07ODD"}],
    }
    found = api_with(FakeClient({"job": job})).get("7")
    assert (found.status, found.steps[0].name, found.steps[0].status) == (
        "NEW [31m",
        "BUI LD",
        "ODD",
    )


def test_the_address_of_a_log_is_beside_the_record() -> None:
    """A record is kept and shown; an address is neither."""
    steps = [
        {"stepName": "BUILD", "status": "FAILED", "logUrl": "https://logs.example/1"},
        {"stepName": "DEPLOY", "status": "PENDING"},
    ]
    client = FakeClient({"job": {"summary": {"jobId": "7", "status": "FAILED"}, "steps": steps}})
    job, addresses = api_with(client).with_logs("7")
    assert addresses == {"BUILD": "https://logs.example/1"}
    assert "logs.example" not in repr(job)


def test_domains_are_read_with_care() -> None:
    """Real answers leave members out; the root of a domain has no prefix."""
    entry = {
        "domainName": "example.com",
        "domainStatus": "AVAILABLE",
        "subDomains": [
            {"subDomainSetting": {"branchName": "main"}, "verified": True},
            {"subDomainSetting": {"branchName": "dev", "prefix": "dev"}},
            {},
        ],
    }
    client = FakeClient({"domainAssociations": [entry, {}]})
    first, second = api_with(client).domains()
    assert first == DomainRecord(
        "example.com",
        "AVAILABLE",
        (SubDomain("", "main", verified=True), SubDomain("dev", "dev"), SubDomain("", "")),
    )
    assert second == DomainRecord("", "")
    assert api_with(FakeClient({})).domains() == []


def test_waits_of_one_account_and_region_take_turns() -> None:
    """Whatever the branch; the clients tell the budget when AWS is asked too often."""
    api, client = api_with(FakeClient()), api_with(FakeClient())
    arn = "arn:aws:amplify:eu-west-1:{}:apps/d1a2"
    ours, others = (a_job(arn=arn.format(account)) for account in ("111122223333", "444455556666"))
    for _ in range(400):
        api.turn(ours, 0.0)
    assert client.turn(ours, 0.0) > 0
    assert client.turn(others, 0.0) == client.turn(a_job(arn=None), 0.0) == 0
    for budget in client._clients.budgets:
        budget.refused()
    assert api.turn(ours, 100.0) == 0
    assert api.turn(ours, 100.0) > 1 / FULL_RATE
