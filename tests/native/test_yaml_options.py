"""Pulumi's resource options, as a program in YAML gives them to a release."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest
from amplify_job_resource.emulator import Control, Plan

from tests.engine.conftest import APP
from tests.engine.stack import Run
from tests.native.yaml_stack import YamlStack

pytestmark = pytest.mark.engine

Made = Callable[..., YamlStack]
A, B = "1f3c9e2a77", "8b02d4a111"
SLOW: Final = Plan(pending=0, provisioning=0, build=3600, cancelling=0.5)
PROGRAM: Final = f"""
resources:
  site:
    type: amplify-job:Job
    properties:
      appId: {APP}
      branchName: main
      commitId: {A}
      triggers: {{ a: one, b: one }}
    options: {{ OPTIONS }}
"""


@pytest.fixture
def made(new_yaml: Made) -> Made:
    """Makes a stack whose release at commit A is made, with options."""

    def make(options: str) -> YamlStack:
        stack = new_yaml(PROGRAM.replace("OPTIONS", options))
        stack.up().ok()
        return stack

    return make


def lines(run: Run) -> list[str]:
    """The lines that stay."""
    return run.lines("site", ephemeral=False)


def test_what_is_ignored_asks_for_no_release(made: Made, emulator: Control) -> None:
    """A commit, and one trigger; the release for another one takes the program's, and says so."""
    stack = made("ignoreChanges: [commitId, triggers.a]")
    stack.change(A, B)
    stack.change("a: one", "a: two")
    assert stack.up().ok().steps("site") == ["same"]
    stack.change("b: one", "b: two")
    said = (
        "release d1a2b3c4/main at 1f3c9e2: trigger b changed",
        "release d1a2b3c4/main at 8b02d4a: ignoreChanges does not hold for a release, which takes the "
        "program's commitId, triggers",
    )
    assert lines(stack.preview().ok()) == [*said]
    stack.up().ok()
    assert emulator.calls("StartJob")[-1]["body"]["commitId"] == B
    assert stack.job()["outputs"]["triggers"] == {"a": "two", "b": "two"}
    assert stack.up().ok().steps("site") == ["same"]


def test_replace_on_changes_releases_for_a_label(made: Made, emulator: Control) -> None:
    """The engine makes a replacement of the update, and the provider makes the release."""
    stack = made("replaceOnChanges: [commitMessage]")
    stack.change("triggers:", "commitMessage: two\n      triggers:")
    assert "replace" in stack.preview().ok().steps("site")
    stack.up().ok()
    assert stack.job()["id"] == "d1a2b3c4/main/2"
    assert len(emulator.calls("StartJob")) == 2
    assert stack.up().ok().steps("site") == ["same"]


def test_protect_blocks_a_release(made: Made, emulator: Control) -> None:
    """A replacement would delete the recorded release, which Pulumi refuses; a label is recorded."""
    stack = made("protect: true")
    stack.change(A, B)
    assert "marked for protection" in stack.preview().failed().text
    stack.change(B, A)
    stack.change("triggers:", "commitMessage: two\n      triggers:")
    assert stack.up().ok().steps("site") == ["update"]
    assert len(emulator.calls("StartJob")) == 1


def test_delete_before_replace_stops_the_job_that_still_runs(
    new_yaml: Made, emulator: Control
) -> None:
    """The old job is stopped before the new one is started."""
    emulator.default_plan(SLOW)
    program = PROGRAM.replace("OPTIONS", "deleteBeforeReplace: true")
    stack = new_yaml(program.replace("triggers:", "waitForCompletion: false\n      triggers:"))
    stack.up().ok()
    stack.change(A, B)
    assert stack.up().ok().steps("site") == ["delete-replaced", "replace", "create-replacement"]
    assert [job["status"] for job in emulator.jobs(APP)] == ["RUNNING", "CANCELLED"]
    # A destroy leaves a retained job alone.
    stack.change("deleteBeforeReplace: true", "retainOnDelete: true")
    stack.up().ok()
    stack.destroy().ok()
    assert [job["status"] for job in emulator.jobs(APP)] == ["RUNNING", "CANCELLED"]


def test_an_alias_leads_to_the_release_of_an_old_name(made: Made, emulator: Control) -> None:
    """A resource that is renamed keeps its release."""
    stack = made('aliases: ["urn:pulumi:dev::site::amplify-job:index:Job::site"]')
    stack.change("  site:", "  renamed:")
    assert stack.up().ok().steps("renamed") == ["same"]
    assert len(emulator.calls("StartJob")) == 1


def test_an_additional_secret_is_kept_in_state(made: Made, emulator: Control) -> None:
    """Of the inputs and of the outputs."""
    stack = made("additionalSecretOutputs: [consoleUrl, triggers]")
    outputs = stack.job()["outputs"]
    assert all("ciphertext" in outputs[key] for key in ("consoleUrl", "triggers"))
    stack.refresh().ok()
    assert "ciphertext" in stack.job()["outputs"]["consoleUrl"]
    assert stack.up().ok().steps("site") == ["same"]
    assert len(emulator.calls("StartJob")) == 1
