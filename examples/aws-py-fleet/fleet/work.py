"""What a worker does with a stack: preview it, release it."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from amplify_job_resource.report import StackReport, read_preview
from pulumi import automation

from .locks import when_free
from .plan import Release, Stack

#: The folder with the program.
PROJECT = str(Path(__file__).resolve().parents[1])


@dataclass(frozen=True)
class Outcome:
    """A line of the table: what has become of a release."""

    account: str
    region: str
    app: str
    branch: str
    commit: str
    job: str
    status: str
    reason: str

    @classmethod
    def of(
        cls,
        stack: Stack,
        release: Release,
        reason: str,
        status: str = "NOT RELEASED",
        job: str = "",
    ) -> Outcome:
        """The line of a release."""
        what = (stack.account, stack.region, release.app, release.branch, release.commit)
        return cls(*what, job, status, " ".join(reason.split()))


def preview(stack: Stack, ended_hosts: Collection[str]) -> StackReport:
    """What is pending in a stack, which is made if it does not exist."""
    workspace = _workspace(stack)
    project = workspace.project_settings().name
    when_free(project, stack.name, partial(_open, workspace, stack), ended_hosts)
    command = ["preview", "--json", "--stack", stack.name]
    shown = workspace.pulumi_command.run(command, PROJECT, workspace.env_vars)
    return read_preview(json.loads(shown.stdout), stack.name)


def release(stack: Stack, builds: int, ended_hosts: Collection[str]) -> list[Outcome]:
    """Make a stack's releases, so many `builds` at once, and wait for them.

    It can be repeated: a job that is recorded counts, and one of a killed run is found and resumed.
    """
    errors: dict[str, str] = {}

    def keep_error(event: automation.EngineEvent) -> None:
        found = event.diagnostic_event
        if found and found.severity == "error":
            errors[(found.urn or "").rpartition("::")[2]] = found.message

    workspace = _workspace(stack)
    project = workspace.project_settings().name
    opened = _open(workspace, stack)
    up = partial(opened.up, parallel=builds, continue_on_error=True, on_event=keep_error)
    try:
        when_free(project, stack.name, up, ended_hosts)
    except automation.CommandError as error:
        if not errors:
            errors[""] = str(error)
    made = (opened.export_stack().deployment or {}).get("resources", [])
    jobs = {
        each["urn"].rpartition("::")[2]: each.get("outputs", {})
        for each in made
        if not each.get("delete")
    }
    return [_outcome(stack, wanted, jobs, errors) for wanted in stack.releases]


def _outcome(
    stack: Stack, wanted: Release, jobs: dict[str, dict[str, Any]], errors: dict[str, str]
) -> Outcome:
    name = f"{wanted.app}/{wanted.branch}"
    job = jobs.get(name, {})
    again = (job.get("triggers") or {}).get("again", "")
    if (job.get("commitId"), again) != (wanted.commit, wanted.again):  # none, or an older one
        return Outcome.of(stack, wanted, errors.get(name) or "; ".join(errors.values()))
    reasons = [
        f"{step['name']}: {step.get('statusReason') or step['status']}"
        for step in job.get("steps") or []
        if step["status"] in ("FAILED", "CANCELLED")
    ]
    reason = errors.get(name) or "; ".join(reasons)
    return Outcome.of(stack, wanted, reason, job["status"], job["jobId"])


def _workspace(stack: Stack) -> automation.LocalWorkspace:
    """The program's folder, with the stack's config as the plan has it."""
    return automation.LocalWorkspace(
        work_dir=PROJECT,
        env_vars={"PULUMI_PYTHON_CMD": sys.executable},
        secrets_provider="passphrase",
        stack_settings={stack.name: automation.StackSettings(config=stack.config)},
    )


def _open(workspace: automation.LocalWorkspace, stack: Stack) -> automation.Stack:
    """The stack, which is made if it does not exist."""
    try:
        return automation.Stack.select(stack.name, workspace)
    except automation.StackNotFoundError:
        return automation.Stack.create(stack.name, workspace)
