"""A stack changes over from the dynamic resources to the native ones: no release, nothing lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from amplify_job_resource.emulator import Control, Plan

from tests.engine.conftest import APP, QUICK, RELEASE
from tests.engine.fronts import Front
from tests.engine.stack import Stack
from tests.engine.test_faults import killed
from tests.waiting import wait_until

pytestmark = pytest.mark.engine

FILES, ELSEWHERE = "dfiles", "eu-west-1"
SLOW: Final = Plan(pending=0, provisioning=0, build=3600, cancelling=0.5)
#: Every kind of input that is kept in state in a form of its own, with and without a parent.
PROGRAM: Final = f"""
import pulumi
from amplify_job_resource import Deployment, Job

config = pulumi.Config()
group = pulumi.ComponentResource("shop:web:Group", "group")
Job(
    "site",
    app_id="{APP}",
    branch_name="main",
    commit_id=config.get("commitId"),
    commit_message="Hello",
    commit_time="2026-01-02T03:04:05Z",
    job_reason=pulumi.Output.secret("hidden-reason"),
    log_lines=5,
    triggers={{
        "env": {{"TOKEN": pulumi.Output.secret("hidden-token"), "count": 1, "flag": True}},
        "list": [1, "two", {{"three": 3.5, "app_id": None}}],
        "nothing": config.get("nothing"),
        "commit_id": {{"log_lines": 1}},
        "schema": pulumi.FileAsset("schema.graphql"),
        "pages": pulumi.FileArchive("pages"),
    }},
)
Job("there", app_id="{APP}", branch_name="there", region="{ELSEWHERE}")
Job("secret", app_id=pulumi.Output.secret("{APP}"), branch_name="secret")
Deployment(
    "files",
    app_id="{FILES}",
    branch_name="main",
    source="pages",
    exclude=["*.map"],
    opts=pulumi.ResourceOptions(parent=group),
)
"""
NAMES: Final = ("site", "there", "secret", "files")


@pytest.fixture
def app(emulator: Control) -> Control:
    """The emulator with an app here, one elsewhere, and one for files."""
    emulator.create_app(APP, ["main", "secret"])
    emulator.create_app(APP, ["there"], region=ELSEWHERE)
    emulator.create_app(FILES, ["main"], repository=False)
    return emulator


@pytest.fixture
def stack(app: Control, new_stack: Callable[..., Stack]) -> Stack:
    """A stack of dynamic resources that is up."""
    stack = new_stack(PROGRAM)
    (stack.cwd / "schema.graphql").write_text("type A")
    (stack.cwd / "pages").mkdir()
    (stack.cwd / "pages" / "index.html").write_text("hello")
    stack.up(config={"commitId": "1f3c9e2a77"}).ok()
    return stack


def secrets(job: dict[str, Any]) -> set[str]:
    """The outputs that are encrypted in state, or hold something that is."""
    outputs = job["outputs"].items()
    return {key for key, value in outputs if "ciphertext" in json.dumps(value)}


def started(emulator: Control) -> int:
    """How many jobs were started since the calls were cleared."""
    names = ("StartJob", "CreateDeployment", "StartDeployment")
    return sum(len(emulator.calls(name)) for name in names)


def test_a_stack_moves_without_a_release(stack: Stack, app: Control, native_front: Front) -> None:
    """Each command says `unchanged`; state has the native types, and as many secrets as before."""
    before = {name: stack.job(name) for name in NAMES}
    app.clear_calls()
    stack.move(native_front)
    preview = stack.preview("--expect-no-changes").ok()
    assert {step for name in NAMES for step in preview.steps(name)} == {"same"}
    up = stack.up("--expect-no-changes").ok()
    assert "6 unchanged" in up.text
    assert app.calls() == []
    for name in NAMES:
        after = stack.job(name)
        assert after["type"].startswith("amplify-job:index:")
        assert after["id"] == before[name]["id"]
        assert secrets(after) == secrets(before[name])
    assert len(secrets(before["secret"])) > 1
    assert "hidden-" not in json.dumps(stack.state())

    stack.refresh().ok()
    assert stack.up("--expect-no-changes").ok().code == 0
    assert started(app) == 0
    pending = stack.preview("--diff", config={"commitId": "8b02d4a111"}).ok()
    assert "release d1a2b3c4/main: 1f3c9e2 -> 8b02d4a" in pending.text
    stack.up().ok()
    assert started(app) == 1
    assert "__provider" not in stack.job("site")["outputs"]
    stack.destroy().ok()
    assert app.calls("StopJob") == app.calls("DeleteJob") == []


def test_a_stack_moves_with_a_release_pending(
    stack: Stack, app: Control, native_front: Front
) -> None:
    """A new commit and new files at the same time: one release of each, and the old ones are gone."""
    app.clear_calls()
    stack.move(native_front)
    (stack.cwd / "pages" / "index.html").write_text("hello again")
    preview = stack.preview(config={"commitId": "8b02d4a111"}).ok()
    assert "release d1a2b3c4/main: 1f3c9e2 -> 8b02d4a; trigger pages changed" in preview.text
    assert "deploy dfiles/main: 1 changed of 1 file" in preview.text
    stack.up().ok()
    assert len(app.calls("StartJob")) == len(app.calls("StartDeployment")) == 1
    assert app.calls("StopJob") == []
    assert [job["id"] for job in stack.jobs()] == ["d1a2b3c4/main/2"]
    assert [job["id"] for job in stack.jobs("files")] == ["dfiles/main/2"]
    assert stack.up("--expect-no-changes").ok().code == 0


def test_the_region_of_the_stack_moves_with_its_releases(
    app: Control, new_stack: Callable[..., Stack], native_front: Front
) -> None:
    """`aws:region` is not read any more, and releases stay where they were made all the same."""
    stack = new_stack(RELEASE.replace('"main"', '"there"'))
    stack.up(config={"commitId": "1f3c9e2a77", "aws:region": ELSEWHERE}).ok()
    stack.move(native_front)
    assert stack.up("--expect-no-changes").ok().code == 0
    stack.refresh().ok()
    stack.up(config={"commitId": "8b02d4a111"}).ok()
    assert {call["region"] for call in app.calls()} == {ELSEWHERE}
    assert stack.job()["outputs"]["region"] == ELSEWHERE


def test_a_job_that_still_runs_is_waited_for(
    app: Control, new_stack: Callable[..., Stack], native_front: Front
) -> None:
    """Interrupted before the move, it is the same job afterwards; a destroy would stop it."""
    app.plan(APP, "main", SLOW)
    stack = new_stack(RELEASE)
    running = stack.start("up", config={"commitId": "1f3c9e2a77"})
    wait_until(lambda: bool(app.calls("GetJob")), "the release waits")
    running.interrupt()
    running.finish().failed()
    stack.move(native_front)
    assert stack.preview().ok().lines("site") == ["keep waiting for job 1"]
    app.advance(7200)
    assert stack.up().ok().steps("site") == ["update"]
    assert (stack.job()["id"], stack.job()["outputs"]["status"]) == ("d1a2b3c4/main/1", "SUCCEED")
    assert started(app) == 1


def test_a_job_that_still_runs_is_stopped_by_a_destroy(
    app: Control, new_stack: Callable[..., Stack], native_front: Front
) -> None:
    """Its trailer has the dynamic resource's name, and it is ours nevertheless."""
    app.plan(APP, "main", SLOW)
    unwaited = 'branch_name="main", wait_for_completion=False'
    stack = new_stack(RELEASE.replace('branch_name="main"', unwaited))
    stack.up(config={"commitId": "1f3c9e2a77"}).ok()
    stack.move(native_front)
    stack.up().ok()
    stack.destroy().ok()
    assert [job["status"] for job in app.jobs(APP)] == ["CANCELLED"]


def test_a_recorded_failure_is_released_again(
    app: Control, new_stack: Callable[..., Stack], native_front: Front
) -> None:
    """A job that failed before the move is replaced after it."""
    app.plan(APP, "main", replace(QUICK, outcome="FAILED"))
    stack = new_stack(RELEASE)
    stack.up(config={"commitId": "1f3c9e2a77"}).failed()
    stack.move(native_front)
    assert "release again: job 1 FAILED" in stack.preview().ok().text
    stack.up().ok()
    assert [job["id"] for job in stack.jobs()] == ["d1a2b3c4/main/2"]
    assert started(app) == 2


DEPLOYED: Final = f"""
from amplify_job_resource import Deployment

Deployment("site", app_id="{FILES}", branch_name="main", source="pages")
"""


@pytest.mark.parametrize("found_by", ["note", "trailer", "note of a deployment"])
def test_the_job_of_a_run_that_was_killed_is_found_again(
    app: Control, new_stack: Callable[..., Stack], native_front: Front, found_by: str
) -> None:
    """The dynamic resource recorded nothing: the native one takes its job, and starts none."""
    app.plan(APP, "main", SLOW)
    app.plan(FILES, "main", replace(QUICK, deploy=3600))
    deploys = "deployment" in found_by
    stack = new_stack(DEPLOYED if deploys else RELEASE)
    (stack.cwd / "pages").mkdir()
    (stack.cwd / "pages" / "index.html").write_text("hello")
    running = stack.start("up", config={"commitId": "1f3c9e2a77"})
    wait_until(lambda: bool(app.calls("GetJob")), "the release waits")
    killed(stack, running, plugin=False)
    assert stack.jobs() == []
    if found_by == "trailer":
        for note in Path(stack.environment["PULUMI_HOME"]).glob("amplify-job-resource/*"):
            note.unlink()
    stack.move(native_front)
    running = stack.start("up")
    running.wait_for("job 1 ")
    app.advance(7200)
    running.finish().ok()
    assert stack.job()["id"] == f"{FILES if deploys else APP}/main/1"
    assert len(app.jobs(FILES if deploys else APP)) == 1
