"""The main path: what `pulumi preview` and `up` do to a release."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from amplify_job_resource.emulator import Control, Fault, Plan

from tests.engine.fronts import ALSO_IN_YAML, BOTH, LIFECYCLE_ALONE, only_dynamic, spread
from tests.engine.stack import Stack

pytestmark = [pytest.mark.engine, BOTH]


@ALSO_IN_YAML
def test_first_up_starts_one_job_and_the_second_none(stack: Stack, emulator: Control) -> None:
    """The first `up` sends one StartJob with the right body; the second finds nothing to do."""
    run = stack.up(config={"commitId": "1f3c9e2a77", "message": "Hello"}).ok()
    (start,) = emulator.calls("StartJob")
    assert start["body"]["commitId"] == "1f3c9e2a77"
    assert start["body"]["jobType"] == "RELEASE"
    assert start["body"]["commitMessage"].startswith("Hello\n\nPulumi-Attempt: ")
    assert start["status"] == 200
    assert stack.job()["id"] == "d1a2b3c4/main/1"
    assert stack.outputs() == {"job": "1", "status": "SUCCEED"}
    assert "job 1 SUCCEED in 1s  https://main.d1a2b3c4.amplifyapp.com" in run.lines(
        "site", ephemeral=False
    )

    emulator.clear_calls()
    again = stack.up().ok()
    assert again.steps("site") == ["same"]
    assert emulator.calls() == []
    assert "release" not in again.text


def test_preview_tells_of_the_release_and_calls_nobody(stack: Stack, emulator: Control) -> None:
    """A preview names what would be released, from what to what, without any call to AWS."""
    first = stack.preview(config={"commitId": "1f3c9e2a77"}).ok()
    assert first.steps("site") == ["create"]
    assert "release d1a2b3c4/main: 1f3c9e2" in first.text
    stack.up().ok()
    emulator.clear_calls()

    pending = stack.preview(config={"commitId": "8b02d4a111"}).ok()
    assert "release d1a2b3c4/main: 1f3c9e2 -> 8b02d4a" in pending.lines("site", ephemeral=False)
    assert "replace" in pending.steps("site")
    detailed = stack.preview("--diff").ok()
    assert "1f3c9e2a77" in detailed.text
    assert "8b02d4a111" in detailed.text
    assert emulator.calls() == []


@LIFECYCLE_ALONE
def test_a_new_commit_is_one_more_release(stack: Stack, emulator: Control) -> None:
    """A changed commit replaces the resource: one more job, and the finished one is left alone."""
    stack.up(config={"commitId": "1f3c9e2a77"}).ok()
    emulator.clear_calls()
    run = stack.up(config={"commitId": "8b02d4a111"}).ok()
    assert "release d1a2b3c4/main: 1f3c9e2 -> 8b02d4a" in run.text
    assert len(emulator.calls("StartJob")) == 1
    assert emulator.calls("StopJob") == emulator.calls("DeleteJob") == []
    assert stack.job()["id"] == "d1a2b3c4/main/2"
    assert len(stack.jobs()) == 1


TRIGGERED = """
import pulumi
from amplify_job_resource import Job

config = pulumi.Config()
Job(
    "site",
    app_id="d1a2b3c4",
    branch_name="main",
    commit_id="1f3c9e2a77",
    triggers={"env": {"API_URL": config.require("url")}, "spec": 1},
)
"""


@LIFECYCLE_ALONE
def test_a_changed_trigger_is_a_release_of_the_same_commit(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """A changed value among the triggers releases again and names the trigger, not its value."""
    stack = new_stack(TRIGGERED)
    stack.up(config={"url": "https://one.example"}).ok()
    run = stack.preview(config={"url": "https://two.example"}).ok()
    assert "release d1a2b3c4/main at 1f3c9e2: trigger env changed" in run.text
    assert "two.example" not in "".join(run.lines("site"))
    stack.up().ok()
    assert len(emulator.calls("StartJob")) == 2


@ALSO_IN_YAML
def test_a_changed_label_is_recorded_and_releases_nothing(stack: Stack, emulator: Control) -> None:
    """A changed message is an update in place: no StartJob, and all outputs stay."""
    stack.up(config={"commitId": "1f3c9e2a77", "message": "one"}).ok()
    before = stack.job()["outputs"]
    emulator.clear_calls()
    run = stack.up(config={"message": "two"}).ok()
    assert run.steps("site") == ["update"]
    assert emulator.calls("StartJob") == []
    after = stack.job()["outputs"]
    assert after.pop("commitMessage") == "two"
    assert before.pop("commitMessage") == "one"
    assert after == before


NAMED = """
import pulumi
from amplify_job_resource import Job

config = pulumi.Config()
release = Job("site", app_id="d1a2b3c4", branch_name=config.require("branch"))
pulumi.export("branch", release.branch_name)
"""


@spread("branch", [("feature/a b",), ("x/1/2",), ("ünï",)], native=[("x/1/2",)])
def test_branch_names_go_through_as_they_are(
    new_stack: Callable[..., Stack], emulator: Control, branch: str
) -> None:
    """Slashes, spaces, digits and other letters in a branch name survive every call."""
    emulator.create_app("d1a2b3c4", [branch])
    stack = new_stack(NAMED)
    stack.up(config={"branch": branch}).ok()
    assert stack.job()["id"] == f"d1a2b3c4/{branch}/1"
    assert {call["branch_name"] for call in emulator.calls()} - {None} == {branch}
    stack.refresh().ok()
    assert stack.up().ok().steps("site") == ["same"]
    assert stack.outputs() == {"branch": branch}
    stack.destroy().ok()


UNKNOWN = """
import pulumi
from pulumi.dynamic import CreateResult, Resource, ResourceProvider
from amplify_job_resource import Job


class Made(ResourceProvider):
    def create(self, props):
        return CreateResult("made", {"app": "d1a2b3c4", "commit": "1f3c9e2a77"})


class Thing(Resource):
    app: pulumi.Output[str]
    commit: pulumi.Output[str]


thing = Thing(Made(), "thing", {"app": None, "commit": None})
release = Job(
    "site",
    app_id=thing.app,
    branch_name="main",
    commit_id=thing.commit,
    triggers={"nested": [thing.commit]},
)
pulumi.export("commit", release.commit_id)
"""


def test_inputs_that_are_not_known_yet_pass_the_preview(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """A preview with unknown inputs works and says that they are not known yet."""
    stack = new_stack(UNKNOWN)
    run = stack.preview().ok()
    assert "a commit known after the update" in run.text
    assert emulator.calls() == []
    stack.up().ok()
    assert stack.outputs() == {"commit": "1f3c9e2a77"}


BAD = """
from amplify_job_resource import Job

Job(
    "site",
    app_id="MY APP",
    branch_name="",
    job_type="MANUAL",
    job_reason="x" * 300,
    on_busy="shrug",
)
"""


def test_bad_inputs_are_refused_at_preview_all_at_once(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """Each bad input has one clear line; there is no traceback, and nothing is asked of AWS."""
    stack = new_stack(BAD)
    run = stack.preview().failed()
    for name, reason in (
        ("app_id", "'MY APP' is not of the form d[a-z0-9]+"),
        ("branch_name", "is empty"),
        ("job_type", "MANUAL cannot be started with StartJob"),
        ("job_reason", "has 300 characters; AWS allows at most 255"),
        ("on_busy", "must be one of wait, adopt, stop, fail, not 'shrug'"),
    ):
        assert f"{stack.front.word(name)} {reason}" in run.text
    assert "Traceback" not in run.text
    assert emulator.calls() == []


SECRET = """
import pulumi
from amplify_job_resource import Job

config = pulumi.Config()
release = Job(
    "site", app_id="d1a2b3c4", branch_name="main", commit_id=config.require_secret("commit")
)
pulumi.export("commit", release.commit_id)
pulumi.export("reported", release.reported_commit_id)
"""


def test_a_secret_commit_stays_secret(new_stack: Callable[..., Stack], emulator: Control) -> None:
    """A secret commit is in no line, no message and no state, even when AWS reports it back."""
    commit = "5ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7"
    emulator.plan(
        "d1a2b3c4", "main", Plan.instant(commit_id=commit), Plan.instant(commit_id=commit)
    )
    stack = new_stack(SECRET)
    stack.config_set("commit", commit, secret=True)
    runs = [stack.preview().ok(), stack.up().ok()]
    stack.config_set("commit", commit[::-1], secret=True)
    runs += [stack.preview().ok(), stack.up("--diff")]
    assert "[secret] -> [secret]" in runs[2].text
    for run in runs:
        assert commit[:7] not in run.text, run.text
        assert commit[::-1][:7] not in run.text
    assert commit[:7] not in str(stack.state())
    assert emulator.calls("StartJob")[0]["body"]["commitId"] == commit
    assert commit[:7] not in emulator.calls("StartJob")[0]["body"]["commitMessage"]


@LIFECYCLE_ALONE
def test_state_holds_no_credential_and_no_signed_url(stack: Stack, emulator: Control) -> None:
    """What gets into state can be shown to anybody who may see the stack."""
    stack.environment["AWS_SECRET_ACCESS_KEY"] = "verysecretkey"
    stack.up(config={"commitId": "1f3c9e2a77"}).ok()
    text = str(stack.state())
    for word in ("verysecretkey", "X-Amz", "logUrl", "Signature"):
        assert word not in text


@only_dynamic("settings of the native provider: tests/native/test_providers.py")
def test_the_region_of_the_stack_reaches_the_request(stack: Stack, emulator: Control) -> None:
    """The stack's setting decides where the job is started, without any variable; it is recorded."""
    del stack.environment["AWS_REGION"]
    emulator.create_app("d1a2b3c4", ["main"], region="eu-west-1")
    stack.up(config={"commitId": "1f3c9e2a77", f"{stack.front.settings}:region": "eu-west-1"}).ok()
    assert {call["region"] for call in emulator.calls()} == {"eu-west-1"}
    assert stack.job()["outputs"]["region"] == "eu-west-1"
    assert ":eu-west-1:" in stack.job()["outputs"]["jobArn"]


@LIFECYCLE_ALONE
def test_a_machine_without_aws_settings_previews_no_release(stack: Stack) -> None:
    """A preview where no region is set, as in a pull request's pipeline, shows no change."""
    stack.up(config={"commitId": "1f3c9e2a77"}).ok()
    for name in list(stack.environment):
        if name.startswith("AWS_"):
            del stack.environment[name]
    assert stack.preview().ok().steps("site") == ["same"]


@only_dynamic("settings of the native provider: tests/native/test_providers.py")
def test_the_endpoint_may_come_from_the_stack(stack: Stack, emulator: Control) -> None:
    """The setting `endpoints` leads to the emulator as it does for Pulumi's AWS provider."""
    url = stack.environment.pop("AWS_ENDPOINT_URL_AMPLIFY")
    stack.config_set(f"{stack.front.settings}:endpoints[0].amplify", url, path=True)
    stack.up(config={"commitId": "1f3c9e2a77"}).ok()
    assert len(emulator.calls("StartJob")) == 1


@ALSO_IN_YAML
def test_looking_ahead_tells_how_the_branch_is(stack: Stack, emulator: Control) -> None:
    """With `amplify-job:lookahead` a preview says what stands in the way; reads only."""
    stack.up(config={"commitId": "1f3c9e2a77"}).ok()
    emulator.plan("d1a2b3c4", "main", Plan(stuck="PENDING"))
    emulator.push("d1a2b3c4", "main", "8" * 40)
    emulator.clear_calls()
    run = stack.preview(config={"commitId": "8b02d4a111", "amplify-job:lookahead": "true"}).ok()
    line = next(line for line in run.lines("site") if line.startswith("looking ahead"))
    assert "busy: job 2 PENDING" in line
    assert "last success: job 1, " in line
    assert "builds typically take 1s" in line
    assert {call["operation"] for call in emulator.calls()} == {"ListJobs", "GetBranch"}


@LIFECYCLE_ALONE
def test_looking_ahead_is_content_without_rights(stack: Stack, emulator: Control) -> None:
    """A denied or slow read leaves out its part of the line and fails nothing."""
    emulator.fault(Fault("denied", "ListJobs", times=None))
    emulator.fault(Fault("slow", "GetBranch", times=None, seconds=5))
    run = stack.preview(config={"commitId": "8b02d4a111", "amplify-job:lookahead": "true"}).ok()
    assert "some of AWS's answers had not arrived after 2s" in run.text
    assert "is not authorized to perform: amplify:ListJobs" in run.text
