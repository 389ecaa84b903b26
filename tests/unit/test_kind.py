"""What the resources of this package differ in."""

from __future__ import annotations

from typing import Any

import pytest
from amplify_job_resource import DeploymentProvider, JobProvider
from amplify_job_resource._inputs.deployment import DEPLOYMENT_INPUTS, DeploymentRequest
from amplify_job_resource._inputs.request import JOB_INPUTS, ReleaseRequest
from amplify_job_resource._kind import DEPLOYMENT, JOB, Kind
from amplify_job_resource._start.address_deployment import AddressDeployment
from amplify_job_resource._start.file_deployment import FileDeployment
from amplify_job_resource._start.git_build import GitBuild
from amplify_job_resource._state import DEPLOYMENT_OUTPUTS, OUTPUTS

from tests.operations import URN
from tests.unit.samples import a_job

PLACE = {"appId": "d1a2", "branchName": "main"}


def method_of(kind: Kind, **inputs: Any) -> Any:
    """The way of starting for inputs."""
    return kind.method(URN, kind.request({**PLACE, **inputs}))


def test_a_kind_is_a_table_a_request_and_a_way_of_starting() -> None:
    """They belong together: a request of the one has the inputs of its own table."""
    assert (JOB.inputs, JOB.outputs) == (JOB_INPUTS, OUTPUTS)
    assert (DEPLOYMENT.inputs, DEPLOYMENT.outputs) == (DEPLOYMENT_INPUTS, DEPLOYMENT_OUTPUTS)
    assert type(JOB.request(PLACE)) is ReleaseRequest
    assert type(DEPLOYMENT.request({**PLACE, "source": "dist"})) is DeploymentRequest
    assert type(method_of(JOB)) is GitBuild


@pytest.mark.parametrize(
    ("source", "method"),
    [
        ("dist", FileDeployment),
        ("site.zip", FileDeployment),
        ([["index.html", "text", ""]], FileDeployment),
        ("https://example.com/site.zip", AddressDeployment),
        ("s3://bucket/prefix/", AddressDeployment),
    ],
)
def test_files_that_are_elsewhere_are_fetched_by_aws(source: Any, method: type[Any]) -> None:
    """And those of this machine are uploaded."""
    assert type(method_of(DEPLOYMENT, source=source)) is method


def test_only_a_job_of_its_own_kind_may_be_stopped() -> None:
    """A deployment says nothing of who made it; a build is never one, and the other way round."""
    build = a_job(
        job_type="RELEASE", commit_message=method_of(JOB).start_job_request()["commitMessage"]
    )
    deployment = a_job(job_type="MANUAL")
    assert (JOB.owns(build, URN), DEPLOYMENT.owns(build, URN)) == (True, False)
    assert DEPLOYMENT.owns(deployment, URN)
    assert DEPLOYMENT.owns(a_job(), URN)


def test_each_provider_has_a_life_of_its_own_kind() -> None:
    """What is kept between two operations of one is not kept for the other."""
    lifecycles = JobProvider.lifecycle, DeploymentProvider.lifecycle
    assert [lifecycle._kind for lifecycle in lifecycles] == [JOB, DEPLOYMENT]
    assert lifecycles[0].plans is not lifecycles[1].plans
