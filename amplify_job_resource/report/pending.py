"""What `pulumi preview --json` says of releases.

The words are those of the row in the preview itself: both are made from the reasons of a change.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .._inputs.deployment import ALL_INPUTS
from .._inputs.request import Properties
from .._inputs.schema import snake_case
from .._inputs.secrets import SECRET_INPUTS, commit_in, is_secret
from .._preview.branch_report import PREFIX
from .._preview.changes import Change, ChangeKind, compare, first_release, taking_over
from .._preview.reasons import CONTENT_KEY, STATUS_KEY, NewCommit, Place, Reason, StillActive
from .._preview.sentences import sentence
from .._state import is_release
from .._values.commits import SECRET, Commit, told_apart
from .._values.marks import UNKNOWN_TEXTS, is_marked_secret
from .._values.text import printable
from .._values.unknown import UNKNOWN
from .._values.urns import RELEASE_TYPES, TYPES, Urn
from .files import FileChanges, file_changes
from .git import Commits

#: How many files of a deployment are listed where nobody says anything.
MAX_FILES: Final = 20
#: Characters of a name that are shown at most: AWS's limit for a branch's.
MAX_NAME: Final = 255
#: What Pulumi's CLI says after each failure of a program.
_AFTERMATH: Final = re.compile("(?:error: )?Resource monitor has terminated, shutting down")


@dataclass(frozen=True, slots=True)
class Pending:
    """One resource for which something is pending; its texts are harmless to show.

    Attributes:
        name: the resource's name in the stack.
        reason: `first`, `commit`, `files`, `triggers`, `failed`, `forced`, `waiting`, or the changed
            input.
        why: the reason in words.
        summary: the line that the preview shows.
        old_commit: the commit that is recorded, None when there is none or it is secret.
        new_commit: the commit that is asked for, None also when it is not known yet.
        app_id: None while it is not known; so for the branch.
        unknown: whether the new commit is known only after the update.
        secret: whether the commits are secret.
        lookahead: what the preview saw of the branch, when it was asked to look.
        commits: what lies between the two commits, when a git checkout knows both.
        files: what a deployment of files of this machine changes; None for any other release.
    """

    urn: str
    name: str
    app_id: str | None
    branch_name: str | None
    region: str | None
    reason: str
    why: str
    summary: str
    old_commit: str | None = None
    new_commit: str | None = None
    unknown: bool = False
    secret: bool = False
    lookahead: str | None = None
    commits: Commits | None = None
    files: FileChanges | None = None

    @property
    def place(self) -> str:
        """`appId/branchName`, with words for what is not known yet."""
        return str(Place(self.app_id, self.branch_name))

    @property
    def shown_change(self) -> str:
        """Old and new commit, short; or how many files change."""
        if self.files:
            return self.files.counts
        if self.secret:
            return SECRET
        old, new = Commit(self.old_commit), Commit(self.new_commit, unknown=self.unknown)
        if old == new:
            return new.shown or ""
        if old.shown == new.shown:
            return " -> ".join(told_apart(old, new))
        return f"{old.shown or 'none'} -> {new.shown or 'none'}"


@dataclass(frozen=True, slots=True)
class StackReport:
    """One stack: what is pending, or why that is not known."""

    stack: str
    pending: tuple[Pending, ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All stacks that were asked for."""

    stacks: tuple[StackReport, ...] = field(default_factory=tuple)

    @property
    def pending(self) -> list[Pending]:
        """What is pending in any stack."""
        return [entry for stack in self.stacks for entry in stack.pending]

    @property
    def failed(self) -> list[StackReport]:
        """The stacks of which nothing is known."""
        return [stack for stack in self.stacks if stack.error]

    @property
    def title(self) -> str:
        """How much is pending, in a few words."""
        waits = sum(entry.reason == "waiting" for entry in self.pending)
        releases = len(self.pending) - waits
        parts = [f"{releases} pending release{'' if releases == 1 else 's'}"] if releases else []
        parts += [f"{waits} job{'' if waits == 1 else 's'} to wait for"] if waits else []
        nothing = "Pending releases" if self.failed else "No pending releases"
        return ", ".join(parts) or nothing


def read_preview(
    preview: Mapping[str, Any], stack: str | None = None, max_files: int = MAX_FILES
) -> StackReport:
    """What is pending according to the JSON of one preview.

    Args:
        preview: What `pulumi preview --json` printed, parsed.
        stack: The stack's name; else it is read from the resources' URNs.
        max_files: How many files of each deployment to list at most.

    Raises:
        ValueError: it is not a preview.
    """
    steps = _objects(preview.get("steps"))
    lines = _objects(preview.get("diagnostics"))
    urns = [urn for step in steps if (urn := _urn(step))]
    name = printable(stack or (urns[0].stack if urns else "?"), MAX_NAME)
    errors = [_message(line) for line in lines if line.get("severity") == "error"]
    if errors:
        return StackReport(name, error=error_lines("\n".join(errors)))
    if not steps:
        raise ValueError("it lists no steps, and a preview has at least that of the stack itself")
    looked = {
        line.get("urn"): printable(_message(line), 500)
        for line in lines
        if _message(line).startswith(PREFIX)
    }
    found: dict[str, Pending] = {}
    said = {
        line.get("urn"): _message(line)
        for line in lines
        if line.get("severity") == "info" and not _message(line).startswith(PREFIX)
    }
    for step in steps:
        urn = _urn(step)
        if urn and urn.type in RELEASE_TYPES:
            entry = _pending(step, looked.get(step["urn"]), said.get(step["urn"]), max_files)
            if entry:
                found[entry.urn] = entry
    return StackReport(name, tuple(sorted(found.values(), key=lambda entry: entry.name)))


def error_lines(text: str) -> str:
    """What went wrong in another program: its lines, harmless to show, at most twenty of them."""
    lines = [printable(line, 300) for line in text.strip().splitlines()]
    lines = [line for line in lines if line and not _AFTERMATH.fullmatch(line)]
    shown = [*lines[:5], "…", *lines[-14:]] if len(lines) > 20 else lines
    return "\n".join(shown)


def _pending(
    step: Mapping[str, Any], lookahead: str | None, said: str | None, max_files: int
) -> Pending | None:
    op = step.get("op")
    if op not in ("create", "replace", "create-replacement", "update"):
        return None
    old, new = _properties(step, "oldState", "outputs"), _properties(step, "newState", "inputs")
    change = _change(step, old, new)
    waiting = any(isinstance(reason, StillActive) for reason in change.reasons)
    name = _input_name(step)
    if op == "update" and not waiting:
        return None
    if op == "update" or change.kind is ChangeKind.RELEASE:
        told = _told(change, name, is_first=not old)
    else:
        told = _unexplained(step, new, said)
    reason, why, summary = told
    before, after = commit_in(old, new), commit_in(new, old)
    secret = before.secret or after.secret
    return Pending(
        urn=step["urn"],
        name=printable(step["urn"].split("::", maxsplit=3)[-1], MAX_NAME),
        app_id=_shown(new, "appId"),
        branch_name=_shown(new, "branchName"),
        region=None if is_secret(new, "region") else _text(new.get("region")),
        reason=reason,
        why=printable(why, 1000),
        summary=printable(summary, 1000),
        old_commit=None if secret else _text(before.text),
        new_commit=None if secret else _text(after.text),
        unknown=after.unknown and not secret,
        secret=secret,
        lookahead=lookahead,
        files=None if waiting else file_changes(old, new, max_files),
    )


def _change(step: Mapping[str, Any], old: Properties, new: Properties) -> Change:
    """What the provider has said of a step."""
    if not old:
        return first_release(new)
    hidden = SECRET in (old.get("appId"), old.get("branchName"))
    id_ = (step.get("oldState") or {}).get("id")
    if hidden or not isinstance(id_, str) or is_release(id_, old):
        return compare(old, new)
    return taking_over(new)


def _input_name(step: Mapping[str, Any]) -> Callable[[str], str]:
    """The user's name of an input: Python's for a dynamic resource."""
    urn = _urn(step)
    return str if urn and urn.type in TYPES else snake_case


def _told(change: Change, name: Callable[[str], str], *, is_first: bool) -> tuple[str, str, str]:
    """Reason, why, and summary of what the change itself tells."""
    key = "first" if is_first else change.keys[0]
    if change.kind is ChangeKind.UPDATE:
        key = "waiting"
    why = "; ".join(_why(reason, name) for reason in change.reasons)
    return _REASONS.get(key, key), why, sentence(change, name)


def _why(reason: Reason, name: Callable[[str], str]) -> str:
    return "new commit" if isinstance(reason, NewCommit) else reason.phrase(name)


def _unexplained(
    step: Mapping[str, Any], new: Properties, said: str | None
) -> tuple[str, str, str]:
    """Reason, why, and summary of a replacement that the inputs do not explain.

    A changed secret looks the same before and after; the engine says which key it was, and the line of
    the preview tells more. Without such a key somebody has forced it.
    """
    releasing = (*ALL_INPUTS.release_keys, STATUS_KEY)
    keys = [key for key in step.get("replaceReasons") or () if key in releasing]
    reason = _REASONS.get(keys[0], keys[0]) if keys else "forced"
    words = f"{reason} changed" if keys else reason
    if keys and said:
        words = said.rpartition(": ")[2]
        return reason, _WHY_BY_NAME.get(reason, words), said
    why = _WHY_BY_NAME.get(reason, words)
    return reason, why, f"{sentence(first_release(new))} ({words})"


#: The report's words for keys.
_REASONS: Final = {
    "commitId": "commit",
    CONTENT_KEY: "files",
    STATUS_KEY: "failed",
    "jobId": "first",
}
_WHY_BY_NAME: Final = {"commit": "new commit", "failed": "the last job failed"}


def _plain(value: Any) -> Any:
    """A preview's JSON as properties: unknowns are ours, secrets are one word."""
    if isinstance(value, str):
        return UNKNOWN if value in UNKNOWN_TEXTS else value
    if isinstance(value, dict):
        if is_marked_secret(value):
            return SECRET
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    return value


def _properties(step: Mapping[str, Any], state: str, part: str) -> dict[str, Any]:
    given = (step.get(state) or {}).get(part) or {}
    for key in ("appId", "branchName", "commitId"):
        if not isinstance(given.get(key, ""), (str, dict)):
            raise ValueError(f"the {key} of {step['urn']} is not text")
    plain: dict[str, Any] = _plain(given)
    masked = [key for key in ALL_INPUTS.by_key if plain.get(key) == SECRET]
    named = plain.get(SECRET_INPUTS) or []
    if masked or named:
        plain[SECRET_INPUTS] = [*masked, *named] if isinstance(named, list) else UNKNOWN
    return plain


def _objects(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value or [], list) or not all(isinstance(item, dict) for item in value or ()):
        raise ValueError("it does not look like the output of a preview")
    return value or []


def _urn(step: Mapping[str, Any]) -> Urn | None:
    urn = step.get("urn")
    return Urn.parse(urn) if isinstance(urn, str) else None


def _message(line: Mapping[str, Any]) -> str:
    return str(line.get("message", "")).strip()


def _text(value: Any) -> str | None:
    return printable(value, MAX_NAME) if isinstance(value, str) else None


def _shown(properties: Properties, key: str) -> str | None:
    value = properties.get(key)
    if value is UNKNOWN:
        return None
    return SECRET if is_secret(properties, key) else printable(str(value), MAX_NAME)
