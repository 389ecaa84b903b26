"""Refresh, destroy and `get`: what becomes of a release after it was made."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from amplify_job_resource.emulator import Control, Fault, Plan

from tests.engine.fronts import ALSO_IN_YAML, BOTH, LIFECYCLE_ALONE, only_dynamic, spread
from tests.engine.stack import Stack

pytestmark = [pytest.mark.engine, BOTH]

UNWAITED = """
import pulumi
from amplify_job_resource import Job

config = pulumi.Config()
Job(
    "site",
    app_id="d1a2b3c4",
    branch_name="main",
    commit_id=config.get("commitId"),
    wait_for_completion=False,
)
"""
SLOW = Plan(pending=0, provisioning=0, build=3600, cancelling=1)


def started(stack: Stack) -> Stack:
    """The stack with its release started and not waited for."""
    stack.up(config={"commitId": "1f3c9e2a77"}).ok()
    return stack


def test_refresh_brings_the_status_up_to_date_and_keeps_the_inputs(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """A job that was not waited for is RUNNING in state, and after a refresh what it became."""
    emulator.plan("d1a2b3c4", "main", SLOW)
    stack = started(new_stack(UNWAITED))
    before = stack.job()
    assert before["outputs"]["status"] in ("PENDING", "RUNNING")
    emulator.advance(7200)
    stack.refresh().ok()
    after = stack.job()
    assert after["outputs"]["status"] == "SUCCEED"
    assert after["outputs"]["reportedCommitId"] == "HEAD"
    assert after["inputs"] == before["inputs"]
    assert [step["name"] for step in after["outputs"]["steps"]] == ["BUILD", "DEPLOY", "VERIFY"]
    emulator.clear_calls()
    assert stack.up().ok().steps("site") == ["same"]
    assert emulator.calls() == []


def test_refresh_that_finds_a_failure_leads_to_a_new_release(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """A job that failed after it was left alone is released again by the next `up`, not before."""
    emulator.plan("d1a2b3c4", "main", Plan(build=60, outcome="FAILED"))
    stack = started(new_stack(UNWAITED))
    emulator.advance(600)
    stack.refresh().ok()
    assert "release again: job 1 FAILED" in stack.preview().ok().text
    stack.up().ok()
    assert stack.job()["id"] == "d1a2b3c4/main/2"


@LIFECYCLE_ALONE
def test_a_purged_record_is_no_reason_to_build_again(stack: Stack, emulator: Control) -> None:
    """A job that had ended keeps its last known state when its record is purged."""
    stack.up(config={"commitId": "1f3c9e2a77"}).ok()
    before = stack.job()["outputs"]
    emulator.delete_job("d1a2b3c4", "main", "1")
    stack.refresh().ok()
    assert stack.job()["outputs"] == before
    assert stack.up().ok().steps("site") == ["same"]


def test_a_deleted_branch_takes_its_release_along(stack: Stack, emulator: Control) -> None:
    """After a refresh, a release whose branch is gone is gone from state."""
    stack.up(config={"commitId": "1f3c9e2a77"}).ok()
    emulator.delete_branch("d1a2b3c4", "main")
    stack.refresh().ok()
    assert stack.jobs() == []


@LIFECYCLE_ALONE
def test_another_job_under_the_same_id_is_not_taken_for_ours(
    stack: Stack, emulator: Control
) -> None:
    """A branch that was made anew counts from 1 again: its job 1 is not the recorded one."""
    stack.up(config={"commitId": "1f3c9e2a77"}).ok()
    emulator.delete_branch("d1a2b3c4", "main")
    emulator.create_app("d1a2b3c4", ["main"])
    emulator.advance(60)
    emulator.push("d1a2b3c4", "main", "0" * 40)
    stack.refresh().ok()
    assert stack.jobs() == []


@spread("kind", [("denied",), ("500",)], native=[("denied",)])
def test_a_read_that_fails_drops_nothing(stack: Stack, emulator: Control, kind: str) -> None:
    """A refresh that AWS does not answer fails in a sentence and leaves the state as it is."""
    stack.up(config={"commitId": "1f3c9e2a77"}).ok()
    before = stack.job()["outputs"]
    emulator.fault(Fault(kind, "GetJob", times=None))  # type: ignore[arg-type]
    run = stack.refresh().failed()
    assert "reading Amplify job (d1a2b3c4/main/1)" in run.text
    assert "Traceback" not in run.text
    if kind == "denied":
        assert "amplify:GetJob on arn:aws:amplify:us-east-1:*:apps/d1a2b3c4/" in run.text
    assert stack.job()["outputs"] == before


@ALSO_IN_YAML
def test_destroy_stops_a_job_that_still_runs(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """A destroy while the build runs stops it once and waits until it has ended."""
    emulator.plan("d1a2b3c4", "main", SLOW)
    stack = started(new_stack(UNWAITED))
    stack.destroy().ok()
    assert len(emulator.calls("StopJob")) == 1
    (job,) = emulator.jobs("d1a2b3c4")
    assert job["status"] == "CANCELLED"


@LIFECYCLE_ALONE
def test_destroy_of_an_ended_job_writes_nothing(stack: Stack, emulator: Control) -> None:
    """A destroy after the end asks nothing of AWS, and history stays."""
    stack.up(config={"commitId": "1f3c9e2a77"}).ok()
    emulator.clear_calls()
    stack.destroy().ok()
    assert emulator.calls() == []
    assert len(emulator.jobs("d1a2b3c4")) == 1


@LIFECYCLE_ALONE
def test_destroy_is_content_when_the_branch_is_gone(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """A destroy of a running job whose branch somebody deleted succeeds."""
    emulator.plan("d1a2b3c4", "main", SLOW)
    stack = started(new_stack(UNWAITED))
    emulator.delete_branch("d1a2b3c4", "main")
    stack.destroy().ok()
    assert stack.jobs() == []


GET = """
import pulumi
from amplify_job_resource import Job

found = Job.get("site", "d1a2b3c4/main/1")
pulumi.export("status", found.status)
pulumi.export("app", found.app_id)
"""


def test_get_reads_a_job_and_raises_when_there_is_none(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """`Job.get` gives the outputs of a job that exists, and an error for one that does not."""
    stack = new_stack(GET)
    missing = stack.up().failed()
    assert "Job 1 not found" in missing.text
    assert "Traceback" not in missing.text
    emulator.push("d1a2b3c4", "main", "8" * 40)
    emulator.advance(60)
    stack.up().ok()
    assert stack.outputs() == {"status": "SUCCEED", "app": "d1a2b3c4"}
    emulator.clear_calls()
    stack.destroy().ok()
    assert emulator.calls("StopJob") == []


ELSEWHERE = """
import pulumi
from amplify_job_resource import Job

found = Job.get("site", "d1a2b3c4/main/{number}"{where})
pulumi.export("status", found.status)
pulumi.export("region", found.region)
"""


@only_dynamic("another region is a provider of its own there: tests/native/test_providers.py")
def test_get_reads_a_job_in_another_region(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """A job elsewhere is read there by each command, whatever the stack's own region is."""
    emulator.create_app("d1a2b3c4", ["main"], region="eu-west-1")
    for commit in ("8" * 40, "9" * 40):
        emulator.push("d1a2b3c4", "main", commit, region="eu-west-1")
        emulator.advance(60)
    stack = new_stack(ELSEWHERE.format(number=1, where=""))
    lost = stack.preview().failed()
    assert (
        "If region (us-east-1), app and branch are right, the branch has no such job" in lost.text
    )
    assert "For an app in another region, give its `region`." in lost.text

    stack.write(ELSEWHERE.format(number=1, where=', region="eu-west-1"'))
    stack.config_set("aws:region", "us-west-2")
    assert stack.preview().ok().steps("site") == ["read"]
    stack.up().ok()
    assert stack.outputs() == {"status": "SUCCEED", "region": "eu-west-1"}
    before = stack.job()["outputs"]
    emulator.clear_calls()
    stack.refresh().ok()
    stack.preview("--expect-no-changes").ok()
    stack.up("--expect-no-changes").ok()
    assert stack.job()["outputs"] == before
    assert {call["region"] for call in emulator.calls()} == {"eu-west-1"}

    stack.write(ELSEWHERE.format(number=2, where=', region="eu-west-1"'))
    stack.up().ok()
    assert (stack.job()["id"], stack.job()["outputs"]["jobId"]) == ("d1a2b3c4/main/2", "2")
    stack.write(ELSEWHERE.format(number=2, where=""))
    assert "If region (us-west-2), app and branch are right" in stack.up().failed().text
    assert stack.job()["id"] == "d1a2b3c4/main/2"
    stack.write(ELSEWHERE.format(number=2, where=', region="Ireland"'))
    refused = stack.preview().failed()
    assert "region 'Ireland' is not the name of a region such as eu-west-1" in refused.text
    assert "Traceback" not in refused.text


LATER = """
import pulumi
from amplify_job_resource import Job


class Place(pulumi.dynamic.ResourceProvider):
    def create(self, props):
        return pulumi.dynamic.CreateResult("place", {**props, "where": props["wanted"]})

    def diff(self, id, olds, news):
        return pulumi.dynamic.DiffResult(changes=olds["wanted"] != news["wanted"])

    def update(self, id, olds, news):
        return pulumi.dynamic.UpdateResult({**news, "where": news["wanted"]})


class Where(pulumi.dynamic.Resource):
    where: pulumi.Output[str]


wanted = pulumi.Config().require("where")
place = Where(Place(), "place", {"wanted": wanted, "where": None})
found = Job.get("site", "d1a2b3c4/main/1", region=place.where)
pulumi.export("region", found.region)
"""


@only_dynamic("another region is a provider of its own there: tests/native/test_providers.py")
def test_get_reads_nothing_before_the_region_is_known(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """A preview that does not know the region yet asks no other region instead."""
    for region in ("eu-west-1", "eu-north-1"):
        emulator.create_app("d1a2b3c4", ["main"], region=region)
        emulator.push("d1a2b3c4", "main", "8" * 40, region=region)
    emulator.advance(60)
    stack = new_stack(LATER)
    for region in ("eu-west-1", "eu-north-1"):
        emulator.clear_calls()
        stack.preview(config={"where": region}).ok()
        assert emulator.calls() == []
        stack.up().ok()
        assert stack.outputs() == {"region": region}
        assert {call["region"] for call in emulator.calls()} == {region}
