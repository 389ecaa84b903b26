"""Why a build failed, and where the site is: in the terminal, and what of it is kept."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from amplify_job_resource.emulator import Control, Fault

from tests.engine.conftest import QUICK
from tests.engine.fronts import BOTH, LIFECYCLE_ALONE, spread
from tests.engine.stack import Stack

pytestmark = [pytest.mark.engine, BOTH]

LOG = [
    "# Executing command: npm run build",
    "[WARNING]: src/app.ts(3,7): error TS2304: Cannot find name 'greeting'.",
    "[WARNING]: token is hidden-token, pin hidden-pin",
    "[ERROR]: !!! Build failed",
    "[ERROR]: !!! Error: Command failed with exit code 2",
    "# Starting environment caching...",
]
FAILING = replace(QUICK, outcome="FAILED", logs={"BUILD": LOG})

PROGRAM = """
import pulumi
from amplify_job_resource import Job

config = pulumi.Config()
release = Job(
    "site",
    app_id="d1a2b3c4",
    branch_name="main",
    commit_id=config.get("commitId"),
    log_lines=config.get_int("lines"),
    allow_failure=config.get_bool("allow"),
    job_reason=pulumi.Output.secret("hidden-token"),
    triggers={"pin": pulumi.Output.secret("hidden-pin")},
)
pulumi.export("url", release.url)
"""


def kept(stack: Stack) -> str:
    """All that is on disk but the program: state with its history, the stack's settings, notes."""
    places = [stack.folder / "state", Path(stack.environment["PULUMI_HOME"])]
    files = [
        Path(folder, name)
        for place in places
        for folder, _, names in os.walk(place)
        for name in names
    ]
    return "\n".join(file.read_text(encoding="utf-8", errors="replace") for file in files)


def test_the_reason_of_a_failure_is_in_the_terminal_and_nowhere_else(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """The lines that matter come with the error; no line and no address of a log is kept."""
    stack = new_stack(PROGRAM)
    emulator.plan("d1a2b3c4", "main", FAILING)
    run = stack.up().failed()
    lines = "\n".join(stack_lines.strip() for stack_lines in run.stdout.splitlines())
    assert (
        "From the log of BUILD:\n"
        "# Executing command: npm run build\n"
        "src/app.ts(3,7): error TS2304: Cannot find name 'greeting'.\n"
        "token is [secret], pin [secret]\n"
        "!!! Build failed\n"
        "!!! Error: Command failed with exit code 2\n"
    ) in lines
    assert "caching" not in run.text
    assert "log: amplify-job logs d1a2b3c4 main 1 --region us-east-1" in run.text
    written = kept(stack) + json.dumps(stack.state())
    for words in ("TS2304", "!!! Build failed", "From the log", "X-Amz", "log.txt", "hidden-"):
        assert words not in written
    for words in ("X-Amz", "log.txt", "hidden-"):
        assert words not in run.text
    assert len(stack.job()["initErrors"]) == 1


@LIFECYCLE_ALONE
def test_the_stack_and_the_resource_say_how_many_lines(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """The resource's number counts before the stack's; 0 reads nothing; a change is no release."""
    stack = new_stack(PROGRAM)
    stack.config_set("amplify-job:logLines", "1")
    emulator.default_plan(FAILING)
    run = stack.up(config={"commitId": "1f3c9e2a77"}).failed()
    assert "Command failed with exit code 2" in run.text
    assert "!!! Build failed" not in run.text
    asked = len(emulator.calls("GetLog"))
    run = stack.up(config={"lines": "0", "allow": "true"}).ok()
    assert "Command failed" not in run.text
    assert len(emulator.calls("GetLog")) == asked
    assert "no release, only log_lines changed" in stack.preview(config={"lines": "3"}).ok().text
    started = len(emulator.calls("StartJob"))
    # The job had failed before: nobody needs its log again.
    assert stack.up().ok().steps("site") == ["update"]
    assert len(emulator.calls("StartJob")) == started
    assert len(emulator.calls("GetLog")) == asked
    stack.config_set("amplify-job:logLines", "many")
    assert "amplify-job:logLines of the stack's config must be" in stack.preview().failed().text


@LIFECYCLE_ALONE
@pytest.mark.parametrize("kind", ["denied", "500"])
def test_a_log_that_cannot_be_had_costs_a_sentence(
    new_stack: Callable[..., Stack], emulator: Control, kind: str
) -> None:
    """The failure is told and recorded as ever."""
    stack = new_stack(PROGRAM)
    emulator.plan("d1a2b3c4", "main", FAILING)
    emulator.fault(Fault(kind, "GetLog", times=None))  # type: ignore[arg-type]
    run = stack.up().failed()
    assert "The log of job 1 cannot be shown: AWS " in run.text
    assert "Amplify job d1a2b3c4/main/1 FAILED" in run.text
    assert stack.job()["outputs"]["status"] == "FAILED"


@LIFECYCLE_ALONE
def test_the_address_of_the_site(new_stack: Callable[..., Stack], emulator: Control) -> None:
    """It is exported, in the last row, and follows a custom domain at the next refresh."""
    stack = new_stack(PROGRAM)
    run = stack.up().ok()
    default = "https://main.d1a2b3c4.amplifyapp.com"
    assert re.search(rf"job 1 SUCCEED in [0-9]s  {re.escape(default)}$", run.text, re.MULTILINE)
    assert stack.outputs() == {"url": default}
    emulator.domain("d1a2b3c4", "example.com", {"www": "main"})
    stack.refresh("--run-program").ok()
    assert stack.outputs() == {"url": "https://www.example.com"}
    assert stack.up().ok().steps("site") == ["same"]


def test_an_address_that_is_made_of_a_secret_never_gets_into_state_in_clear(
    new_stack: Callable[..., Stack], tmp_path: Path
) -> None:
    """A refresh of state of a version that had no `url` leaves it to the next `up`."""
    stack = new_stack(
        PROGRAM.replace('app_id="d1a2b3c4"', 'app_id=pulumi.Output.secret("d1a2b3c4")')
    )
    stack.up().ok()
    assert "ciphertext" in stack.job()["outputs"]["url"]
    exported = stack.pulumi("stack", "export", "--stack=dev").ok().json
    for resource in exported["deployment"]["resources"]:
        for part in ("inputs", "outputs"):
            resource.get(part, {}).pop("url", None)
    old = tmp_path / "old.json"
    old.write_text(json.dumps(exported), encoding="utf-8")
    stack.pulumi("stack", "import", "--stack=dev", "--file", str(old)).ok()
    stack.refresh().ok()
    assert "amplifyapp.com" not in json.dumps(stack.state())
    stack.up().ok()
    stack.refresh().ok()
    assert "amplifyapp.com" not in json.dumps(stack.state())


@LIFECYCLE_ALONE
def test_state_without_an_address_asks_for_nothing(
    new_stack: Callable[..., Stack], emulator: Control, tmp_path: Path
) -> None:
    """State of a version that had no `url` is up to date; a refresh fills it."""
    stack = new_stack(PROGRAM)
    stack.up().ok()
    exported = stack.pulumi("stack", "export", "--stack=dev").ok().json
    for resource in exported["deployment"]["resources"]:
        if resource["urn"] == stack.job()["urn"]:
            del resource["outputs"]["url"]
    old = tmp_path / "old.json"
    old.write_text(json.dumps(exported), encoding="utf-8")
    stack.pulumi("stack", "import", "--stack=dev", "--file", str(old)).ok()
    run = stack.up().ok()
    assert run.steps("site") == ["same"]
    stack.refresh().ok()
    assert stack.job()["outputs"]["url"] == "https://main.d1a2b3c4.amplifyapp.com"
    assert len(emulator.calls("StartJob")) == 1


@spread("display", [("--color=always",), ("--diff",)], native=[("--diff",)])
def test_what_looks_like_a_tag_of_pulumi_breaks_nothing(
    new_stack: Callable[..., Stack], emulator: Control, display: str
) -> None:
    """Pulumi's CLI panics at a color tag that it does not know; templates have such text."""
    log = [
        "in <{% if wide %}section{% endif %}> and <{%fg 1%}>",
        "[ERROR]: !!! Build failed <{%x%}>",
    ]
    plan = replace(FAILING, logs={"BUILD": log}, status_reason="no <{%tag%}>")
    emulator.plan("d1a2b3c4", "main", plan)
    stack = new_stack(PROGRAM)
    run = stack.up("--color=always", display).failed()
    assert "panic" not in run.text
    assert "in < {% if wide %}section{% endif %}> and < {%fg 1%}>" in run.text
    assert "step BUILD FAILED: no < {%tag%}>" in run.text
    assert stack.job()["outputs"]["status"] == "FAILED"
    assert "panic" not in stack.refresh("--color=always", "--diff").ok().text
