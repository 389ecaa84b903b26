"""Each message that the troubleshooting page quotes is one that the code makes."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pulumi
import pytest
from amplify_job_resource import AmplifyJobError, Job, NotStarted, provider
from amplify_job_resource._amplify.api import BranchApi
from amplify_job_resource._amplify.ids import BranchId
from amplify_job_resource._amplify.session import clients_for
from amplify_job_resource._amplify.settings import settings_from
from amplify_job_resource._engine import methods
from amplify_job_resource._engine.operation import use
from amplify_job_resource._inputs.rules import problems
from amplify_job_resource._kind import DEPLOYMENT
from amplify_job_resource._lifecycle import Lifecycle
from amplify_job_resource._native.main import USAGE
from amplify_job_resource._operation import NATIVE
from amplify_job_resource._preview.changes import compare
from amplify_job_resource._preview.sentences import sentence
from amplify_job_resource._program.sources import describe
from amplify_job_resource._provider_settings import config_problems
from amplify_job_resource._start.notes import Notes
from amplify_job_resource.cli import turns
from amplify_job_resource.cli.commit_search import follow_commit
from amplify_job_resource.cli.shell import ShellOperation
from amplify_job_resource.cli.signals import Signals
from amplify_job_resource.cli.turns import branch_lock
from amplify_job_resource.emulator import Fault, Plan
from amplify_job_resource.report.preview_text import preview_in

from tests.aws_server import MFA_PROFILE
from tests.machine.engine import APP, DrivenOperation
from tests.operations import URN
from tests.release.conftest import Scene

PAGE = Path(__file__).parents[2] / "docs" / "troubleshooting.md"
QUOTED = re.findall(r"^## `(.+)`", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
OTHER = "b" * 40


def busy_refused(scene: Scene) -> None:
    scene.start_long()
    scene.push("main", OTHER)
    scene.pass_time(10)
    scene.inputs["onBusy"] = "fail"
    scene.up()


def busy_timeout(scene: Scene) -> None:
    scene.control.plan(APP, "main", Plan(stuck="RUNNING"))
    scene.push("main", OTHER)
    scene.up()


def throttled(scene: Scene) -> None:
    scene.fault(Fault("throttled", "StartJob", times=None))
    scene.up()


def unlisted(scene: Scene) -> None:
    scene.fault(Fault("denied", "ListJobs", times=None), Fault("500", "StartJob", "after"))
    scene.up()


def without_echo(scene: Scene) -> None:
    scene.control.plan(APP, "main", Plan(echo_message=False))
    scene.fault(Fault("drop", "StartJob", "after"))
    scene.up()


def ended_as(outcome: str) -> Callable[[Scene], None]:
    def prepare(scene: Scene) -> None:
        scene.control.plan(APP, "main", Plan(outcome=outcome))  # type: ignore[arg-type]
        scene.up()

    return prepare


def log_denied(scene: Scene) -> None:
    scene.fault(Fault("denied", "GetLog"))
    ended_as("FAILED")(scene)


def interrupted(scene: Scene) -> None:
    scene.interrupt_at = 20
    scene.up()


def unreadable(scene: Scene) -> None:
    scene.fault(Fault("denied", "GetJob", times=None))
    scene.up()


def unanswered(scene: Scene) -> None:
    scene.fault(Fault("slow", "GetApp", seconds=7200))
    scene.up()


def queued(scene: Scene) -> None:
    scene.control.plan(APP, "main", Plan(stuck="PENDING"))
    scene.up()


def another_commit(scene: Scene) -> None:
    scene.control.plan(APP, "main", Plan(commit_id=OTHER))
    scene.inputs["verifyCommit"] = True
    scene.up()


def manual_app(scene: Scene) -> None:
    scene.control.create_app("d1", repository=False)
    scene.up()


def checked_with(**inputs: Any) -> Callable[[Scene], None]:
    def check(scene: Scene) -> None:
        with use(DrivenOperation(scene)):
            checked = provider.JobProvider().check({}, {**scene.inputs, **inputs})
        scene.error = "\n".join(failure.reason for failure in checked.failures)

    return check


def number_for_text(scene: Scene) -> None:
    found = problems({**scene.inputs, "commitId": 1234567.0}, NATIVE.input_name)
    scene.error = "\n".join(problem.reason for problem in found)


def unknown_setting(scene: Scene) -> None:
    scene.error = "\n".join(problem.reason for problem in config_problems({"typo": "x"}, "shop"))


def started_by_hand(scene: Scene) -> None:
    scene.error = USAGE


def missing_file(scene: Scene) -> None:
    with pytest.raises(pulumi.RunError) as caught:
        Job("site", triggers={"file": pulumi.FileAsset("nowhere.txt")})
    scene.error = str(caught.value)


def recorded_asset(scene: Scene) -> None:
    with use(DrivenOperation(scene)):
        checked = provider.JobProvider().check(
            {"triggers": {"file": pulumi.FileAsset("a.txt")}}, scene.inputs
        )
    scene.error = checked.failures[0].reason


def full_reference(scene: Scene) -> None:
    scene.inputs["branchName"] = "refs/heads/main"
    scene.up()


def builds_on_push(scene: Scene) -> None:
    scene.backend.create_branch(APP, "auto", {"enableAutoBuild": True})
    scene.inputs["branchName"] = "auto"
    scene.up()


def denied(scene: Scene) -> None:
    scene.fault(Fault("denied", "StartJob", times=None))
    scene.up()


def somebody_elses(scene: Scene) -> None:
    scene.inputs["waitForCompletion"] = False
    scene.up()
    scene.control.delete_branch(APP, "main")
    scene.backend.create_branch(APP, "main", {})
    scene.foreign_start("main")
    scene.destroy()


def cut_off(scene: Scene) -> None:
    scene.killed_up("GetJob answered")
    scene.up()


def cut_off_elsewhere(scene: Scene) -> None:
    scene.killed_up("GetJob answered")
    scene.another_machine()
    scene.up()


def two_for_a_branch(scene: Scene) -> None:
    for name in ("one", "two"):
        scene.operation = DrivenOperation(scene)
        scene.operation.urn = f"{URN}-{name}"
        with use(scene.operation):
            provider.JobProvider().check({}, dict(scene.inputs))


def ignoring_changes(scene: Scene) -> None:
    scene.up()
    known = scene.resource
    assert known
    scene.operation = DrivenOperation(scene)
    with use(scene.operation):
        job = provider.JobProvider()
        job.diff(known.id, known.outputs, {**known.inputs, "triggers": {"a": "new"}})
        job.check({}, {**known.inputs, "triggers": {"a": "new"}, "commitId": OTHER})


def elsewhere(scene: Scene) -> None:
    scene.control.delete_branch(APP, "main")
    scene.up()


def no_notes(scene: Scene) -> None:
    home = Path(os.environ["PULUMI_HOME"])
    home.mkdir()
    (home / "amplify-job-resource").touch()
    scene.up()


def starting(scene: Scene) -> None:
    """Take the turn of a start in a shell, with no time to wait for it."""
    operation = ShellOperation("urn", Signals())
    operation.warn = scene.operation.warn  # type: ignore[method-assign]
    try:
        with branch_lock(Notes("urn"), BranchId(APP, "main"), operation, operation.now()):
            pass
    except NotStarted as error:
        scene.error = str(error)


def no_locks(scene: Scene) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(turns, "fcntl", None)
        starting(scene)


def no_turn(scene: Scene) -> None:
    path = Notes("urn").lock_path
    assert path
    other = turns.FileLock(path)
    assert other.take()
    starting(scene)
    other.release()


def secret_app(scene: Scene) -> None:
    scene.inputs["secretInputs"] = ["appId"]
    scene.up()


def expired(scene: Scene) -> None:
    scene.fault(Fault("expired", "StartJob", times=None))
    scene.up()


class Overtaken(DrivenOperation):
    """An operation during which somebody pushes."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._scene = scene

    def status(self, text: str) -> None:
        super().status(text)
        self._scene.push("main", "c" * 40)


def wait_for_commit(scene: Scene, operation: DrivenOperation) -> None:
    scene.operation = operation
    clients = clients_for(settings_from({}, region="us-east-1"))
    api = BranchApi(clients, BranchId(APP, "main"))
    with pytest.raises(AmplifyJobError) as caught:
        follow_commit("a" * 40, api, operation, operation.now() + 600)
    scene.error = str(caught.value)


def never_pushed(scene: Scene) -> None:
    scene.push("main", OTHER)
    wait_for_commit(scene, DrivenOperation(scene))


def overtaken(scene: Scene) -> None:
    scene.push("main", OTHER)
    scene.push("main", "a" * 40)
    wait_for_commit(scene, Overtaken(scene))


def read_as_preview(text: str) -> Callable[[Scene], None]:
    def read(scene: Scene) -> None:
        with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is the point
            preview_in(text)
        scene.error = str(caught.value)

    return read


def released_with(config: str = "", **stack_config: str) -> Callable[[Scene], None]:
    """A release with a profile of a shared config, or with settings of the stack."""

    def prepare(scene: Scene) -> None:
        file = Path(os.environ["PULUMI_HOME"]) / "aws-config"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(config, encoding="utf-8")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("AWS_CONFIG_FILE", str(file))
            whole = {f"aws:{name}": value for name, value in stack_config.items()}
            patch.setattr(scene._provider.lifecycle.access, "config", whole)
            # Not `up`, which wants each error to name the app: these are about the whole stack.
            try:
                scene.create()
            except AmplifyJobError as error:
                scene.error = str(error)

    return prepare


def looked_at(*files: str, is_secret: bool = False) -> Callable[[Scene], None]:
    """A program's look at a folder of such files; a name with `->` in it is that of a link."""

    def prepare(scene: Scene) -> None:
        folder = Path(os.environ["PULUMI_HOME"]) / "dist"
        for name in files:
            link, _, target = name.partition("->")
            (folder / link).parent.mkdir(parents=True, exist_ok=True)
            (folder / link).symlink_to(target) if target else (folder / link).touch()
        with pytest.raises(pulumi.RunError) as caught:
            describe(str(folder), None, "site: source", is_secret=is_secret)
        scene.error = str(caught.value)

    return prepare


def deploy(scene: Scene, **inputs: Any) -> None:
    """Deploy a text to an app without a repository, unless that is refused."""
    source = pulumi.AssetArchive({"index.html": pulumi.StringAsset("<h1>")})
    found = describe(source, None, "site: source")
    properties = {
        "appId": APP,
        "branchName": "main",
        "region": "us-east-1",
        "source": found.source,
        "contentDigest": found.content_digest,
        "manifest": found.property("manifest"),
        "fileCount": 1,
        "totalBytes": 4,
    }
    scene.operation = DrivenOperation(scene)
    try:
        with use(scene.operation):
            Lifecycle(kind=DEPLOYMENT).create(scene.operation, {**properties, **inputs})
    except AmplifyJobError as error:
        scene.error = str(error)


def deployed(*faults: Fault, repository: bool = False, **inputs: Any) -> Callable[[Scene], None]:
    def prepare(scene: Scene) -> None:
        scene.control.create_app(APP, repository=repository)
        scene.fault(*faults)
        deploy(scene, **inputs)

    return prepare


def deployed_beside_another(scene: Scene) -> None:
    scene.control.create_app(APP, repository=False)
    clients = clients_for(settings_from({}, region="us-east-1"))
    clients.single_attempt.create_deployment(appId=APP, branchName="main")
    deploy(scene)


#: What stops neither the upload's failure nor the job that was made for it.
LEFT_BEHIND = (Fault("denied", "PutUpload"), Fault("denied", "StopJob", times=None))


def deployed_again(scene: Scene) -> None:
    deployed(*LEFT_BEHIND)(scene)
    scene.control.clear_faults()
    deploy(scene)


def on_another_machine(scene: Scene) -> None:
    place = {"appId": APP, "branchName": "main", "contentDigest": "sha256:a", "jobId": "1"}
    old, new = ({**place, "source": f"/home/{who}/dist"} for who in "ab")
    scene.error = sentence(compare({**old, "status": "SUCCEED"}, new))


def unhealthy(scene: Scene) -> None:
    scene.inputs["healthCheck"] = "/"
    # A proxy where nobody listens: no test looks at a site out there.
    released_with(httpsProxy="http://127.0.0.1:1")(scene)


#: How to come to each message, by its begin.
SCENES: Final[dict[str, Callable[[Scene], None]]] = {
    "no Amplify job was started for <app>/<branch>: the branch is busy": busy_refused,
    "no Amplify job was started for <app>/<branch>: timed out": busy_timeout,
    "no Amplify job was started for <app>/<branch>: <what AWS said>": throttled,
    "it is unknown": unlisted,
    "no note about a release": no_notes,
    "<path> cannot be locked": no_locks,
    "another <command>": no_turn,
    "app_id is a secret": secret_app,
    "job <n> began at about": without_echo,
    "Amplify job <id> FAILED": ended_as("FAILED"),
    "Amplify job <id> CANCELLED": ended_as("CANCELLED"),
    "The log of job <n> cannot be shown": log_denied,
    "interrupted after": interrupted,
    "<what was being done>": unanswered,
    "Amplify job <id> was <status>": unreadable,
    "Amplify job <id> has not ended": queued,
    "Amplify job <id> reports": another_commit,
    "Amplify job <id> SUCCEED, but <page>": unhealthy,
    "Amplify app <id> is not connected": manual_app,
    "commitId must be text": number_for_text,
    "<name> is no setting of amplify-job": unknown_setting,
    "usage: pulumi-resource-amplify-job": started_by_hand,
    "job_type MANUAL": checked_with(jobType="MANUAL"),
    "Amplify app <id> is connected": deployed(repository=True),
    "<name>: source: '<path>' does not exist": looked_at(),
    "all files of '<folder>' lie in": looked_at("site/index.html"),
    "the link '<name>' leads out": looked_at("index.html", "etc->/"),
    "this is a repository": looked_at("index.html", ".git/HEAD"),
    "source cannot be deployed. It is a secret": looked_at(is_secret=True),
    "'<file>' has changed": deployed(manifest=f"{0:032} 4 index.html\n"),
    "the files were not uploaded": deployed(Fault("denied", "PutUpload")),
    "Job <n>, which was created for it, could not be stopped": deployed(*LEFT_BEHIND),
    "job <n> is a deployment that may wait": deployed_beside_another,
    "job <n> was created for a deployment that was cut off": deployed_again,
    "no release, only source changed": on_another_machine,
    "commit_id ends with": checked_with(commitId="1f3c9e2a77\n"),
    "triggers[<name>]: cannot read": missing_file,
    "triggers hold a value": checked_with(triggers=[pulumi.FileAsset("a.txt")]),
    "triggers are recorded with": recorded_asset,
    "Amplify names a branch": full_reference,
    "<app>/<branch> has auto-build enabled": builds_on_push,
    "The credentials need": denied,
    "job <n> does not carry this resource's trailer": somebody_elses,
    "job <n> was started by an earlier run": cut_off,
    "job <n> is this release": cut_off_elsewhere,
    "<name> and <name> both release": two_for_a_branch,
    "ignore_changes does not hold": ignoring_changes,
    "The region is": elsewhere,
    "The credentials come from": expired,
    "no job of <app>/<branch> is known": never_pushed,
    "job <n> <status> reports": overtaken,
    "it is a stream of events": read_as_preview('{"sequence":0}'),
    "there is no JSON of a preview": read_as_preview('{"steps": ['),
    "it has <n> previews": read_as_preview('{"changeSummary": {}}' * 2),
    "the credentials need an MFA code": released_with(MFA_PROFILE, profile="dev"),
    "credential_process: ": released_with(
        "[profile keys]\ncredential_process = echo nothing\n", profile="keys"
    ),
    "the credentials belong to AWS account": released_with(allowedAccountIds='["111122223333"]'),
    "the stack's aws:<setting> is <value>": released_with(insecure="maybe"),
    "the stack's aws:<setting> has no effect": released_with(tokenBucketRateLimiterCapacity="1"),
}
#: What Python and Pulumi's SDK say, not this package: `tests/docs/test_engine.py` has those of a
#: Pulumi command.
FOREIGN = {
    "ModuleNotFoundError: No module named 'amplify_job_resource'",
    "Invalid asset encountered when unmarshalling resource property",
    "KeyError: '__provider'",
    "KeyboardInterrupt",
    "error reading from server: EOF",
    'unable to replace resource "<urn>" as it is currently marked for protection',
    # What Pulumi, its hosts and pip say of the plugin; tests/native brings most of it about.
    'unable to find resource type "amplify-job:<name>" in resource provider "amplify-job"',
    "One or more imported inputs failed to validate",
    "no resource plugin 'pulumi-resource-amplify-job' found in the workspace",
    "parsing plugin options for 'amplify-job': no folder at path '<path>'",
    "no folder at path '<path>'",
    "flag provided but not defined: -toolchain",
    "linking package: method Link not implemented",
    "Detected that <folder> exited prematurely",
    "failed to load plugin <folder>/pulumi-resource-amplify-job: plugin not found",
    "loading PulumiPlugin.yaml: open <folder>/PulumiPlugin.yaml: no such file or directory",
    "Refusing to create a venv in <folder> because it contains the PATH separator :.",
    "Package 'amplify-job-resource' requires a different Python: <version> not in '>=3.10'",
}


@pytest.mark.parametrize("quoted", [text for text in QUOTED if text not in FOREIGN])
def test_the_message_is_made(scene: Scene, quoted: str) -> None:
    """Brought into that situation, the code says the fixed parts of the message in their order."""
    prepare = next(prepare for begin, prepare in SCENES.items() if quoted.startswith(begin))
    prepare(scene)
    fixed = [re.escape(part.strip()) for part in re.split(r"<[^>]+>", quoted)]
    said = f"{scene.said}\n{scene.error}"
    assert re.search(r"[\s\S]*?".join(fixed), said), said


def test_each_scene_is_on_the_page() -> None:
    """The page has a section for each message that is known here."""
    for begin in SCENES:
        assert any(text.startswith(begin) for text in QUOTED), begin


def test_a_fault_of_our_own_asks_to_be_reported() -> None:
    """What is not foreseen ends with the words that the page names."""
    assert "please report it" in methods._REPORT
    assert "please report it" in PAGE.read_text(encoding="utf-8")
