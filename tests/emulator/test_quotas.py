"""AWS's quotas on what is made with its own operations."""

from __future__ import annotations

from typing import Any

from amplify_job_resource.emulator import Control

from tests.emulator.conftest import APP, Branch, make_client
from tests.emulator.test_jobs import refused

LIMIT = (429, "LimitExceededException")


def test_a_region_has_twenty_five_apps(branch: Branch, emulator: Control) -> None:
    """One more is refused in AWS's words; a deleted one makes room, and another region has its own."""
    for _ in range(24):
        last = branch.client.create_app(name="shop")["app"]["appId"]
    assert refused(branch.client.create_app, name="shop") == (
        *LIMIT,
        "Failed to create app. You have reached the maximum number of apps in this account.",
    )
    make_client("eu-west-1").create_app(name="shop")
    branch.client.delete_app(appId=last)
    branch.client.create_app(name="shop")
    emulator.create_app("dmore")  # which is no operation of AWS


def test_an_app_has_fifty_branches(branch: Branch, emulator: Control) -> None:
    """One more is refused, and one of a name that is there is a bad request even then."""
    emulator.create_app(APP, [f"b{number}" for number in range(50)])
    create: Any = branch.client.create_branch
    assert refused(create, appId=APP, branchName="more")[:2] == LIMIT
    assert refused(create, appId=APP, branchName="b7") == (
        400,
        "BadRequestException",
        f"Failed to create branch. The branch b7 already exists for the app {APP}",
    )


def test_an_app_has_five_domains(branch: Branch, emulator: Control) -> None:
    """One more is refused in AWS's words."""
    for number in range(5):
        emulator.domain(APP, f"{number}x.com", {"": "main"})
    create: Any = branch.client.create_domain_association
    members = {"appId": APP, "domainName": "more.com", "subDomainSettings": []}
    assert refused(create, **members) == (
        *LIMIT,
        "You have reached the maximum number of custom domains in this app",
    )


def test_an_app_has_fifty_webhooks(branch: Branch) -> None:
    """One more is refused."""
    for _ in range(50):
        branch.client.create_webhook(**branch.place)
    assert refused(branch.client.create_webhook, **branch.place)[:2] == LIMIT
