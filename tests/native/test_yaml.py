"""What a program in YAML does, from its first release to its destroy, and what its user reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest
from amplify_job_resource.emulator import Control, Fault, Plan

from tests.engine.conftest import APP, QUICK
from tests.native.yaml_stack import YamlStack, changed_properties

pytestmark = pytest.mark.engine

Made = Callable[..., YamlStack]
SLOW: Final = Plan(pending=0, provisioning=0, build=3600, cancelling=0.5)
A, B = "1f3c9e2a77", "8b02d4a111"
SHA: Final = "8a" * 20
RELEASE: Final = f"""
resources:
  site:
    type: amplify-job:Job
    properties:
      appId: {APP}
      branchName: main
      commitId: {A}
      triggers:
        env: {{ API: one, MODE: fast }}
        spec: 1
outputs:
  job: ${{site.jobId}}
  step: ${{site.steps[0].name}}
"""


def test_a_release_from_preview_to_destroy(new_yaml: Made, emulator: Control) -> None:
    """Each command does what it does for a program in Python; a difference names what differs."""
    stack = new_yaml(RELEASE)
    assert "release d1a2b3c4/main: 1f3c9e2" in stack.preview().ok().text
    assert emulator.calls() == []
    run = stack.up().ok()
    assert "warning" not in run.text
    assert run.lines("site", ephemeral=False)[-1].startswith("job 1 SUCCEED in ")
    assert stack.outputs() == {"job": "1", "step": "BUILD"}
    assert stack.job()["type"] == "amplify-job:index:Job"
    emulator.clear_calls()
    assert stack.up().ok().steps("site") == ["same"]
    assert emulator.calls() == []

    stack.change(A, B)
    run = stack.preview("--diff").ok()
    assert "release d1a2b3c4/main: 1f3c9e2 -> 8b02d4a" in run.text
    assert changed_properties(run) == ["commitId"]
    stack.change(B, A)
    stack.change("API: one", "API: two")
    run = stack.preview("--diff").ok()
    assert "release d1a2b3c4/main at 1f3c9e2: trigger env changed" in run.text
    assert changed_properties(run) == ["triggers", "env", "API"]
    assert emulator.calls() == []
    stack.up().ok()
    stack.refresh().ok()
    assert [job["id"] for job in stack.jobs()] == ["d1a2b3c4/main/2"]

    stack.change("commitId", "commitMessage: a label\n      commitId")
    run = stack.up("--diff").ok()
    assert (run.steps("site"), changed_properties(run)[0]) == (["update"], "commitMessage")
    assert len(emulator.calls("StartJob")) == 1
    stack.destroy().ok()
    assert stack.jobs() == emulator.calls("StopJob") == []


def test_what_goes_wrong_is_recorded_and_resumed(new_yaml: Made, emulator: Control) -> None:
    """A failed build, Ctrl-C, a timeout and a destroy while the job runs, one after the other."""
    log = ["[ERROR]: set aws:region in the stack's config", "[ERROR]: !!! Build failed"]
    failing = replace(QUICK, outcome="FAILED", status_reason="npm ci exited 1")
    emulator.plan(APP, "main", replace(failing, logs={"BUILD": log}))
    emulator.plan(APP, "main", SLOW)
    stack = new_yaml(RELEASE)
    run = stack.up().failed()
    assert "Amplify job d1a2b3c4/main/1 FAILED after " in run.text
    assert "step BUILD FAILED: npm ci exited 1" in run.text
    # The words of others stay, also where they look like the name of a setting.
    assert "set aws:region in the stack's config" in run.text
    assert len(stack.job()["initErrors"]) == 1
    assert "release again: job 1 FAILED" in stack.preview().ok().text

    emulator.default_plan(SLOW)
    running = stack.start("up")
    running.wait_for("job 2 ")
    running.interrupt()
    run = running.finish().failed()
    assert "The next `pulumi up` keeps waiting for it." in run.text
    assert "Traceback" not in run.text
    assert [job["id"] for job in stack.jobs() if not job.get("delete")] == ["d1a2b3c4/main/2"]
    assert stack.preview().ok().lines("site") == ["keep waiting for job 2"]

    stack.change(
        "    properties:", "    options: { customTimeouts: { update: 2s } }\n    properties:"
    )
    run = stack.up().failed()
    assert "which is the timeout (customTimeouts)" in run.text
    stack.destroy().ok()
    assert stack.jobs() == []
    assert [job["status"] for job in emulator.jobs(APP)] == ["CANCELLED", "FAILED"]
    assert len(emulator.calls("StartJob")) == 2


SECRET: Final = f"""
variables:
  token: {{ fn::secret: hidden-token }}
resources:
  site:
    type: amplify-job:Job
    properties:
      appId: {APP}
      branchName: main
      commitId: {{ fn::secret: 5ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7 }}
      jobReason: {{ fn::secret: a hidden-reason }}
      triggers:
        plain: 1
        deep: {{ list: [{{ token: "${{token}}" }}] }}
"""


def test_secrets_are_kept_at_any_depth(new_yaml: Made, emulator: Control) -> None:
    """They are encrypted in inputs and outputs, and in no row, difference, error or note."""
    stack = new_yaml(SECRET)
    emulator.plan(APP, "main", replace(QUICK, outcome="FAILED", status_reason="bad hidden-token"))
    runs = [stack.preview("--diff").ok(), stack.up("--diff").failed()]
    recorded = stack.job()
    for part in ("inputs", "outputs"):
        values = recorded[part]
        assert "ciphertext" in values["commitId"]
        assert "ciphertext" in values["jobReason"]
        # In YAML all of a value with a secret in it is one.
        assert "ciphertext" in values["triggers"]["deep"]
        assert values["triggers"]["plain"] == 1
    stack.change("hidden-token", "hidden-other")
    emulator.fault(Fault("denied", "StartJob"))
    runs += [
        stack.preview("--diff").ok(),
        stack.up().failed(),
        stack.up().ok(),
        stack.refresh().ok(),
    ]
    assert "trigger deep changed" in runs[2].text
    for run in runs:
        assert "hidden-" not in run.text
        assert "5ec7e75" not in run.text
        lines = [event.get("diagnosticEvent", {}).get("message", "") for event in run.events]
        assert "hidden-" not in "".join(lines)
    assert "hidden-" not in json.dumps(stack.state())


FIRST: Final = f"""
resources:
  first:
    type: amplify-job:Job
    properties: {{ appId: {APP}, branchName: main }}
  site:
    type: amplify-job:Job
    properties:
      appId: {APP}
      branchName: next
      commitId: ${{first.jobId}}
      triggers: {{ after: "${{first.status}}" }}
  seen:
    type: amplify-job:Job
    get:
      id: {APP}/old/1
outputs:
  region: ${{site.region}}
  seen: ${{seen.status}}
"""


def test_a_value_that_is_known_later_and_a_job_that_is_there(
    new_yaml: Made, emulator: Control
) -> None:
    """A preview starts nothing for an unknown, and reads what `get` names."""
    emulator.create_app(APP, ["main", "next", "old"])
    stack = new_yaml(FIRST)
    missing = stack.preview().failed()
    assert "Job 1 not found" in missing.text
    emulator.push(APP, "old", SHA)
    emulator.advance(60)
    run = stack.preview().ok()
    assert run.lines("site") == ["release d1a2b3c4/next: a commit known after the update"]
    assert run.steps("seen") == ["read"]
    assert emulator.calls("StartJob") == []
    stack.up().ok()
    assert stack.outputs() == {"region": "us-east-1", "seen": "SUCCEED"}
    assert stack.job()["inputs"]["triggers"] == {"after": "SUCCEED"}
    assert set(stack.up().ok().steps("site")) == {"same"}
    stack.destroy().ok()
    assert emulator.calls("StopJob") == []


def test_a_job_is_imported(new_yaml: Made, emulator: Control) -> None:
    """The text that Pulumi gives previews as unchanged when it is pasted; then it is released."""
    emulator.push(APP, "main", SHA)
    emulator.advance(60)
    stack = new_yaml("resources: {}\n")
    place = ("import", "amplify-job:index:Job", "site", "--stack=dev", "--yes", "--skip-preview")
    for wrong, reason in (
        ("d1a2b3c4/main/99", "Job 99 not found"),
        ("d1a2b3c4/other/1", "Branch other not found"),
        ("nonsense", "nonsense"),
    ):
        lost = stack.pulumi(*place[:3], wrong, *place[3:]).failed()
        assert reason in lost.text
        assert "Traceback" not in lost.text
    assert stack.jobs() == []
    done = stack.pulumi(*place[:3], "d1a2b3c4/main/1", *place[3:]).ok()
    program = done.stdout[done.stdout.index("resources:") :]
    assert "commitId: " + SHA in program
    stack.write(program)
    run = stack.preview("--expect-no-changes").ok()
    assert run.steps("site") == ["same"]
    stack.up("--expect-no-changes").ok()
    stack.refresh("--expect-no-changes").ok()
    assert emulator.calls("StartJob") == []
    stack.change(SHA, B)
    stack.change("protect: true", "protect: false")
    assert "release d1a2b3c4/main: 8a8a8a8 -> 8b02d4a" in stack.up().ok().text
    assert stack.job()["id"] == "d1a2b3c4/main/2"
    stack.destroy().ok()


BAD: Final = """
resources:
  site:
    type: amplify-job:Job
    properties:
      appId: MY APP
      branchName: ""
      jobType: MANUAL
      jobReason: {reason}
      onBusy: shrug
      triggers: {{ a: 1 }}
"""


def test_bad_values_are_a_sentence_each(new_yaml: Made, emulator: Control) -> None:
    """All of a resource at once, at preview, by the names of the program; nothing is asked of AWS."""
    stack = new_yaml(BAD.format(reason="x" * 300))
    run = stack.preview().failed()
    for line in (
        "appId 'MY APP' is not of the form d[a-z0-9]+",
        "branchName is empty",
        "jobType MANUAL cannot be started with StartJob",
        "jobReason has 300 characters; AWS allows at most 255",
        "onBusy must be one of wait, adopt, stop, fail, not 'shrug'",
    ):
        assert line in run.text
    assert "Traceback" not in run.text
    for token in ("amplify-job:Nope", "amplify-job:index:Nope"):
        stack.write(f"resources: {{ site: {{ type: '{token}' }} }}\n")
        run = stack.preview().failed()
        assert "Nope" in run.text
        assert "Traceback" not in run.text
    stack.write(RELEASE.replace("commitId", "comitId"))
    assert "comitId" in stack.preview().failed().text
    assert emulator.calls() == []
    assert stack.jobs() == []
