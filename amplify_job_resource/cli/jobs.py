"""`amplify-job status|wait|start|stop|history`: single jobs, on the same modules as the resource."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path

import click

from .._amplify.records import JobRecord
from .._follow.follow import follow
from .._follow.stop import stop_job
from .._inputs.request import ReleaseRequest
from .._inputs.words import JobType, OnBusy
from .._start.git_build import GitBuild
from .._values.commits import HEAD
from .._values.durations import format_duration
from .commit_search import follow_commit
from .job_text import job_json
from .options import document, log_lines, output, renamed, timeout, write
from .running import end, explained, followed, print_job_on_error, site_of, started
from .target import Target, branch_target, job_target, refuse_problems, stack_target


@click.command()
@stack_target(of_job=True)
@output("text", "json")
def status(target: Target, output: str) -> None:
    """Show a job: JOB_ID, or the branch's newest one.

    With --stack it is the job that the stack has recorded.
    """
    with target.operation() as operation:
        api = target.api(operation)
        job = target.job(api)
        url = site_of(api, operation)
    end(operation, job, output, url)


@click.command()
@stack_target(of_job=True)
@click.option(
    "--commit",
    help="Wait for the job that builds this commit, also if the branch does not have it yet.",
)
@timeout
@log_lines
@output("text", "json")
def wait(
    target: Target, output: str, commit: str | None, timeout: float, log_lines: int | None
) -> None:
    """Wait until a job has ended: JOB_ID, the job of --commit, or the branch's newest one.

    With --stack it is the job that the stack has recorded.

    Exits with 0 when it succeeded, 3 when it failed or was cancelled, 4 when the time is up.
    """
    if commit is not None:
        _refuse_commit(target, commit)
    with target.operation() as operation, print_job_on_error(output):
        deadline = operation.now() + timeout
        api = target.api(operation, deadline)
        with explained(api, operation, target.lines_of(log_lines)):
            if commit is not None:
                job = follow_commit(commit, api, operation, deadline)
            else:
                found = target.job(api)
                if found.has_ended and target.number is None:
                    operation.info(_ended_before(found))
                request = ReleaseRequest(found.id.app_id, found.id.branch_name)
                job = follow(found, request, api, operation, deadline)
        url = site_of(api, operation)
    end(operation, job, output, url)


@click.command()
@branch_target
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
@timeout
@log_lines
@output("text", "json")
def start(
    target: Target,
    output: str,
    commit: str | None,
    message: str | None,
    source_job_id: str | None,
    on_busy: str,
    waits: bool,
    timeout: float,
    log_lines: int | None,
) -> None:
    """Release a branch: start exactly one job, and wait for it.

    A lost reply does not make a second job. A run that was killed before it knew its job is resumed
    by the next one of the same branch and commit on this machine.
    """
    properties = {
        "appId": target.branch.app_id,
        "branchName": target.branch.branch_name,
        "jobType": JobType.RETRY.value if source_job_id else JobType.RELEASE.value,
        "sourceJobId": source_job_id,
        "commitId": commit,
        "commitMessage": message,
        "onBusy": on_busy,
        "waitForCompletion": waits,
    }
    refuse_problems(properties)
    request = ReleaseRequest.from_properties(properties)
    with target.operation() as operation, print_job_on_error(output):
        deadline = operation.now() + timeout
        api = target.api(operation, deadline)
        method = GitBuild(operation.urn, request)
        seen, found = started(request, method, api, operation, deadline)
        lines = target.lines_of(log_lines)
        job = followed(found, request, api, operation, deadline, lines)
        url = site_of(api, operation, seen)
    end(operation, job, output, url)


@click.command()
@job_target
@timeout
@output("text", "json")
def stop(target: Target, output: str, timeout: float) -> None:
    """Stop the job JOB_ID, whoever started it, and see it end; does nothing if it has ended already."""
    with target.operation() as operation, print_job_on_error(output):
        deadline = operation.now() + timeout
        api = target.api(operation, deadline)
        found = target.job(api)
        if found.has_ended:
            operation.info(f"job {found.id.number_text} had ended already: {found.status}")
        job = stop_job(found, api, operation, deadline)
        url = site_of(api, operation)
    end(operation, job, output, url)


@click.command()
@stack_target(of_job=False)
@click.option(
    "--limit",
    type=click.IntRange(1, 1000),
    default=25,
    help="How many jobs to list at most. Default: 25.",
)
@document("text", "json", "html")
@renamed("--html", "--output html --file {}")
def history(target: Target, output: str, file: Path | None, limit: int) -> None:
    """List a branch's jobs, newest first, with outcome, duration and the commit message's first line.

    HTML is a page with a chart that shows whether builds get slower.
    """
    with target.operation() as operation:
        api = target.api(operation)
        found = api.newest(1 if limit > 50 else None)[:limit]
    if output == "json":
        data = [job_json(job) for job in found]
        for entry in data:
            del entry["steps"]  # AWS lists jobs without them.
        write(json.dumps(data, indent=2) + "\n", file)
    elif output == "html":
        from .chart import history_page

        write(history_page(str(api.branch_id), found), file)
    else:
        from .terminal import history_table, plain, show

        if file is None:
            show(history_table(found))
        else:
            write(plain(history_table(found)), file)


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


def _refuse_commit(target: Target, commit: str) -> None:
    """Refuse a `--commit` that no job can be known by."""
    if target.number is not None and not target.recorded:
        raise click.UsageError("give a job's number or --commit, and not both")
    branch = target.branch
    refuse_problems({"appId": branch.app_id, "branchName": branch.branch_name, "commitId": commit})
    if commit.upper() == HEAD:
        raise click.UsageError(
            f"--commit {commit} is no commit, and AWS reports {HEAD} for jobs of any commit: give the "
            "sha, as `git rev-parse HEAD` prints it"
        )
