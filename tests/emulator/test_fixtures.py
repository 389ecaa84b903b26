"""The pytest plugin: its fixtures, for one process and for several, and its options."""

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


def test_the_fixture_needs_no_settings(amplify: Control) -> None:
    """With `amplify`, boto3 reaches the emulator without keys or a region of its own."""
    amplify.create_app(APP)
    client = boto3.session.Session().client("amplify")
    assert [app["appId"] for app in client.list_apps()["apps"]] == [APP]


def test_the_fixture_starts_empty(request: pytest.FixtureRequest) -> None:
    """`amplify` has nothing of what was set up before it."""
    register()
    with mock_aws():
        earlier = Control()
        earlier.create_app(APP)
        earlier.default_plan(Plan.instant())
        earlier.fault(Fault("500", times=None))
        earlier.run(0)
        amplify: Control = request.getfixturevalue("amplify")
        client = boto3.session.Session().client("amplify")
        assert client.list_apps()["apps"] == []
        assert [call["status"] for call in amplify.calls()] == [200]
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
    """With `amplify` no call of theirs reaches AWS, and the error names `amplify_server`."""
    amplify: Control = request.getfixturevalue("amplify")
    amplify.create_app(APP)
    lines = child()
    assert len(lines) == 2
    for line in lines:
        assert line.startswith("us-east-1 An error occurred (BadRequestException)")
        assert "needs the fixture amplify_server" in line
    assert amplify.calls() == []
    assert [app["appId"] for app in boto3.client("amplify").list_apps()["apps"]] == [APP]


def test_no_proxy_at_all_stays_so(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """`NO_PROXY=*` means every host only while it stands alone."""
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.delenv("no_proxy", raising=False)
    request.getfixturevalue("amplify_server")
    assert (os.environ["NO_PROXY"], os.environ["no_proxy"]) == ("*", "127.0.0.1,localhost")


@pytest.mark.parametrize("fixture", ["amplify", "amplify_server"])
def test_a_fixture_leaves_nothing_behind(fixture: str, tmp_path: Path) -> None:
    """After the test the environment is as before, and boto3 goes where it went."""
    done = run_pytest(
        tmp_path,
        f"""
import os
import boto3
from botocore.config import Config

before = dict(os.environ)
#: Made before anything of moto is there, as modules do that are tested.
older = boto3.client(
    "amplify",
    region_name="us-east-1",
    aws_access_key_id="real",
    aws_secret_access_key="real",
    config=Config(ignore_configured_endpoint_urls=True, connect_timeout=1),
)


def test_first({fixture}):
    {fixture}.create_app("d1a2b3c4")
    boto3.client("s3").create_bucket(Bucket="mine")
    assert os.environ["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")
    assert older.get_app(appId="d1a2b3c4")["app"]["appId"] == "d1a2b3c4"
    assert len({fixture}.calls("GetApp")) == 1


def test_second():
    now = {{name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}}
    assert now == {{name: before[name] for name in before if name != "PYTEST_CURRENT_TEST"}}
    client = boto3.client("amplify", region_name="us-east-1")
    assert client.meta.endpoint_url == "http://127.0.0.1:2"


def test_third({fixture}):
    assert boto3.client("amplify").list_apps()["apps"] == []
    assert boto3.client("s3").list_buckets()["Buckets"] == []
""",
        AWS_SECRET_ACCESS_KEY="real",
        AWS_ENDPOINT_URL="http://127.0.0.1:2",
    )
    assert done.returncode == 0, done.stdout


def run_pytest(folder: Path, test: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a test in a project of its own, which makes errors of warnings."""
    (folder / "test_it.py").write_text(test)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error"],
        check=False,
        cwd=folder,
        env={**kept, **settings},
        capture_output=True,
        text=True,
    )


def test_the_plugin_costs_nothing_until_a_fixture_is_used(tmp_path: Path) -> None:
    """At pytest's start neither the package nor moto is imported; settings are those of the project."""
    (tmp_path / "plans.yaml").write_text("default: {pending: 0, provisioning: 0, outcome: FAILED}")
    (tmp_path / "pytest.ini").write_text("[pytest]\namplify_plan = plans.yaml\namplify_speed = 0\n")
    done = run_pytest(
        tmp_path,
        """
import sys
import boto3


def test_first():
    assert not {"moto", "amplify_job_resource"} & sys.modules.keys()


def test_second(amplify):
    amplify.create_app("d1a2b3c4")
    client, branch = boto3.client("amplify"), {"appId": "d1a2b3c4", "branchName": "main"}
    client.start_job(**branch, jobType="RELEASE")
    amplify.advance(84)
    assert amplify.jobs("d1a2b3c4")[0]["status"] == "RUNNING"
    amplify.advance(1)
    assert amplify.jobs("d1a2b3c4")[0]["status"] == "FAILED"
""",
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("moto", "settings", "words"),
    [
        ("", "amplify_plan = none.yaml", "amplify_plan or amplify_speed: [Errno 2] No such file"),
        (
            "raise ModuleNotFoundError('No module named moto', name='moto')",
            "",
            "the Amplify emulator needs moto: pip install 'amplify-job-resource[emulator]'",
        ),
    ],
)
def test_what_is_missing_is_told_without_a_traceback(
    tmp_path: Path, moto: str, settings: str, words: str
) -> None:
    """A wrong setting, or a missing extra, fails the tests that use a fixture, and no other."""
    (tmp_path / "pytest.ini").write_text(f"[pytest]\n{settings}\n")
    if moto:
        (tmp_path / "moto.py").write_text(moto)
    done = run_pytest(tmp_path, "def test_first(): pass\ndef test_second(amplify): pass")
    assert f"\nE       {words}" in done.stdout or f"\n{words}" in done.stdout, done.stdout
    assert "1 passed, 1 error" in done.stdout
    assert "Traceback" not in done.stdout
