"""`amplify-job deploy`: files on a branch of an app without a repository, from a shell."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from .._amplify.records import JobRecord
from .._content.address import digest_of_address
from .._content.digest_cache import digests_of
from .._content.files import ContentError
from .._content.manifest import manifest_of
from .._content.problems import warnings
from .._content.project import project_folder
from .._content.source import deployable_content
from .._inputs.deployment import DEPLOYMENT_INPUTS, DeploymentRequest
from .._inputs.request import Properties
from .._inputs.secrets import SECRET_INPUTS
from .._inputs.words import OnBusy
from .._kind import DEPLOYMENT
from .._operation import Operation
from .._preview.changes import ChangeKind, compare
from .._preview.sentences import sentence
from .._secrecy import DiscreetOperation, Secrets, hidden, kept_job
from .._values.addresses import is_address, without_query
from ..errors import Unanswered
from ..report.files import SIGNS, FileChanges, file_changes
from ..report.render_json import files_json
from .deployed import Deployed
from .options import log_lines, max_files, output, print_lines, timeout
from .running import end, followed, print_job_on_error, site_of, started
from .shell import DEPLOYING
from .target import Target, branch_target, refuse_problems


@click.command()
@branch_target
@click.argument("source")
@click.option(
    "--exclude",
    multiple=True,
    help="A pattern of files to leave out of a folder, as in a .gitignore; may be repeated.",
)
@click.option(
    "--on-busy",
    type=click.Choice([policy.value for policy in OnBusy if policy is not OnBusy.ADOPT]),
    default=OnBusy.WAIT.value,
    help="What to do when a job is active. Default: wait.",
)
@click.option(
    "--dry-run", is_flag=True, help="Only show what would change; nothing is created in AWS."
)
@max_files
@click.option("--wait/--no-wait", "waits", default=True, help="Wait for its end. Default: yes.")
@timeout
@log_lines
@output("text", "json")
def deploy(
    target: Target,
    source: str,
    exclude: Sequence[str],
    on_busy: str,
    dry_run: bool,
    max_files: int,
    waits: bool,
    timeout: float,
    log_lines: int | None,
    output: str,
) -> None:
    """Deploy files to a branch of an app without a repository, and wait until they are live.

    SOURCE is a folder, a .zip, or an address that AWS reads: https://…/site.zip, s3://bucket/site.zip
    or s3://bucket/prefix/.

    Exits with 0 when it succeeded, 3 when it failed or was cancelled, 4 when the time is up.
    """
    properties: dict[str, Any] = {
        "appId": target.branch.app_id,
        "branchName": target.branch.branch_name,
        "source": source if is_address(source) else str(Path.cwd() / source),
        "exclude": list(exclude) or None,
        "onBusy": on_busy,
        "waitForCompletion": waits,
    }
    refuse_problems(properties, DEPLOYMENT_INPUTS)
    # AWS, and the log of a job, may repeat an address with its signature.
    signed = _shown(source) != source
    secrets = Secrets({**properties, SECRET_INPUTS: ["source"] if signed else []})
    with (
        target.operation("Deployment", DEPLOYING) as shell,
        print_job_on_error(output, secrets),
        hidden(secrets),
    ):
        operation: Operation = DiscreetOperation(shell, secrets) if secrets else shell
        deadline = operation.now() + timeout
        properties |= _content(source, str(properties["source"]), exclude, operation)
        api = target.api(shell, deadline)
        deployed = Deployed(operation.urn, api.region)
        before = deployed.read()
        operation.info(_announcement(before, properties))
        if dry_run:
            _print_changes(file_changes(before, properties, max_files), output)
            return
        request = DeploymentRequest.from_properties(properties)
        method = DEPLOYMENT.method(operation.urn, request)
        seen, found = started(request, method, api, operation, deadline)
        lines = target.lines_of(log_lines)
        job = followed(found, request, api, operation, deadline, lines)
        if job.has_ended:
            deployed.write(_kept(properties, job))
        url = site_of(api, operation, seen)
    end(shell, kept_job(job, secrets.hide), output, url)


def _content(
    source: str, recorded: str, exclude: Sequence[str], operation: Operation
) -> dict[str, Any]:
    """The properties that say what a source holds.

    Args:
        source: The source as it is given.
        recorded: The same as the deployment has it.
        exclude: Patterns of what is left out.
        operation: The operation at hand.

    Raises:
        click.UsageError: it cannot be deployed.
    """
    if is_address(source) and exclude:
        raise click.UsageError("--exclude is for folders, and this is an address")

    def go_on(_: int) -> None:
        if not operation.sleep(0):
            raise Unanswered("reading the files", "Interrupted", "they were not read to their end")

    try:
        if is_address(source):
            return {"contentDigest": digest_of_address(source)}
        content = deployable_content(source, exclude, Path.cwd())
        known = digests_of(project_folder(Path.cwd()), recorded)
        manifest = manifest_of(content, known, go_on)
    except ContentError as error:
        raise click.UsageError(str(error)) from None
    for warning in warnings(content):
        operation.warn(warning)
    return {
        "contentDigest": manifest.digest,
        "fileCount": manifest.file_count,
        "totalBytes": manifest.total_bytes,
        "manifest": manifest.to_text(),
    }


def _announcement(before: Properties, properties: Properties) -> str:
    """The line that says what is deployed, held against what this command has deployed before."""
    change = compare(before, {**before, **properties})
    if change.kind is ChangeKind.RELEASE:
        return sentence(change)
    what = "address" if is_address(properties["source"]) else "content"
    return f"deploy {change.place}: the same {what} as job {before.get('jobId')}"


def _kept(properties: Properties, job: JobRecord) -> dict[str, Any]:
    """What is kept of a deployment; never the query of an address, which may be a signature."""
    keys = ("appId", "branchName", "contentDigest", "fileCount", "totalBytes", "manifest")
    return {
        **{key: properties[key] for key in keys if properties.get(key) is not None},
        "source": _shown(properties["source"]),
        "jobId": job.id.number_text,
        "status": job.status,
    }


def _print_changes(files: FileChanges | None, output: str) -> None:
    if output == "json":
        print_lines(json.dumps(files and files_json(files), indent=2))
    elif files:
        print_lines(
            *(f"{SIGNS[file.change]} {file.name} ({file.shown_size})" for file in files.listed),
            *([f"and {files.more} more"] if files.more else []),
        )


def _shown(source: str) -> str:
    return without_query(source) if is_address(source) else source
