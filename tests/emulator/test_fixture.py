"""The pytest fixtures, for tests of one process and for tests that start others."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import boto3
import pytest
from amplify_job_resource.emulator import Control, Fault, Plan, emulator_state, register
from moto import mock_aws

from tests.emulator.conftest import APP

#: What somebody who works with AWS may have in the environment.
SETTINGS = {
    "AWS_PROFILE": "production",
    "AWS_REGION": "eu-west-1",
    "AWS_SESSION_TOKEN": "real",
    "AWS_ENDPOINT_URL_AMPLIFY": "http://127.0.0.1:1",
    "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:1",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "HTTP_PROXY": "http://127.0.0.1:1",
    "http_proxy": "http://127.0.0.1:1",
    "NO_PROXY": "example.com",
    "no_proxy": "example.com",
}
CHILD = """
import boto3, sys
from botocore.exceptions import ClientError
for service, operation in (("amplify", "list_apps"), ("sts", "get_caller_identity")):
    client = boto3.client(service)
    try:
        answer = getattr(client, operation)()
    except ClientError as error:
        print(client.meta.region_name, error)
    else:
        print(client.meta.region_name, [app["appId"] for app in answer.get("apps", [])])
"""


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment that is not empty, with a profile of that name."""
    config = tmp_path / "config"
    config.write_text(
        "[profile production]\nregion = ap-south-1\nendpoint_url = http://127.0.0.1:1"
    )
    for name, value in {**SETTINGS, "AWS_CONFIG_FILE": str(config)}.items():
        monkeypatch.setenv(name, value)


def child() -> list[str]:
    """What another process prints that calls Amplify and STS."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD], check=True, capture_output=True, text=True, timeout=60
    )
    return done.stdout.splitlines()


def test_the_fixture_needs_no_settings(amplify_emulator: Control) -> None:
    """With `amplify_emulator`, boto3 reaches the emulator without keys or a region of its own."""
    amplify_emulator.create_app(APP)
    client = boto3.session.Session().client("amplify")
    assert [app["appId"] for app in client.list_apps()["apps"]] == [APP]


def test_the_fixture_starts_empty(request: pytest.FixtureRequest) -> None:
    """`amplify_emulator` has nothing of what was set up before it."""
    register()
    with mock_aws():
        earlier = Control()
        earlier.create_app(APP)
        earlier.default_plan(Plan.instant())
        earlier.fault(Fault("500", times=None))
        earlier.run(0)
        amplify_emulator: Control = request.getfixturevalue("amplify_emulator")
        client = boto3.session.Session().client("amplify")
        assert client.list_apps()["apps"] == []
        assert [call["status"] for call in amplify_emulator.calls()] == [200]
        assert emulator_state.default_plan == Plan()
        assert not emulator_state.clock.frozen


def test_other_processes_reach_the_server(settings: None, request: pytest.FixtureRequest) -> None:
    """With `amplify_server` they need no settings of their own, and those of the machine are out."""
    amplify_server: Control = request.getfixturevalue("amplify_server")
    amplify_server.create_app(APP)
    assert child() == [f"us-east-1 ['{APP}']", "us-east-1 []"]
    assert [call["operation"] for call in amplify_server.calls()] == ["ListApps"]


def test_the_test_itself_reaches_the_server(settings: None, request: pytest.FixtureRequest) -> None:
    """With `amplify_server`, boto3 in the test's process sees what the others see."""
    amplify_server: Control = request.getfixturevalue("amplify_server")
    amplify_server.create_app(APP)
    assert [app["appId"] for app in boto3.client("amplify").list_apps()["apps"]] == [APP]
    assert boto3.client("sts").get_caller_identity()["Account"] == "123456789012"


def test_other_processes_are_refused_in_process(
    settings: None, request: pytest.FixtureRequest
) -> None:
    """With `amplify_emulator` no call of theirs reaches AWS, and the error names `amplify_server`."""
    amplify_emulator: Control = request.getfixturevalue("amplify_emulator")
    amplify_emulator.create_app(APP)
    lines = child()
    assert len(lines) == 2
    for line in lines:
        assert line.startswith("us-east-1 An error occurred (BadRequestException)")
        assert "needs the fixture amplify_server" in line
    assert amplify_emulator.calls() == []
    assert [app["appId"] for app in boto3.client("amplify").list_apps()["apps"]] == [APP]


def test_no_proxy_at_all_stays_so(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """`NO_PROXY=*` means every host only while it stands alone."""
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.delenv("no_proxy", raising=False)
    request.getfixturevalue("amplify_server")
    assert (os.environ["NO_PROXY"], os.environ["no_proxy"]) == ("*", "127.0.0.1,localhost")


@pytest.mark.parametrize("fixture", ["amplify_emulator", "amplify_server"])
def test_a_fixture_leaves_nothing_behind(fixture: str, tmp_path: Path) -> None:
    """After the test the environment is as before, and boto3 goes where it went."""
    (tmp_path / "test_it.py").write_text(f"""
import os
import boto3

pytest_plugins = ["amplify_job_resource.emulator.fixture"]
before = dict(os.environ)


def test_first({fixture}):
    {fixture}.create_app("d1a2b3c4")
    boto3.client("s3").create_bucket(Bucket="mine")
    assert os.environ["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")


def test_second():
    now = {{name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}}
    assert now == {{name: before[name] for name in before if name != "PYTEST_CURRENT_TEST"}}
    client = boto3.client("amplify", region_name="us-east-1")
    assert client.meta.endpoint_url == "http://127.0.0.1:2"


def test_third({fixture}):
    assert boto3.client("amplify").list_apps()["apps"] == []
    assert boto3.client("s3").list_buckets()["Buckets"] == []
""")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"],
        check=False,
        cwd=tmp_path,
        env={**kept, "AWS_SECRET_ACCESS_KEY": "real", "AWS_ENDPOINT_URL": "http://127.0.0.1:2"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
