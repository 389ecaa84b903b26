"""What an operation makes of a resource, as the engine keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .._amplify.status import has_ended
from .._inputs.request import Properties, with_defaults
from .._inputs.words import JobType
from .._kind import Kind
from .._preview.reasons import HEALTHY_KEY
from .._values.commits import names_a_commit
from .._values.unknown import UNKNOWN

#: The outputs that can change while a job is waited for.
_OF_THE_JOB: Final = (
    "status",
    "reportedCommitId",
    "startTime",
    "endTime",
    "durationSeconds",
    "steps",
    HEALTHY_KEY,
)


def created_later(inputs: Properties, kind: Kind) -> dict[str, Any]:
    """What a preview knows of a resource that is about to be created: its inputs."""
    return {**inputs, **dict.fromkeys(kind.outputs.values(), UNKNOWN)}


def updated_later(olds: Properties, news: Properties, kind: Kind) -> dict[str, Any]:
    """What a preview knows of a resource that is about to be updated: all but what is waited for."""
    known = {**news, **{key: olds.get(key) for key in kind.outputs.values()}}
    waits = news.get("waitForCompletion") is not False and not has_ended(olds.get("status"))
    looks = bool(news.get("healthCheck")) and olds.get(HEALTHY_KEY) is not True
    unknown = _OF_THE_JOB if waits else (HEALTHY_KEY,) if looks else ()
    return {**known, **{key: UNKNOWN for key in unknown if key in kind.outputs.values()}}


def found_by_id(properties: Mapping[str, Any], kind: Kind) -> tuple[dict[str, Any], dict[str, Any]]:
    """A job that was read by its id, as by an import: its properties, and the inputs that ask for it.

    What was asked for when it was started is not known, so the inputs are those of a program that asks
    for nothing else. A job type is one of them for a RELEASE only: the next release is one, too.

    Args:
        properties: What was read.
        kind: The resource.
    """
    inputs = {key: properties[key] for key in ("appId", "branchName")}
    commit = properties.get("reportedCommitId")
    if "commitId" in kind.inputs.by_key and names_a_commit(commit):
        inputs["commitId"] = commit
    known = {key: value for key, value in properties.items() if key != "jobType"}
    if properties.get("jobType") == JobType.RELEASE or "jobType" not in kind.inputs.by_key:
        known = dict(properties)
    full = {**with_defaults({**known, **inputs}, kind.inputs)}
    if "jobType" not in known:
        full.pop("jobType", None)
    return full, inputs
