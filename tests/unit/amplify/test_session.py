"""The clients that are made of settings."""

from __future__ import annotations

import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

import botocore.endpoint
import botocore.session
import pytest
from amplify_job_resource import BadCredentials, InvalidSettings
from amplify_job_resource._amplify import session as module
from amplify_job_resource._amplify.budget import FULL_RATE, Budget
from amplify_job_resource._amplify.roles import AssumeRole
from amplify_job_resource._amplify.session import Clients, clients_for, resolve_region
from amplify_job_resource._amplify.setting_names import PROVIDER, of_provider
from amplify_job_resource._amplify.settings import Settings, settings_from
from amplify_job_resource.emulator import Control, Fault, register
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ClientError
from moto import mock_aws

from tests.aws_server import aws_server
from tests.waiting import wait_until


def with_keys(region: str = "eu-west-1", endpoint: str | None = None) -> Settings:
    """Settings that make a client."""
    return Settings(region, endpoint=endpoint, access_key="AKIAEXAMPLE", secret_key="secret")


def test_startjob_is_never_retried_and_reads_are() -> None:
    """One client makes a single attempt, the other four; the SDK's retries are part of the promise."""
    clients = Clients(with_keys())
    for client, attempts in ((clients.single_attempt, 1), (clients.retrying, 4)):
        assert client.meta.region_name == "eu-west-1"
        config: Any = client.meta.config
        assert config.retries == {"mode": "standard", "total_max_attempts": attempts}
        assert (config.connect_timeout, config.read_timeout) == (10, 60)


def test_the_endpoint_is_the_configured_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """`aws:endpoints` comes before `AWS_ENDPOINT_URL_AMPLIFY`, and that before AWS."""

    def endpoint(given: str | None = None) -> str:
        return Clients(with_keys(endpoint=given)).retrying.meta.endpoint_url

    assert endpoint() == "https://amplify.eu-west-1.amazonaws.com"
    monkeypatch.setenv("AWS_ENDPOINT_URL_AMPLIFY", "http://127.0.0.1:1")
    assert endpoint() == "http://127.0.0.1:1"
    assert endpoint("http://127.0.0.1:2") == "http://127.0.0.1:2"


def test_clients_are_shared() -> None:
    """The same settings have the same clients, others have their own."""
    one = clients_for(with_keys())
    assert clients_for(with_keys()) is one
    assert clients_for(with_keys("eu-north-1")) is not one


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            Settings(),
            r"^no AWS region is set: set the stack's aws:region \(pulumi config set aws:region …\), "
            "the resource's region, or AWS_REGION$",
        ),
        (
            Settings(profile="nobody"),
            r"profile 'nobody': .*nobody.*\n.* is the profile in the shared config of this machine\?",
        ),
        (Settings(region="eu-west-1", access_key="AK"), "aws:accessKey and aws:secretKey"),
        (Settings(region="eu-west-1", secret_key="SK"), "aws:accessKey and aws:secretKey"),
        (Settings(region="eu-west-1", token="T"), "aws:token without keys"),
        (
            Settings(names=PROVIDER),
            r"set the provider's region \(pulumi config set amplify-job:region …\), the resource's",
        ),
        (
            Settings(names=of_provider("west")),
            "set the provider's region, the resource's region, or AWS_REGION",
        ),
        (
            Settings(region="eu-west-1", access_key="AK", names=of_provider("west")),
            "^the provider west has one of accessKey and secretKey and not the other: set both",
        ),
        (
            Settings(region="eu-west-1", token="T", names=PROVIDER),
            "^the provider's config has amplify-job:token without keys: set amplify-job:accessKey",
        ),
        (
            Settings(region="eu-west-1", ca_bundle="/nowhere", names=of_provider("west")),
            "^the provider's customCaBundle, the file /nowhere, cannot be used",
        ),
        (with_keys(endpoint="no url"), "no url"),
        (
            Settings(region="eu-west-1", ca_bundle="/nowhere"),
            "/nowhere, cannot be used: No such file",
        ),
        (
            Settings(region="eu-west-1", assume_roles=(AssumeRole("arn:role"),)),
            "then role arn:role in eu-west-1: Unable to locate credentials",
        ),
    ],
)
def test_settings_that_make_no_client_are_a_sentence(settings: Settings, message: str) -> None:
    """Whatever boto3 says of settings comes with where they come from."""
    with pytest.raises(InvalidSettings, match=message):
        Clients(settings)


def test_roles_are_assumed_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first role is assumed with the base keys, the next with the first's, AWS sees the last's."""
    base = "AKIAIOSFODNN7EXAMPLE"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", base)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    register()
    roles = [
        {"roleArn": "arn:aws:iam::123456789012:role/one", "externalId": "outside"},
        {"roleArn": "arn:aws:iam::123456789012:role/two", "duration": "45m", "sessionName": "last"},
    ]
    config = {"aws:assumeRoles": json.dumps(roles), "aws:region": "us-east-1"}
    assumed: list[tuple[str, dict[str, str]]] = []

    def watch(request: AWSPreparedRequest, **_: Any) -> None:
        body = request.body.decode() if isinstance(request.body, bytes) else str(request.body)
        asked = {name: values[0] for name, values in parse_qs(body).items()}
        assumed.append((_access_key(request), asked))

    with mock_aws(config={"core": {"mock_credentials": False}}):
        made = botocore.session.Session.create_client

        def create_client(self: Any, service: str, *args: Any, **kwargs: Any) -> Any:
            client = made(self, service, *args, **kwargs)
            if service == "sts":
                client.meta.events.register("before-send.sts.AssumeRole", watch)
            return client

        monkeypatch.setattr(botocore.session.Session, "create_client", create_client)
        control = Control()
        control.reset()
        control.create_app("d1a2")
        clients = Clients(settings_from(config))
        assert assumed == []
        clients.retrying.get_app(appId="d1a2")
        clients.single_attempt.start_job(appId="d1a2", branchName="main", jobType="RELEASE")
        keys = {call["access_key"] for call in control.calls()}

    (first_key, first), (second_key, second) = assumed
    assert (first["RoleArn"], first["ExternalId"]) == (roles[0]["roleArn"], "outside")
    assert (second["RoleArn"], second["DurationSeconds"]) == (roles[1]["roleArn"], "2700")
    assert second["RoleSessionName"] == "last"
    assert first_key == base
    assert second_key.startswith("ASIA")
    assert len(keys) == 1
    assert keys.isdisjoint({first_key, second_key})


@pytest.mark.parametrize(
    ("settings", "attempts", "mode"),
    [
        ({"max_attempts": 2}, 2, "standard"),
        ({"max_attempts": 25}, 10, "standard"),
        ({"retry_mode": "adaptive"}, 4, "adaptive"),
    ],
)
def test_a_stack_may_say_how_often_a_read_is_repeated(
    settings: dict[str, Any], attempts: int, mode: str
) -> None:
    """Up to ten times, since releases ask again by themselves; StartJob is sent once all the same."""
    clients = Clients(replace(with_keys(), **settings))
    config: Any = clients.retrying.meta.config
    assert config.retries == {"mode": mode, "total_max_attempts": attempts}
    single: Any = clients.single_attempt.meta.config
    assert single.retries == {"mode": "standard", "total_max_attempts": 1}


def test_a_missing_profile_is_told_before_a_missing_region(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS_PROFILE with a name that is not there: that is why there is no region."""
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(InvalidSettings, match=r"AWS_PROFILE 'nobody'.*could not be found"):
        Clients(settings_from({}))


def test_a_certificate_file_that_holds_none(tmp_path: Path) -> None:
    """It is told before any call, and not by a call that might have had its effect."""
    file = tmp_path / "ca.pem"
    file.write_text("no certificate", "utf-8")
    with pytest.raises(InvalidSettings, match=r"aws:customCaBundle, the file .*, cannot be used"):
        Clients(replace(with_keys(), ca_bundle=str(file)))


@pytest.mark.parametrize("account", ["111122223333", "444455556666"])
def test_the_account_is_checked_before_any_call(account: str) -> None:
    """Once for all who share the clients; where it is not allowed, there are no clients."""
    with aws_server() as aws:
        aws.account = account
        settings = replace(with_keys(), sts_endpoint=aws.url, allowed_accounts=("111122223333",))
        if account == "111122223333":
            assert clients_for(settings) is clients_for(settings)
            assert aws.actions == ["GetCallerIdentity"]
        else:
            for _ in range(2):
                with pytest.raises(InvalidSettings, match="belong to AWS account 444455556666"):
                    clients_for(settings)


def test_expired_keys_do_not_pass_a_guard() -> None:
    """What STS says of them is what the user reads."""
    with aws_server() as aws:
        aws.status, aws.code = 403, "ExpiredToken"
        settings = replace(with_keys(), sts_endpoint=aws.url, forbidden_accounts=("111122223333",))
        with pytest.raises(BadCredentials, match=r"checking the AWS account .*AWS's own words"):
            clients_for(settings)


def test_all_who_wait_hear_of_a_failure_and_the_next_one_tries_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Twenty releases with a `credential_process` that hangs wait for it once, not in turn."""
    settings = replace(with_keys(), sts_region="eu-north-1")
    begun, go_on = threading.Event(), threading.Event()
    made: list[Settings] = []

    def making(settings: Settings, ask: Any) -> Clients:
        made.append(settings)
        begun.set()
        assert go_on.wait(60)
        raise InvalidSettings("hung")

    monkeypatch.setattr(module, "Clients", making)

    def outcome() -> str:
        with pytest.raises(InvalidSettings) as caught:
            clients_for(settings)
        return str(caught.value)

    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(outcome)
        assert begun.wait(60)
        others = [pool.submit(outcome) for _ in range(3)]
        wait_until(lambda: all(other.running() for other in others), "the others wait")
        go_on.set()
        assert {each.result(60) for each in (first, *others)} == {"hung"}
    monkeypatch.undo()
    assert clients_for(settings).settings == settings


def test_a_region_may_come_from_the_profile() -> None:
    """Where nothing else says, the profile's own region is taken; an unknown profile has none."""
    Path(os.environ["AWS_CONFIG_FILE"]).write_text("[profile ci]\nregion = eu-south-1\n", "utf-8")
    assert resolve_region(Settings(profile="ci")) == "eu-south-1"
    assert resolve_region(Settings(region="eu-west-1", profile="ci")) == "eu-west-1"
    assert resolve_region(Settings(profile="nobody")) is None
    assert resolve_region(Settings()) is None


def test_a_region_may_come_from_the_stacks_files(tmp_path: Path) -> None:
    """`sharedConfigFiles` are the files of the profile."""
    file = tmp_path / "config"
    file.write_text("[profile ci]\nregion = eu-south-2\n", "utf-8")
    settings = Settings(profile="ci", shared_config_files=(str(file),))
    assert resolve_region(settings) == "eu-south-2"


def _access_key(request: AWSPreparedRequest) -> str:
    """The key that a request was signed with."""
    header = request.headers["Authorization"]
    text = header.decode() if isinstance(header, bytes) else str(header)
    return text.partition("Credential=")[2].partition("/")[0]


def test_an_endpoint_that_is_none_is_told_before_the_guard_is_checked() -> None:
    """A malformed endpoint of STS is a setting that cannot be used, and no fault of ours."""
    config = {
        "aws:region": "eu-west-1",
        "aws:accessKey": "AKIAEXAMPLEEXAMPLE00",
        "aws:secretKey": "testing",
        "aws:allowedAccountIds": '["111122223333"]',
        "aws:endpoints": '[{"sts": "localhost"}]',
    }
    with pytest.raises(InvalidSettings, match="Invalid endpoint: localhost"):
        Clients(settings_from(config))


@pytest.mark.parametrize(
    ("fault", "is_about_the_rate"),
    [
        (Fault("throttled", "StartJob"), True),
        (Fault("throttled", "GetJob"), True),
        (Fault("503", "GetJob"), False),
        (Fault("500", "GetJob"), False),
        (Fault("drop", "GetJob"), False),
        (Fault("limit", "StartJob"), False),
        (Fault("refused", "GetJob"), False),
        (None, False),
    ],
)
def test_all_waits_hear_when_aws_is_asked_too_often(
    fault: Fault | None, is_about_the_rate: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the SDK asks again by itself; a quota of jobs and a bad moment are other matters."""
    monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=lambda _: None))
    register()
    with mock_aws():
        control = Control()
        control.create_app("d1a2")
        clients, budget = Clients(with_keys("us-east-1")), Budget()
        clients.budgets.add(budget)
        place: Any = {"appId": "d1a2", "branchName": "main"}
        clients.single_attempt.start_job(**place, jobType="RELEASE")
        if fault:
            control.fault(fault)
        with suppress(ClientError):
            if fault and fault.operation == "StartJob":
                clients.single_attempt.start_job(**place, jobType="RELEASE")
            else:
                clients.retrying.get_job(**place, jobId="1")
    budget.turn(0.0)
    assert (budget.rate < FULL_RATE) is is_about_the_rate
