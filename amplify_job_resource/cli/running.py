"""What the commands with a job at hand share: its start, why it failed, and how it is printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from .._amplify.api import BranchApi
from .._amplify.records import JobRecord
from .._amplify.site import LOOK_SECONDS, find_site
from .._follow.follow import follow
from .._inputs.request import Request
from .._logs.explanation import explain
from .._operation import Operation, within
from .._secrecy import Secrets, kept_job
from .._start.method import ReleaseMethod
from .._start.notes import Notes
from .._start.preflight import Seen
from .._start.release import Release, release
from ..errors import JobError
from .job_text import job_json, job_lines
from .options import print_lines
from .shell import ShellOperation
from .turns import branch_lock


def started(
    request: Request,
    method: ReleaseMethod,
    api: BranchApi,
    operation: Operation,
    deadline: float,
) -> tuple[Seen, Release]:
    """The job of one command, and what was seen before; each command is a release of its own."""
    notes = Notes(operation.urn)
    seen = method.preflight(api, operation, deadline)
    with branch_lock(notes, request.branch, operation, deadline):
        found = release(request, method, api, operation, notes, deadline, resumes=False)
        # From here on it is known which job it is: `wait` and `status` take its number.
        notes.remove()
        return seen, found


def followed(
    found: Release,
    request: Request,
    api: BranchApi,
    operation: Operation,
    deadline: float,
    log_lines: int,
) -> JobRecord:
    """The job of one command as it ended, or as it is if nobody waits for it.

    Raises:
        errors.JobError: it is not what was asked for; so many lines of its log have told why.
    """
    with explained(api, operation, log_lines):
        return follow(
            found.job,
            request,
            api,
            operation,
            deadline,
            waited_for=found.waited_for,
            builds=found.builds,
        )


@contextmanager
def explained(api: BranchApi, operation: Operation, lines: int) -> Iterator[None]:
    """Where the job of the block has failed, show the lines of its log that tell why."""
    try:
        yield
    except JobError as error:
        explain(error.job, api, operation, lines)
        raise


def site_of(api: BranchApi, operation: Operation, seen: Seen | None = None) -> str | None:
    """The address of the branch's site, None where AWS does not tell."""
    bounded = api.bounded(within(operation, LOOK_SECONDS))
    site = find_site(bounded, seen.app, seen.branch) if seen else find_site(bounded)
    return site.url


@contextmanager
def print_job_on_error(output: str, secrets: Secrets | None = None) -> Iterator[None]:
    """Print a job as it was last seen to stdout, also if the command fails because of it.

    Args:
        output: The form.
        secrets: What AWS may repeat, and nobody is to read.
    """
    try:
        yield
    except JobError as error:
        _print(kept_job(error.job, secrets.hide) if secrets else error.job, output)
        raise


def end(operation: ShellOperation, job: JobRecord, output: str, url: str | None) -> None:
    """Print a job that is as it should be."""
    _print(job, output, url)
    operation.leave()


def _print(job: JobRecord, output: str, url: str | None = None) -> None:
    if output == "json":
        data = job_json(job) if url is None else {**job_json(job), "url": url}
        print_lines(json.dumps(data, indent=2))
    else:
        print_lines(*job_lines(job, url))
