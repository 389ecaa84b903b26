"""As much of `pulumi_aws` as the examples use, on the emulator: its own plugin cannot be run there.

A test puts this folder on PYTHONPATH. As in the real one, an app or a branch that is made or
changed starts no build, and a branch's name and app cannot change without a new branch.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import boto3
import pulumi
from botocore.exceptions import ClientError
from pulumi.dynamic import (
    CreateResult,
    DiffResult,
    ReadResult,
    Resource,
    ResourceProvider,
    UpdateResult,
)

#: Input -> its name in AWS's API.
_AWS_NAMES = {
    "app_id": "appId",
    "branch_name": "branchName",
    "access_token": "accessToken",
    "enable_auto_build": "enableAutoBuild",
    "environment_variables": "environmentVariables",
}


def _amplify() -> Any:
    return boto3.client("amplify", region_name="us-east-1")


def _request(inputs: dict[str, Any]) -> dict[str, Any]:
    """The request that the inputs make."""
    return {
        _AWS_NAMES.get(name, name): value
        for name, value in inputs.items()
        if value is not None and not name.startswith("__")
    }


class _Provider(ResourceProvider):
    """What apps and branches have in common."""

    serialize_as_secret_always = False

    #: A change of these needs a new resource.
    fixed: tuple[str, ...] = ()

    def look(self, id: str) -> dict[str, Any]:
        raise NotImplementedError

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        changed = [name for name in _news if _news[name] != _olds.get(name)]
        replaces = [name for name in changed if name in self.fixed]
        return DiffResult(changes=bool(changed), replaces=replaces, delete_before_replace=True)

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        try:
            self.look(id_)
        except ClientError:
            return ReadResult("", {})
        return ReadResult(id_, props)


class _Apps(_Provider):
    def look(self, id: str) -> dict[str, Any]:
        found: dict[str, Any] = _amplify().get_app(appId=id)["app"]
        return found

    def create(self, props: dict[str, Any]) -> CreateResult:
        made = _amplify().create_app(**_request(props))["app"]
        return CreateResult(made["appId"], {**props, "default_domain": made["defaultDomain"]})

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        _amplify().delete_app(appId=_id)


class _Branches(_Provider):
    fixed = ("app_id", "branch_name")

    def look(self, id: str) -> dict[str, Any]:
        app_id, _, name = id.partition("/")
        found: dict[str, Any] = _amplify().get_branch(appId=app_id, branchName=name)["branch"]
        return found

    def create(self, props: dict[str, Any]) -> CreateResult:
        _amplify().create_branch(**_request(props))
        return CreateResult(f"{props['app_id']}/{props['branch_name']}", props)

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        _amplify().update_branch(**_request(_news))
        return UpdateResult(_news)

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        _amplify().delete_branch(appId=_props["app_id"], branchName=_props["branch_name"])


class App(Resource, module="amplify", name="App"):
    """`aws.amplify.App`: the name is the resource's where none is given."""

    default_domain: pulumi.Output[str]

    def __init__(self, name: str, opts: Any = None, **inputs: Any) -> None:
        super().__init__(_Apps(), name, {"name": name, "default_domain": None, **inputs}, opts)


class Branch(Resource, module="amplify", name="Branch"):
    """`aws.amplify.Branch`."""

    branch_name: pulumi.Output[str]

    def __init__(self, name: str, opts: Any = None, **inputs: Any) -> None:
        super().__init__(_Branches(), name, inputs, opts)


amplify = SimpleNamespace(App=App, Branch=Branch)
