"""`amplify-job status|wait|start|stop|history`: single jobs, on the same modules as the resource."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from .._amplify.api import JobRecord, Jobs
from .._amplify.ids import BranchId
from .._amplify.session import clients_for, resolve_region, settings_from
from .._follow.judge import complete
from .._follow.rows import duration
from .._follow.stop import stop_job
from .._inputs.inputs import ON_BUSY, Wish, printable, problems
from .._inputs.limits import start_job_limits
from .._start.notes import Notes
from .._start.preflight import preflight
from .._start.release import Release, release
from .._state import bag_of
from ..errors import InvalidSettings, JobError, NotFound, NotStarted, StartUnknown
from .shell import Interrupted, ShellCall, alone

T = TypeVar("T")


def _on_a_branch(command: Callable[..., T]) -> Callable[..., T]:
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
    parts = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", value)
    if not value or not parts:
        raise click.BadParameter(f"{value!r} is not a duration such as 45m, 1h30m or 90s")
    hours, minutes, seconds = (int(part or 0) for part in parts.groups())
    return float(hours * 3600 + minutes * 60 + seconds)


_timeout = click.option(
    "--timeout", default="60m", callback=_duration, help="How long to wait at most. Default: 60m."
)


@click.command()
@_on_a_branch
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
    jobs = _jobs(app_id, branch_name, region, profile)
    _print(_found(jobs, job_id), output)


@click.command()
@_on_a_branch
@click.argument("job_id", required=False)
@_timeout
def wait(
    app_id: str,
    branch_name: str,
    region: str | None,
    profile: str | None,
    output: str,
    job_id: str | None,
    timeout: float,
) -> None:
    """Wait until a job has ended: JOB_ID, or the branch's newest one.

    Exits with 0 when it succeeded, 3 when it failed or was cancelled, 4 when the time is up.
    """
    jobs = _jobs(app_id, branch_name, region, profile)
    found = Release(_found(jobs, job_id), adopted=True)
    with _call(app_id, branch_name) as call, _printed_anyway(output):
        job = complete(found, Wish(app_id, branch_name), jobs, call, call.now() + timeout)
    _print(job, output)


@click.command()
@_on_a_branch
@click.option("--commit", help="The commit that the release is labelled with.")
@click.option("--message", help="The commit message that the console shows.")
@click.option("--retry", "source_job_id", help="Run this job again instead of releasing HEAD.")
@click.option(
    "--on-busy",
    type=click.Choice(ON_BUSY),
    default="wait",
    help="When a job is active. Default: wait.",
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

    A lost reply does not make a second job. A run that was killed before it knew its job is taken up
    by the next one of the same branch and commit on this machine.
    """
    bag = {
        "appId": app_id,
        "branchName": branch_name,
        "jobType": "RETRY" if source_job_id else "RELEASE",
        "sourceJobId": source_job_id,
        "commitId": commit,
        "commitMessage": message,
        "onBusy": on_busy,
        "waitForCompletion": waits,
    }
    wrong = problems(bag, start_job_limits())
    if wrong:
        raise click.UsageError("; ".join(problem.reason for problem in wrong))
    wish = Wish.from_bag(bag)
    jobs = _jobs(app_id, branch_name, region, profile)
    with _call(app_id, branch_name) as call, _printed_anyway(output):
        notes = Notes(call.urn)
        deadline = call.now() + timeout
        preflight(wish, jobs, call)
        try:
            with alone(notes, wish.branch, call, deadline):
                found = release(wish, jobs, call, notes, deadline, take_up=False)
                # From here on it is known which job it is: `wait` and `status` take its id.
                notes.remove()
        except (NotStarted, StartUnknown) as error:
            if call.interrupted:
                raise Interrupted(str(error)) from error
            raise
        job = complete(found, wish, jobs, call, deadline)
    _print(job, output)


@click.command()
@_on_a_branch
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
    """Stop the job JOB_ID, whoever started it, and see it end; fine when it has ended already."""
    jobs = _jobs(app_id, branch_name, region, profile)
    with _call(app_id, branch_name) as call, _printed_anyway(output):
        job = stop_job(_found(jobs, job_id), jobs, call, call.now() + timeout)
    _print(job, output)


@click.command()
@_on_a_branch
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=25, help="Jobs at most. Default: 25."
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
    jobs = _jobs(app_id, branch_name, region, profile)
    found = jobs.newest(1 if limit > 50 else None)[:limit]
    if html:
        from .chart import history_page
        from .pending import write

        write(history_page(str(jobs.branch_id), found), html)
        click.echo(f"wrote {html}", err=True)
    elif output == "json":
        click.echo(json.dumps([_data(job) for job in found], indent=2))
    else:
        from .terminal import show_history

        show_history(found)


def _call(app_id: str, branch_name: str) -> ShellCall:
    return ShellCall(f"urn:pulumi:shell::amplify-job::amplify:Job::{app_id}/{branch_name}")


def _jobs(app_id: str, branch_name: str, region: str | None, profile: str | None) -> Jobs:
    wrong = problems({"appId": app_id, "branchName": branch_name}, start_job_limits())
    if wrong:
        raise click.UsageError("; ".join(problem.reason for problem in wrong))
    settings = settings_from({}, region=region, profile=profile)
    resolved = resolve_region(settings)
    if not resolved:
        raise InvalidSettings("no AWS region is set: give --region, or set AWS_REGION")
    settings = settings_from({}, region=resolved, profile=profile)
    return Jobs(clients_for(settings), BranchId(app_id, branch_name))


def _found(jobs: Jobs, job_id: str | None) -> JobRecord:
    if job_id is None:
        newest = jobs.newest()
        if not newest:
            raise NotFound(
                f"reading Amplify jobs ({jobs.branch_id})", "none", "the branch has no job"
            )
        job_id = newest[0].id.job_id
    elif not job_id.isdecimal():
        raise click.UsageError(f"{job_id!r} is not a job's number")
    return jobs.get(job_id)


@contextmanager
def _printed_anyway(output: str) -> Iterator[None]:
    """Whatever becomes of a job, stdout has it as it was last seen."""
    try:
        yield
    except JobError as error:
        _print(error.job, output)
        raise


def _data(job: JobRecord) -> dict[str, Any]:
    bag = bag_of({}, job, adopted=False)
    del bag["adopted"]
    return {"id": str(job.id), "jobType": job.job_type, **bag}


def _print(job: JobRecord, output: str) -> None:
    if output == "json":
        click.echo(json.dumps(_data(job), indent=2))
        return
    took = "" if job.duration_seconds is None else f"  {duration(job.duration_seconds)}"
    click.echo(f"{printable(str(job.id), 300)}  {printable(job.status, 40)}{took}")
    for step in job.steps:
        reason = f"  {printable(step.status_reason, 500)}" if step.status_reason else ""
        click.echo(f"  {printable(step.name, 40)}  {printable(step.status, 40)}{reason}")
