"""`--stack`: app, branch, job and the way to AWS from a stack."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import click
import pytest
from amplify_job_resource._amplify import session
from amplify_job_resource._amplify.setting_names import (
    PROVIDER,
    STACK,
    SettingNames,
    of_provider,
)
from amplify_job_resource._values.marks import KIND, SECRET_KIND
from amplify_job_resource.cli.command import run
from amplify_job_resource.cli.pulumi_commands import PulumiCommands
from amplify_job_resource.cli.stack_jobs import config_for, jobs_in, read_config, read_job
from amplify_job_resource.emulator import Control, Plan, Server

from tests.engine.stack import JOB_TYPE, Stack

PROGRAM = """
import pulumi
from amplify_job_resource import Job

class Group(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("pkg:index:Group", name)

options = pulumi.ResourceOptions(parent=Group("group"))
Job("site", app_id="d1a2b3c4", branch_name="main", region="eu-west-1")
Job("api", app_id="d9z8y7x6", branch_name="feat/x", region="eu-west-1", opts=options)
"""

Exported = Callable[..., PulumiCommands]


class Ended(PulumiCommands):
    """Commands that have printed what a test says, by their first word."""

    def __init__(self, **printed: Any) -> None:
        self.printed = printed
        self.ran: list[list[str]] = []

    def run(self, commands: Any) -> Any:
        (command,) = commands
        self.ran.append(list(command))
        printed = self.printed["secrets" if "--show-secrets" in command else command[0]]
        if isinstance(printed, Exception):
            return [subprocess.CompletedProcess(command, 255, "", str(printed))]
        return [subprocess.CompletedProcess(command, 0, json.dumps(printed), "")]


def a_state(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"version": 3, "deployment": {"resources": list(resources)}}


def a_job(name: str = "site", parent: str = "", **members: Any) -> dict[str, Any]:
    urn = f"urn:pulumi:dev::shop::{parent}{JOB_TYPE}::{name}"
    return {"urn": urn, "type": JOB_TYPE, "id": "d1a2/main/42", "outputs": {}, **members}


def test_a_job_is_read_from_state() -> None:
    """The id has app, branch and job; the ARN or the input has the region."""
    secret = {KIND: SECRET_KIND, "ciphertext": "y"}
    arn = "arn:aws:amplify:eu-south-1:123456789012:apps/d1a2/branches/main/jobs/42"
    found = jobs_in(
        a_state(
            {
                "urn": "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev",
                "type": "pulumi:pulumi:Stack",
            },
            a_job("one", outputs={"jobArn": arn, "region": "eu-west-1", "profile": "ci"}),
            a_job("two", outputs={"jobArn": secret, "region": "eu-west-1", "profile": secret}),
            a_job("three", outputs=None),
            a_job("old", delete=True),
            a_job("no id", id=""),
        )
    )
    assert [(job.name, str(job.id), job.region, job.profile) for job in found] == [
        ("one", "d1a2/main/42", "eu-south-1", "ci"),
        ("two", "d1a2/main/42", "eu-west-1", None),
        ("three", "d1a2/main/42", None, None),
    ]


@pytest.mark.parametrize("state", [{}, {"deployment": None}, a_state()])
def test_a_stack_without_a_job_is_said_so(state: dict[str, Any]) -> None:
    """Nothing was released yet."""
    with pytest.raises(click.ClickException, match="no Job in its state: run `pulumi up`"):
        read_job(Ended(stack=state), "dev", None)


def test_one_of_several_is_named() -> None:
    """Without a name there must be one; a name that two have is made clear by the URN."""
    state = a_state(a_job("site"), a_job("api"), a_job("api", parent="pkg:index:Group$"))
    pulumi = Ended(stack=state)
    assert read_job(pulumi, "dev", "site").name == "site"
    with pytest.raises(click.UsageError, match=r"has several Jobs, .*: give its name"):
        read_job(pulumi, "dev", None)
    with pytest.raises(click.UsageError, match=r"several Jobs, urn:.*Group.*api: give its URN"):
        read_job(pulumi, "dev", "api")
    urn = "urn:pulumi:dev::shop::pkg:index:Group$" + f"{JOB_TYPE}::api"
    assert str(read_job(pulumi, "dev", urn).urn) == urn
    with pytest.raises(click.ClickException, match=r"no Job 'nope', it has .*site"):
        read_job(pulumi, "dev", "nope")


def test_what_pulumi_says_is_passed_on() -> None:
    """A stack that is not there is Pulumi's to name."""
    with pytest.raises(click.ClickException, match="no stack named 'nope' found"):
        read_job(Ended(stack=ValueError("error: no stack named 'nope' found")), "nope", None)


def test_secrets_of_others_are_not_decrypted() -> None:
    """Only a secret of `aws:` is needed to reach AWS."""
    config = {"aws:region": {"value": "eu-west-1", "secret": False}, "shop:token": {"secret": True}}
    pulumi = Ended(config=config)
    assert read_config(pulumi, "dev") == {"aws:region": "eu-west-1"}
    assert len(pulumi.ran) == 1
    pulumi = Ended(
        config={**config, "aws:token": {"secret": True}},
        secrets={**config, "aws:token": {"value": "t", "secret": True}},
    )
    assert read_config(pulumi, "dev") == {"aws:region": "eu-west-1", "aws:token": "t"}


def a_native_job(provider: str, **outputs: Any) -> list[dict[str, Any]]:
    """A native resource, and its provider of that name, as state has them."""
    urn = f"urn:pulumi:dev::shop::pulumi:providers:amplify-job::{provider}"
    inputs = {"region": "eu-west-1", "secretKey": ENCRYPTED, "endpoints": '[{"sts": "http://e"}]'}
    type_ = "amplify-job:index:Job"
    job = a_job(urn=f"urn:pulumi:dev::shop::{type_}::site", type=type_, provider=f"{urn}::1-2")
    made = {"urn": urn, "id": "1-2", "type": "pulumi:providers:amplify-job", "inputs": inputs}
    return [made, {**job, "outputs": outputs}]


ENCRYPTED = {KIND: SECRET_KIND}


def test_a_native_job_has_the_settings_of_its_provider() -> None:
    """Those of the default provider are in the stack's config as well, secrets among them."""
    config = {
        "amplify-job:secretKey": {"secret": True},
        "amplify-job:logLines": {"value": "5", "secret": False},
        "amplify-job:theirs": {"value": "x", "secret": False},
        "aws:region": {"value": "us-east-1", "secret": False},
    }
    shown = {**config, "amplify-job:secretKey": {"value": "s", "secret": True}}
    state = a_state(*a_native_job("default_0_1_0"))
    pulumi = Ended(stack=state, config=config, secrets=shown)
    known = {"aws:region": "eu-west-1", "aws:endpoints": '[{"sts": "http://e"}]'}
    assert config_for(read_job(pulumi, "dev", "site"), pulumi, "dev") == {
        **known,
        "aws:secretKey": "s",
        "amplify-job:logLines": "5",
    }
    pulumi = Ended(stack=a_state(*a_native_job("west")))
    assert config_for(read_job(pulumi, "dev", "site"), pulumi, "dev") == known


@pytest.mark.parametrize(
    ("provider", "names"),
    [
        ("default_0_1_0", PROVIDER),
        ("default_west", of_provider("default_west")),
        ("west", of_provider("west")),
    ],
)
def test_settings_are_called_as_the_provider_has_them(provider: str, names: SettingNames) -> None:
    """What is wrong with one is told by the name that it has in the program or in the stack."""
    (job,) = jobs_in(a_state(*a_native_job(provider)))
    assert job.setting_names == names
    (job,) = jobs_in(a_state(a_job()))
    assert job.setting_names == STACK


@pytest.mark.parametrize(
    ("outputs", "secret"),
    [
        ({"triggers": {"env": "a"}, "jobArn": ENCRYPTED}, False),
        ({"triggers": {"pins": ["1", ENCRYPTED]}}, True),
        ({"commitId": ENCRYPTED}, True),
    ],
)
def test_a_marked_input_of_a_native_job_is_a_secret(outputs: dict[str, Any], secret: bool) -> None:
    """State marks it, at any depth; an output that is one tells of no input."""
    (job,) = jobs_in(a_state(*a_native_job("west", **outputs)))
    assert job.has_secrets is secret


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """A stack with two Jobs, one of them in a component; `amplify-job` has its environment."""
    monkeypatch.setattr(session, "_clients", {})
    with Server() as server:
        server.control.reset()
        server.control.create_app("d1a2b3c4", ["main"], region="eu-west-1")
        server.control.create_app("d9z8y7x6", ["feat/x"], region="eu-west-1")
        server.control.default_plan(Plan.instant())
        stack = Stack(tmp_path / "stack", PROGRAM, emulator_url=server.url)
        for name, value in stack.environment.items():
            monkeypatch.setenv(name, value)
        yield stack
        stack.close()


@pytest.mark.engine
def test_commands_about_a_job_of_a_stack(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Name and stack do for app, branch, job, region and the stack's credentials."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)

    def command(*arguments: str) -> tuple[int, str, str]:
        code = run([*arguments, "--cwd", str(stack.cwd), "--stack", "dev"])
        return code, *capsys.readouterr()

    code, out, err = command("status", "site")
    assert (code, out) == (1, "")
    assert "stack dev has no Job in its state" in err

    stack.config_set("aws:accessKey", "AKIAIOSFODNN7EXAMPLE", secret=True)
    stack.config_set("aws:secretKey", "wJalrXUtnFEMI", secret=True)
    stack.up().ok()
    assert command("status", "site")[1].startswith("d1a2b3c4/main/1  SUCCEED")
    assert command("wait", "api")[1].startswith("d9z8y7x6/feat/x/1  SUCCEED")
    assert "SUCCEED" in command("history", "api")[1]
    code, out, err = command("status")
    assert (code, out) == (64, "")
    assert "several Jobs, api, site: give its name" in err
    code, _, err = command("status", "d1a2b3c4", "main")
    assert code == 64
    assert "--stack STACK and the name of one Job" in err
    code, _, err = command("status", "site", "--profile", "nope")
    assert code == 1
    assert "nope" in err


FAILING = """
import pulumi
from amplify_job_resource import Job

config = pulumi.Config()
secret = {"pin": pulumi.Output.secret("hidden-pin")} if config.get_bool("secret") else None
Job("site", app_id="d1a2b3c4", branch_name="main", region="eu-west-1", triggers=secret,
    log_lines=config.get_int("lines"), wait_for_completion=False)
"""


@pytest.mark.engine
def test_wait_shows_so_much_of_a_log_as_the_stack_wants(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    """The resource's number counts, and of a log that may hold a secret nothing is shown."""
    log = ["pin hidden-pin", "[ERROR]: !!! Build failed"]
    control = Control(stack.environment["AWS_ENDPOINT_URL_AMPLIFY"])
    control.default_plan(Plan.instant(outcome="FAILED", logs={"BUILD": log}))
    stack.write(FAILING)

    def said(*options: str) -> str:
        assert run(["wait", "--cwd", str(stack.cwd), "--stack", "dev", *options]) == 3
        return capsys.readouterr().err

    stack.up().failed()
    assert "pin hidden-pin" in said()
    assert "From the log" not in said("--log-lines", "0")
    stack.up(config={"lines": "1"}).failed()
    assert "From the log of BUILD:\n  !!! Build failed\n" in said()
    stack.up(config={"secret": "true"}).failed()
    assert "From the log" not in said()
    assert "log: amplify-job logs d1a2b3c4 main" in said()


@pytest.mark.engine
def test_another_job_of_the_recorded_number_is_not_taken(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    """A branch that was created again counts from 1, and a job of somebody else is there."""
    stack.up().ok()
    url = stack.environment["AWS_ENDPOINT_URL_AMPLIFY"]
    client = boto3.client("amplify", region_name="eu-west-1", endpoint_url=url)
    client.delete_branch(appId="d1a2b3c4", branchName="main")
    client.create_branch(appId="d1a2b3c4", branchName="main")
    Control(url).advance(10)
    Control(url).push("d1a2b3c4", "main", "a" * 40, region="eu-west-1")
    for command in ("status", "wait", "logs"):
        assert run([command, "site", "--cwd", str(stack.cwd), "--stack", "dev"]) == 1
        out, err = capsys.readouterr()
        assert out == ""
        assert "its branch was created again since" in err
        assert "`pulumi refresh` brings the stack up to date." in err
