"""`amplify-job pending`: the report."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from ..report import Report, StackReport, read_preview, to_html, to_json, to_markdown
from ..report.git import Checkout
from . import ERROR, OK, PENDING

#: Previews that run side by side; each is a few processes.
SIDE_BY_SIDE = 4


@click.command()
@click.option(
    "--stack", "stacks", multiple=True, help="A stack; may be repeated. Default: the selected one."
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
@click.option(
    "--format",
    "form",
    type=click.Choice(["terminal", "markdown", "json", "html"]),
    default="terminal",
    help="Default: terminal.",
)
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file. Default: stdout."
)
@click.option(
    "--exit-code", is_flag=True, help="Exit with 2 when something is pending. Default: 0."
)
@click.option(
    "--cwd",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help="The Pulumi project's folder. Default: this one.",
)
@click.option(
    "--git",
    "checkout",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The checkout of what is released. Default: the project's folder.",
)
@click.option(
    "--max-commits", type=click.IntRange(0, 500), default=20, help="Commits listed. Default: 20."
)
@click.option(
    "--authors/--no-authors", default=True, help="Name the commits' authors. Default: yes."
)
def pending(
    stacks: Sequence[str],
    all_stacks: bool,
    saved: Sequence[str],
    form: str,
    output: Path | None,
    exit_code: bool,
    cwd: Path,
    checkout: Path | None,
    max_commits: int,
    authors: bool,
) -> int:
    """Show the pending releases of one or many stacks.

    Runs `pulumi preview --json` (or reads saved output of it) and lists the releases that `pulumi
    up` would make, with the commits in between. Exits with 1 when a stack could not be previewed.
    """
    if saved:
        reports = [_read(name) for name in saved]
    else:
        names: list[str | None] = [*(_all_stacks(cwd) if all_stacks else stacks)] or [None]
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            reports = list(pool.map(lambda name: preview(cwd, name), names))
    report = with_commits(Report(tuple(reports)), Checkout(checkout or cwd), max_commits)
    if form == "terminal" and output is None:
        from .terminal import show_pending

        show_pending(report, authors=authors)
    else:
        _write(_rendered(report, form, authors=authors), output)
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


def preview(cwd: Path, stack: str | None) -> StackReport:
    """Preview one stack, the selected one for None, and read what it says."""
    command = ["pulumi", "preview", "--json", "--non-interactive"]
    command += ["--stack", stack] if stack else []
    done = _pulumi(command, cwd)
    try:
        found = read_preview(json.loads(done.stdout), stack)
    except (ValueError, KeyError, IndexError, AttributeError):
        return StackReport(stack or "the selected stack", error=_last_words(done))
    if done.returncode and not found.error:
        return replace(found, error=_last_words(done), pending=())
    return found


def _all_stacks(cwd: Path) -> list[str]:
    done = _pulumi(["pulumi", "stack", "ls", "--json"], cwd)
    if done.returncode:
        raise click.ClickException(_last_words(done))
    return [stack["name"] for stack in json.loads(done.stdout)]


def _pulumi(command: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603 - a list of arguments, no shell
            command, cwd=cwd, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
    except FileNotFoundError:
        raise click.ClickException(
            "there is no `pulumi` on PATH: install it, or read a saved preview with --from"
        ) from None


def _last_words(done: subprocess.CompletedProcess[str]) -> str:
    text = (done.stderr.strip() or done.stdout.strip())[-2000:]
    return text or f"pulumi ended with {done.returncode}"


def _read(name: str) -> StackReport:
    try:
        with click.open_file(name, encoding="utf-8") as file:
            data: Any = json.load(file)
        if not isinstance(data, dict):
            raise ValueError("not a preview")
    except (OSError, ValueError) as error:
        raise click.ClickException(
            f"{name} is not the output of `pulumi preview --json`: {error}"
        ) from None
    return read_preview(data)


def _rendered(report: Report, form: str, *, authors: bool) -> str:
    if form == "markdown":
        return to_markdown(report, authors=authors)
    if form == "html":
        return to_html(report, authors=authors)
    if form == "json":
        return json.dumps(to_json(report, authors=authors), indent=2, ensure_ascii=False) + "\n"
    from .terminal import pending_text

    return pending_text(report, authors=authors)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{output} cannot be written: {error.strerror}") from None
