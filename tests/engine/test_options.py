"""Pulumi's resource options and the CLI's choices of resources, each tried on a release.

docs/behaviour.md has one row for each; the last test compares its rows with the tests here. Those
that the engine and a provider settle between them run over both fronts; so do some options of commands.
What the class `Job` of the dynamic resource says or leaves out is of that front only, and what the
native one does instead is in tests/native/test_yaml_options.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest
from amplify_job_resource.emulator import Control, Fault, Plan

from tests.engine import test_failures
from tests.engine.fronts import BOTH, DYNAMIC, spread
from tests.engine.stack import Run, Stack

pytestmark = pytest.mark.engine

A, B = "1f3c9e2a77", "8b02d4a111"
SITE: Final = "https://main.d1a2b3c4.amplifyapp.com"
SLOW: Final = Plan(pending=0, provisioning=0, build=3600, cancelling=0.5)
UNWAITED: Final = "wait_for_completion=False"

#: A program with one release, a resource that it can depend on, and a component.
PROGRAM: Final = """
import pulumi
from pulumi import Alias, ResourceOptions
from pulumi.dynamic import CreateResult, DiffResult, Resource, ResourceProvider
from pulumi.resource import DependencyProviderResource
from amplify_job_resource import Job

config = pulumi.Config()


class Thing(ResourceProvider):
    def create(self, props):
        return CreateResult("t", props)

    def diff(self, id_, olds, news):
        changed = olds["value"] != news["value"]
        return DiffResult(changes=changed, replaces=["value"] if changed else [])


class T(Resource):
    value: pulumi.Output[str]

    def __init__(self, name, value):
        super().__init__(Thing(), name, {"value": value})


thing = T("thing", config.get("thing") or "1")
parent = pulumi.ComponentResource("my:site:Site", "parent")
commit = config.get("commitId")
release = Job("site", app_id="d1a2b3c4", branch_name="main", commit_id=commit, INPUTS
              opts=ResourceOptions(OPTIONS))
"""

Test = TypeVar("Test", bound=Callable[..., Any])
#: The rows of the table that a test holds.
HELD: Final[set[str]] = set()


def holds(*options: str) -> Callable[[Test], Test]:
    """Name the options whose rows a test holds."""
    HELD.update(options)
    return lambda test: test


holds("custom_timeouts")(test_failures.test_timeouts_are_kept_and_the_next_up_goes_on_waiting)


def program(options: str = "", inputs: str = "", name: str = "site") -> str:
    """The program with resource options and more inputs, as text."""
    text = PROGRAM.replace("OPTIONS", options).replace("INPUTS", inputs and f"{inputs},")
    return text.replace('Job("site"', f'Job("{name}"')


Made = Callable[..., Stack]


@pytest.fixture
def made(new_stack: Callable[..., Stack]) -> Made:
    """Makes a stack whose release at commit A is made, with options and more inputs."""

    def make(options: str = "", inputs: str = "", **config: str) -> Stack:
        stack = new_stack(program(options, inputs))
        stack.up(config={"commitId": A, **config}).ok()
        return stack

    return make


def shows(run: Run, *lines: str) -> None:
    """The lines shown for the release are these, and no other."""
    assert run.lines("site", ephemeral=False) == list(lines), run.text


def warnings(run: Run) -> list[str]:
    """All warnings of a run, also those of the program."""
    events = (event["diagnosticEvent"] for event in run.events if "diagnosticEvent" in event)
    return [event["message"].strip() for event in events if event["severity"] == "warning"]


def urn(stack: Stack, name: str = "site") -> str:
    """The URN of a release of a stack."""
    return f"urn:pulumi:dev::site::{stack.front.job_type}::{name}"


def starts(emulator: Control) -> int:
    return len(emulator.calls("StartJob"))


def stops(emulator: Control) -> int:
    return len(emulator.calls("StopJob"))


@holds("protect")
def test_protect_blocks_releases_and_says_so_from_the_first_preview(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """A protected release can be labelled but not replaced; `--ignore-protect` releases it."""
    stack = new_stack(program("protect=True"))
    said = (
        "Job site is protected (protect): Pulumi refuses each further release of it, since a release "
        "replaces the resource. Set protect=False on the Job."
    )
    assert warnings(stack.preview(config={"commitId": A}).ok()) == [said]
    assert warnings(stack.up().ok()) == [said]
    assert "marked for protection" in stack.preview(config={"commitId": B}).failed().text
    assert "marked for protection" in stack.up().failed().text
    assert "is protected" in stack.destroy().failed().text
    assert starts(emulator) == 1
    stack.write(program("protect=True", 'commit_message="m"'))
    assert stack.up(config={"commitId": A}).ok().steps("site") == ["update"]
    stack.up("--ignore-protect", config={"commitId": B}).ok()
    assert stack.job()["id"] == "d1a2b3c4/main/2"


@holds("protect")
def test_protect_of_a_parent_counts_and_can_be_taken_back(
    new_stack: Callable[..., Stack],
) -> None:
    """What a Job inherits from its parent is told as well, and `protect=False` ends it."""
    component = '"my:site:Site", "parent"'
    protected = f"{component}, opts=ResourceOptions(protect=True)"
    stack = new_stack(program("parent=parent").replace(component, protected))
    (said,) = warnings(stack.preview(config={"commitId": A}).ok())
    assert said.startswith("Job site is protected (protect)")
    stack.write(program("parent=parent, protect=False").replace(component, protected))
    assert warnings(stack.preview().ok()) == []


@holds("ignore_changes")
@pytest.mark.parametrize("name", ["commit_id", "commitId"])
def test_an_ignored_commit_asks_for_no_release_and_comes_with_the_next_one(
    made: Made, emulator: Control, name: str
) -> None:
    """The preview names the commit that the next release takes, which is the program's."""
    options, triggers = f'ignore_changes=["{name}"]', 'triggers={"a": config.get("a") or "1"}'
    stack = made(options, triggers)
    assert stack.up(config={"commitId": B}).ok().steps("site") == ["same"]
    told = (
        "release d1a2b3c4/main at 1f3c9e2: trigger a changed",
        "release d1a2b3c4/main at 8b02d4a: ignore_changes does not hold for a release, which takes the "
        "program's commit_id",
    )
    shows(stack.preview(config={"a": "2"}).ok(), *told)
    shows(stack.up().ok(), *told, f"job 2 SUCCEED in 1s  {SITE}")
    assert stack.job()["outputs"]["commitId"] == B
    assert stack.up().ok().steps("site") == ["same"]
    assert starts(emulator) == 2


@holds("ignore_changes")
def test_an_ignored_trigger_asks_for_no_release(made: Made, emulator: Control) -> None:
    """One trigger of a map can be ignored, as can all inputs."""
    stack = made('ignore_changes=["triggers.a"]', 'triggers={"a": commit, "b": "1"}')
    stack.write(program('ignore_changes=["*"]', 'triggers={"a": commit, "b": commit}'))
    assert stack.up(config={"commitId": B}).ok().steps("site") == ["same"]
    stack.write(
        program('ignore_changes=["triggers.a", "commitId"]', 'triggers={"a": commit, "b": "1"}')
    )
    assert stack.up().ok().steps("site") == ["same"]
    assert starts(emulator) == 1


@holds("replace_on_changes")
def test_replace_on_changes_is_left_out_with_a_warning(made: Made, emulator: Control) -> None:
    """The option cannot make a release, neither of a label nor after a wait that was cut short."""
    stack = made()
    stack.write(program('replace_on_changes=["*"]', 'commit_message="m"'))
    run = stack.preview().ok()
    assert warnings(run) == [
        "Job site: replace_on_changes has no effect and is left out. To release again when a value "
        "changes, put the value in triggers."
    ]
    assert run.steps("site") == ["update"]
    emulator.plan("d1a2b3c4", "main", SLOW)
    emulator.fault(Fault("denied", "GetJob", times=None))
    assert "can no longer be read" in stack.up(config={"commitId": B}).failed().text
    emulator.clear_faults()
    emulator.advance(7200)
    shows(stack.up().ok(), "keep waiting for job 2", f"job 2 SUCCEED in 1h00m  {SITE}")
    assert starts(emulator) == 2


@holds("replacement_trigger", "replace_with")
@pytest.mark.parametrize(
    "option", ["replacement_trigger=config.get('thing') or '1'", "replace_with=[thing]"]
)
def test_pulumis_own_triggers_release_again(made: Made, emulator: Control, option: str) -> None:
    """Both replace the resource, as `--replace` does, and the reason is not told."""
    stack = made(option)
    shows(stack.preview(config={"thing": "2"}).ok(), "release d1a2b3c4/main: 1f3c9e2")
    stack.up().ok()
    assert stack.up().ok().steps("site") == ["same"]
    assert starts(emulator) == 2


@holds("delete_before_replace")
def test_delete_before_replace_stops_the_job_that_still_runs(made: Made, emulator: Control) -> None:
    """The old job is stopped and not waited for; a running job of the same request is not resumed."""
    emulator.default_plan(SLOW)
    stack = made("delete_before_replace=True", UNWAITED)
    run = stack.up(config={"commitId": B}).ok()
    assert run.steps("site") == ["delete-replaced", "replace", "create-replacement"]
    stack.up("--replace", urn(stack)).ok()
    assert [job["status"] for job in emulator.jobs("d1a2b3c4")] == [
        "RUNNING",
        "CANCELLED",
        "CANCELLED",
    ]
    assert (starts(emulator), stops(emulator)) == (3, 2)


@holds("delete_before_replace")
def test_delete_before_replace_comes_back_when_nothing_was_started(
    made: Made, emulator: Control
) -> None:
    """The old release is gone and the new one refused: the next `up` makes it, and it is told."""
    stack = made("delete_before_replace=True", 'on_busy="fail"')
    emulator.plan("d1a2b3c4", "main", SLOW)
    emulator.push("d1a2b3c4", "main", "9" * 40)
    assert "the branch is busy" in stack.up(config={"commitId": B}).failed().text
    emulator.advance(7200)
    emulator.plan("d1a2b3c4", "main", Plan.instant())
    shows(stack.preview().ok(), "release d1a2b3c4/main: 1f3c9e2 -> 8b02d4a")
    stack.up().ok()
    assert [job["id"] for job in stack.jobs()] == ["d1a2b3c4/main/3"]
    assert starts(emulator) == 2


@holds("retain_on_delete", "deleted_with")
@pytest.mark.parametrize("option", ["retain_on_delete=True", "deleted_with=thing"])
def test_a_retained_job_goes_on(made: Made, emulator: Control, option: str) -> None:
    """A destroy with one of these options does not stop a job that still runs."""
    emulator.plan("d1a2b3c4", "main", SLOW)
    stack = made(option, UNWAITED)
    stack.destroy().ok()
    assert stack.jobs() == []
    assert [job["status"] for job in emulator.jobs("d1a2b3c4")] == ["RUNNING"]
    assert stops(emulator) == 0


@holds("depends_on")
def test_a_dependency_is_order_and_no_trigger(made: Made, emulator: Control) -> None:
    """When another resource is replaced, the release that depends on it stays; a trigger releases."""
    stack = made("depends_on=[thing]")
    run = stack.up(config={"thing": "2"}).ok()
    assert "replace" in run.steps("thing")
    assert run.steps("site") == ["same"]
    stack.write(program("depends_on=[thing]", 'triggers={"thing": thing.value}'))
    stack.up().ok()
    told = stack.up(config={"thing": "3"}).ok().lines("site", ephemeral=False)[0]
    assert told == "release d1a2b3c4/main at 1f3c9e2: trigger thing changed"
    assert starts(emulator) == 3


@BOTH
@holds("aliases", "parent")
def test_a_new_name_or_parent_releases_unless_an_alias_leads_to_it(
    made: Made, emulator: Control
) -> None:
    """With an alias the release is the same one, and nothing is said of two for one branch."""
    stack = made()
    stack.write(program("parent=parent"))
    run = stack.preview().ok()
    assert run.steps("site") == ["create", "delete"]
    shows(run, "release d1a2b3c4/main: 1f3c9e2")
    stack.write(program("parent=parent, aliases=[Alias(parent=pulumi.ROOT_STACK_RESOURCE)]"))
    assert stack.up().ok().steps("site") == ["same"]
    stack.write(program('parent=parent, aliases=[Alias(name="site")]', name="renamed"))
    assert stack.up().ok().steps("renamed") == ["same"]
    run = stack.up(config={"commitId": B}).ok()
    assert run.lines("renamed", ephemeral=False) == [
        "release d1a2b3c4/main: 1f3c9e2 -> 8b02d4a",
        f"job 2 SUCCEED in 1s  {SITE}",
    ]
    assert starts(emulator) == 2


@holds("aliases")
def test_a_job_of_an_old_name_is_left_alone(made: Made, emulator: Control) -> None:
    """A destroy after a renaming does not stop a job whose trailer has the old name, and says so."""
    emulator.plan("d1a2b3c4", "main", SLOW)
    stack = made("", UNWAITED)
    stack.write(program('aliases=[Alias(name="site")]', UNWAITED, name="renamed"))
    stack.up().ok()
    (said,) = stack.destroy().ok().lines("renamed", ephemeral=False)
    assert "job 1 does not carry this resource's trailer and is left alone" in said
    assert stops(emulator) == 0


@holds("additional_secret_outputs")
def test_an_additional_secret_is_secret_everywhere(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """Outputs are encrypted in state; an input among them is also kept out of rows and messages."""
    options = 'additional_secret_outputs=["commit_id", "consoleUrl"]'
    stack = new_stack(program(options) + 'pulumi.export("url", release.console_url)\n')
    runs = [stack.preview(config={"commitId": A}).ok(), stack.up().ok()]
    runs += [stack.preview(config={"commitId": B}).ok(), stack.up().ok()]
    shows(runs[2], "release d1a2b3c4/main: [secret] -> [secret]")
    assert "[secret]" in runs[3].text.partition("Outputs:")[2]
    for run in runs:
        assert not re.search(f"{A[:7]}|{B[:7]}|console.aws", run.text)
    outputs = stack.job()["outputs"]
    assert {key for key in ("commitId", "consoleUrl") if "ciphertext" in outputs[key]} == {
        "commitId",
        "consoleUrl",
    }
    assert outputs["jobId"] == "2"
    assert starts(emulator) == 2


@holds("import_")
def test_an_import_is_refused_in_a_sentence(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """Pulumi would end with a KeyError of its own; the program names what can be done."""
    run = new_stack(program('import_="d1a2b3c4/main/1"')).preview().failed()
    assert "ValueError: Job site cannot be imported (import_)" in run.text
    assert "Job.get reads the job" in run.text
    assert "KeyError" not in run.text
    assert emulator.calls() == []


@holds("provider")
def test_a_provider_of_aws_is_not_used_and_that_is_said(made: Made, emulator: Control) -> None:
    """Where a program gives one directly, a warning names the inputs that count."""
    # A reference is all that the SDK needs; a provider itself would need AWS's plugin.
    ref = "urn:pulumi:dev::site::pulumi:providers:aws::eu::id"
    stack = made(f'provider=DependencyProviderResource("{ref}")')
    assert warnings(stack.preview().ok()) == [
        "Job site: provider is not used. Give region and profile to the Job, or set aws:region and "
        "the other aws: settings for the stack."
    ]
    assert stack.job()["outputs"]["region"] == "us-east-1"
    assert starts(emulator) == 1


@BOTH
@holds("--target", "--exclude")
def test_a_release_that_is_left_out_waits(made: Made, emulator: Control) -> None:
    """Without it in the update nothing is released or said; alone it sees recorded triggers."""
    stack = made("", 'triggers={"thing": thing.value}')
    thing = f"urn:pulumi:dev::site::{DYNAMIC.job_type.replace('/amplify:Job', ':Resource')}::thing"
    for args in (["--target", thing], ["--exclude", urn(stack)]):
        run = stack.preview(*args, config={"commitId": B, "thing": "2"}).ok()
        assert set(run.steps("site")) <= {"same"}
        shows(run)
    shows(
        stack.up("--target", urn(stack)).ok(),
        "release d1a2b3c4/main: 1f3c9e2 -> 8b02d4a",
        f"job 2 SUCCEED in 1s  {SITE}",
    )
    assert stack.job()["outputs"]["triggers"] == {"thing": "1"}
    told = stack.up().ok().lines("site", ephemeral=False)[0]
    assert told == "release d1a2b3c4/main at 8b02d4a: trigger thing changed"
    assert starts(emulator) == 3


@holds("--replace", "--target-replace")
@spread("option", [("--replace",), ("--target-replace",)], native=[("--replace",)])
def test_a_forced_release_builds_again_unless_its_job_still_runs(
    made: Made, emulator: Control, option: str
) -> None:
    """A running job of the same request is resumed; one that has ended is built again."""
    emulator.plan("d1a2b3c4", "main", SLOW)
    stack = made("", UNWAITED)
    shows(
        stack.up(option, urn(stack)).ok(),
        "release d1a2b3c4/main: 1f3c9e2",
        "job 1 is this release and still active: resumed",
        "job 1 RUNNING\n"
        "  console: https://us-east-1.console.aws.amazon.com/amplify/apps/d1a2b3c4/branches/main/deployments\n"
        "  to wait for it: amplify-job wait d1a2b3c4 main 1 --region us-east-1",
    )
    emulator.advance(7200)
    stack.up(option, urn(stack)).ok()
    assert stack.job()["id"] == "d1a2b3c4/main/2"
    assert starts(emulator) == 2


TWO: Final = """
import pulumi
from amplify_job_resource import Job

config = pulumi.Config()
for name, branch in (("one", "main"), ("two", config.get("branch") or "main")):
    Job(name, app_id="d1a2b3c4", branch_name=branch, commit_id=config.require("commitId"))
Job.get("old", "d1a2b3c4/main/1")
"""


def test_two_jobs_for_one_branch_are_told_of_where_both_release(
    new_stack: Callable[..., Stack], emulator: Control
) -> None:
    """Preview and up name both, once; another branch, a read job, and a Job without work are silent."""
    emulator.create_app("d1a2b3c4", ["main", "dev"])
    emulator.push("d1a2b3c4", "main", "9" * 40)
    emulator.advance(3600)
    stack = new_stack(TWO)
    assert warnings(stack.preview(config={"commitId": A, "branch": "dev"}).ok()) == []
    for run in (stack.preview(config={"branch": "main"}).ok(), stack.up().ok()):
        (said,) = warnings(run)
        assert re.match(r"(one and two|two and one) both release d1a2b3c4/main: ", said)
    assert warnings(stack.up().ok()) == []
    assert warnings(stack.up("--exclude", urn(stack, "two"), config={"commitId": B}).ok()) == []
    assert len(emulator.jobs("d1a2b3c4")) == 4


def test_each_row_of_the_table_is_held_by_a_test() -> None:
    """The options in docs/behaviour.md are those that are tried here."""
    page = Path(__file__).parents[2] / "docs" / "behaviour.md"
    table = page.read_text(encoding="utf-8").partition("## What Pulumi's options do")[2]
    rows = re.findall(r"^\| (`.+?) \|", table.partition("\n## ")[0], re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`(.+?)`", row)} == HELD
