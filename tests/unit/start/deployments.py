"""Requests for deployments as tests want them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from amplify_job_resource._inputs.deployment import DEPLOYMENT_INPUTS, DeploymentRequest
from amplify_job_resource._inputs.request import with_defaults
from amplify_job_resource._program.sources import describe

#: The address of a zip, with a signature that nobody may see.
ADDRESS = "https://builds.example/site.zip"
SIGNED = f"{ADDRESS}?X-Amz-Signature=5ec2e7"


def a_folder(path: Path, text: str = "<h1>Hello</h1>") -> Path:
    """A folder with a page that says this."""
    path.mkdir(parents=True, exist_ok=True)
    (path / "index.html").write_text(text, encoding="utf-8")
    return path


def inputs_for(source: Path | str, **given: Any) -> dict[str, Any]:
    """The checked inputs of a program that deploys this to `d1a2/main`, unless it says otherwise."""
    text = str(source)
    described = describe(text, given.get("exclude"), "source")
    keys = {row.key: described.property(row.name) for row in DEPLOYMENT_INPUTS.rows}
    derived = {key: value for key, value in keys.items() if value is not None}
    place = {"appId": "d1a2", "branchName": "main", "region": "eu-west-1"}
    return with_defaults({**place, **derived, "source": text, **given}, DEPLOYMENT_INPUTS)


def a_request(source: Path | str, **given: Any) -> DeploymentRequest:
    """The request of such a program."""
    return DeploymentRequest.from_properties(inputs_for(source, **given))
