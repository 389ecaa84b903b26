"""The emulator in this process, asked by boto3 on a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from amplify_job_resource.emulator import Control, Plan
from amplify_job_resource.emulator.fixture import amplify_emulator
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_amplify import AmplifyClient

__all__ = ["amplify_emulator"]

APP = "d1a2b3c4"


@pytest.fixture
def emulator(amplify_emulator: Control) -> Iterator[Control]:
    """An app with a branch; no time passes unless a test lets it."""
    amplify_emulator.create_app(APP, ["main"])
    amplify_emulator.run(0)
    yield amplify_emulator
    amplify_emulator.reset()


@pytest.fixture
def client(emulator: Control) -> AmplifyClient:
    """boto3's client, without retries."""
    return make_client()


def make_client(region: str = "us-east-1", url: str | None = None) -> AmplifyClient:
    """A client that asks once."""
    return boto3.client(
        "amplify",
        region_name=region,
        endpoint_url=url,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(retries={"total_max_attempts": 1}, read_timeout=10),
    )


class Branch:
    """One branch, as a person with a client sees it."""

    def __init__(self, client: AmplifyClient, control: Control, name: str = "main") -> None:
        self.client = client
        self.control = control
        self.place: Any = {"appId": APP, "branchName": name}

    def plan(self, *plans: Plan) -> None:
        self.control.plan(APP, self.place["branchName"], *plans)

    def start(self, **members: Any) -> str:
        """StartJob; the job's id."""
        request: Any = {**self.place, "jobType": "RELEASE", **members}
        return self.client.start_job(**request)["jobSummary"]["jobId"]

    def stop(self, job_id: str) -> str:
        """StopJob; the status it answers."""
        return self.client.stop_job(**self.place, jobId=job_id)["jobSummary"]["status"]

    def summary(self, job_id: str) -> Any:
        """GetJob's summary."""
        return self.client.get_job(**self.place, jobId=job_id)["job"]["summary"]

    def status(self, job_id: str) -> str:
        """The status that GetJob gives."""
        return str(self.summary(job_id)["status"])

    def steps(self, job_id: str) -> list[Any]:
        """GetJob's steps."""
        return list(self.client.get_job(**self.place, jobId=job_id)["job"]["steps"])

    def listed(self, **members: Any) -> list[Any]:
        """One page of ListJobs."""
        return list(self.client.list_jobs(**self.place, **members)["jobSummaries"])


@pytest.fixture
def branch(client: AmplifyClient, emulator: Control) -> Branch:
    """d1a2b3c4/main."""
    return Branch(client, emulator)


@pytest.fixture
def new_branch(client: AmplifyClient, emulator: Control) -> Callable[[str], Branch]:
    """Makes further branches of the app."""

    def new_branch(name: str) -> Branch:
        client.create_branch(appId=APP, branchName=name)
        return Branch(client, emulator, name)

    return new_branch
