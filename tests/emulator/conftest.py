"""The emulator in this process, with a stopped clock, and boto3 clients for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from amplify_job_resource.emulator import Control, Plan, clock, emulator_state, persistence
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_amplify import AmplifyClient


APP = "d1a2b3c4"


@pytest.fixture
def emulator(amplify: Control) -> Iterator[Control]:
    """An emulator with the app d1a2b3c4 and its branch main; its clock is stopped."""
    amplify.create_app(APP, ["main"])
    amplify.run(0)
    yield amplify
    amplify.reset()


class MachineTime:
    """What the emulator uses of the module `time`; time passes only when a test says so."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.slept: list[float] = []

    def time(self) -> float:
        return 1_700_000_000.0 + self.passed

    def monotonic(self) -> float:
        return 5_000.0 + self.passed

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.passed += seconds

    def pass_by(self, seconds: float) -> None:
        self.passed += seconds


@pytest.fixture
def machine_time() -> Iterator[MachineTime]:
    """The machine's time as the emulator sees it, set by hand."""
    machine_time = MachineTime()
    with pytest.MonkeyPatch.context() as patch:
        for module in (clock, persistence):
            patch.setattr(module, "time", machine_time)
        yield machine_time
    # A clock that was made in the test would mix its time with the machine's.
    emulator_state.reset()


@pytest.fixture
def client(emulator: Control) -> AmplifyClient:
    """A boto3 client without retries."""
    return make_client()


def make_client(
    region: str = "us-east-1", key: str = "testing", url: str | None = None
) -> AmplifyClient:
    """A boto3 client that sends each request once, to a server if there is a URL."""
    return boto3.client(
        "amplify",
        region_name=region,
        endpoint_url=url,
        aws_access_key_id=key,
        aws_secret_access_key="testing",
        config=Config(retries={"total_max_attempts": 1}, read_timeout=10),
    )


class Branch:
    """One branch, as a client sees it."""

    def __init__(self, client: AmplifyClient, control: Control, name: str = "main") -> None:
        self.client = client
        self.control = control
        self.place: Any = {"appId": APP, "branchName": name}

    def plan(self, *plans: Plan) -> None:
        self.control.plan(self.place["appId"], self.place["branchName"], *plans)

    def start(self, **members: Any) -> str:
        """Call StartJob and return the job's id."""
        request: Any = {**self.place, "jobType": "RELEASE", **members}
        return self.client.start_job(**request)["jobSummary"]["jobId"]

    def stop(self, job_id: str) -> str:
        """Call StopJob and return the status in its answer."""
        return self.client.stop_job(**self.place, jobId=job_id)["jobSummary"]["status"]

    def summary(self, job_id: str) -> Any:
        """The summary that GetJob returns."""
        return self.client.get_job(**self.place, jobId=job_id)["job"]["summary"]

    def status(self, job_id: str) -> str:
        """The status that GetJob returns."""
        return str(self.summary(job_id)["status"])

    def steps(self, job_id: str) -> list[Any]:
        """The steps that GetJob returns."""
        return list(self.client.get_job(**self.place, jobId=job_id)["job"]["steps"])

    def listed(self, **members: Any) -> list[Any]:
        """One page of summaries from ListJobs."""
        return list(self.client.list_jobs(**self.place, **members)["jobSummaries"])


@pytest.fixture
def branch(client: AmplifyClient, emulator: Control) -> Branch:
    """The branch d1a2b3c4/main."""
    return Branch(client, emulator)


@pytest.fixture
def new_branch(client: AmplifyClient, emulator: Control) -> Callable[[str], Branch]:
    """A function that creates another branch of the app."""

    def new_branch(name: str) -> Branch:
        client.create_branch(appId=APP, branchName=name)
        return Branch(client, emulator, name)

    return new_branch
