"""`amplify-job pending`: the report."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from ..report import Report, StackReport, read_preview, to_html, to_json, to_markdown
from ..report.compare import hosts_of
from ..report.git import Checkout
from ..report.preview_text import decoded, preview_in
from .exit_codes import ERROR, OK, PENDING
from .options import document, max_files, project, renamed, stack_name, write
from .pulumi_commands import PulumiCommands, last_words


def _comment_key(_: click.Context, __: click.Parameter, value: str) -> str:
    if value and not re.fullmatch(r"[A-Za-z0-9._/]([A-Za-z0-9._/-]*[A-Za-z0-9._/])?", value):
        raise click.BadParameter("letters, digits and . _ / - only, and no - at an end")
    return value


@click.command()
@click.option(
    "--stack",
    "stacks",
    multiple=True,
    callback=stack_name,
    help="A stack; may be repeated. Default: the selected one.",
)
@click.option("--all-stacks", is_flag=True, help="All stacks of the project.")
@click.option(
    "--from",
    "saved",
    multiple=True,
    type=click.Path(dir_okay=False, allow_dash=True),
    help="Read saved output of `pulumi preview --json` from this file, or from stdin with -; may be "
    "repeated. Default: run the preview.",
)
@document("text", "markdown", "json", "html")
@renamed("--format", "--output {}")
@click.option(
    "--exit-code", is_flag=True, help="Exit with 2 when something is pending. Default: 0."
)
@project
@click.option(
    "--git",
    "checkout",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The checkout of what is released. Default: the project's folder.",
)
@click.option(
    "--max-commits",
    type=click.IntRange(0, 500),
    default=20,
    help="How many commits to list of each release. Default: 20.",
)
@max_files
@click.option(
    "--authors/--no-authors", default=True, help="Name the commits' authors. Default: yes."
)
@click.option(
    "--comment",
    default="",
    callback=_comment_key,
    help="A name in the hidden first line of Markdown, where a pull request has several reports. "
    "Default: none.",
)
def pending(
    stacks: Sequence[str],
    all_stacks: bool,
    saved: Sequence[str],
    output: str,
    file: Path | None,
    exit_code: bool,
    cwd: Path,
    checkout: Path | None,
    max_commits: int,
    max_files: int,
    authors: bool,
    comment: str,
) -> int:
    """Show the pending releases of one or many stacks.

    Runs `pulumi preview --json` (or reads saved output of it) and lists the releases that `pulumi
    up` would make, with the commits in between. Exits with 1 when a stack could not be previewed.
    """
    if sum(map(bool, (stacks, all_stacks, saved))) > 1:
        raise click.UsageError("give one of --stack, --all-stacks and --from")
    if saved:
        reports = [_read(name, max_files) for name in saved]
    else:
        pulumi = PulumiCommands(cwd)
        names: list[str | None] = [*(_all_stacks(pulumi) if all_stacks else dict.fromkeys(stacks))]
        reports = _previews(pulumi, names or [None], max_files)
    git = Checkout(checkout or cwd, hosts_of(os.environ))
    if checkout and not git.exists:
        raise click.UsageError(f"--git {checkout} is no git checkout, or there is no git")
    report = with_commits(Report(tuple(reports)), git, max_commits)
    if output == "text" and file is None:
        from .terminal import pending_report, show

        show(pending_report(report, authors=authors))
    else:
        write(_rendered(report, output, authors=authors, comment=comment), file)
    for stack in report.failed:
        click.echo(f"{stack.stack} could not be previewed: {stack.error}", err=True)
    if report.failed:
        return ERROR
    return PENDING if exit_code and report.pending else OK


def with_commits(report: Report, checkout: Checkout, most: int) -> Report:
    """The report with the commits between old and new, where the checkout knows them."""
    return Report(
        tuple(
            replace(
                stack,
                pending=tuple(
                    replace(
                        entry, commits=checkout.between(entry.old_commit, entry.new_commit, most)
                    )
                    for entry in stack.pending
                ),
            )
            for stack in report.stacks
        )
    )


def _previews(
    pulumi: PulumiCommands, names: Sequence[str | None], max_files: int
) -> list[StackReport]:
    """Preview stacks, the selected one for None, and read what the previews say."""
    command = ["preview", "--json", "--color", "never"]
    commands = [[*command, *(["--stack", name] if name else [])] for name in names]
    done = pulumi.run(commands)
    return [_read_done(each, name, max_files) for each, name in zip(done, names, strict=True)]


def _read_done(
    done: subprocess.CompletedProcess[str], stack: str | None, max_files: int
) -> StackReport:
    try:
        found = read_preview(preview_in(done.stdout), stack, max_files)
    except ValueError:
        return StackReport(stack or "the selected stack", error=last_words(done))
    if done.returncode and not found.error:
        return replace(found, error=last_words(done), pending=())
    return found


def _all_stacks(pulumi: PulumiCommands) -> list[str]:
    (done,) = pulumi.run([["stack", "ls", "--json"]])
    try:
        names = [str(stack["name"]) for stack in json.loads(done.stdout)]
    except (ValueError, TypeError, KeyError):
        raise click.ClickException(last_words(done)) from None
    if not names:
        raise click.ClickException("the project has no stack")
    return names


def _read(name: str, max_files: int) -> StackReport:
    try:
        with click.open_file(name, "rb") as file:
            return read_preview(preview_in(decoded(file.read())), max_files=max_files)
    except OSError as error:
        raise click.ClickException(f"{name} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise click.ClickException(
            f"{name} is not the output of `pulumi preview --json`: {error}"
        ) from None


def _rendered(report: Report, form: str, *, authors: bool, comment: str) -> str:
    if form == "markdown":
        return to_markdown(report, authors=authors, key=comment)
    if form == "html":
        return to_html(report, authors=authors)
    if form == "json":
        return json.dumps(to_json(report, authors=authors), indent=2) + "\n"
    from .terminal import pending_report, plain

    return plain(pending_report(report, authors=authors))
