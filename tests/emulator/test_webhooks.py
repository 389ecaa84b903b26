"""Webhooks: what the service says of them, and what a post to their address does."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from amplify_job_resource.emulator import Control, Fault, Plan, Server
from amplify_job_resource.emulator.models import backend_of

from tests.emulator.conftest import APP, Branch, make_client
from tests.emulator.files import Answer, ask
from tests.emulator.test_jobs import refused
from tests.waiting import wait_until

LONG = Plan(pending=0, provisioning=0, build=100, deploy=0, verify=0)


@pytest.fixture
def webhook(branch: Branch) -> Any:
    """A webhook of the branch d1a2b3c4/main."""
    return branch.client.create_webhook(**branch.place, description="the CMS")["webhook"]


def post(url: str, body: bytes = b"{}") -> Answer:
    return ask(url, "POST", body)


def test_a_post_builds_the_head(branch: Branch, emulator: Control, webhook: Any) -> None:
    """The job is of the type WEB_HOOK and reports HEAD; the answer is that of AWS's queue."""
    answer = post(webhook["webhookUrl"])
    assert answer.status == 200
    assert "RequestId" in json.loads(answer.body)["SendMessageResponse"]["ResponseMetadata"]
    (job,) = branch.listed()
    assert (job["jobType"], job["commitId"]) == ("WEB_HOOK", "HEAD")
    (call,) = emulator.calls("PostWebhook")
    assert (call["app_id"], call["branch_name"], call["status"]) == (APP, "main", 200)
    assert call["body"] == {"webhookId": webhook["webhookId"]}


def test_posts_to_a_busy_branch_are_like_pushes(
    branch: Branch, emulator: Control, webhook: Any
) -> None:
    """The second job waits until the first has ended, and a third post adds none."""
    emulator.default_plan(LONG)
    for _ in range(3):
        assert post(webhook["webhookUrl"]).status == 200
    assert [job["status"] for job in branch.listed()] == ["PENDING", "RUNNING"]
    emulator.advance(150)
    assert [job["status"] for job in branch.listed()] == ["RUNNING", "SUCCEED"]


def test_an_app_without_a_repository_builds_nothing(branch: Branch, emulator: Control) -> None:
    """Its webhook can be made and posted to, and starts no job."""
    emulator.create_app("dmanual", repository=False)
    place = {"appId": "dmanual", "branchName": "main"}
    made = branch.client.create_webhook(**place)["webhook"]
    assert post(made["webhookUrl"]).status == 200
    assert emulator.jobs("dmanual") == []


@pytest.mark.parametrize(
    ("change", "method", "status"),
    [
        (("token=", "token=x"), "POST", 403),
        (("token=", "none="), "POST", 403),
        (("id=", "id=x"), "POST", 403),
        (("token=", "operation=stop&token="), "POST", 400),
        (("token=", "token="), "GET", 405),
    ],
)
def test_a_wrong_post_starts_nothing(
    branch: Branch, webhook: Any, change: tuple[str, str], method: str, status: int
) -> None:
    """Neither without the token, nor for another id, another operation or another method."""
    assert ask(webhook["webhookUrl"].replace(*change), method).status == status
    assert branch.listed() == []


def test_the_operation_of_an_address_can_be_named(branch: Branch, webhook: Any) -> None:
    """AWS's console shows the address with `operation=startbuild`, and users post without it."""
    assert post(webhook["webhookUrl"] + "&operation=startbuild").status == 200
    assert len(branch.listed()) == 1


def test_a_post_can_be_lost(branch: Branch, emulator: Control, webhook: Any) -> None:
    """A fault before has no effect; one after has it, and the answer is an error."""
    emulator.fault(Fault("503", "PostWebhook"), Fault("500", "PostWebhook", "after", skip=1))
    assert post(webhook["webhookUrl"]).status == 503
    assert branch.listed() == []
    assert post(webhook["webhookUrl"]).status == 500
    assert len(branch.listed()) == 1


def test_a_post_waits_for_no_other_region(emulator: Control) -> None:
    """It takes no lock of another one with its own, or it and a save could wait for each other."""
    emulator.create_app("dother", region="eu-west-1")
    place = {"appId": "dother", "branchName": "main"}
    made = make_client("eu-west-1").create_webhook(**place)["webhook"]
    emulator.fault(Fault("slow", "PostWebhook", seconds=0.5))
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(post, made["webhookUrl"])
        wait_until(lambda: bool(emulator.calls("PostWebhook")), "the emulator gets the post")
        with backend_of("123456789012", "us-east-1").lock:
            assert answer.result(timeout=10).status == 200


def test_a_webhook_is_made_changed_listed_and_deleted(
    branch: Branch, emulator: Control, webhook: Any
) -> None:
    """It keeps its address when it leads to another branch; a deleted one is not found."""
    client = branch.client
    identity: Any = {"webhookId": webhook["webhookId"]}
    assert webhook["webhookArn"].endswith(f":apps/{APP}/webhooks/{webhook['webhookId']}")
    assert client.get_webhook(**identity)["webhook"] == webhook
    client.create_branch(appId=APP, branchName="next")
    emulator.advance(10)
    changed = client.update_webhook(**identity, branchName="next")["webhook"]
    assert (changed["branchName"], changed["description"]) == ("next", "the CMS")
    assert changed["webhookUrl"] == webhook["webhookUrl"]
    assert changed["updateTime"] > webhook["updateTime"]
    assert client.list_webhooks(appId=APP)["webhooks"] == [changed]
    assert client.delete_webhook(**identity)["webhook"] == changed
    assert refused(client.get_webhook, **identity)[:2] == (404, "NotFoundException")
    assert post(webhook["webhookUrl"]).status == 403


def test_a_webhook_needs_its_branch(branch: Branch, webhook: Any) -> None:
    """It is made for, and changed to, a branch that exists; it goes with its branch."""
    client = branch.client
    assert refused(client.create_webhook, appId=APP, branchName="none")[0] == 404
    identity: Any = {"webhookId": webhook["webhookId"]}
    assert refused(client.update_webhook, **identity, branchName="none")[0] == 404
    client.delete_branch(**branch.place)
    assert refused(client.get_webhook, **identity)[0] == 404


def test_a_server_has_its_webhooks_itself() -> None:
    """The address is the server's, and works with any HTTP client."""
    with Server() as server:
        server.control.reset()
        server.control.create_app(APP)
        client = make_client(url=server.url)
        made = client.create_webhook(appId=APP, branchName="main")["webhook"]
        assert made["webhookUrl"].startswith(f"{server.url}/_webhooks/prod/webhooks?id=")
        assert post(made["webhookUrl"]).status == 200
        assert len(server.control.jobs(APP)) == 1
        server.control.reset()
