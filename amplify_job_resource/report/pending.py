"""What `pulumi preview --json` says of releases.

The words are those of the row in the preview itself: both come from `changes.change`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ..changes import Change, Kind, change, first_release
from ..inputs import RELEASE_KEYS, SECRET_INPUTS, UNKNOWN, shown_commit
from .git import Commits

JOB_TYPE: Final = "pulumi-python:dynamic/amplify:Job"
#: How a preview's JSON writes a value that is known only after the update, and a secret.
_UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_SECRET_TEXT = "[secret]"  # noqa: S105 - what stands in for one
_SECRET_KEY = "4dabf18193072939515e22adb298388d"  # noqa: S105 - the mark of a secret's wrapper


@dataclass(frozen=True, slots=True)
class Pending:
    """One resource for which something is pending.

    Attributes:
        name: the resource's name in the stack.
        reason: `first`, `commit`, `triggers`, `failed`, `forced`, `waiting`, or the changed input.
        summary: the line that the preview shows.
        old_commit: the commit that is recorded, None when there is none or it is secret.
        new_commit: the commit that is wished for, likewise.
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
    summary: str
    old_commit: str | None = None
    new_commit: str | None = None
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
        old, new = shown_commit(self.old_commit), shown_commit(self.new_commit)
        if old == new:
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


def read_preview(preview: Mapping[str, Any], stack: str | None = None) -> StackReport:
    """What is pending according to the JSON of one preview.

    Args:
        preview: What `pulumi preview --json` printed, parsed.
        stack: The stack's name; else it is read from the resources' URNs.
    """
    errors = [
        str(line.get("message", "")).strip()
        for line in preview.get("diagnostics") or ()
        if line.get("severity") == "error"
    ]
    looked = {
        line.get("urn"): str(line["message"]).strip()
        for line in preview.get("diagnostics") or ()
        if str(line.get("message", "")).startswith("looking ahead: ")
    }
    steps = [step for step in preview.get("steps") or () if ":" in str(step.get("urn", ""))]
    name = stack or next((_stack_of(step["urn"]) for step in steps), "?")
    if errors:
        return StackReport(name, error="\n".join(errors))
    found: dict[str, Pending] = {}
    for step in steps:
        if f"::{JOB_TYPE}::" not in step["urn"] and not step["urn"].split("::")[2].endswith(
            f"${JOB_TYPE}"
        ):
            continue
        entry = _pending(step, looked.get(step["urn"]))
        if entry:
            found[entry.urn] = entry
    return StackReport(name, tuple(sorted(found.values(), key=lambda entry: entry.name)))


def _pending(step: Mapping[str, Any], lookahead: str | None) -> Pending | None:
    op = step.get("op")
    if op not in ("create", "replace", "create-replacement", "update"):
        return None
    old = _plain((step.get("oldState") or {}).get("outputs") or {})
    new = _plain((step.get("newState") or {}).get("inputs") or {})
    found = change(old, new) if old else first_release(new)
    reason = _reason(found, op, step) if old else "first"
    if reason is None:
        return None
    secret = "commitId" in (new.get(SECRET_INPUTS) or old.get(SECRET_INPUTS) or ())
    secret = secret or _SECRET_TEXT in (old.get("commitId"), new.get("commitId"))
    summary = found.summary
    if not found.summary or (found.kind is not Kind.RELEASE and op != "update"):
        again = first_release(new).summary
        summary = f"{again} (forced)" if reason == "forced" else f"{again} ({reason} changed)"
    return Pending(
        urn=step["urn"],
        name=step["urn"].rpartition("::")[2],
        app_id=_shown(new.get("appId")),
        branch_name=_shown(new.get("branchName")),
        region=new.get("region") if isinstance(new.get("region"), str) else None,
        reason=reason,
        summary=summary,
        old_commit=None if secret else _text(old.get("commitId")),
        new_commit=None if secret else _text(new.get("commitId")),
        secret=secret,
        lookahead=lookahead,
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


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value != _SECRET_TEXT else None


def _shown(value: Any) -> str:
    return "(known after the update)" if value is UNKNOWN else str(value)


def _stack_of(urn: str) -> str:
    return urn.split("::", maxsplit=1)[0].rpartition(":")[2]
