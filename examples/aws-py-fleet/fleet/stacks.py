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

from .locks import locked
from .plan import Place, Release

#: The folder with the program.
PROJECT = Path(__file__).resolve().parents[1]


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


def outcome(place: Place, release: Release, job: str, status: str, reason: str) -> Outcome:
    """The line for a release."""
    whose = (place.account, place.region, release.app, release.branch, release.commit)
    return Outcome(*whose, job, status, reason)


def preview(place: Place, releases: list[Release], ended_hosts: Collection[str]) -> StackReport:
    """What an `up` would release; the stack is made if there is none."""
    try:
        stack = locked(place.stack, partial(_opened, place, releases), ended_hosts)
        workspace = stack.workspace
        shown = workspace.pulumi_command.run(
            ["preview", "--json", "--stack", place.stack], str(PROJECT), workspace.env_vars
        )
        return read_preview(json.loads(shown.stdout), place.stack)
    except automation.CommandError as error:
        return StackReport(place.stack, error=str(error))


def release(
    place: Place, releases: list[Release], builds: int, ended_hosts: Collection[str]
) -> list[Outcome]:
    """Release a stack's branches, so many at once, and wait for them.

    Whoever calls this again for the same plan, after a worker was lost, gets the same outcomes:
    the jobs that state has count, those of a killed run are resumed, and no job is started twice.

    Raises:
        LockedElsewhere: another machine has to be asked whether the lock's owner is gone.
    """
    errors: dict[str, str] = {}

    def keep_error(event: automation.EngineEvent) -> None:
        found = event.diagnostic_event
        if found and found.severity == "error":
            errors[(found.urn or "").rpartition("::")[2]] = found.message.strip()

    stack = locked(place.stack, partial(_opened, place, releases), ended_hosts)
    up = partial(stack.up, parallel=builds, continue_on_error=True, on_event=keep_error)
    try:
        locked(place.stack, up, ended_hosts)
    except automation.ConcurrentUpdateError:
        raise
    except automation.CommandError as error:
        errors.setdefault("", str(error))
    resources = (stack.export_stack().deployment or {}).get("resources", [])
    jobs = {made["urn"].rpartition("::")[2]: made["outputs"] for made in resources if "id" in made}
    return [_outcome(place, each, jobs.get(each.name, {}), errors) for each in releases]


def _outcome(
    place: Place, release: Release, job: dict[str, Any], errors: dict[str, str]
) -> Outcome:
    # What is recorded may be the job of an older commit.
    if job.get("commitId") != release.commit or release.name in errors:
        reason = errors.get(release.name) or errors.get("") or "it was not tried"
        return outcome(place, release, "", "NOT RELEASED", reason)
    broken = [step for step in job.get("steps") or [] if step["status"] in ("FAILED", "CANCELLED")]
    reasons = [f"{step['name']}: {step.get('statusReason') or step['status']}" for step in broken]
    return outcome(place, release, job["jobId"], job["status"], "; ".join(reasons))


def _opened(place: Place, releases: list[Release]) -> automation.Stack:
    """The stack, with its config as the plan has it."""
    project = automation.LocalWorkspace(work_dir=str(PROJECT)).project_settings().name
    settings = automation.StackSettings(config=place.config(project, releases))
    options = automation.LocalWorkspaceOptions(
        env_vars={"PULUMI_PYTHON_CMD": sys.executable},
        secrets_provider="passphrase",
        stack_settings={place.stack: settings},
    )
    try:
        return automation.select_stack(place.stack, work_dir=str(PROJECT), opts=options)
    except automation.StackNotFoundError:
        return automation.create_stack(place.stack, work_dir=str(PROJECT), opts=options)
