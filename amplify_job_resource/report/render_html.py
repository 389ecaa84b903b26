"""The report as one HTML page that needs nothing else: no script, no font, no picture from outside."""

from __future__ import annotations

from html import escape
from typing import Final

from .._values.commits import short_sha
from .._values.text import printable
from .files import FileChanges
from .pending import Pending, Report

STYLE: Final = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .4rem .6rem; text-align: left;
  vertical-align: top; overflow-wrap: anywhere; }
td:nth-child(-n+2) { min-width: 8rem; }
th { background: var(--soft); font-weight: 600; white-space: nowrap; }
code { font: 13px ui-monospace, monospace; } ul { margin: .3rem 0; padding-left: 1.2rem; }
.note { opacity: .75; } .error { color: #c33; white-space: pre-wrap; }
"""


def page(title: str, body: str) -> str:
    """A whole page around a body that is safe HTML already."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<h1>{escape(title)}</h1>\n{body}\n</body>\n</html>\n"
    )


def to_html(report: Report, *, authors: bool = True) -> str:
    """A table for each stack, with the commits in between."""
    parts = []
    for stack in report.stacks:
        parts.append(f"<h2>{_text(stack.stack)}</h2>")
        if stack.error:
            parts.append(f'<p class="error">{escape(stack.error)}</p>')
        elif not stack.pending:
            parts.append('<p class="note">nothing pending</p>')
        else:
            rows = "\n".join(_row(entry, authors=authors) for entry in stack.pending)
            last = "Files" if all(entry.files for entry in stack.pending) else "Commits"
            head = f"<tr><th>Release</th><th>Branch</th><th>Why</th><th>{last}</th></tr>"
            parts.append(f"<table>\n{head}\n{rows}\n</table>")
    return page(report.title, "\n".join(parts))


def _text(text: str) -> str:
    return escape(printable(text, 1000))


def _row(entry: Pending, *, authors: bool) -> str:
    change = f"<code>{_text(entry.shown_change)}</code>"
    commits = entry.commits
    below = ""
    if commits:
        if commits.compare_url:
            change = f'<a href="{escape(commits.compare_url)}" rel="noreferrer">{change}</a>'
        if commits.note:
            below += f'<div class="note">{_text(commits.note)}</div>'
        items = [
            f"<li><code>{short_sha(commit.sha)}</code> {_text(commit.subject)}"
            + (f' <span class="note">{_text(commit.author)}</span>' if authors else "")
            + "</li>"
            for commit in commits.listed
        ]
        more = (commits.count or 0) - len(commits.listed)
        if more > 0:
            items.append(f'<li class="note">and {more} more</li>')
        below += f"<ul>{''.join(items)}</ul>" if items else ""
    if entry.files:
        change, below = _text(entry.shown_change), _files(entry.files)
    why = _text(entry.why)
    if entry.lookahead:
        why += f'<div class="note">{_text(entry.lookahead)}</div>'
    cells = (_text(entry.name), _text(entry.place), why, change + below)
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _files(files: FileChanges) -> str:
    """The list of files that change."""
    items = [
        f"<li><code>{_text(file.name)}</code> "
        f'<span class="note">{file.change}, {file.shown_size}</span></li>'
        for file in files.listed
    ]
    if files.more:
        items.append(f'<li class="note">and {files.more} more</li>')
    return f"<ul>{''.join(items)}</ul>" if items else ""
