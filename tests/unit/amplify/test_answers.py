"""AWS's answers as records, also where members are missing that its model requires."""

from __future__ import annotations

from typing import Any

import pytest
from amplify_job_resource._amplify.answers import domain_record, has_job_id, job_record
from amplify_job_resource._amplify.ids import BranchId, JobId
from amplify_job_resource._amplify.records import DomainRecord, JobRecord, Step, SubDomain
from amplify_job_resource._amplify.status import NO_STATUS

from tests.unit.samples import NOON

BRANCH = BranchId("d1a2", "feature/x")
SUMMARY = {
    "jobArn": "arn:aws:amplify:eu-west-1:1:apps/d1a2/branches/feature%2Fx/jobs/0000000042",
    "jobId": "42",
    "commitId": "HEAD",
    "commitMessage": "m",
    "startTime": NOON,
    "status": "SUCCEED",
    "endTime": NOON,
    "jobType": "RELEASE",
}


def test_a_summary_is_a_job_of_the_branch_that_was_asked() -> None:
    """Every member that is known is taken over."""
    step = {"stepName": "BUILD", "status": "FAILED", "startTime": NOON, "statusReason": "exit 1"}
    assert job_record(BRANCH, "eu-west-1", SUMMARY, [step]) == JobRecord(
        id=JobId("d1a2", "feature/x", "42"),
        status="SUCCEED",
        arn=str(SUMMARY["jobArn"]),
        job_type="RELEASE",
        reported_commit="HEAD",
        commit_message="m",
        start_time=NOON,
        end_time=NOON,
        region="eu-west-1",
        steps=(Step("BUILD", "FAILED", NOON, None, "exit 1"),),
    )


def test_a_number_alone_is_a_job() -> None:
    """What else is missing counts as unknown, also in a step."""
    found = job_record(BRANCH, None, {"jobId": 7}, [{}])
    assert (found.id.number, found.status, found.steps) == (7, NO_STATUS, (Step("?", NO_STATUS),))
    assert found == JobRecord(found.id, NO_STATUS, steps=found.steps)


@pytest.mark.parametrize(
    ("summary", "told"),
    [({"jobId": "42"}, True), ({"jobId": 42}, True), ({"jobId": "x"}, False), ({}, False)],
)
def test_a_job_without_a_number_cannot_be_followed(summary: dict[str, Any], told: bool) -> None:
    """The number is asked for before a record is made."""
    assert has_job_id(summary) is told


@pytest.mark.parametrize("status", ["RUNNING", "CANCELLING", "BRAND_NEW", None])
def test_a_job_that_goes_on_has_no_end(status: str | None) -> None:
    """AWS may tell an end that is not one."""
    assert job_record(BRANCH, None, {**SUMMARY, "status": status}).end_time is None


@pytest.mark.parametrize(
    ("told", "source"),
    [
        ("https://example.com/site.zip?X-Amz-Signature=abc", "https://example.com/site.zip"),
        ("s3://bucket/prefix/", "s3://bucket/prefix/"),
        (None, None),
        (3, None),
    ],
)
def test_the_source_of_a_deployment_has_no_signature(told: Any, source: str | None) -> None:
    """AWS gives back the address that a deployment was started with, and the query never gets on."""
    record = job_record(BRANCH, None, {**SUMMARY, "sourceUrl": told})
    assert record.source == source
    assert "Signature" not in repr(record)


def test_words_of_aws_are_of_one_line() -> None:
    """A status or a step's name that nobody knows cannot break a row."""
    found = job_record(BRANCH, None, {"jobId": "1", "status": "A\nB" * 40}, [{"stepName": "C\tD"}])
    assert "\n" not in found.status
    assert len(found.status) <= 40
    assert found.steps[0].name == "C D"


def test_a_domain_has_its_subdomains() -> None:
    """Names, and whether AWS has verified them; what is missing is empty."""
    entry = {
        "domainName": "example.com",
        "domainStatus": "AVAILABLE",
        "subDomains": [
            {"subDomainSetting": {"prefix": "www", "branchName": "main"}, "verified": True},
            {},
        ],
    }
    assert domain_record(entry) == DomainRecord(
        "example.com", "AVAILABLE", (SubDomain("www", "main", True), SubDomain("", "", False))
    )
    assert domain_record({"subDomains": None}) == DomainRecord("", "", ())
