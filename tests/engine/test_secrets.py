"""Secret inputs on the real engine: in clear nowhere, but for what Pulumi itself shows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from amplify_job_resource._inputs.schema import camel_case
from amplify_job_resource.cli.command import run
from amplify_job_resource.emulator import Control, Fault, Plan

from tests.engine.fronts import BOTH, DYNAMIC, only_dynamic
from tests.engine.stack import Stack

pytestmark = [pytest.mark.engine, BOTH]

#: Each input that has more than a few values. The CLI masks the secrets of a stack's config wherever it
#: prints, so these come from elsewhere.
VALUES: Final[dict[str, Any]] = {
    "app_id": "dsecretapp",
    "branch_name": "secret/branch 1",
    "commit_id": "5ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7",
    "commit_message": "Let us tell nobody\n\nof this: it's a secret",
    "commit_time": "2019-02-03T04:05:06Z",
    "job_reason": "an unspeakable reason",
    "source_job_id": "4711",
    "triggers": {"hidden-key": "hidden-value"},
    "region": "sa-east-1",
    "profile": "hidden-profile",
}
#: Inputs whose few values are in many sentences: what is kept in state is as secret as the others.
WORDS: Final[dict[str, Any]] = {
    "job_type": "RELEASE",
    "on_busy": "fail",
    "wait_for_completion": True,
    "allow_failure": False,
    "verify_commit": True,
    "skip_if_built": False,
    "lookahead": True,
    "log_lines": 5,
}
IN_LINKS: Final = {"app_id", "branch_name", "region"}
PROGRAM: Final = """
import json
import os

import pulumi
from amplify_job_resource import Job

given = json.loads(os.environ["GIVEN"])
secret = set(json.loads(os.environ["SECRET"]))
plain = {"app_id": "d1a2b3c4", "branch_name": "main", "commit_id": "1f3c9e2a77"}
Job("site", **{
    name: pulumi.Output.secret(value) if name in secret else value
    for name, value in {**plain, **given}.items()
})
"""


@pytest.fixture
def stack(new_stack: Callable[..., Stack], emulator: Control) -> Stack:
    """A stack whose program takes its inputs from the environment, and the place that they name."""
    emulator.create_app(
        VALUES["app_id"], [VALUES["branch_name"], "second", "region"], region=VALUES["region"]
    )
    emulator.default_plan(Plan.instant())
    stack = new_stack(PROGRAM)
    keys = "aws_access_key_id = testing\naws_secret_access_key = testing\n"
    profile = f"[{VALUES['profile']}]\n{keys}"
    Path(stack.environment["AWS_SHARED_CREDENTIALS_FILE"]).write_text(profile, encoding="utf-8")
    return stack


def give(stack: Stack, inputs: dict[str, Any], secret: Iterator[str] | list[str]) -> None:
    """Let the program have these inputs, some of them as secrets."""
    stack.environment["GIVEN"] = json.dumps(inputs)
    stack.environment["SECRET"] = json.dumps([*secret])


def forms(value: Any) -> list[str]:
    """A value, or the keys and values in it; of a text each line, and the beginning of a commit."""
    if isinstance(value, dict):
        return [*value, *(form for entry in value.values() for form in forms(entry))]
    shas = [value[:7]] if re.fullmatch("[0-9a-f]{40}", value) else []
    return [*filter(None, value.splitlines()), *shas]


def found_in(text: str, *names: str) -> list[str]:
    """The inputs of which a text holds a value."""
    return [
        name
        for name in names or VALUES
        if any(re.search(rf"(?<!\w){re.escape(form)}(?!\w)", text) for form in forms(VALUES[name]))
    ]


def test_secret_inputs_are_nowhere(
    stack: Stack,
    emulator: Control,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each command, its events and the plugin's log, reports, notes and state hold no secret."""
    inputs = {key: value for key, value in VALUES.items() if key != "source_job_id"}
    inputs |= {"lookahead": True, "on_busy": "fail", "verify_commit": True}
    give(stack, inputs, list(inputs))
    place, region = (VALUES["app_id"], VALUES["branch_name"]), VALUES["region"]
    runs = []

    def report() -> str:
        preview = stack.pulumi("preview", "--json", "--stack=dev")
        saved = stack.folder / "preview.json"
        saved.write_text(preview.stdout, encoding="utf-8")
        assert found_in(re.sub(r'"id": "[^"]*"', "", preview.stdout)) == []
        for form in ("text", "markdown", "html", "json"):
            assert run(["pending", "--from", str(saved), "--output", form]) == 0
        return "".join(capsys.readouterr())

    reports = [report()]
    runs += [stack.preview(), stack.preview("--diff")]
    emulator.fault(Fault("500", "StartJob", "after"), Fault("denied", "ListJobs", times=None))
    runs.append(stack.up("--debug").failed())  # it is unknown whether a job was started
    notes = Path(stack.environment["PULUMI_HOME"], "amplify-job-resource")
    written = "".join(path.read_text(encoding="utf-8") for path in notes.iterdir())
    assert '"attempt"' in written
    emulator.clear_faults()
    emulator.plan(*place, Plan.instant(outcome="FAILED"), region=region)
    runs.append(stack.up("--diff").failed())  # that job's commit is not known to be the one
    runs.append(stack.up("--replace", "**site").failed())
    assert "FAILED" in runs[-1].text
    emulator.plan(*place, Plan.instant(commit_id=VALUES["commit_id"]), region=region)
    runs += [stack.up().ok(), stack.refresh().ok(), stack.up().ok()]
    assert runs[-1].steps("site") == ["same"]
    exported = json.dumps(stack.state())
    emulator.plan(*place, Plan(build=3600), region=region)
    emulator.push(*place, "b" * 40, region=region)
    give(stack, {**inputs, "triggers": {"hidden-key": "other"}}, list(inputs))
    reports.append(report())
    runs += [stack.preview("--diff"), stack.up().failed()]
    assert "the branch is busy" in runs[-1].text
    runs.append(stack.destroy("--debug").ok())
    for ran in runs:
        # With `--diff` the CLI shows the id.
        assert found_in(re.sub(r"\[id=.*\]", "", ran.text)) == [], ran.text
    for text in (*reports, written):
        assert found_in(text) == [], text
    # What Pulumi shows in clear is the id: in state, and in the engine's events.
    assert set(found_in(exported)) == {"app_id", "branch_name"}
    assert set(found_in(re.sub(r'"id": "dsecretapp/[^"]*"', "", exported))) == set()
    told = [json.dumps(event.get("diagnosticEvent", "")) for ran in runs for event in ran.events]
    assert found_in("".join(told)) == []
    assert emulator.calls("StartJob")[0]["body"]["jobReason"] == VALUES["job_reason"]
    assert any("the resource's id, which Pulumi keeps" in ran.text for ran in runs)


EACH: Final = """
import json
import os

import pulumi
from amplify_job_resource import Job

for name, given in json.loads(os.environ["GIVEN"]).items():
    Job(name, **{**given, name: pulumi.Output.secret(given[name])})
"""


def test_each_secret_input_is_encrypted_in_state(stack: Stack, emulator: Control) -> None:
    """Marked alone, an input is ciphertext in inputs and outputs, and so is what is made of it."""
    jobs: dict[str, dict[str, Any]] = {
        name: {"app_id": "d1a2b3c4", "branch_name": name, "commit_id": "1f3c9e2a77", name: value}
        for name, value in {**VALUES, **WORDS}.items()
    }
    jobs["source_job_id"]["job_type"] = "RETRY"
    jobs["app_id"] |= {"branch_name": "second", "region": VALUES["region"]}
    jobs["region"] |= {"app_id": VALUES["app_id"]}
    emulator.create_app("d1a2b3c4", [job["branch_name"] for job in jobs.values()])
    emulator.plan("d1a2b3c4", "source_job_id", Plan.instant(skip_ids=4710))
    emulator.push("d1a2b3c4", "source_job_id", "b" * 40)
    emulator.plan("d1a2b3c4", "verify_commit", Plan.instant(commit_id="1f3c9e2a77"))
    stack.write(EACH)
    stack.environment["GIVEN"] = json.dumps(jobs)
    up = stack.up().ok()
    for name in jobs:
        job = stack.job(name)
        holding = {"job_arn", "console_url"} if name in IN_LINKS else set()
        holding |= {"reported_commit_id"} if name == "commit_id" else set()
        keys = set(map(camel_case, (name, *holding)))
        for part in ("inputs", "outputs"):
            secret = {key for key, value in job[part].items() if "ciphertext" in json.dumps(value)}
            # A branch whose name has a space has no address of its own.
            made_of = {"app_id"} if part == "outputs" else {"app_id", "branch_name"}
            wanted = keys | ({"url"} if name in made_of else set())
            if part == "inputs" and stack.front is not DYNAMIC:
                wanted = {camel_case(name)}  # Only the dynamic resource has outputs there.
            assert secret == wanted, (name, part)
        if name in VALUES:
            clear = {key: value for key, value in job.items() if key != "id"}
            assert found_in(json.dumps([clear, *up.lines(name)]), name) == [], clear
    again = stack.up().ok()
    assert {step for name in jobs for step in again.steps(name)} == {"same"}


@only_dynamic("secrets within values of the native one: tests/native/test_yaml.py")
def test_a_secret_within_triggers_is_kept(stack: Stack) -> None:
    """A value in a map is encrypted by itself; previews name its key, and never the value."""
    stack.write(
        """
        import os
        import pulumi
        from amplify_job_resource import Job

        token = pulumi.Output.secret(os.environ["TOKEN"])
        Job("site", app_id="d1a2b3c4", branch_name="main",
            triggers={"token": token, "list": [{"deep": token}], "plain": 1},
            opts=pulumi.ResourceOptions(additional_secret_outputs=["status"]))
        """
    )
    stack.environment["TOKEN"] = "hidden-token"
    stack.up().ok()
    stack.refresh().ok()
    for part in ("inputs", "outputs"):
        triggers = stack.job()[part]["triggers"]
        assert "ciphertext" in triggers["token"]
        assert "ciphertext" in json.dumps(triggers["list"])
        assert triggers["plain"] == 1
    assert "hidden" not in json.dumps(stack.state())
    # An output that the program asks to be secret is one as well.
    assert "ciphertext" in stack.job()["outputs"]["status"]
    stack.environment["TOKEN"] = "hidden-other"
    preview = stack.preview("--diff").ok()
    assert "triggers list, token changed" in preview.text
    assert "hidden" not in preview.text


def test_an_input_that_becomes_a_secret_is_encrypted_from_then_on(stack: Stack) -> None:
    """The next `up` changes nothing but that; the links that hold the branch follow."""
    give(stack, {}, [])
    stack.up().ok()
    give(stack, {}, ["branch_name"])
    # Where nothing in the program marks the links, they are recorded again.
    step = "same" if stack.front is DYNAMIC else "update"
    assert stack.up().ok().steps("site") == [step]
    assert stack.up().ok().steps("site") == ["same"]
    outputs = stack.job()["outputs"]
    for key in ("branchName", "jobArn", "url", "consoleUrl"):
        assert "ciphertext" in outputs[key]
