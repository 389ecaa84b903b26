"""The emulator as a process of its own, over HTTP."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from amplify_job_resource.emulator import Control, Fault, Plan
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

Process = subprocess.Popen[str]


@pytest.fixture
def serve() -> Iterator[Callable[..., tuple[Process, str]]]:
    """Starts emulator processes: the process and the URL that it printed."""
    processes: list[Process] = []

    def serve(*arguments: str) -> tuple[Process, str]:
        command = [sys.executable, "-m", "amplify_job_resource.emulator", *arguments]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        processes.append(process)
        assert process.stdout
        return process, process.stdout.readline().strip()

    yield serve
    for process in processes:
        process.kill()
        process.communicate()


def amplify(url: str, service: str = "amplify", **keys: str) -> Any:
    given = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", **keys}
    return boto3.client(  # type: ignore[call-overload]
        service,
        region_name="eu-west-1",
        endpoint_url=url,
        config=Config(retries={"total_max_attempts": 1}),
        **given,
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_server_from_start_to_end(
    serve: Callable[..., tuple[Process, str]], number: signal.Signals
) -> None:
    """It prints one line, its URL, serves the seeded app in its region, and ends with 0."""
    process, url = serve("--app", "d1a2/main", "--app", "d1a2/x/y", "--region", "eu-west-1")
    assert url.startswith("http://127.0.0.1:")
    client = amplify(url)
    client.start_job(appId="d1a2", branchName="x/y", jobType="RELEASE", commitMessage="ü")
    (listed,) = client.list_jobs(appId="d1a2", branchName="x/y")["jobSummaries"]
    assert listed["commitMessage"] == "ü"
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "")


def test_faults_and_the_log_over_http(serve: Callable[..., tuple[Process, str]]) -> None:
    """The control endpoint does what `Control` does in process; a drop closes the connection."""
    _, url = serve()
    control = Control(url)
    control.create_app("d1a2", region="eu-west-1")
    control.plan("d1a2", "main", Plan.instant(words=("NEW",)), region="eu-west-1")
    control.fault(Fault("drop", "StartJob", "after"))
    client = amplify(url)
    with pytest.raises(ConnectionClosedError):
        client.start_job(appId="d1a2", branchName="main", jobType="RELEASE")
    assert len(control.jobs("d1a2", region="eu-west-1")) == 1
    assert [call["status"] for call in control.calls("StartJob")] == [None]
    with pytest.raises(ClientError, match="does not implement"):
        client.list_domain_associations(appId="d1a2")
    with pytest.raises(ValueError, match="the emulator has no 'nonsense'"):
        control._do("nonsense")
    control.reset()
    assert control.calls() == []


def test_state_survives_a_restart(
    serve: Callable[..., tuple[Process, str]], tmp_path: Path
) -> None:
    """With `--state` jobs go on over a restart, and time passes meanwhile."""
    arguments = ("--state", str(tmp_path / "state"), "--app", "d1a2/main", "--region", "eu-west-1")
    process, url = serve(*arguments)
    amplify(url).start_job(appId="d1a2", branchName="main", jobType="RELEASE")
    process.kill()
    process.wait()
    _, url = serve(*arguments)
    Control(url).advance(600)
    found = amplify(url).get_job(appId="d1a2", branchName="main", jobId="1")["job"]
    assert found["summary"]["status"] == "SUCCEED"


def test_roles_can_be_assumed(serve: Callable[..., tuple[Process, str]]) -> None:
    """STS is moto's own: keys of an assumed role are seen in the log."""
    _, url = serve("--app", "d1a2", "--region", "eu-west-1")
    role = "arn:aws:iam::123456789012:role/release"
    keys = amplify(url, "sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    client = amplify(
        url,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    client.get_app(appId="d1a2")
    assert Control(url).calls("GetApp")[0]["access_key"] == keys["AccessKeyId"]
