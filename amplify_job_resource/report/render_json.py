"""The report as JSON: version 1, described by `pending.schema.json` beside this file."""

from __future__ import annotations

from typing import Any, Final

from .files import FileChanges
from .pending import Pending, Report

VERSION: Final = 1


def to_json(report: Report, *, authors: bool = True) -> dict[str, Any]:
    """The report as plain data; keys are never removed or given another meaning in a version."""
    return {
        "version": VERSION,
        "stacks": [
            {
                "stack": stack.stack,
                "error": stack.error,
                "pending": [_entry(entry, authors=authors) for entry in stack.pending],
            }
            for stack in report.stacks
        ],
    }


def _entry(entry: Pending, *, authors: bool) -> dict[str, Any]:
    commits = entry.commits
    return {
        "urn": entry.urn,
        "name": entry.name,
        "appId": entry.app_id,
        "branchName": entry.branch_name,
        "region": entry.region,
        "reason": entry.reason,
        "summary": entry.summary,
        "oldCommit": entry.old_commit,
        "newCommit": entry.new_commit,
        "unknown": entry.unknown or None in (entry.app_id, entry.branch_name),
        "secret": entry.secret,
        "lookahead": entry.lookahead,
        "commits": commits
        and {
            "count": commits.count,
            "direction": commits.direction,
            "note": commits.note,
            "compareUrl": commits.compare_url,
            "listed": [
                {"sha": commit.sha, "subject": commit.subject}
                | ({"author": commit.author} if authors else {})
                for commit in commits.listed
            ],
        },
        "files": entry.files and files_json(entry.files),
    }


def files_json(files: FileChanges) -> dict[str, Any]:
    """What a deployment changes, as plain data."""
    return {
        "count": files.count,
        "totalBytes": files.total_bytes,
        "changed": files.changed,
        "added": files.added,
        "removed": files.removed,
        "listed": [
            {"name": file.name, "change": file.change, "bytes": file.size} for file in files.listed
        ],
    }
