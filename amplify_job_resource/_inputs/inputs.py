"""What a program wishes for: the inputs, their defaults and their rules.

A bag of inputs is a dict keyed by AWS's own names (`commitId`), as Pulumi keeps it in state. This
module is the border: what comes in are floats, missing keys and unknowns; what goes on is a `Wish`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Final

from .._amplify.ids import BranchId

Bag = Mapping[str, Any]


class Unknown:
    """The type of `UNKNOWN`: a value that is known only after the update."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()

#: Python's name of each input, and Pulumi's: the key in state, in previews and in StartJob.
INPUTS: Final = {
    "app_id": "appId",
    "branch_name": "branchName",
    "job_type": "jobType",
    "commit_id": "commitId",
    "commit_message": "commitMessage",
    "commit_time": "commitTime",
    "job_reason": "jobReason",
    "source_job_id": "sourceJobId",
    "triggers": "triggers",
    "wait_for_completion": "waitForCompletion",
    "on_busy": "onBusy",
    "allow_failure": "allowFailure",
    "verify_commit": "verifyCommit",
    "skip_if_built": "skipIfBuilt",
    "lookahead": "lookahead",
    "region": "region",
    "profile": "profile",
}
PYTHON_NAMES: Final = {key: name for name, key in INPUTS.items()}

DEFAULTS: Final[Mapping[str, Any]] = {
    "jobType": "RELEASE",
    "waitForCompletion": True,
    "onBusy": "wait",
    "allowFailure": False,
    "verifyCommit": False,
    "skipIfBuilt": False,
}

#: A change of one of these means: release again.
RELEASE_KEYS: Final = (
    "appId",
    "branchName",
    "commitId",
    "jobType",
    "sourceJobId",
    "triggers",
    "region",
)
ON_BUSY: Final = ("wait", "adopt", "stop", "fail")
#: Which inputs a program gave as secrets; written by `Job` so that no row or message shows them.
SECRET_INPUTS: Final = "secretInputs"  # noqa: S105 - a key, not a secret

_FLAGS = ("waitForCompletion", "allowFailure", "verifyCommit", "skipIfBuilt", "lookahead")
_TEXTS = (
    "appId",
    "branchName",
    "jobType",
    "commitId",
    "commitMessage",
    "jobReason",
    "sourceJobId",
    "onBusy",
    "region",
    "profile",
)
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Limit:
    """What AWS's service model says of one text: lengths in characters, pattern, enum."""

    minimum: int | None = None
    maximum: int | None = None
    pattern: str | None = None
    enum: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with one input; `key` is its name in state."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Wish:
    """A checked set of inputs: which release is wished for, and how to go about it."""

    app_id: str
    branch_name: str
    job_type: str = "RELEASE"
    commit_id: str | None = None
    commit_message: str | None = None
    commit_time: datetime | None = None
    job_reason: str | None = None
    source_job_id: str | None = None
    triggers: Any = None
    wait_for_completion: bool = True
    on_busy: str = "wait"
    allow_failure: bool = False
    verify_commit: bool = False
    skip_if_built: bool = False
    region: str | None = None
    profile: str | None = None
    secret_inputs: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def from_bag(cls, bag: Bag) -> Wish:
        """The wish in a bag that has passed `problems`; missing keys mean the defaults."""
        given = {**DEFAULTS, **{key: value for key, value in bag.items() if value is not None}}
        time = given.get("commitTime")
        return cls(
            app_id=given["appId"],
            branch_name=given["branchName"],
            job_type=given["jobType"],
            commit_id=given.get("commitId"),
            commit_message=given.get("commitMessage"),
            commit_time=None if time is None else parse_time(time),
            job_reason=given.get("jobReason"),
            source_job_id=given.get("sourceJobId"),
            triggers=given.get("triggers") or None,
            wait_for_completion=given["waitForCompletion"],
            on_busy=given["onBusy"],
            allow_failure=given["allowFailure"],
            verify_commit=given["verifyCommit"],
            skip_if_built=given["skipIfBuilt"],
            region=given.get("region"),
            profile=given.get("profile"),
            secret_inputs=frozenset(given.get(SECRET_INPUTS) or ()),
        )

    @property
    def branch(self) -> BranchId:
        """The branch to release."""
        return BranchId(self.app_id, self.branch_name)

    @property
    def shown_commit(self) -> str | None:
        """The commit as people may see it: shortened, never a secret one."""
        return shown_commit(self.commit_id, secret="commitId" in self.secret_inputs)


def with_defaults(bag: Bag) -> dict[str, Any]:
    """The bag with defaults written in and `commitTime` in its stored form (RFC 3339, UTC).

    A value that has a problem or is unknown is left as it is.
    """
    full = {**DEFAULTS, **{key: value for key, value in bag.items() if value is not None}}
    with suppress(KeyError, ValueError):
        full["commitTime"] = format_time(parse_time(full["commitTime"]))
    return full


def problems(bag: Bag, limits: Mapping[str, Limit]) -> list[Problem]:
    """Everything that is wrong with a bag of inputs, all at once; empty when it is good.

    Args:
        bag: The inputs; a value not known yet is `UNKNOWN` and passes.
        limits: AWS's limits by input key, see `limits.py`.
    """
    found: list[Problem] = []
    given = {key: value for key, value in bag.items() if value is not None}

    def wrong(key: str, reason: str) -> None:
        found.append(Problem(key, f"{PYTHON_NAMES[key]} {reason}"))

    for key, what in (("appId", "app's id"), ("branchName", "branch")):
        if key not in given:
            wrong(key, f"is missing: give the Amplify {what}")
    secrets = given.get(SECRET_INPUTS) or ()
    for key, value in given.items():
        reason = None if value is UNKNOWN else _problem(key, value, limits.get(key, Limit()))
        if reason and (secrets is UNKNOWN or key in secrets):
            reason = "is not valid (it is a secret, so it is not shown here)"
        if reason:
            wrong(key, reason)
    # Of an input that is wrong by itself, no other rule can tell anything.
    bad = dict.fromkeys((problem.key for problem in found if problem.key in given), UNKNOWN)
    for key, reason in _combined_problems({**given, **bad}):
        wrong(key, reason)
    return found


def _problem(key: str, value: Any, limit: Limit) -> str | None:
    """What is wrong with one value, None when it is good or not an input."""
    if key in _TEXTS:
        return _text_problem(key, value, limit)
    if key in _FLAGS and not isinstance(value, bool):
        return f"must be true or false, not {_shortened(value)}"
    if key == "triggers" and not isinstance(value, (list, dict)):
        return f"must be a map or a list, not {_shortened(value)}"
    if key == "commitTime":
        return _time_problem(value)
    return None


def _combined_problems(given: Bag) -> list[tuple[str, str]]:
    """Rules over more than one input; each is good by itself, or `UNKNOWN`."""
    found = []
    retry = given.get("jobType", DEFAULTS["jobType"])
    if retry == "RETRY" and "sourceJobId" not in given:
        found.append(("sourceJobId", "is missing: a RETRY re-runs the job that it names"))
    if retry not in ("RETRY", UNKNOWN) and given.get("sourceJobId", UNKNOWN) is not UNKNOWN:
        found.append(("sourceJobId", f"belongs to job_type RETRY only, not to {retry}"))
    found += [
        (key, "needs a commit_id to compare with")
        for key in ("verifyCommit", "skipIfBuilt")
        if given.get(key) is True and "commitId" not in given
    ]
    if given.get("skipIfBuilt") is True and retry == "RETRY":
        found.append(("skipIfBuilt", "does not go with job_type RETRY, which always runs a job"))
    return found


def _text_problem(key: str, value: Any, limit: Limit) -> str | None:
    if not isinstance(value, str):
        return f"must be text, not {_shortened(value)}"
    if not value:
        return "is empty: give a value or leave it out"
    if key == "jobType" and value == "MANUAL":
        return (
            "MANUAL cannot be started with StartJob, AWS refuses it: manual deployments go through "
            "CreateDeployment and StartDeployment; use RELEASE for an app connected to a repository"
        )
    if key == "onBusy" and value not in ON_BUSY:
        return f"must be one of {', '.join(ON_BUSY)}, not {_shortened(value)}"
    if key == "region" and not _REGION.fullmatch(value):
        return f"{_shortened(value)} is not the name of a region such as eu-west-1"
    if limit.enum and value not in limit.enum:
        words = ", ".join(word for word in limit.enum if word != "MANUAL")
        return f"must be one of {words}, not {_shortened(value)}"
    if limit.maximum is not None and len(value) > limit.maximum:
        return f"has {len(value)} characters, AWS takes {limit.maximum} at most"
    if limit.minimum is not None and len(value) < limit.minimum:
        return f"has {len(value)} characters, AWS wants {limit.minimum} at least"
    if limit.pattern and not re.fullmatch(limit.pattern, value, re.ASCII):
        return f"{_shortened(value)} is not of the form {limit.pattern}"
    return None


def _time_problem(value: Any) -> str | None:
    try:
        parse_time(value)
    except ValueError as error:
        return str(error)
    return None


def parse_time(value: Any) -> datetime:
    """A point in time from RFC 3339 text or seconds since 1970, in UTC.

    Raises:
        ValueError: it is neither, or has no time zone; the text says which.
    """
    form = "must be RFC 3339 text with a time zone (2026-11-25T18:00:00Z) or seconds since 1970"
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError(f"{form}, not {_shortened(value)}")
    try:
        if isinstance(value, str):
            # Python 3.10 reads no "Z", and fractions of three or six digits only.
            text = re.sub(r"\.([0-9]+)", lambda found: f".{found[1][:6]:0<6}", value.strip())
            time = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", text))
        elif math.isfinite(value):
            time = datetime.fromtimestamp(value, timezone.utc)
        else:
            raise ValueError
        if time.tzinfo is None:
            raise ValueError
        return time.astimezone(timezone.utc)
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"{form}, not {_shortened(value)}") from None


def format_time(time: datetime) -> str:
    """RFC 3339 text in UTC: how times stand in state."""
    if time.tzinfo is None:
        raise ValueError(f"{time.isoformat()} has no time zone: which moment it means is unclear")
    return time.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")


def canonical(value: Any) -> str:
    """One text per value: equal for equal values, with 1 and 1.0 equal but True and 1 not."""

    def plain(item: Any) -> Any:
        if isinstance(item, float) and item.is_integer():
            return int(item)
        if isinstance(item, Mapping):
            return {str(key): plain(entry) for key, entry in item.items()}
        if isinstance(item, (list, tuple)):
            return [plain(entry) for entry in item]
        return item

    return json.dumps(plain(value), sort_keys=True, ensure_ascii=True, default=repr)


def contains_unknown(value: Any) -> bool:
    """Whether any part of a value is known only after the update."""
    if isinstance(value, Mapping):
        return any(contains_unknown(entry) for entry in value.values())
    if isinstance(value, (list, tuple)):
        return any(contains_unknown(entry) for entry in value)
    return value is UNKNOWN


def shown_commit(commit: Any, *, secret: bool = False) -> str | None:
    """A commit as people see it: seven digits of a sha, other text at most 40 characters."""
    if commit is None:
        return None
    if commit is UNKNOWN:
        return "a commit known after the update"
    if secret:
        return "[secret]"
    if re.fullmatch(r"[0-9a-fA-F]{8,64}", commit):
        return str(commit[:7])
    return printable(commit, 40)


def printable(text: str, length: int) -> str:
    """Text on one line, without control characters, at most `length` characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= length else line[: length - 1] + "…"


def _shortened(value: Any) -> str:
    return repr(value) if len(repr(value)) <= 60 else repr(value)[:57] + "..."
