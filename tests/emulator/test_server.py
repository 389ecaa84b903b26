"""The emulator as a server in its own process."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import boto3
import pytest
from amplify_job_resource.emulator import Control, Fault, Plan, Server
from amplify_job_resource.emulator.__main__ import main
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from tests.waiting import wait_until

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


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--app", "UPPER"], "appId: 'UPPER' does not match d[a-z0-9]+. Give ID or ID/"),
        (["--app", "UPPER"], "An app's id is such as d1a2b3c4: a d, then small letters and"),
        (["--app", "d1a2/"], "argument --app: branchName: '' does not match"),
        (["--app", "d" * 21], "is more than 20 characters"),
        (["--app", "/main"], "argument --app: appId: '' does not match"),
        (["--app", "d1/" + "b" * 256], "argument --app: branchName"),
        (["--region", "us-east1"], "argument --region: There is no Amplify in a region 'us-east1'"),
        (["--speed", "-1"], "argument --speed: a speed is a number, 0 or more, not -1"),
        (["--speed", "nan"], "argument --speed: a speed is a number"),
        (["--speed", "fast"], "argument --speed: a speed is a number"),
        (["--port", "65536"], "argument --port: a port is a number from 0 to 65535, not 65536"),
        (["--port", "http"], "argument --port: a port is a number"),
        (["--plan", "none.yaml"], "argument --plan: [Errno 2] No such file or directory"),
        (["--plan", "wrong.yaml"], "argument --plan: wrong.yaml:1: default.build is a number"),
        (["--fault", "StartJob:drop:twice"], "argument --fault: when is before or after"),
        (["--state", "none/state"], "argument --state: [Errno 2] No such file or directory"),
        (["--state", "."], "argument --state: [Errno 21] Is a directory"),
    ],
)
def test_a_wrong_option_is_refused_with_a_sentence(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    words: str,
) -> None:
    """The command ends at once, with 2 and the reason; nothing is served."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wrong.yaml").write_text("default: {build: fast}")
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert "Traceback" not in err


def test_plans_faults_and_the_log_are_options(
    serve: Callable[..., tuple[Process, str]], tmp_path: Path
) -> None:
    """A pipeline needs no Python to set up what happens, and sees each request as a line of JSON."""
    (tmp_path / "plans.yaml").write_text("rules: [{branch: ma*, plan: {stuck: PENDING}}]")
    process, url = serve(
        *("--app", "d1a2", "--region", "eu-west-1", "--plan", str(tmp_path / "plans.yaml")),
        *("--fault", "StartJob:503:times=1", "--fault", "StartJob:drop:after:skip=1", "--json-log"),
    )
    client = amplify(url)
    place: Any = {"appId": "d1a2", "branchName": "main"}
    with pytest.raises(ClientError, match="ServiceUnavailable"):
        client.start_job(**place, jobType="RELEASE")
    with pytest.raises(ConnectionClosedError):
        client.start_job(**place, jobType="RELEASE")
    Control(url).advance(1000)
    assert client.get_job(**place, jobId="1")["job"]["summary"]["status"] == "PENDING"
    assert ask(f"{url}/secret?X-Amz-Signature=abc")[0] == 501
    assert ask(f"{url}/_emulator/v1/overview")[0] == 200
    process.send_signal(signal.SIGINT)
    lines = [json.loads(line) for line in process.communicate(timeout=30)[1].splitlines()]
    assert [(line["method"], line["path"], line["status"]) for line in lines] == [
        ("POST", "/apps/d1a2/branches/main/jobs", 503),
        ("POST", "/apps/d1a2/branches/main/jobs", None),
        ("POST", "/_emulator/v1/advance", 200),
        ("GET", "/apps/d1a2/branches/main/jobs/1", 200),
        ("GET", "/secret", 501),
    ]
    called = ("operation", "app_id", "branch_name", "job_id", "region")
    assert [lines[3][name] for name in called] == ["GetJob", "d1a2", "main", "1", "eu-west-1"]
    assert "operation" not in lines[2]
    assert all(line["ms"] >= 0 and line["time"].endswith("+00:00") for line in lines)


def test_a_branch_is_added_to_a_kept_app(
    serve: Callable[..., tuple[Process, str]], tmp_path: Path
) -> None:
    """`--app` makes what the state file lacks, once, and leaves what it has."""
    state = ("--state", str(tmp_path / "state"), "--region", "eu-west-1")
    process, url = serve(*state, "--app", "d1a2", "--app", "d1a2/main")
    amplify(url).start_job(appId="d1a2", branchName="main", jobType="RELEASE")
    process.kill()
    process.wait()
    _, url = serve(*state, "--app", "d1a2", "--app", "d1a2/preview")
    branches = amplify(url).list_branches(appId="d1a2")["branches"]
    assert {branch["branchName"] for branch in branches} == {"main", "preview"}
    assert len(Control(url).jobs("d1a2", region="eu-west-1")) == 1


def test_a_fast_server_shows_real_times(serve: Callable[..., tuple[Process, str]]) -> None:
    """With `--speed`, jobs end soon, and no time that is shown is later than the machine's."""
    _, url = serve("--app", "d1a2", "--region", "eu-west-1", "--speed", "1000")
    client = amplify(url)
    place: Any = {"appId": "d1a2", "branchName": "main", "jobId": "1"}
    before = datetime.now(timezone.utc)
    client.start_job(appId="d1a2", branchName="main", jobType="RELEASE")

    def summary() -> Any:
        return client.get_job(**place)["job"]["summary"]

    wait_until(lambda: summary()["status"] == "SUCCEED", "the end of the job")
    found, second = summary(), timedelta(seconds=1)  # answers have no more than milliseconds
    assert before - second < found["startTime"] < found["endTime"]
    assert found["endTime"] < datetime.now(timezone.utc) + second
    assert found["endTime"] - found["startTime"] < timedelta(seconds=5)


@pytest.fixture(scope="module")
def server_url() -> Iterator[str]:
    """The address of a server in this process."""
    with Server() as server:
        yield server.url


def ask(url: str, method: str = "GET", **headers: str) -> tuple[int, str]:
    """The status and the body of an answer; the headers' names have `_` for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, headers=named, method=method)) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


SIGNED = "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/{}/aws4_request, SignedHeaders=host"


@pytest.mark.parametrize("signature", [None, "Basic YTpi", "x", SIGNED.format("amplify")])
@pytest.mark.parametrize("path", ["/?a=b", "/bucket", "/bucket/key?list-type=2", "/apps2"])
def test_an_unknown_path_is_answered_with_what_is_known(
    server_url: str, path: str, signature: str | None
) -> None:
    """Whoever asks for nothing that Amplify has gets 501, which says what there is."""
    signed = {"Authorization": signature} if signature else {}
    status, body = ask(server_url + path, **signed)
    assert status == 501
    message = json.loads(body)["message"]
    assert f"does not implement GET {path.partition('?')[0]}. It implements all oper" in message


def test_what_another_service_would_read_is_not_read(server_url: str) -> None:
    """The action of a form or of a header says nothing here: the path does."""
    assert ask(f"{server_url}/?Action=Foo")[0] == 501
    assert ask(f"{server_url}/", X_Amz_Target="Foo.Bar")[0] == 501
    assert ask(f"{server_url}/apps/dnone?Action=ListApps", X_Amz_Target="Foo.ListApps")[0] == 404


@pytest.mark.parametrize(
    ("service", "operation", "members"),
    [
        ("apprunner", "list_services", {}),  # JSON 1.0
        ("amplifybackend", "get_backend", {"AppId": "d1"}),  # JSON by path
        ("cloudsearch", "describe_domains", {}),  # XML, by form
        ("s3outposts", "list_endpoints", {}),
    ],
)
def test_a_service_that_nobody_has_is_named(
    server_url: str,
    service: str,
    operation: str,
    members: dict[str, str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Its client gets 501 in a form that it can read, and the server prints nothing."""
    with pytest.raises(
        ClientError, match=rf"the service .*{service[-8:]} \(.*moto answers"
    ) as caught:
        getattr(amplify(server_url, service), operation)(**members)
    error: Any = caught.value.response
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert error["Error"]["Code"] == "NotImplementedException"
    assert capsys.readouterr() == ("", "")


def test_moto_answers_for_its_other_services(server_url: str) -> None:
    """Whoever sets one endpoint for all services has moto's S3, signed as it is."""
    assert amplify(server_url, "s3").list_buckets()["Buckets"] == []


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_signed_address_of_s3_is_served(server_url: str, version: str) -> None:
    """It has its signature in its query, in the older form or the newer one, and needs no header."""
    s3, bucket = amplify(server_url, "s3"), f"bucket-{version}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket=bucket, Key="a.txt", Body=b"text")
    signer = boto3.client(
        "s3",
        region_name="eu-west-1",
        endpoint_url=server_url,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(signature_version=version),
    )
    place = {"Bucket": bucket, "Key": "a.txt"}
    url = signer.generate_presigned_url("get_object", Params=place)
    assert "ignature=" in url
    assert ask(url) == (200, "text")
    assert ask(url.replace("a.txt", "b.txt"))[0] == 404


def test_a_region_without_amplify_is_an_error(server_url: str) -> None:
    """A misspelt region is refused in a sentence."""
    signed = SIGNED.format("amplify").replace("us-east-1", "us-east1")
    status, body = ask(f"{server_url}/apps", Authorization=signed)
    assert (status, json.loads(body)["message"]) == (
        400,
        "There is no Amplify in a region 'us-east1'",
    )
