"""A release on a machine where nothing can be kept on disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from amplify_job_resource.emulator import Control

from tests.engine.stack import Stack

pytestmark = pytest.mark.engine

TWO = """
import pulumi
from amplify_job_resource import Job

commit = pulumi.Config().get("commitId")
Job("one", app_id="d1a2b3c4", branch_name="main", commit_id=commit)
Job("other", app_id="d1a2b3c4", branch_name="other", commit_id=commit)
"""
LOST = "If this run is killed before its job is recorded, the next one may start a second job."


@pytest.mark.parametrize("trouble", ["a file in the way", "no home at all"])
def test_a_release_without_notes_says_once_what_is_lost(
    stack: Stack, emulator: Control, trouble: str
) -> None:
    """Only a command that starts something says it, at the stack, once for all resources."""
    emulator.create_app("d1a2b3c4", ["main", "other"])
    stack.write(TWO)
    folder = Path(stack.environment["PULUMI_HOME"], "amplify-job-resource")
    if trouble == "a file in the way":
        folder.touch()
        why = f"no note about a release can be kept in {folder}: File exists. {LOST}"
    else:
        # The CLI needs a home, so only the plugin is without one.
        (stack.cwd / "sitecustomize.py").write_text(NO_HOME, encoding="utf-8")
        stack.environment["PYTHONPATH"] = str(stack.cwd)
        why = f"no note about a release can be kept: there is no home folder. {LOST}"
    runs = [
        stack.preview(config={"commitId": "1f3c9e2a77"}),
        stack.up(),
        stack.preview(),
        stack.up(),
        stack.refresh(),
        stack.destroy(),
    ]
    for number, run in enumerate(runs):
        run.ok()
        lines = [event["diagnosticEvent"] for event in run.events if "diagnosticEvent" in event]
        warned = [line["message"].strip() for line in lines if line["severity"] == "warning"]
        assert warned == ([why] if number == 1 else [])
        assert run.lines("one", ephemeral=False) == [
            line.replace("/other", "/main") for line in run.lines("other", ephemeral=False)
        ]
    assert len(emulator.calls("StartJob")) == 2


#: Makes a plugin process one of a user who has no home: Python runs this when it starts.
NO_HOME = """
import os, pwd, sys

if "pulumi.dynamic" in sys.orig_argv:
    os.environ.pop("PULUMI_HOME", None)
    os.environ.pop("HOME", None)

    def nobody(_):
        raise KeyError

    pwd.getpwuid = nobody
"""
