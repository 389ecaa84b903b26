"""The report as Markdown, for a comment on a pull request that is edited in place."""

from __future__ import annotations

import re
from typing import Final

from .._values.commits import short_sha
from .._values.text import printable
from .files import FileChanges
from .git import Commits
from .pending import Pending, Report

#: Comments have a limit of 65,536 characters on GitHub; what does not fit is left out, and said.
MAX_LENGTH: Final = 60_000
#: What is kept free for the failed stacks, which come last and are never left out.
_FOR_ERRORS: Final = 15_000

# Characters that mean nothing to Markdown alone but make GitHub or GitLab link, mention or embed:
# those systems look at the text after it was rendered, so an escape does not stop them.
_REFERENCE = re.compile(
    r"([@#!%~^&$](?=[\w\"\[])|\bGH-(?=\d)|\b(?:https?|ftp|www)(?=[:.])|:(?=\w+:))", re.IGNORECASE
)
_BREAK = "\u200b"
_SPECIAL = "<>&@#|`\"'" + _BREAK


def comment_anchor(key: str = "") -> str:
    """The first line of a report: by it a pipeline finds the comment to edit.

    Args:
        key: Tells the comments of one pull request apart where there are several.
    """
    return f"<!-- amplify-job pending{f' {key}' if key else ''} -->"


def to_markdown(report: Report, *, authors: bool = True, key: str = "") -> str:
    """A table of what is pending, the commits in between folded below it."""
    head = f"{comment_anchor(key)}\n### {report.title}\n\n"
    errors = "".join(
        f"**{escaped(stack.stack)}** could not be previewed: {escaped(stack.error or '', 500)}\n\n"
        for stack in report.failed
    )
    if len(errors) > _FOR_ERRORS:
        names = ", ".join(escaped(stack.stack, 40) for stack in report.failed)
        errors = f"{len(report.failed)} stacks could not be previewed: {names}\n\n"[:_FOR_ERRORS]
    room = MAX_LENGTH - len(head) - len(errors)
    rows = [_row(stack.stack, entry) for stack in report.stacks for entry in stack.pending]
    table = ""
    if rows:
        last = "Files" if all(entry.files for entry in report.pending) else "Commits"
        top = f"| Stack | Release | Branch | Why | {last} |\n| --- | --- | --- | --- | --- |\n"
        table = _as_many(rows, room - len(top), "more releases")
        table = f"{top}{table}\n"
    details = [text for entry in report.pending if (text := _details(entry, authors=authors))]
    below = _as_many(details, room - len(table), "more lists of commits or files")
    return f"{head}{table}{errors}{below}".rstrip() + "\n"


def escaped(text: str, length: int = 1000) -> str:
    """Text that Markdown and HTML take as text: no links, mentions, references, tags or tables."""
    return re.sub(r"([\\*_{}\[\]~$])", r"\\\1", _as_html(text, length))


def _as_html(text: str, length: int = 1000) -> str:
    """The same for a line of HTML, in which Markdown's own characters mean nothing."""
    line = _REFERENCE.sub(rf"\1{_BREAK}", printable(text, length))
    return "".join(f"&#{ord(c)};" if c in _SPECIAL else c for c in line)


def _as_many(parts: list[str], room: int, what: str) -> str:
    """As many of the parts as there is room for, and how many are left out."""
    # The last line needs room as well.
    room -= 100
    shown = []
    for part in parts:
        room -= len(part)
        if room < 0:
            break
        shown.append(part)
    left = len(parts) - len(shown)
    return "".join(shown) + (f"\n*… and {left} {what}, which do not fit here*\n" if left else "")


def _arrow(entry: Pending) -> str:
    return entry.shown_change.replace(" -> ", " → ")


def _row(stack: str, entry: Pending) -> str:
    commits = escaped(_arrow(entry))
    url = entry.commits.compare_url if entry.commits else None
    if url:
        commits = f"[{commits}]({url})"
    if entry.commits and entry.commits.count is not None:
        commits += f" ({entry.commits.count})"
    why = escaped(entry.why)
    if entry.lookahead:
        why += f"<br>{escaped(entry.lookahead)}"
    cells = (escaped(stack), escaped(entry.name), escaped(entry.place), why, commits)
    return f"| {' | '.join(cells)} |\n"


def _details(entry: Pending, *, authors: bool) -> str:
    if entry.files:
        return _file_details(entry, entry.files)
    commits = entry.commits
    if commits is None or (not commits.listed and not commits.note):
        return ""
    title = _as_html(f"{entry.name}: {_arrow(entry)}")
    lines = [f"<details><summary>{title}</summary>", ""]
    if commits.note:
        lines += [escaped(commits.note), ""]
    for commit in commits.listed:
        author = f" ({escaped(commit.author)})" if authors else ""
        lines.append(f"- `{short_sha(commit.sha)}` {escaped(commit.subject)}{author}")
    lines += [*_more(commits), "", "</details>", "", ""]
    return "\n".join(lines)


def _file_details(entry: Pending, files: FileChanges) -> str:
    if not files.listed:
        return ""
    title = _as_html(f"{entry.name}: {files.counts}")
    lines = [f"<details><summary>{title}</summary>", ""]
    lines += [f"- {escaped(file.name)}: {file.change} ({file.shown_size})" for file in files.listed]
    if files.more:
        lines.append(f"- … and {files.more} more")
    return "\n".join([*lines, "", "</details>", "", ""])


def _more(commits: Commits) -> list[str]:
    more = (commits.count or 0) - len(commits.listed)
    return [f"- … and {more} more"] if more > 0 else []
