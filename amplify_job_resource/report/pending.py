"""What `pulumi preview --json` says of releases.

The words are those of the row in the preview itself: both come from `changes.change`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .._inputs.inputs import RELEASE_KEYS, SECRET_INPUTS, UNKNOWN, Bag, printable, shown_commit
from .._preview.changes import Change, Kind, change, first_release
from .git import Commits

JOB_TYPE: Final = "pulumi-python:dynamic/amplify:Job"
#: Characters of a name that are shown at most: AWS's limit for a branch's.
MAX_NAME: Final = 255
#: How a preview's JSON writes a value that is known only after the update, and a secret.
_UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_SECRET_TEXT = "[secret]"  # noqa: S105 - what stands in for one
_SECRET_KEY = "4dabf18193072939515e22adb298388d"  # noqa: S105 - the mark of a secret's wrapper


@dataclass(frozen=True, slots=True)
class Pending:
    """One resource for which something is pending; its texts are harmless to show.

    Attributes:
        name: the resource's name in the stack.
        reason: `first`, `commit`, `triggers`, `failed`, `forced`, `waiting`, or the changed input.
        why: the reason in words.
        summary: the line that the preview shows.
        old_commit: the commit that is recorded, None when there is none or it is secret.
        new_commit: the commit that is wished for, None also when it is not known yet.
        unknown: whether the new commit is known only after the update.
        secret: whether the commits are secret.
        lookahead: what the preview saw of the branch, when it was asked to look.
        commits: what lies between the two commits, when a git checkout knows both.
    """

    urn: str
    name: str
    app_id: str
    branch_name: str
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

    @property
    def place(self) -> str:
        """`appId/branchName`."""
        return f"{self.app_id}/{self.branch_name}"

    @property
    def shown_change(self) -> str:
        """Old and new commit, short."""
        if self.secret:
            return "[secret]"
        old = shown_commit(self.old_commit)
        new = shown_commit(UNKNOWN if self.unknown else self.new_commit)
        if self.old_commit == self.new_commit and not self.unknown:
            return new or ""
        return f"{old or 'none'} -> {new or 'none'}"


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


def read_preview(preview: Mapping[str, Any], stack: str | None = None) -> StackReport:
    """What is pending according to the JSON of one preview.

    Args:
        preview: What `pulumi preview --json` printed, parsed.
        stack: The stack's name; else it is read from the resources' URNs.

    Raises:
        ValueError: it is not a preview.
    """
    steps = _objects(preview.get("steps"))
    lines = _objects(preview.get("diagnostics"))
    name = stack or next((_stack_of(step["urn"]) for step in steps if _is_urn(step)), "?")
    name = printable(name, MAX_NAME)
    errors = [_message(line) for line in lines if line.get("severity") == "error"]
    if errors:
        return StackReport(name, error=error_lines("\n".join(errors)))
    if not steps:
        raise ValueError("a preview has steps, at least the one of the stack itself")
    looked = {
        line.get("urn"): printable(_message(line), 500)
        for line in lines
        if _message(line).startswith("looking ahead: ")
    }
    found: dict[str, Pending] = {}
    for step in steps:
        if _is_urn(step) and step["urn"].split("::")[2].rpartition("$")[2] == JOB_TYPE:
            entry = _pending(step, looked.get(step["urn"]))
            if entry:
                found[entry.urn] = entry
    return StackReport(name, tuple(sorted(found.values(), key=lambda entry: entry.name)))


def error_lines(text: str) -> str:
    """What went wrong in another program: its lines, harmless to show, at most twenty of them."""
    lines = [printable(line, 300) for line in text.strip().splitlines()]
    lines = [line for line in lines if line]
    shown = [*lines[:5], "…", *lines[-14:]] if len(lines) > 20 else lines
    return "\n".join(shown)


def _pending(step: Mapping[str, Any], lookahead: str | None) -> Pending | None:
    op = step.get("op")
    if op not in ("create", "replace", "create-replacement", "update"):
        return None
    old, new = _bag(step, "oldState", "outputs"), _bag(step, "newState", "inputs")
    found = change(old, new) if old else first_release(new)
    reason = _reason(found, op, step) if old else "first"
    if reason is None:
        return None
    secret = _is_secret_commit(old) or _is_secret_commit(new)
    summary = found.summary
    by_name = not summary or (found.kind is not Kind.RELEASE and op != "update")
    if by_name:
        again = first_release(new).summary
        summary = f"{again} (forced)" if reason == "forced" else f"{again} ({reason} changed)"
    return Pending(
        urn=step["urn"],
        name=printable(step["urn"].split("::", maxsplit=3)[-1], MAX_NAME),
        app_id=_shown(new.get("appId")),
        branch_name=_shown(new.get("branchName")),
        region=_text(new.get("region")),
        reason=reason,
        why=_why(reason, "" if by_name else printable(summary, 1000), old),
        summary=printable(summary, 1000),
        old_commit=None if secret else _text(old.get("commitId")),
        new_commit=None if secret else _text(new.get("commitId")),
        unknown=new.get("commitId") is UNKNOWN and not secret,
        secret=secret,
        lookahead=lookahead,
    )


def _is_secret_commit(bag: Bag) -> bool:
    secrets = bag.get(SECRET_INPUTS) or ()
    # Until it is known which inputs are secret, the commit may be one.
    return not isinstance(secrets, (list, tuple)) or "commitId" in secrets


def _why(reason: str, summary: str, old: Bag) -> str:
    """A reason in words; the summary has those of all reasons, after the place."""
    if reason in ("failed", "waiting"):
        return summary or "the last job failed"
    if reason in ("appId", "branchName"):
        return f"moves from {_shown(old.get('appId'))}/{_shown(old.get('branchName'))}"
    reasons = summary.partition(": ")[2]
    if reason == "commit":
        return "; ".join(["new commit", *reasons.split("; ")[1:]])
    return {"first": "first release", "forced": "forced"}.get(
        reason, reasons or f"{reason} changed"
    )


def _reason(found: Change, op: str, step: Mapping[str, Any]) -> str | None:
    if op == "update":
        waiting = found.kind is Kind.UPDATE and found.keys == ("status",)
        return "waiting" if waiting else None
    if found.kind is Kind.RELEASE:
        key = found.keys[0]
    else:
        # A changed secret looks the same before and after; the engine says which key it was.
        keys = [key for key in step.get("replaceReasons") or () if key in (*RELEASE_KEYS, "status")]
        if not keys:
            return "forced"
        key = keys[0]
    return {"commitId": "commit", "status": "failed"}.get(key, key)


def _plain(value: Any) -> Any:
    """A preview's JSON as a bag: unknowns are ours, secrets are one word."""
    if value == _UNKNOWN_TEXT:
        return UNKNOWN
    if isinstance(value, dict):
        if _SECRET_KEY in value:
            return _SECRET_TEXT
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    return value


def _bag(step: Mapping[str, Any], state: str, part: str) -> dict[str, Any]:
    bag = (step.get(state) or {}).get(part) or {}
    for key in ("appId", "branchName", "commitId"):
        if not isinstance(bag.get(key, ""), (str, dict)):
            raise ValueError(f"the {key} of {step['urn']} is not text")
    plain: dict[str, Any] = _plain(bag)
    if plain.get("commitId") == _SECRET_TEXT:
        plain[SECRET_INPUTS] = ["commitId"]
    return plain


def _objects(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value or [], list) or not all(isinstance(item, dict) for item in value or ()):
        raise ValueError("it has another form")
    return value or []


def _is_urn(step: Mapping[str, Any]) -> bool:
    return isinstance(step.get("urn"), str) and step["urn"].count("::") >= 3


def _message(line: Mapping[str, Any]) -> str:
    return str(line.get("message", "")).strip()


def _text(value: Any) -> str | None:
    return printable(value, MAX_NAME) if isinstance(value, str) and value != _SECRET_TEXT else None


def _shown(value: Any) -> str:
    return "(known after the update)" if value is UNKNOWN else printable(str(value), MAX_NAME)


def _stack_of(urn: str) -> str:
    return urn.split("::", maxsplit=1)[0].rpartition(":")[2]
