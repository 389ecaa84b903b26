"""How AWS is reached, and what keeps a stack from it, on the real engine."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from amplify_job_resource.emulator import Control

from tests.aws_server import MFA_PROFILE, AwsServer, aws_server
from tests.engine.stack import Stack

pytestmark = pytest.mark.engine

OURS, OTHERS = "111122223333", "444455556666"
COMMIT = {"commitId": "1f3c9e2a77"}
MFA = f"arn:aws:iam::{OURS}:mfa/me"


@pytest.fixture
def sts() -> Iterator[AwsServer]:
    with aws_server() as server:
        server.account = OURS
        yield server


def write_config(stack: Stack, text: str) -> None:
    Path(stack.environment["AWS_CONFIG_FILE"]).write_text(text, "utf-8")


def test_a_profile_with_mfa_ends_with_a_sentence(stack: Stack, emulator: Control) -> None:
    """Nobody is prompted, nothing is started, and the user reads how to sign in."""
    del stack.environment["AWS_ACCESS_KEY_ID"], stack.environment["AWS_SECRET_ACCESS_KEY"]
    stack.environment["AWS_PROFILE"] = "dev"
    write_config(stack, MFA_PROFILE)
    run = stack.up(config=COMMIT, timeout=30).failed()
    assert f"the credentials need an MFA code (Enter MFA code for {MFA})" in run.text
    assert "aws configure export-credentials --profile dev" in run.text
    assert "Traceback" not in run.text
    assert emulator.calls() == []
    assert stack.jobs() == []


def test_a_process_that_prints_nonsense_ends_with_a_sentence(
    stack: Stack, emulator: Control
) -> None:
    """Of the resource's or the stack's profile: what is wrong, and not what it printed."""
    script = stack.folder / "keys.py"
    script.write_text("print('hush')\n", "utf-8")
    write_config(stack, f"[profile dev]\ncredential_process = {sys.executable} {script}\n")
    run = stack.up(config={**COMMIT, "aws:profile": "dev"}).failed()
    assert "credential_process: it did not print the JSON that AWS's tools expect" in run.text
    assert "The credentials come from profile 'dev'" in run.text
    assert "hush" not in run.text
    assert "Traceback" not in run.text
    assert emulator.calls() == []


def test_a_guard_stops_a_release_in_another_account(
    stack: Stack, emulator: Control, sts: AwsServer
) -> None:
    """Nothing is read and nothing started; in the right account the same stack releases."""
    stack.config_set("aws:endpoints[0].sts", sts.url, path=True)
    stack.config_set("aws:allowedAccountIds[0]", OTHERS, path=True)
    run = stack.up(config=COMMIT).failed()
    assert f"the credentials belong to AWS account {OURS}" in run.text
    assert f"aws:allowedAccountIds allows only {OTHERS}" in run.text
    assert "Traceback" not in run.text
    assert emulator.calls() == []
    assert stack.jobs() == []

    looked = stack.preview(config={"amplify-job:lookahead": "true"}).ok()
    assert f"looking ahead: the credentials belong to AWS account {OURS}" in looked.text
    assert emulator.calls() == []

    sts.account = OTHERS
    stack.up().ok()
    assert len(emulator.calls("StartJob")) == 1
    emulator.clear_calls()

    sts.account = OURS
    assert "the credentials belong to AWS account" in stack.refresh().failed().text
    assert emulator.calls() == []
    assert len(stack.jobs()) == 1


TWO = """
from amplify_job_resource import Job

Job("site", app_id="d1a2b3c4", branch_name="main")
Job("docs", app_id="d1a2b3c4", branch_name="dev")
"""


def test_a_preview_says_once_what_has_no_effect(stack: Stack) -> None:
    """Once a stack, whatever the number of resources; what could change nothing is not mentioned."""
    stack.write(TWO)
    config = {
        "aws:tokenBucketRateLimiterCapacity": "500",
        "aws:defaultTags": json.dumps({"tags": {"a": "b"}}),
        "aws:insecure": "false",
    }
    run = stack.preview(config=config).ok()
    lines = run.lines("site", ephemeral=False) + run.lines("docs", ephemeral=False)
    (told,) = [line for line in lines if "has no effect on releases" in line]
    assert told.startswith("the stack's aws:tokenBucketRateLimiterCapacity has no effect")
    malformed = stack.preview(config={"aws:insecure": "maybe"}).failed()
    assert "the stack's aws:insecure is 'maybe': it must be true or false" in malformed.text
    assert "Traceback" not in malformed.text
