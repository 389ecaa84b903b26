"""Releases that go wrong: what is said, what is recorded, and what the next `up` does."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from amplify_job_resource.emulator import Control, Fault, Plan

from tests.engine.fronts import ALSO_IN_YAML, BOTH, LIFECYCLE_ALONE, only_dynamic, spread
from tests.engine.stack import Stack

pytestmark = [pytest.mark.engine, BOTH]

FAILING = Plan(
    pending=0.1, provisioning=0.1, build=0.5, outcome="FAILED", status_reason="npm ci exited 1"
)
SLOW = Plan(pending=0, provisioning=0, build=3600, cancelling=0.5)


@ALSO_IN_YAML
def test_a_failed_build_is_readable_recorded_and_released_again(
    stack: Stack, emulator: Control
) -> None:
    """A failed build fails `up` with its reasons, is in state, and the next `up` replaces it."""
    emulator.plan("d1a2b3c4", "main", FAILING)
    run = stack.up(config={"commitId": "1f3c9e2a77"}).failed()
    for words in (
        "Amplify job d1a2b3c4/main/1 FAILED after 1s",
        "step BUILD FAILED: npm ci exited 1",
        "The previous deployment stays live.",
        "console: https://us-east-1.console.aws.amazon.com/amplify/apps/d1a2b3c4/branches/main/deployments",
        "The job is recorded in the stack. The next `pulumi up` releases again.",
    ):
        assert words in run.text
    assert "Traceback" not in run.text
    recorded = stack.job()
    assert recorded["id"] == "d1a2b3c4/main/1"
    assert recorded["outputs"]["status"] == "FAILED"
    assert len(recorded["initErrors"]) == 1

    assert "release again: job 1 FAILED" in stack.preview().ok().text
    stack.up().ok()
    assert stack.job()["id"] == "d1a2b3c4/main/2"
    assert len(stack.jobs()) == 1
    assert len(emulator.calls("StartJob")) == 2
    assert stack.up().ok().steps("site") == ["same"]


def test_a_replacement_that_fails_is_recorded_too(stack: Stack, emulator: Control) -> None:
    """When the new release fails, state has it; the next `up` releases and cleans up."""
    stack.up(config={"commitId": "1f3c9e2a77"}).ok()
    emulator.plan("d1a2b3c4", "main", FAILING)
    stack.up(config={"commitId": "8b02d4a111"}).failed()
    assert stack.job()["id"] == "d1a2b3c4/main/2"
    run = stack.up().ok()
    assert "release again: job 2 FAILED" in run.text
    assert [job["id"] for job in stack.jobs()] == ["d1a2b3c4/main/3"]
    assert emulator.calls("StopJob") == []


ALLOWED = """
import pulumi
from amplify_job_resource import Job

config = pulumi.Config()
release = Job(
    "site",
    app_id="d1a2b3c4",
    branch_name="main",
    commit_id="1f3c9e2a77",
    commit_message=config.get("message"),
    allow_failure=config.get_bool("allow"),
)
pulumi.export("status", release.status)
"""


@LIFECYCLE_ALONE
def test_an_allowed_failure_is_a_result(new_stack: Callable[..., Stack], emulator: Control) -> None:
    """With `allow_failure` a failed job is recorded without error; without it, released again."""
    emulator.plan("d1a2b3c4", "main", FAILING)
    stack = new_stack(ALLOWED)
    run = stack.up(config={"allow": "true"}).ok()
    assert "job 1 FAILED" in run.text
    assert stack.outputs() == {"status": "FAILED"}
    assert stack.up().ok().steps("site") == ["same"]
    assert "release again: job 1 FAILED" in stack.up(config={"allow": "false"}).ok().text
    assert stack.outputs() == {"status": "SUCCEED"}


def test_a_long_message_survives_a_recorded_failure(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """A failure is recorded with all inputs, even when they are as long as AWS takes them."""
    emulator.plan("d1a2b3c4", "main", FAILING)
    stack = new_stack(
        """
        from amplify_job_resource import Job

        Job("site", app_id="d1a2b3c4", branch_name="main", commit_message="ü" * 10_000,
            triggers={f"key{n}": "x" * 100 for n in range(300)})
        """
    )
    stack.up().failed()
    assert stack.job()["outputs"]["commitMessage"] == "ü" * 10_000
    assert len(stack.job()["outputs"]["triggers"]) == 300


TIMED = """
import pulumi
from amplify_job_resource import Job

config = pulumi.Config()
Job(
    "site",
    app_id="d1a2b3c4",
    branch_name="main",
    commit_id=config.get("commitId"),
    opts=pulumi.ResourceOptions(
        custom_timeouts=pulumi.CustomTimeouts(create="6s", update="4s", delete="4s")
    ),
)
"""


@ALSO_IN_YAML
def test_timeouts_are_kept_and_the_next_up_goes_on_waiting(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """`custom_timeouts` end create, update and delete; the job is recorded and waited for again."""
    emulator.plan("d1a2b3c4", "main", Plan(pending=3600, stuck="CANCELLING"))
    stack = new_stack(TIMED)
    run = stack.up(config={"commitId": "1f3c9e2a77"}).failed()
    for words in (
        "Amplify job d1a2b3c4/main/1 has not ended: PENDING after ",
        "an account builds 5 jobs at once",
        "console: https://",
        "aws amplify stop-job --app-id d1a2b3c4 --branch-name main --job-id 1 --region us-east-1",
        "The next `pulumi up` keeps waiting for it.",
    ):
        assert words in run.text
    assert "keep waiting for job 1" in stack.preview().ok().text
    update = stack.up().failed()
    assert update.steps("site") == ["update"]
    assert "has not ended" in update.text
    destroy = stack.destroy().failed()
    assert "is still CANCELLING" in destroy.text
    assert len(emulator.calls("StartJob")) == 1
    assert stack.job()["id"] == "d1a2b3c4/main/1"


def test_a_refresh_that_finds_success_leaves_nothing_to_do(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """After a timed-out wait, a refresh that finds the job SUCCEED ends the matter."""
    emulator.plan("d1a2b3c4", "main", Plan(build=3600))
    stack = new_stack(TIMED)
    stack.up(config={"commitId": "1f3c9e2a77"}).failed()
    emulator.advance(7200)
    stack.refresh().ok()
    assert "initErrors" not in stack.job()
    assert stack.up().ok().steps("site") == ["same"]
    assert len(emulator.calls("StartJob")) == 1


FAIL_WHEN_BUSY = """
from amplify_job_resource import Job

Job("site", app_id="d1a2b3c4", branch_name="main", on_busy="fail")
"""


@LIFECYCLE_ALONE
def test_a_busy_branch_fails_the_up_that_asks_for_it(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """`on_busy="fail"` names the job that blocks, with status, age and link; nothing is recorded."""
    emulator.plan("d1a2b3c4", "main", SLOW)
    emulator.push("d1a2b3c4", "main", "8" * 40)
    emulator.advance(125)
    stack = new_stack(FAIL_WHEN_BUSY)
    run = stack.up().failed()
    assert "no Amplify job was started for d1a2b3c4/main: the branch is busy" in run.text
    assert re.search(r"job 1 is RUNNING, started [^ ]+ ago", run.text)
    assert "console: https://" in run.text
    assert "Traceback" not in run.text
    assert stack.jobs() == []
    assert emulator.calls("StartJob") == []


def test_a_busy_branch_is_waited_for(stack: Stack, emulator: Control) -> None:
    """By default a release waits for the active job to end, says so, and then starts."""
    emulator.plan("d1a2b3c4", "main", SLOW)
    emulator.push("d1a2b3c4", "main", "8" * 40)
    running = stack.start("up", config={"commitId": "1f3c9e2a77"})
    running.wait_for("for job 1 ")
    emulator.advance(7200)
    run = running.finish().ok()
    assert any(line.startswith("waiting") for line in run.lines("site", ephemeral=True))
    assert "job 2 SUCCEED in 1s (waited " in run.text
    assert "for job 1)" in run.text
    assert [job["status"] for job in emulator.jobs("d1a2b3c4")] == ["SUCCEED", "SUCCEED"]
    assert emulator.calls("StopJob") == []


DENIED = ("denied", "The credentials need amplify:StartJob on arn:aws:amplify:us-east-1")


@spread(
    "kind, words",
    [
        DENIED,
        ("expired", "The credentials come from boto3's default chain"),
        ("refused", "The request is refused by plan (BadRequestException)"),
    ],
    native=[DENIED],
)
def test_refusals_are_sentences_and_record_nothing(
    stack: Stack, emulator: Control, kind: str, words: str
) -> None:
    """When AWS refuses StartJob, the error says why and what to do, and nothing is recorded."""
    emulator.fault(Fault(kind, "StartJob", times=None))  # type: ignore[arg-type]
    run = stack.up(config={"commitId": "1f3c9e2a77"}).failed()
    assert "no Amplify job was started for d1a2b3c4/main: starting Amplify job" in run.text
    assert words in run.text
    assert "Traceback" not in run.text
    assert stack.jobs() == []
    assert emulator.jobs("d1a2b3c4") == []


MISSING = """
from amplify_job_resource import Job

Job("site", app_id="dnosuchapp", branch_name="main")
"""


@LIFECYCLE_ALONE
def test_an_app_that_is_not_there_names_the_region(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """An unknown app fails before anything is started, and the region asked is named."""
    run = new_stack(MISSING).up().failed()
    assert "App dnosuchapp not found" in run.text
    assert "The region is us-east-1" in run.text
    assert emulator.calls("StartJob") == []


@LIFECYCLE_ALONE
def test_an_app_without_a_repository_is_refused(stack: Stack, emulator: Control) -> None:
    """A release of a manual app fails with a sentence of ours, before StartJob."""
    emulator.create_app("d1a2b3c4", ["main"], repository=False)
    run = stack.up(config={"commitId": "1f3c9e2a77"}).failed()
    assert "is not connected to a repository" in run.text
    assert emulator.calls("StartJob") == []


@LIFECYCLE_ALONE
def test_no_credentials_name_the_chain(stack: Stack) -> None:
    """Without credentials the error says which chain was tried."""
    del stack.environment["AWS_ACCESS_KEY_ID"]
    del stack.environment["AWS_SECRET_ACCESS_KEY"]
    run = stack.up(config={"commitId": "1f3c9e2a77"}).failed()
    assert "Unable to locate credentials (NoCredentialsError)" in run.text
    assert "boto3's default chain" in run.text
    assert "Traceback" not in run.text


@only_dynamic("broken state of this kind is read in another way; see tests/unit/native")
def test_a_fault_of_ours_keeps_its_traceback_and_asks_to_be_reported(
    stack: Stack, emulator: Control
) -> None:
    """What nobody foresaw is shown in full, with a request to report it."""
    stack.up(config={"commitId": "1f3c9e2a77"}).ok()
    exported = stack.pulumi("stack", "export", "--stack=dev").ok().stdout
    broken = exported.replace('"adopted": false', '"adopted": false, "secretInputs": 5')
    assert broken != exported
    (stack.folder / "broken.json").write_text(broken, encoding="utf-8")
    stack.pulumi("stack", "import", "--stack=dev", "--file", str(stack.folder / "broken.json")).ok()
    run = stack.refresh().failed()
    assert "Traceback" in run.text
    assert "please report it" in run.text
