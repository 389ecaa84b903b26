"""The address at which people open a branch's site."""

from __future__ import annotations

import pytest
from amplify_job_resource import AwsError, Unanswered
from amplify_job_resource._amplify.ids import BranchId
from amplify_job_resource._amplify.records import (
    AppRecord,
    BranchRecord,
    DomainRecord,
    SubDomain,
)
from amplify_job_resource._amplify.site import Site, find_site, site_url

from tests.operations import FakeOperation
from tests.unit.start.fakes import DENIED, MISSING, THROTTLED, UNCLEAR, FakeBranch

MAIN = BranchId("d1a2", "main")
DEFAULT = "https://main.d1a2.amplifyapp.com"
APP = AppRecord("r", "d1a2.amplifyapp.com")


def a_domain(
    *names: SubDomain, name: str = "example.com", status: str = "AVAILABLE"
) -> DomainRecord:
    return DomainRecord(name, status, names)


def url_of(*domains: DomainRecord, display_name: str | None = "main") -> str | None:
    return site_url(MAIN, BranchRecord(display_name=display_name), APP, domains)


@pytest.mark.parametrize(
    ("display_name", "host"),
    [
        ("main", "main"),
        ("feature/my_CoolBranch", "feature-my-coolbranch"),
        ("release-6.2", "release-6-2"),
        ("pr-7", "pr-7"),
        ("x" * 63, "x" * 63),
    ],
)
def test_the_default_address(display_name: str, host: str) -> None:
    """Amplify writes a branch in its host's name with small letters and dashes."""
    assert url_of(display_name=display_name) == f"https://{host}.d1a2.amplifyapp.com"


@pytest.mark.parametrize("display_name", [None, "", "x" * 64, "grün", "a b"])
def test_a_name_that_cannot_be_a_host_has_no_address(display_name: str | None) -> None:
    """A wrong address is worse than none; so is the one that is too long for DNS."""
    assert url_of(display_name=display_name) is None


def test_without_the_app_there_is_no_default_address() -> None:
    """The domain is AWS's to tell."""
    assert site_url(MAIN, BranchRecord(display_name="main"), AppRecord(), []) is None


@pytest.mark.parametrize(
    ("domains", "url"),
    [
        ([a_domain(SubDomain("", "main", True))], "https://example.com"),
        ([a_domain(SubDomain("www", "main", True))], "https://www.example.com"),
        ([a_domain(SubDomain("www", "main"))], "https://www.example.com"),
        (
            [a_domain(SubDomain("www", "main"), SubDomain("app", "main", True))],
            "https://app.example.com",
        ),
        (
            [a_domain(SubDomain("www", "main", True), SubDomain("", "main", True))],
            "https://example.com",
        ),
        (
            [a_domain(SubDomain("b", "main", True), SubDomain("a", "main", True))],
            "https://a.example.com",
        ),
        ([a_domain(SubDomain("dev", "dev", True))], DEFAULT),
        ([a_domain(SubDomain("*", "main", True))], DEFAULT),
        ([a_domain(SubDomain("", "main", True), status="FAILED")], DEFAULT),
        ([a_domain(SubDomain("", "main", True), status="PENDING_VERIFICATION")], DEFAULT),
        (
            [
                a_domain(SubDomain("", "main", True), status="FAILED"),
                a_domain(SubDomain("", "main", True), name="Example.NET"),
            ],
            "https://example.net",
        ),
    ],
)
def test_a_custom_domain_that_works_comes_first(domains: list[DomainRecord], url: str) -> None:
    """Verified names before others, then the shortest; a wildcard can be opened by nobody."""
    assert url_of(*domains) == url
    assert url_of(*reversed(domains)) == url


def test_three_questions_tell_it() -> None:
    """What was asked before is not asked again."""
    branch = FakeBranch(FakeOperation())
    branch.custom_domains = [a_domain(SubDomain("", "main", True))]
    assert find_site(branch) == Site("https://example.com", is_certain=True)
    assert branch.asked == ["branch", "app", "domains"]
    branch.asked.clear()
    assert find_site(branch, AppRecord(), BranchRecord()).url == "https://example.com"
    assert branch.asked == ["domains"]


@pytest.mark.parametrize(
    ("error", "is_certain"), [(DENIED, True), (MISSING, True), (THROTTLED, False), (UNCLEAR, False)]
)
@pytest.mark.parametrize(
    ("question", "url"), [("branch", None), ("app", None), ("domains", DEFAULT)]
)
def test_what_cannot_be_read_is_no_error(
    question: str, url: str | None, error: AwsError, is_certain: bool
) -> None:
    """The default address does where the domains may not be listed; a passing error proves nothing."""
    branch = FakeBranch(FakeOperation())
    branch.fail(question, error)
    assert find_site(branch) == Site(url, is_certain)


@pytest.mark.parametrize("error", [Unanswered("a", "Interrupted", "no answer"), RuntimeError("x")])
def test_an_interrupted_look_asks_no_more(error: Exception) -> None:
    """Ctrl-C is not made to wait for an address."""
    branch = FakeBranch(FakeOperation())
    branch.fail("app", error)  # type: ignore[arg-type]
    assert find_site(branch) == Site(None, is_certain=False)
    assert branch.asked == ["branch", "app"]
