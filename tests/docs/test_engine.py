"""What the documents say of the engine, and of commands of Pulumi's, is so on the real one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from amplify_job_resource.emulator import Plan, Server

from tests.engine.stack import Stack

pytestmark = pytest.mark.engine

RELEASE = """
import pulumi
from amplify_job_resource import Job

config = pulumi.Config()
release = Job(
    "site",
    app_id="d1a2b3c4",
    branch_name="main",
    commit_id=config.get("commitId"),
    wait_for_completion=config.get_bool("wait"),
    skip_if_built=config.get_bool("skipIfBuilt"),
)
pulumi.export("job", release.job_id)
pulumi.export("status", release.status)
"""
GET = """
from amplify_job_resource import Job

Job.get("site", "d1a2b3c4/main/1")
"""
SECRETS = """
import pulumi
from amplify_job_resource import Job

config = pulumi.Config()
triggers = {"API_KEY": config.require_secret("apiKey")}
Job("site", app_id="d1a2b3c4", branch_name="main", commit_id=config.GET("commitId"), triggers=triggers)
"""


@pytest.fixture
def stack(emulator: Server, tmp_path: Path) -> Iterator[Stack]:
    """A stack with one release."""
    stack = Stack(tmp_path, RELEASE, emulator_url=emulator.url)
    yield stack
    stack.close()


def shown(stack: Stack) -> tuple[str, str]:
    """What `pulumi stack output` says."""
    outputs = stack.outputs()
    return outputs["job"], outputs["status"]


def test_a_refresh_leaves_stack_outputs_old(stack: Stack, emulator: Server) -> None:
    """A refresh brings the resource up to date; one that runs the program, the outputs as well."""
    emulator.control.default_plan(Plan())
    emulator.control.run(0)
    stack.up(config={"wait": "false"}).ok()
    emulator.control.advance(3600)
    stack.refresh().ok()
    assert stack.job()["outputs"]["status"] == "SUCCEED"
    assert shown(stack) == ("1", "PENDING")
    # A release that is pending is not made.
    stack.config_set("commitId", "1f3c9e2")
    stack.refresh("--run-program").ok()
    assert shown(stack) == ("1", "SUCCEED")
    assert stack.job()["outputs"]["onBusy"] == "wait"
    assert len(emulator.control.calls("StartJob")) == 1


def test_a_failed_release_leaves_stack_outputs_old(stack: Stack, emulator: Server) -> None:
    """They are those of the last run that went to its end, until a refresh runs the program."""
    emulator.control.plan("d1a2b3c4", "main", Plan(outcome="FAILED"))
    emulator.control.run(100)
    stack.up().failed()
    assert stack.outputs() == {}
    stack.up().ok()
    assert shown(stack) == ("2", "SUCCEED")
    emulator.control.plan("d1a2b3c4", "main", Plan(outcome="FAILED"))
    run = stack.up(config={"commitId": "1f3c9e2"}).failed()
    assert '- status: "SUCCEED"' in run.text
    assert stack.job()["id"] == "d1a2b3c4/main/3"
    assert shown(stack) == ("2", "SUCCEED")
    stack.refresh("--run-program").ok()
    assert shown(stack) == ("3", "FAILED")
    assert len(emulator.control.calls("StartJob")) == 3


def test_a_job_is_recorded_and_not_imported(stack: Stack, emulator: Server) -> None:
    """`pulumi import` ends with the message on the page; `skip_if_built` does what it says there."""
    emulator.control.push("d1a2b3c4", "main", "8" * 40)
    job = ["pulumi-python:dynamic/amplify:Job", "site", "d1a2b3c4/main/1"]
    said = stack.pulumi("import", "--stack=dev", "--yes", *job).failed()
    assert "KeyError: '__provider'" in said.text
    stack.up(config={"commitId": "8" * 40, "skipIfBuilt": "true"}).ok()
    assert shown(stack) == ("1", "SUCCEED")
    assert emulator.control.calls("StartJob") == []


def test_only_what_reads_a_job_needs_credentials_in_a_preview(
    stack: Stack, emulator: Server
) -> None:
    """A pending release is previewed without credentials, `Job.get` is not."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        del stack.environment[name]
    stack.preview().ok()
    assert emulator.control.calls() == []
    stack.write(GET)
    assert "The credentials come from" in stack.preview().failed().text


@pytest.mark.parametrize(("get", "clear"), [("get", True), ("get_secret", False)])
def test_a_secret_setting_stays_secret_if_it_is_read_as_one(
    stack: Stack, get: str, clear: bool
) -> None:
    """`get` gives away what the config encrypts; a trigger keeps its value, and shows its name."""
    stack.write(SECRETS.replace("GET", get))
    stack.config_set("commitId", "1f3c9e2a77", secret=True)
    stack.config_set("apiKey", "one", secret=True)
    assert ("main: 1f3c9e2" in stack.up().ok().text) == clear
    recorded = stack.job()["outputs"]
    assert (recorded["commitId"] == "1f3c9e2a77") == clear
    assert "one" not in str(recorded["triggers"])
    stack.config_set("apiKey", "two", secret=True)
    assert "trigger API_KEY changed" in stack.preview().ok().text
