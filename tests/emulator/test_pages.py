"""Lists come in pages, each item once, whatever happens between two pages."""

from __future__ import annotations

from typing import Any

import pytest
from amplify_job_resource.emulator import Control, Plan

from tests.emulator.conftest import APP, Branch
from tests.emulator.test_jobs import refused


@pytest.fixture
def branches(emulator: Control) -> list[str]:
    """The names of the app's branches."""
    names = ["a", "b", "c", "d", "e", "f", "ü" * 255]
    emulator.create_app(APP, names)
    return names


def page(branch: Branch, token: str | None = None, **members: Any) -> tuple[list[str], str | None]:
    """Two branches, and the token for the next page."""
    more = {"nextToken": token} if token else {}
    answer = branch.client.list_branches(appId=APP, **{"maxResults": 2, **more, **members})
    return [each["branchName"] for each in answer["branches"]], answer.get("nextToken")


def test_each_item_comes_once(branch: Branch, branches: list[str]) -> None:
    """Deleting what was shown, and making what comes before it, moves nothing."""
    first, token = page(branch)
    assert first == ["a", "b"]
    branch.client.delete_branch(appId=APP, branchName="b")
    branch.client.create_branch(appId=APP, branchName="aa")
    second, token = page(branch, token)
    assert second == ["c", "d"]
    branch.client.delete_branch(appId=APP, branchName="e")
    third, token = page(branch, token)
    assert third == ["f", "ü" * 255]
    assert token is None


def test_new_jobs_are_not_in_older_pages(branch: Branch, emulator: Control) -> None:
    """Jobs come newest first: one that starts meanwhile repeats none."""
    emulator.default_plan(Plan.instant())
    for _ in range(4):
        branch.start()
    answer = branch.client.list_jobs(**branch.place, maxResults=2)
    branch.start()
    token = answer["nextToken"]
    older = branch.client.list_jobs(**branch.place, maxResults=5, nextToken=token)
    assert [job["jobId"] for job in older["jobSummaries"]] == ["2", "1"]


def test_a_token_is_good_for_its_list(branch: Branch, branches: list[str]) -> None:
    """Another list's token, a changed one and an invented one are refused."""
    _, token = page(branch)
    assert token
    client: Any = branch.client
    bad = (400, "BadRequestException", "nextToken is invalid")
    assert refused(client.list_apps, nextToken=token) == bad
    assert refused(client.list_webhooks, appId=APP, nextToken=token) == bad
    for other in (token[:-4], token[4:], "5", "e30=", "bnVsbA==", "ü", "=" * 2000):
        assert refused(page, branch, other) == bad


def test_no_number_is_the_usual_one(branch: Branch, emulator: Control) -> None:
    """Without maxResults, and with 0, a page has fifty; ListApps gives a hundred if asked."""
    for number in range(120):
        emulator.create_app(f"dx{number}", [])
    assert len(branch.client.list_apps()["apps"]) == 50
    assert len(branch.client.list_apps(maxResults=0)["apps"]) == 50
    assert len(branch.client.list_apps(maxResults=100)["apps"]) == 100
    assert refused(branch.client.list_apps, maxResults=101)[0] == 400
