"""Programs on Pulumi's mocks, and what the engine answers them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs, Mocks

TOKEN = "pulumi-python:dynamic/amplify:Job"
#: What stands in state for the provider, by the protocol of pickle: 5 is what Python 3.14 writes.
PICKLES = {
    4: "gASVNAAAAAAAAACMHWFtcGxpZnlfam9iX3Jlc291cmNlLnByb3ZpZGVylIwLSm9iUHJvdmlkZXKUk5QpgZQu",
    5: "gAWVNAAAAAAAAACMHWFtcGxpZnlfam9iX3Jlc291cmNlLnByb3ZpZGVylIwLSm9iUHJvdmlkZXKUk5QpgZQu",
}
REPORTED = {
    "jobId": "42",
    "jobArn": "arn:aws:amplify:eu-west-1:1:apps/d1a2/branches/main/jobs/0000000042",
    "status": "SUCCEED",
    "reportedCommitId": "HEAD",
    "startTime": "2026-11-25T12:00:00Z",
    "endTime": "2026-11-25T12:01:30Z",
    "durationSeconds": 90.0,
    "steps": [{"name": "BUILD", "status": "FAILED", "startTime": "x", "statusReason": "y"}],
    "consoleUrl": "https://example.com",
    "adopted": False,
}
DEFAULTS = {"jobType": "RELEASE", "onBusy": "wait", "waitForCompletion": True}


class Engine(Mocks):
    """Answers as the provider would, and keeps what was declared."""

    def __init__(self) -> None:
        self.declared: list[MockResourceArgs] = []

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.declared.append(args)
        id_ = args.resource_id or f"d1a2/main/{len(self.declared)}"
        return id_, {**DEFAULTS, **args.inputs, **REPORTED}

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        raise AssertionError(f"{args.token} was called")


#: Runs a program; the inputs of each declared resource, by name.
Run = Callable[[Callable[[], Any]], list[dict[str, Any]]]

GOOD: dict[str, Any] = {"app_id": "d1a2", "branch_name": "main"}
STATE = {"appId": "d1a2", "branchName": "main"}


def an_unknown() -> pulumi.Output[Any]:
    """An output that is not known yet."""

    async def later(known: Any) -> Any:
        return known

    return pulumi.Output(set(), later(None), later(False))
