"""The public face, as users' type checkers see it; checked by mypy and pyright, never run."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pulumi
from amplify_job_resource import (
    AmplifyJobError,
    Deployment,
    DeploymentArgs,
    DeploymentProvider,
    Job,
    JobArgs,
    JobFailed,
    JobProvider,
    WaitTimeout,
)
from amplify_job_resource.emulator import Control, Fault, Plan, Server, register


def program(app_id: pulumi.Output[str], commit: pulumi.Output[str] | None) -> None:
    """Inputs are values or outputs; outputs have types."""
    job = Job(
        "site",
        app_id=app_id,
        branch_name="main",
        job_type="RELEASE",
        commit_id=commit,
        commit_time=datetime.now(timezone.utc),
        triggers={"url": app_id, "version": 3},
        on_busy="adopt",
        wait_for_completion=True,
        opts=pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create="45m")),
    )
    identity: pulumi.Output[str] = job.job_id
    reported: pulumi.Output[str | None] = job.reported_commit_id
    seconds: pulumi.Output[float | None] = job.duration_seconds
    adopted: pulumi.Output[bool] = job.adopted
    pulumi.export("all", [identity, reported, seconds, adopted])

    Job("args", JobArgs(app_id="d1a2", branch_name="main", triggers=[1, "a"]))
    Job("map", {"app_id": app_id, "branch_name": "main"})
    files = {
        "schema": pulumi.FileAsset("schema.graphql"),
        "theme": [pulumi.FileArchive("theme"), pulumi.StringAsset("dark")],
        "secret": pulumi.Output.secret(pulumi.FileAsset("secret.txt")),
    }
    Job("files", app_id="d1a2", branch_name="main", triggers=files)
    Job("file", app_id="d1a2", branch_name="main", triggers=[pulumi.FileAsset("a.txt")])
    Job("later", app_id="d1a2", branch_name="main", triggers=app_id.apply(lambda _: files))
    Job("opts", pulumi.ResourceOptions(protect=True), app_id="d1a2", branch_name="main")
    Job("both", JobArgs(app_id=app_id, commit_time=0.0), branch_name=app_id, on_busy="stop")
    found: Job = Job.get("found", "d1a2/main/42", pulumi.ResourceOptions(protect=True))
    elsewhere: Job = Job.get("there", app_id, region=app_id, profile="ci")
    pulumi.export("status", [found.status, elsewhere.region])


def deployments(app_id: pulumi.Output[str], folder: pulumi.Output[str]) -> None:
    """A source is a path, an address, an archive, or an output of one."""
    site = Deployment(
        "site",
        app_id=app_id,
        branch_name="main",
        source="./dist",
        exclude=["*.map", app_id],
        triggers={"version": 3},
        on_busy="stop",
        opts=pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create="45m")),
    )
    digest: pulumi.Output[str] = site.content_digest
    count: pulumi.Output[float | None] = site.file_count
    manifest: pulumi.Output[str | None] = site.manifest
    url: pulumi.Output[str | None] = site.url
    pulumi.export("all", [digest, count, manifest, url])

    place: dict[str, pulumi.Input[str]] = {"app_id": app_id, "branch_name": "main"}
    Deployment("map", {**place, "source": "dist"})
    Deployment("path", app_id=app_id, branch_name="main", source=Path("dist"))
    Deployment("output", app_id=app_id, branch_name="main", source=folder)
    Deployment("zip", DeploymentArgs(app_id="d1a2", branch_name="main", source="s3://bucket/a.zip"))
    page = pulumi.AssetArchive(
        {"index.html": pulumi.StringAsset("<h1>Hello</h1>"), "docs": pulumi.FileArchive("docs")}
    )
    Deployment("page", app_id="d1a2", branch_name="main", source=page)
    later = folder.apply(lambda path: pulumi.FileArchive(f"{path}/dist"))
    Deployment("later", app_id="d1a2", branch_name="main", source=later)
    found: Deployment = Deployment.get("found", "d1a2/main/42", region="eu-west-1")
    pulumi.export("status", found.status)


class Site(Job):
    """A subclass takes what it wants of the inputs."""

    def __init__(self, name: str, branch: pulumi.Input[str]) -> None:
        super().__init__(name, app_id="d1a2", branch_name=branch, triggers={"site": name})


def errors(error: AmplifyJobError) -> str | None:
    """An error with a job carries it as data."""
    if isinstance(error, (JobFailed, WaitTimeout)):
        return error.job.status
    return None


def emulator() -> str:
    """The emulator's set-up is typed as well."""
    register()
    with Server() as server:
        control: Control = server.control
        control.create_app("d1a2", ["main"])
        control.plan("d1a2", "main", Plan(build=60, outcome="FAILED"))
        control.plan(
            "d1a2", "main", Plan(logs={"BUILD": ["a", "b"], "DEPLOY": "c", "VERIFY": None})
        )
        control.domain("d1a2", "example.com", {"www": "main"}, verified=["www"])
        control.fault(Fault("drop", "StartJob", "after"))
        return server.url


PROVIDERS: list[type[JobProvider]] = [JobProvider, DeploymentProvider]
