"""A dynamic provider as a user would write it after a tutorial: start a job, ask until it has ended."""

from __future__ import annotations

import time
from typing import Any

import boto3
from pulumi import Output
from pulumi.dynamic import CreateResult, DiffResult, Resource, ResourceProvider


class ReleaseProvider(ResourceProvider):
    """Releases a branch, and asks for the job at a fixed interval."""

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        changed = _olds["commit_id"] != _news["commit_id"]
        return DiffResult(changes=changed, replaces=["commit_id"] if changed else [])

    def create(self, props: dict[str, Any]) -> CreateResult:
        amplify = boto3.client("amplify")
        app, branch = props["app_id"], props["branch_name"]
        started = amplify.start_job(appId=app, branchName=branch, jobType="RELEASE")
        job_id = started["jobSummary"]["jobId"]
        while True:
            found = amplify.get_job(appId=app, branchName=branch, jobId=job_id)
            status = found["job"]["summary"]["status"]
            if status == "SUCCEED":
                return CreateResult(f"{app}/{branch}/{job_id}", {**props, "status": status})
            if status in ("FAILED", "CANCELLED"):
                raise RuntimeError(f"job {job_id} of {branch} ended as {status}")
            time.sleep(props["poll_seconds"])


class Release(Resource):
    """A release of a branch."""

    status: Output[str]

    def __init__(
        self, name: str, app_id: str, branch_name: str, commit_id: str, poll_seconds: int
    ) -> None:
        super().__init__(
            ReleaseProvider(),
            name,
            {
                "app_id": app_id,
                "branch_name": branch_name,
                "commit_id": commit_id,
                "poll_seconds": poll_seconds,
                "status": None,
            },
        )
