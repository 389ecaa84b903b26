"""What the resources of this package differ in: the rest of a release's life is the same for all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ._amplify.records import JobRecord
from ._inputs.deployment import DEPLOYMENT_INPUTS, DeploymentRequest
from ._inputs.request import JOB_INPUTS, Properties, ReleaseRequest, Request
from ._inputs.schema import Schema
from ._start.address_deployment import AddressDeployment
from ._start.file_deployment import FileDeployment
from ._start.git_build import GitBuild
from ._start.method import ReleaseMethod
from ._state import DEPLOYMENT_OUTPUTS, OUTPUTS
from ._values.addresses import is_address


@dataclass(frozen=True, slots=True)
class Kind:
    """One resource.

    Attributes:
        inputs: the table of its inputs.
        outputs: the key in state of each of its outputs, by its name in Python.
        request: makes a request from properties that have been checked.
        method: makes the way of starting, for the URN of a resource and its request.
        owns: whether a job is one that the resource of a URN has started.
        needs_notes: whether only a note leads to a job that is not in state: the job does not say whose
            it is, and may be there without being started.
    """

    inputs: Schema
    outputs: Mapping[str, str]
    request: Callable[[Properties], Request]
    method: Callable[[str, Any], ReleaseMethod]
    owns: Callable[[JobRecord, str], bool]
    needs_notes: bool = False


def _deployment(urn: str, request: DeploymentRequest) -> ReleaseMethod:
    """The way of starting a deployment: AWS takes the files from an address, or they are uploaded."""
    source = request.source
    is_elsewhere = isinstance(source, str) and is_address(source)
    return (AddressDeployment if is_elsewhere else FileDeployment)(urn, request)


JOB: Final = Kind(JOB_INPUTS, OUTPUTS, ReleaseRequest.from_properties, GitBuild, GitBuild.owns)
DEPLOYMENT: Final = Kind(
    DEPLOYMENT_INPUTS,
    DEPLOYMENT_OUTPUTS,
    DeploymentRequest.from_properties,
    _deployment,
    FileDeployment.owns,
    needs_notes=True,
)
