"""Tags of apps, branches, domains and webhooks."""

from __future__ import annotations

from typing import Any

import pytest
from amplify_job_resource.emulator import Control

from tests.emulator.conftest import APP, Branch, make_client
from tests.emulator.test_jobs import refused

ARN = f"arn:aws:amplify:us-east-1:123456789012:apps/{APP}"


@pytest.fixture
def arns(branch: Branch, emulator: Control) -> list[str]:
    """The ARNs of one resource of each kind that has tags; the branch has a slash in its name."""
    branch.client.create_branch(appId=APP, branchName="feature/x y")
    emulator.domain(APP, "example.com", {"": "main"})
    webhook = branch.client.create_webhook(**branch.place)["webhook"]
    return [ARN, f"{ARN}/branches/feature/x y", f"{ARN}/domains/example.com", webhook["webhookArn"]]


def test_each_resource_has_its_tags(branch: Branch, arns: list[str]) -> None:
    """Tags are added, replaced and removed, on one resource each."""
    client = branch.client
    for arn in arns:
        client.tag_resource(resourceArn=arn, tags={"owner": arn[-9:], "team": "web"})
    for arn in arns:
        client.tag_resource(resourceArn=arn, tags={"team": "shop"})
        expected = {"owner": arn[-9:], "team": "shop"}
        assert client.list_tags_for_resource(resourceArn=arn)["tags"] == expected
        client.untag_resource(resourceArn=arn, tagKeys=["team", "absent"])
        assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"owner": arn[-9:]}


def test_apps_and_branches_can_be_made_with_tags(branch: Branch) -> None:
    """Their own operations show them, and updates leave them."""
    client = branch.client
    app = client.create_app(name="shop", tags={"team": "web"})["app"]
    assert client.update_app(appId=app["appId"], name="shop2")["app"]["tags"] == {"team": "web"}
    client.tag_resource(resourceArn=app["appArn"], tags={"cost": "1"})
    assert client.get_app(appId=app["appId"])["app"]["tags"] == {"team": "web", "cost": "1"}
    made = client.create_branch(appId=app["appId"], branchName="main", tags={"a": "b"})["branch"]
    assert made["tags"] == {"a": "b"}
    assert client.list_tags_for_resource(resourceArn=made["branchArn"])["tags"] == {"a": "b"}


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:amplify:us-east-1:123456789012:apps/dnone",
        f"{ARN}/branches/none",
        f"{ARN}/domains/none.com",
        f"{ARN}/webhooks/none",
        f"{ARN}/branches/main/jobs/0000000001",
        f"{ARN}/",
        ARN.replace("us-east-1", "eu-west-1"),
        ARN.replace("123456789012", "210987654321"),
        "arn:aws:amplify:",
    ],
)
def test_what_has_no_tags_is_not_found(branch: Branch, arn: str) -> None:
    """Another account's or region's is not found either; the error is one of its own."""
    code = (404, "ResourceNotFoundException")
    assert refused(branch.client.list_tags_for_resource, resourceArn=arn)[:2] == code
    assert refused(branch.client.tag_resource, resourceArn=arn, tags={"a": "b"})[:2] == code
    assert refused(branch.client.untag_resource, resourceArn=arn, tagKeys=["a"])[:2] == code


@pytest.mark.parametrize(
    "tags",
    [
        {"aws:team": "web"},
        {"a b": "web"},
        {"a" * 129: "web"},
        {"team": "w" * 257},
        {"team": "{}"},
        {f"k{number}": "" for number in range(51)},
    ],
)
def test_tags_are_checked(branch: Branch, tags: dict[str, str]) -> None:
    """AWS's limits, here and where a resource is made; nothing is kept of a request that is refused."""
    client = branch.client
    code = (400, "BadRequestException")
    assert refused(client.tag_resource, resourceArn=ARN, tags=tags)[:2] == code
    assert refused(client.create_app, name="x", tags=tags)[:2] == code
    assert client.list_tags_for_resource(resourceArn=ARN)["tags"] == {}


def test_a_resource_has_fifty_tags_at_most(branch: Branch) -> None:
    """The fifty-first is refused, with all that came with it; replacing one of fifty is not."""
    client: Any = branch.client
    client.tag_resource(resourceArn=ARN, tags={f"k{number}": "é 日" for number in range(50)})
    assert refused(client.tag_resource, resourceArn=ARN, tags={"k0": "x", "more": "y"})[0] == 400
    client.tag_resource(resourceArn=ARN, tags={"k0": "z"})
    tags = make_client().list_tags_for_resource(resourceArn=ARN)["tags"]
    assert (len(tags), tags["k0"], tags["k1"]) == (50, "z", "é 日")
