"""`amplify-job status|wait|start|stop|history`: single jobs, on the same modules as the resource."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from .._amplify.api import BranchApi
from .._amplify.ids import BranchId
from .._amplify.records import JobRecord
from .._amplify.session import clients_by, clients_for, require_profile, resolve_region
from .._amplify.settings import settings_from
from .._follow.follow import follow
from .._follow.stop import stop_job
from .._inputs.request import Properties, ReleaseRequest
from .._inputs.rules import problems
from .._inputs.words import JobType, OnBusy
from .._start.git_build import GitBuild
from .._start.notes import Notes
from .._start.release import Release, release
from .._state import properties_of
from .._values.commits import HEAD
from .._values.durations import format_duration, parse_duration
from .._values.text import printable
from ..errors import InvalidSettings, JobError, NotFound
from .commit_search import follow_commit
from .shell import SHELL, ShellOperation, prompter
from .signals import Signals
from .turns import branch_lock

T = TypeVar("T")


def _branch_options(command: Callable[..., T]) -> Callable[..., T]:
    """The arguments and options that all of these commands have."""
    decorators: list[Callable[[Callable[..., T]], Callable[..., T]]] = [
        click.argument("app_id"),
        click.argument("branch_name"),
        click.option("--region", help="The app's region. Default: boto3's own chain."),
        click.option("--profile", help="A profile of the AWS config. Default: boto3's own chain."),
        click.option(
            "--output",
            type=click.Choice(["text", "json"]),
            default="text",
            help="Form of the data on stdout. Default: text.",
        ),
    ]
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def _duration(_: click.Context, __: click.Parameter, value: str) -> float:
    try:
        return float(parse_duration(value))
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


_timeout = click.option(
    "--timeout", default="60m", callback=_duration, help="How long to wait at most. Default: 60m."
)


@click.command()
@_branch_options
@click.argument("job_id", required=False)
def status(
    app_id: str,
    branch_name: str,
    region: str | None,
    profile: str | None,
    output: str,
    job_id: str | None,
) -> None:
    """Show a job: JOB_ID, or the branch's newest one."""
    with _operation(app_id, branch_name) as operation:
        job = _found(_api(app_id, branch_name, region, profile, operation), job_id)
    _print(job, output)


@click.command()
@_branch_options
@click.argument("job_id", required=False)
@click.option(
    "--commit",
    help="Wait for the job that builds this commit, also if the branch does not have it yet.",
)
@_timeout
def wait(
    app_id: str,
    branch_name: str,
    region: str | None,
    profile: str | None,
    output: str,
    job_id: str | None,
    commit: str | None,
    timeout: float,
) -> None:
    """Wait until a job has ended: JOB_ID, the job of --commit, or the branch's newest one.

    Exits with 0 when it succeeded, 3 when it failed or was cancelled, 4 when the time is up.
    """
    if commit is not None:
        _refuse_commit(app_id, branch_name, commit, job_id)
    with _operation(app_id, branch_name) as operation, _print_job_on_error(output):
        deadline = operation.now() + timeout
        api = _api(app_id, branch_name, region, profile, operation, deadline)
        if commit is not None:
            job = follow_commit(commit, api, operation, deadline)
        else:
            found = _found(api, job_id)
            if found.has_ended and job_id is None:
                operation.info(_ended_before(found))
            request = ReleaseRequest(app_id, branch_name)
            job = follow(found, request, api, operation, deadline)
    _print(job, output)


@click.command()
@_branch_options
@click.option("--commit", help="The commit that the release is labelled with.")
@click.option("--message", help="The commit message that the console shows.")
@click.option("--retry", "source_job_id", help="Run this job again instead of releasing HEAD.")
@click.option(
    "--on-busy",
    type=click.Choice([policy.value for policy in OnBusy]),
    default=OnBusy.WAIT.value,
    help="What to do when a job is active. Default: wait.",
)
@click.option("--wait/--no-wait", "waits", default=True, help="Wait for its end. Default: yes.")
@_timeout
def start(
    app_id: str,
    branch_name: str,
    region: str | None,
    profile: str | None,
    output: str,
    commit: str | None,
    message: str | None,
    source_job_id: str | None,
    on_busy: str,
    waits: bool,
    timeout: float,
) -> None:
    """Release a branch: start exactly one job, and wait for it.

    A lost reply does not make a second job. A run that was killed before it knew its job is resumed
    by the next one of the same branch and commit on this machine.
    """
    properties = {
        "appId": app_id,
        "branchName": branch_name,
        "jobType": JobType.RETRY.value if source_job_id else JobType.RELEASE.value,
        "sourceJobId": source_job_id,
        "commitId": commit,
        "commitMessage": message,
        "onBusy": on_busy,
        "waitForCompletion": waits,
    }
    _refuse_problems(properties)
    request = ReleaseRequest.from_properties(properties)
    with _operation(app_id, branch_name) as operation, _print_job_on_error(output):
        deadline = operation.now() + timeout
        api = _api(app_id, branch_name, region, profile, operation, deadline)
        found = _started(request, api, operation, deadline)
        job = follow(
            found.job,
            request,
            api,
            operation,
            deadline,
            waited_for=found.waited_for,
            typical_seconds=found.typical_seconds,
        )
    _print(job, output)


@click.command()
@_branch_options
@click.argument("job_id")
@_timeout
def stop(
    app_id: str,
    branch_name: str,
    region: str | None,
    profile: str | None,
    output: str,
    job_id: str,
    timeout: float,
) -> None:
    """Stop the job JOB_ID, whoever started it, and see it end; does nothing if it has ended already."""
    with _operation(app_id, branch_name) as operation, _print_job_on_error(output):
        deadline = operation.now() + timeout
        api = _api(app_id, branch_name, region, profile, operation, deadline)
        job = stop_job(_found(api, job_id), api, operation, deadline)
    _print(job, output)


@click.command()
@_branch_options
@click.option(
    "--limit",
    type=click.IntRange(1, 1000),
    default=25,
    help="How many jobs to list at most. Default: 25.",
)
@click.option(
    "--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page with a chart."
)
def history(
    app_id: str,
    branch_name: str,
    region: str | None,
    profile: str | None,
    output: str,
    limit: int,
    html: Path | None,
) -> None:
    """List a branch's jobs, newest first, with outcome and duration."""
    with _operation(app_id, branch_name) as operation:
        api = _api(app_id, branch_name, region, profile, operation)
        found = api.newest(1 if limit > 50 else None)[:limit]
    if html:
        from .chart import history_page
        from .pending import write

        write(history_page(str(api.branch_id), found), html)
        click.echo(f"wrote {html}", err=True)
    elif output == "json":
        click.echo(json.dumps([_data(job) for job in found], indent=2))
    else:
        from .terminal import show_history

        show_history(found)


def _operation(app_id: str, branch_name: str) -> ShellOperation:
    branch = BranchId(app_id, branch_name)
    signals = click.get_current_context().ensure_object(Signals)
    return ShellOperation(f"urn:pulumi:shell::amplify-job::amplify:Job::{branch}", signals)


def _started(
    request: ReleaseRequest, api: BranchApi, operation: ShellOperation, deadline: float
) -> Release:
    """The job of one `start`; each call is a release of its own."""
    notes = Notes(operation.urn)
    method = GitBuild(operation.urn, request)
    method.preflight(api, operation)
    with branch_lock(notes, request.branch, operation, deadline):
        found = release(request, method, api, operation, notes, deadline, resumes=False)
        # From here on it is known which job it is: `wait` and `status` take its number.
        notes.remove()
        return found


def _ended_before(job: JobRecord) -> str:
    """What to say of the newest job where it had ended before anybody waited for it."""
    ago = ""
    if job.end_time is not None:
        seconds = (datetime.now(timezone.utc) - job.end_time).total_seconds()
        ago = f" {format_duration(seconds)} ago"
    return (
        f"job {job.id.number_text}, the branch's newest, ended{ago}: {job.status}. After a push, use "
        "--commit SHA to wait for the job that builds it."
    )


def _refuse_commit(app_id: str, branch_name: str, commit: str, job_id: str | None) -> None:
    """Refuse a `--commit` that no job can be known by."""
    if job_id is not None:
        raise click.UsageError("give a job's number or --commit, and not both")
    _refuse_problems({"appId": app_id, "branchName": branch_name, "commitId": commit})
    if commit.upper() == HEAD:
        raise click.UsageError(
            f"--commit {commit} is no commit, and AWS reports {HEAD} for jobs of any commit: give the "
            "sha, as `git rev-parse HEAD` prints it"
        )


def _refuse_problems(properties: Properties) -> None:
    wrong = problems(properties, SHELL.input_name)
    if wrong:
        raise click.UsageError("; ".join(problem.reason for problem in wrong))


def _api(
    app_id: str,
    branch_name: str,
    region: str | None,
    profile: str | None,
    operation: ShellOperation,
    deadline: float | None = None,
) -> BranchApi:
    _refuse_problems({"appId": app_id, "branchName": branch_name})
    settings = settings_from({}, region=region, profile=profile)
    require_profile(settings)
    settings = replace(settings, region=resolve_region(settings))
    if not settings.region:
        raise InvalidSettings("no AWS region is set: give --region, or set AWS_REGION")
    branch, ask = BranchId(app_id, branch_name), partial(operation.ask, deadline=deadline)
    person = prompter()
    if person:
        # On this thread, so that Ctrl-C leaves the terminal as it was.
        with operation.impatient():
            clients = clients_for(settings, person)
            clients.sign_in()
    else:
        clients = clients_by(ask, settings, branch)
    return BranchApi(clients, branch, ask)


def _found(api: BranchApi, number: str | None) -> JobRecord:
    """A job by its number, or the branch's newest one for None."""
    if number is None:
        newest = api.newest()
        if not newest:
            raise NotFound(
                f"reading Amplify jobs ({api.branch_id})", "none", "the branch has no job"
            )
        number = newest[0].id.number_text
    elif not number.isdecimal():
        raise click.UsageError(f"{number!r} is not a job's number")
    return api.get(number)


@contextmanager
def _print_job_on_error(output: str) -> Iterator[None]:
    """Print a job as it was last seen to stdout, also if the command fails because of it."""
    try:
        yield
    except JobError as error:
        _print(error.job, output)
        raise


def _data(job: JobRecord) -> dict[str, Any]:
    properties = properties_of({}, job, adopted=False)
    del properties["adopted"]
    return {"id": str(job.id), "jobType": job.job_type, **properties}


def _print(job: JobRecord, output: str) -> None:
    if output == "json":
        click.echo(json.dumps(_data(job), indent=2))
        return
    took = "" if job.duration_seconds is None else f"  {format_duration(job.duration_seconds)}"
    click.echo(f"{printable(str(job.id), 300)}  {printable(job.status, 40)}{took}")
    for step in job.steps:
        reason = f"  {printable(step.status_reason, 500)}" if step.status_reason else ""
        click.echo(f"  {printable(step.name, 40)}  {printable(step.status, 40)}{reason}")
