"""Domain associations as clients make them, and how they become available."""

from __future__ import annotations

from typing import Any

import pytest
from amplify_job_resource.emulator import Control

from tests.emulator.conftest import APP, Branch
from tests.emulator.test_jobs import refused

PLACE: Any = {"appId": APP, "domainName": "example.com"}
WWW: Any = [{"prefix": "www", "branchName": "main"}, {"prefix": "", "branchName": "main"}]
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/1"


def create(branch: Branch, **members: Any) -> Any:
    request = {**PLACE, "subDomainSettings": WWW, **members}
    return branch.client.create_domain_association(**request)["domainAssociation"]


def get(branch: Branch) -> Any:
    return branch.client.get_domain_association(**PLACE)["domainAssociation"]


def walk(branch: Branch, emulator: Control, word: str = "domainStatus") -> list[str]:
    """The statuses that a domain shows in the next minutes, each once."""
    seen: list[str] = []
    for _ in range(250):
        status = get(branch).get(word)
        if status not in seen[-1:]:
            seen.append(status)
        emulator.advance(1)
    return seen


def test_a_domain_becomes_available(branch: Branch, emulator: Control) -> None:
    """It goes through its statuses on the emulator's clock; then names lead to the branch."""
    made = create(branch, enableAutoSubDomain=True)
    assert (made["domainStatus"], made["enableAutoSubDomain"]) == ("CREATING", True)
    assert [each["verified"] for each in made["subDomains"]] == [False, False]
    assert made["subDomains"][0]["dnsRecord"] == "www CNAME <pending>"
    assert "certificateVerificationDNSRecord" not in made
    assert walk(branch, emulator) == [
        "CREATING",
        "REQUESTING_CERTIFICATE",
        "PENDING_VERIFICATION",
        "PENDING_DEPLOYMENT",
        "AWAITING_APP_CNAME",
        "AVAILABLE",
    ]
    ready = get(branch)
    assert [each["verified"] for each in ready["subDomains"]] == [True, True]
    assert ready["subDomains"][0]["dnsRecord"].endswith(".cloudfront.net")
    record = ready["certificateVerificationDNSRecord"]
    assert record.split(" ")[0].endswith(".example.com.")
    assert ready["certificate"]["certificateVerificationDNSRecord"] == record
    found = branch.client.get_branch(**branch.place)["branch"]["customDomains"]
    assert found == ["www.example.com", "example.com"]


def test_a_certificate_of_one_s_own_is_imported(branch: Branch, emulator: Control) -> None:
    """There is nothing to verify then."""
    settings = {"type": "CUSTOM", "customCertificateArn": CERTIFICATE}
    create(branch, certificateSettings=settings)
    statuses = walk(branch, emulator)
    assert statuses[:2] == ["CREATING", "IMPORTING_CUSTOM_CERTIFICATE"]
    assert "PENDING_VERIFICATION" not in statuses
    assert get(branch)["certificate"] == settings
    assert "certificateVerificationDNSRecord" not in get(branch)


def test_an_available_domain_is_updated(branch: Branch, emulator: Control) -> None:
    """It is UPDATING for some time; the old subdomains stay verified, the new ones become so."""
    branch.client.create_branch(appId=APP, branchName="dev")
    create(branch)
    emulator.advance(1000)
    subdomains: Any = [*WWW, {"prefix": "dev", "branchName": "dev"}]
    members: Any = {"subDomainSettings": subdomains, "autoSubDomainCreationPatterns": ["x*"]}
    update = branch.client.update_domain_association
    changed: Any = update(**PLACE, **members)["domainAssociation"]
    assert (changed["domainStatus"], changed["updateStatus"]) == ("UPDATING", "PENDING_DEPLOYMENT")
    assert [each["verified"] for each in changed["subDomains"]] == [True, True, False]
    assert changed["autoSubDomainCreationPatterns"] == ["x*"]
    words = ["PENDING_DEPLOYMENT", "AWAITING_APP_CNAME", "UPDATE_COMPLETE"]
    assert walk(branch, emulator, "updateStatus") == words
    assert get(branch)["domainStatus"] == "AVAILABLE"
    assert all(each["verified"] for each in get(branch)["subDomains"])


def test_a_domain_of_control_keeps_its_status(branch: Branch, emulator: Control) -> None:
    """What `Control` set up does not move by itself, and is updated from there."""
    emulator.domain(APP, "example.com", {"www": "main"}, status="FAILED", verified=False)
    emulator.advance(1000)
    branch.client.update_domain_association(**PLACE, subDomainSettings=WWW)
    assert (get(branch)["domainStatus"], len(get(branch)["subDomains"])) == ("FAILED", 2)
    emulator.domain(APP, "example.com", {"www": "main"})
    branch.client.update_domain_association(**PLACE, enableAutoSubDomain=True)
    assert walk(branch, emulator) == ["UPDATING", "AVAILABLE"]


def test_a_domain_is_deleted(branch: Branch) -> None:
    """The last answer is the domain; then it is not found, and can be made again."""
    made = create(branch)
    client = branch.client
    assert client.delete_domain_association(**PLACE)["domainAssociation"] == made
    for call in (
        client.get_domain_association,
        client.update_domain_association,
        client.delete_domain_association,
    ):
        assert refused(call, **PLACE)[:2] == (404, "NotFoundException")
    create(branch)


def test_a_domain_is_associated_once(branch: Branch, emulator: Control) -> None:
    """Not twice with an app, and no host with two apps, in AWS's words."""
    create(branch)
    assert refused(create, branch)[:2] == (400, "BadRequestException")
    emulator.create_app("dother")
    assert refused(create, branch, appId="dother") == (
        400,
        "BadRequestException",
        "One or more domains requested are already associated with another Amplify app: "
        "www.example.com, example.com",
    )
    create(branch, appId="dother", subDomainSettings=[{"prefix": "shop", "branchName": "main"}])


@pytest.mark.parametrize(
    ("members", "status", "words"),
    [
        (
            {"subDomainSettings": [{"prefix": "", "branchName": "none"}]},
            400,
            "A subdomain cannot point to a non-existent branch",
        ),
        ({"subDomainSettings": [WWW[0], WWW[0]]}, 400, "the same prefix"),
        ({"certificateSettings": {"type": "CUSTOM"}}, 400, "customCertificateArn is required"),
        (
            {"subDomainSettings": [{"prefix": f"p{n}", "branchName": "main"} for n in range(51)]},
            429,
            "Too many sub domains requested, the maximum allowed in your account is 50",
        ),
    ],
)
def test_a_wrong_association_is_refused(
    branch: Branch, members: Any, status: int, words: str
) -> None:
    """It is neither made, nor is one that is there changed to it."""
    answer = refused(create, branch, **members)
    assert (answer[0], words in answer[2]) == (status, True)
    made = create(branch)
    update: Any = branch.client.update_domain_association
    assert refused(update, **PLACE, **members)[0] == status
    assert get(branch) == made
