"""The report as Markdown, for a comment on a pull request that is edited in place."""

from __future__ import annotations

import re
from typing import Final

from ..inputs import printable
from .git import Commits, short
from .pending import Pending, Report

#: The first line of every report: by it a pipeline finds the comment to edit.
MARKER: Final = "<!-- amplify-job pending -->"
#: Comments have a limit of 65,536 characters on GitHub; the commit lists are what gets long.
MAX_LENGTH: Final = 60_000


def to_markdown(report: Report, *, authors: bool = True) -> str:
    """A table of what is pending, the commits in between folded below it."""
    count = len(report.pending)
    if count:
        title = f"{count} pending release{'s' if count > 1 else ''}"
    else:
        title = "No pending releases" if not report.failed else "Pending releases"
    lines = [MARKER, f"### {title}", ""]
    if count:
        lines += ["| Stack | Release | Branch | Why | Commits |", "| --- | --- | --- | --- | --- |"]
        for stack in report.stacks:
            lines += [_row(stack.stack, entry) for entry in stack.pending]
        lines.append("")
    for entry in report.pending:
        lines += _details(entry, authors=authors)
    for stack in report.failed:
        error = escaped(printable(stack.error or "", 500))
        lines += [f"**{escaped(stack.stack)}** could not be previewed: {error}", ""]
    text = "\n".join(lines).rstrip() + "\n"
    if len(text) > MAX_LENGTH:
        # A cut in the middle of a list may leave a fold open; the closing tag is harmless else.
        text = text[:MAX_LENGTH].rpartition("\n")[0] + "\n\n</details>\n\n*cut: too long*\n"
    return text


def escaped(text: str) -> str:
    """Text that Markdown and HTML take as text: no links, mentions, references, tags or tables."""
    line = printable(text, 1000)
    safe = "".join(f"&#{ord(c)};" if c in "<>&@#|`\"'" else c for c in line)
    safe = re.sub(r"([\\*_{}\[\]~$])", r"\\\1", safe)
    # A bare address becomes a link of its own.
    return re.sub(r"(?i)(https?|ftp|www)([:.])", r"\1&#8203;\2", safe)


def _arrow(entry: Pending) -> str:
    return escaped(entry.shown_change.replace(" -> ", " → "))


def _row(stack: str, entry: Pending) -> str:
    commits = _arrow(entry)
    url = entry.commits.compare_url if entry.commits else None
    if url:
        commits = f"[{commits}]({url})"
    if entry.commits and entry.commits.count is not None:
        commits += f" ({entry.commits.count})"
    why = escaped(entry.reason)
    if entry.lookahead:
        why += f"<br>{escaped(entry.lookahead)}"
    cells = (escaped(stack), escaped(entry.name), escaped(entry.place), why, commits)
    return f"| {' | '.join(cells)} |"


def _details(entry: Pending, *, authors: bool) -> list[str]:
    commits = entry.commits
    if commits is None or (not commits.listed and not commits.note):
        return []
    title = f"{escaped(entry.name)}: {_arrow(entry)}"
    lines = [f"<details><summary>{title}</summary>", ""]
    if commits.note:
        lines += [escaped(commits.note), ""]
    for commit in commits.listed:
        author = f" ({escaped(commit.author)})" if authors else ""
        lines.append(f"- `{short(commit.sha)}` {escaped(commit.subject)}{author}")
    lines += [*_more(commits), "", "</details>", ""]
    return lines


def _more(commits: Commits) -> list[str]:
    more = (commits.count or 0) - len(commits.listed)
    return [f"- … and {more} more"] if more > 0 else []
