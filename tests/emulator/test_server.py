"""The emulator as a server in its own process."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
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
    """A function that starts a server process and returns it with the URL that it printed."""
    processes: list[Process] = []

    def serve(*arguments: str) -> tuple[Process, str]:
        command = [sys.executable, "-m", "amplify_job_resource.emulator", *arguments]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        processes.append(process)
        assert process.stdout
        # A process that prints nothing is killed, which ends the read.
        watchdog = threading.Timer(60, process.kill)
        watchdog.start()
        url = process.stdout.readline().strip()
        watchdog.cancel()
        assert url, "the server printed no URL"
        return process, url

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
def test_a_server_serves_until_a_signal_comes(
    serve: Callable[..., tuple[Process, str]], number: signal.Signals
) -> None:
    """It prints its URL only, serves the apps of `--app` in their region, and exits with 0."""
    process, url = serve("--app", "d1a2/main", "--app", "d1a2/x/y", "--region", "eu-west-1")
    assert url.startswith("http://127.0.0.1:")
    client = amplify(url)
    client.start_job(appId="d1a2", branchName="x/y", jobType="RELEASE", commitMessage="ü")
    (listed,) = client.list_jobs(appId="d1a2", branchName="x/y")["jobSummaries"]
    assert listed["commitMessage"] == "ü"
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "")


def test_control_works_over_http(serve: Callable[..., tuple[Process, str]]) -> None:
    """`Control` does the same over HTTP as in process; a drop closes the connection."""
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
    with pytest.raises(ValueError, match="the emulator has no verb 'nonsense'"):
        control._perform("nonsense")
    control.reset()
    assert control.calls() == []


def test_state_survives_a_restart(
    serve: Callable[..., tuple[Process, str]], tmp_path: Path
) -> None:
    """With `--state` a new process has the jobs of one that was killed, and keeps its apps."""
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
    """Moto's own STS is served as well, and `calls` shows the keys of an assumed role."""
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
