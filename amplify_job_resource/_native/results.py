"""What an operation makes of a resource, as the engine keeps it, and what a check finds wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from pulumi.runtime.proto import provider_pb2 as rpc

from .._amplify.status import has_ended
from .._inputs.request import Properties, with_defaults
from .._inputs.rules import Problem
from .._inputs.words import JobType
from .._kind import Kind
from .._preview.differences import differs
from .._preview.reasons import HEALTHY_KEY
from .._values.commits import names_a_commit
from .._values.text import untagged
from .._values.unknown import UNKNOWN

#: The outputs that can change while a job is waited for.
_OF_THE_JOB: Final = (
    "status",
    "reportedCommitId",
    "startTime",
    "endTime",
    "durationSeconds",
    "steps",
)


def created_later(inputs: Properties, kind: Kind) -> dict[str, Any]:
    """What a preview knows of a resource that is about to be created: its inputs."""
    return {**inputs, **dict.fromkeys(kind.outputs.values(), UNKNOWN)}


def updated_later(olds: Properties, news: Properties, kind: Kind) -> dict[str, Any]:
    """What a preview knows of a resource that is about to be updated: all but what is waited for."""
    known = {**news, **{key: olds.get(key) for key in kind.outputs.values()}}
    if news.get("waitForCompletion") is not False and not has_ended(olds.get("status")):
        known.update({key: UNKNOWN for key in _OF_THE_JOB if key in kind.outputs.values()})
    if not news.get("healthCheck"):
        known[HEALTHY_KEY] = None
    elif olds.get(HEALTHY_KEY) is not True or differs("healthCheck", olds, news):
        known[HEALTHY_KEY] = UNKNOWN
    return known


def found_by_id(properties: Mapping[str, Any], kind: Kind) -> tuple[dict[str, Any], dict[str, Any]]:
    """A job that was read by its id, as by an import: its properties, and the inputs that ask for it.

    What was asked for when it was started is not known, so the inputs are those of a program that asks
    for nothing else. A job that is no RELEASE is recorded without its type: the next one is a RELEASE.

    Args:
        properties: What was read.
        kind: The resource.
    """
    inputs = {key: properties[key] for key in ("appId", "branchName")}
    commit = properties.get("reportedCommitId")
    if "commitId" in kind.inputs.by_key and names_a_commit(commit):
        inputs["commitId"] = commit
    full = with_defaults({**properties, **inputs}, kind.inputs)
    if properties.get("jobType") != JobType.RELEASE:
        full.pop("jobType", None)
    return full, inputs


def failures(problems: Iterable[Problem]) -> list[Any]:
    """Problems as a Check answers them."""
    return [
        rpc.CheckFailure(property=problem.key, reason=untagged(problem.reason))
        for problem in problems
    ]
