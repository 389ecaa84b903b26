"""Reports and histories in a terminal; all text of others is shown as plain text."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from .._amplify.records import JobRecord
from .._amplify.status import Status
from .._values.commits import short_sha
from .._values.durations import format_duration
from .._values.text import printable
from ..report import Pending, Report
from ..report.files import SIGNS, FileChanges
from .job_text import first_line, started

#: Characters in a line of what does not go to a terminal: enough for any.
WIDTH: Final = 2000
#: Characters of the longest bar in a history, and between two columns.
BAR: Final = 20
_GAP: Final = 2
_COLORS: dict[str, str] = {
    Status.SUCCEED: "green",
    Status.FAILED: "red",
    Status.CANCELLED: "yellow",
}


def show(render: Callable[[Console], None]) -> None:
    """Print to stdout: in colors and as wide as the terminal, or as plain text where there is none."""
    if sys.stdout.isatty():
        render(Console())
    else:
        sys.stdout.write(plain(render))
        sys.stdout.flush()


def plain(render: Callable[[Console], None]) -> str:
    """What would be printed as plain text, of any width and with no space at the end of a line."""
    console = Console(file=io.StringIO(), width=WIDTH, color_system=None)
    render(console)
    assert isinstance(console.file, io.StringIO)
    return "".join(f"{line.rstrip()}\n" for line in console.file.getvalue().splitlines())


def pending_report(report: Report, *, authors: bool) -> Callable[[Console], None]:
    """Renders the report."""
    return lambda console: _pending(console, report, authors=authors)


def _pending(console: Console, report: Report, *, authors: bool) -> None:
    if not report.pending and not report.failed:
        console.print("Nothing pending.")
        return
    for stack in report.stacks:
        if not stack.pending:
            continue
        table = Table(title=Text(stack.stack, style="bold"), title_justify="left", box=None)
        for heading in ("release", "branch", "pending"):
            table.add_column(heading, header_style="dim", overflow="fold")
        for entry in stack.pending:
            table.add_row(Text(entry.name), Text(entry.place), Text(entry.summary))
        console.print(table)
        for entry in stack.pending:
            _commits(console, entry, authors=authors)


def _commits(console: Console, entry: Pending, *, authors: bool) -> None:
    if entry.lookahead:
        console.print(Text(f"  {entry.name}: {entry.lookahead}", style="dim"))
    if entry.files:
        _files(console, entry, entry.files)
    commits = entry.commits
    if commits is None:
        return
    plural = "" if commits.count == 1 else "s"
    count = "" if commits.count is None else f", {commits.count} commit{plural}"
    console.print(Text(f"\n  {entry.name}: {entry.shown_change}{count}", style="bold"))
    if commits.note:
        console.print(Text(f"    {commits.note}", style="yellow"))
    for commit in commits.listed:
        line = Text(f"    {short_sha(commit.sha)} ", style="cyan")
        line.append(commit.subject, style="default")
        if authors:
            line.append(f" ({commit.author})", style="dim")
        console.print(line, soft_wrap=True)
    more = (commits.count or 0) - len(commits.listed)
    if more > 0:
        console.print(Text(f"    and {more} more", style="dim"))
    if commits.compare_url:
        console.print(Text(f"    {commits.compare_url}", style="dim"), soft_wrap=True)


def _files(console: Console, entry: Pending, files: FileChanges) -> None:
    if not files.listed:
        return
    console.print(Text(f"\n  {entry.name}: {files.counts}", style="bold"))
    for file in files.listed:
        line = Text(f"    {SIGNS[file.change]} ", style="cyan")
        line.append(file.name, style="default")
        line.append(f" ({file.shown_size})", style="dim")
        console.print(line, soft_wrap=True)
    if files.more:
        console.print(Text(f"    and {files.more} more", style="dim"))


def history_table(jobs: list[JobRecord]) -> Callable[[Console], None]:
    """Renders a branch's jobs, newest first, with a bar for how long each took."""
    return lambda console: _history(console, jobs)


def _history(console: Console, jobs: list[JobRecord]) -> None:
    headings = ("job", "status", "started (UTC)", "took", "commit")
    rows = [
        (
            job.id.number_text,
            printable(job.status, 12),
            started(job),
            "" if job.duration_seconds is None else format_duration(job.duration_seconds),
            printable(job.reported_commit or "", 12),
        )
        for job in jobs
    ]
    # What the other columns leave free is for the bar and the message.
    taken = sum(max(map(len, column)) + _GAP for column in zip(headings, *rows, strict=True))
    room = max(0, console.width - taken - 2 * _GAP)
    bar = max(5, min(BAR, room // 4))
    longest = max((job.duration_seconds or 0 for job in jobs), default=0) or 1
    table = Table(box=None)
    for heading in (*headings[:4], "", *headings[4:], "message"):
        table.add_column(
            heading,
            header_style="dim",
            justify="right" if heading == "took" else "left",
            no_wrap=True,
        )
    for job, (number, status, start, took, commit) in zip(jobs, rows, strict=True):
        color = _COLORS.get(job.status, "blue")
        seconds = job.duration_seconds
        bars = "" if seconds is None else "█" * max(1, round(bar * seconds / longest))
        message = Text(first_line(job.commit_message))
        message.truncate(max(10, room - bar), overflow="ellipsis")
        table.add_row(
            Text(number),
            Text(status, style=color),
            Text(start),
            Text(took),
            Text(bars, style=color),
            Text(commit),
            message,
        )
    console.print(table)
