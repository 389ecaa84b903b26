"""Addresses of sites: default domains, the names of branches in them, and domains of one's own."""

from __future__ import annotations

from typing import Any

import pytest
from amplify_job_resource.emulator import Control
from amplify_job_resource.emulator.exceptions import AmplifyError
from botocore.exceptions import ClientError

from tests.emulator.conftest import APP, Branch, make_client


def listed(branch: Branch, **members: Any) -> list[Any]:
    """What ListDomainAssociations answers."""
    answer = branch.client.list_domain_associations(appId=APP, **members)
    return list(answer["domainAssociations"])


def test_an_app_has_a_default_domain(branch: Branch) -> None:
    """It is the app's id below amplifyapp.com."""
    assert branch.client.get_app(appId=APP)["app"]["defaultDomain"] == f"{APP}.amplifyapp.com"


@pytest.mark.parametrize(
    ("name", "display_name"),
    [
        ("main", "main"),
        ("feature/my_CoolBranch", "feature-my-coolbranch"),
        ("release-6.2", "release-6-2"),
        ("a/_b", "a--b"),
        ("B" * 80, "b" * 80),
    ],
)
def test_a_branch_is_shown_as_its_host(branch: Branch, name: str, display_name: str) -> None:
    """Small letters, and hyphens for what no host can have; nothing is cut."""
    place: Any = {"appId": APP, "branchName": name}
    if name != "main":
        branch.client.create_branch(**place)
    assert branch.client.get_branch(**place)["branch"]["displayName"] == display_name


def test_a_branch_can_have_another_name_in_its_host(branch: Branch) -> None:
    """The displayName of CreateBranch and UpdateBranch is the one that GetBranch answers."""
    place: Any = {"appId": APP, "branchName": "release/6"}
    made = branch.client.create_branch(**place, displayName="six")["branch"]
    assert made["displayName"] == "six"
    branch.client.update_branch(**place, displayName="Sixth")
    branch.client.update_branch(**place, ttl="7")
    assert branch.client.get_branch(**place)["branch"]["displayName"] == "Sixth"


def test_a_domain_leads_to_branches(branch: Branch, emulator: Control) -> None:
    """All that AWS's model requires is answered, as `Control` set it up."""
    emulator.domain(APP, "example.com", {"www": "main", "": "main", "dev": "dev"})
    (domain,) = listed(branch)
    arn = f"arn:aws:amplify:us-east-1:123456789012:apps/{APP}/domains/example.com"
    assert domain["domainAssociationArn"] == arn
    assert (domain["domainName"], domain["domainStatus"]) == ("example.com", "AVAILABLE")
    assert (domain["enableAutoSubDomain"], domain["statusReason"]) == (False, "")
    settings = [each["subDomainSetting"] for each in domain["subDomains"]]
    assert [(each["prefix"], each["branchName"]) for each in settings] == [
        ("www", "main"),
        ("", "main"),
        ("dev", "dev"),
    ]
    assert all(each["verified"] for each in domain["subDomains"])
    assert domain["subDomains"][0]["dnsRecord"].startswith("www CNAME d")
    assert domain["subDomains"][0]["dnsRecord"].endswith(".cloudfront.net")


def test_a_domain_can_be_anything_but_ready(branch: Branch, emulator: Control) -> None:
    """Its status has a reason, and its subdomains are verified one by one."""
    both = {"www": "main", "": "main"}
    emulator.domain(APP, "a.com", both, status="FAILED", verified=False, status_reason="no DNS")
    emulator.domain(APP, "b.com", both, verified=["www"])
    emulator.domain(APP, "c.com", both, status="PENDING_VERIFICATION", verified=False)
    failed, half, pending = listed(branch)
    assert (failed["domainStatus"], failed["statusReason"]) == ("FAILED", "no DNS")
    assert [each["verified"] for each in failed["subDomains"]] == [False, False]
    assert [each["verified"] for each in half["subDomains"]] == [True, False]
    assert pending["subDomains"][0]["dnsRecord"] == "www CNAME <pending>"


def test_a_domain_is_replaced(branch: Branch, emulator: Control) -> None:
    """A domain of the same name takes the place of the first, as when it becomes available."""
    emulator.domain(APP, "example.com", {"www": "main"}, status="CREATING", verified=False)
    emulator.domain(APP, "example.com", {"www": "main"})
    (domain,) = listed(branch)
    assert domain["domainStatus"] == "AVAILABLE"


def test_domains_come_in_pages(branch: Branch, emulator: Control) -> None:
    """A page has as many as were asked for, and a token if there are more."""
    names = [f"{letter}.com" for letter in "abcde"]
    for name in names:
        emulator.domain(APP, name, {"": "main"})
    assert len(listed(branch, maxResults=2)) == 2
    pages = branch.client.get_paginator("list_domain_associations").paginate(
        appId=APP, PaginationConfig={"PageSize": 2}
    )
    found = [[each["domainName"] for each in page["domainAssociations"]] for page in pages]
    assert found == [names[:2], names[2:4], names[4:]]


def test_domains_belong_to_an_app_in_a_region(branch: Branch, emulator: Control) -> None:
    """An app that does not exist has none, and cannot get one; a replaced app has none left."""
    with pytest.raises(ClientError, match="NotFoundException"):
        branch.client.list_domain_associations(appId="dnone")
    with pytest.raises(AmplifyError, match="App dnone not found"):
        emulator.domain("dnone", "example.com", {"": "main"})
    emulator.create_app(APP, region="eu-west-1")
    emulator.domain(APP, "example.com", {"": "main"}, region="eu-west-1")
    assert listed(branch) == []
    elsewhere = make_client("eu-west-1")
    assert len(elsewhere.list_domain_associations(appId=APP)["domainAssociations"]) == 1
    emulator.create_app(APP, region="eu-west-1")
    assert elsewhere.list_domain_associations(appId=APP)["domainAssociations"] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"status": "READY"}, "the status of a domain is one of .*AVAILABLE.*, not 'READY'"),
        ({"verified": "www"}, "verified names no subdomain of example.com: w"),
        ({"name": "no domain"}, "domainName: 'no domain' does not match"),
    ],
)
def test_a_wrong_domain_is_refused(
    branch: Branch, emulator: Control, arguments: dict[str, Any], words: str
) -> None:
    """What AWS cannot have is an error, and nothing is made."""
    given: dict[str, Any] = {"name": "example.com", "subdomains": {"": "main"}, **arguments}
    with pytest.raises((ValueError, AmplifyError), match=words):
        emulator.domain(APP, **given)
    assert listed(branch) == []
