from __future__ import annotations

from typing import Any

import pytest
from amplify_job_resource._inputs.request import JOB_INPUTS
from amplify_job_resource._inputs.rules import Problem
from amplify_job_resource._kind import DEPLOYMENT, JOB
from amplify_job_resource._native.results import (
    created_later,
    failures,
    found_by_id,
    updated_later,
)
from amplify_job_resource._state import properties_of
from amplify_job_resource._values.unknown import UNKNOWN
from pulumi.runtime.proto import provider_pb2 as rpc

from tests.unit.samples import a_job

INPUTS = {"appId": "d1a2", "branchName": "main", "region": "eu-west-1", "jobType": "RELEASE"}
STATE: dict[str, Any] = {
    **INPUTS,
    "jobId": "41",
    "jobArn": "arn",
    "status": "SUCCEED",
    "steps": [],
    "url": "https://x",
    "healthy": None,
}
OF_THE_JOB = {"status", "reportedCommitId", "startTime", "endTime", "durationSeconds", "steps"}


@pytest.mark.parametrize("kind", [JOB, DEPLOYMENT])
def test_a_resource_to_come_is_known_by_its_inputs(kind: Any) -> None:
    """In a preview dependents of a new resource see its inputs, and no output yet."""
    known = created_later({**INPUTS, "commitId": UNKNOWN}, kind)
    assert {key for key, value in known.items() if value is not UNKNOWN} == INPUTS.keys()
    assert known.keys() >= set(kind.outputs.values())


@pytest.mark.parametrize(
    ("old", "new", "unknown", "healthy"),
    [
        ({}, {"jobReason": "r"}, set(), None),
        # The job goes on, and is waited for.
        ({"status": "RUNNING"}, {}, OF_THE_JOB, None),
        ({"status": "RUNNING"}, {"waitForCompletion": UNKNOWN}, OF_THE_JOB, None),
        ({"status": "RUNNING"}, {"waitForCompletion": False}, set(), None),
        # The page is looked at, unless that was done before.
        ({}, {"healthCheck": "/"}, {"healthy"}, UNKNOWN),
        ({"healthCheck": "/", "healthy": True}, {"healthCheck": "/"}, set(), True),
        ({"healthCheck": "/", "healthy": True}, {"healthCheck": "/x"}, {"healthy"}, UNKNOWN),
        ({"healthCheck": "/", "healthy": False}, {"healthCheck": "/"}, {"healthy"}, UNKNOWN),
        ({"healthCheck": "/", "healthy": True}, {}, set(), None),
        ({"healthy": True}, {"healthCheck": UNKNOWN}, {"healthCheck", "healthy"}, UNKNOWN),
        ({"status": "RUNNING"}, {"healthCheck": "/"}, {*OF_THE_JOB, "healthy"}, UNKNOWN),
    ],
)
def test_an_update_to_come_is_known_but_for_what_it_waits_for(
    old: dict[str, Any], new: dict[str, Any], unknown: set[str], healthy: Any
) -> None:
    """In a preview all outputs stay, except those that the update has to look at."""
    known = updated_later({**STATE, **old}, {**INPUTS, **new}, JOB)
    asked = {key for key, value in new.items() if value is UNKNOWN and key not in unknown}
    assert {key for key, value in known.items() if value is UNKNOWN} == unknown | asked
    assert known["healthy"] is healthy
    assert known["jobArn"] == "arn"
    assert {**INPUTS, **new}.items() <= known.items()


def test_an_update_of_a_deployment_has_its_outputs_only() -> None:
    """A deployment has no reported commit, also while it is waited for."""
    known = updated_later({**STATE, "status": "RUNNING"}, INPUTS, DEPLOYMENT)
    assert known["status"] is UNKNOWN
    assert "reportedCommitId" not in known


SHA = "1f3c9e2a771f3c9e2a771f3c9e2a771f3c9e2a77"


@pytest.mark.parametrize(
    ("job_type", "commit", "inputs", "recorded"),
    [
        ("RELEASE", "HEAD", {}, "RELEASE"),
        ("RELEASE", None, {}, "RELEASE"),
        ("RELEASE", SHA, {"commitId": SHA}, "RELEASE"),
        ("RETRY", SHA, {"commitId": SHA}, None),
        ("MANUAL", None, {}, None),
        (None, "HEAD", {}, None),
    ],
)
def test_a_job_that_is_found_becomes_a_short_program(
    job_type: str | None, commit: str | None, inputs: dict[str, Any], recorded: str | None
) -> None:
    """The inputs are those that a person would write; the defaults are in state alone."""
    asked = {"appId": "d1a2", "branchName": "main", "region": "eu-west-1", "jobType": job_type}
    job = a_job("SUCCEED", reported_commit=commit)
    read = properties_of(asked, job, adopted=False, url=None)
    properties, found = found_by_id(read, JOB)
    assert found == {"appId": "d1a2", "branchName": "main", **inputs}
    assert properties.get("jobType") == recorded
    defaults = {k: v for k, v in JOB_INPUTS.defaults.items() if k != "jobType"}
    assert {**defaults, **found, "region": "eu-west-1"}.items() <= properties.items()


def test_a_deployment_that_is_found_names_no_commit() -> None:
    """A deployment has neither a commit nor a type among its inputs."""
    asked = {"appId": "d1a2", "branchName": "main"}
    job = a_job("SUCCEED", reported_commit=SHA)
    read = properties_of(asked, job, adopted=False, url=None, outputs=DEPLOYMENT.outputs)
    properties, found = found_by_id(read, DEPLOYMENT)
    assert found == asked
    assert not {"jobType", "commitId"} & properties.keys()
    assert properties["onBusy"] == "wait"


def test_problems_are_told_at_their_inputs() -> None:
    """A check's answer has each problem at its input, without a color tag of Pulumi's."""
    told = failures([Problem("region", "the provider's region is <{%red%}>")])
    assert told == [
        rpc.CheckFailure(property="region", reason="the provider's region is < {%red%}>")
    ]
