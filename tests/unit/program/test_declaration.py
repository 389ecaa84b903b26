"""What a resource declares to the engine: the same rules for each resource."""

from __future__ import annotations

import inspect
from dataclasses import fields
from typing import Any

import pulumi
import pytest
from amplify_job_resource._inputs.deployment import DEPLOYMENT_INPUTS
from amplify_job_resource._inputs.request import JOB_INPUTS
from amplify_job_resource._inputs.secrets import SECRET_INPUTS
from amplify_job_resource._program.declaration import Declaration, get_options, known_with
from amplify_job_resource._state import DEPLOYMENT_OUTPUTS, OUTPUTS
from amplify_job_resource.deployment import Deployment, DeploymentArgs
from amplify_job_resource.resource import Job, JobArgs
from pulumi.runtime import rpc

from tests.unit.programs import Run, an_unknown

JOB = Declaration("Job", JobArgs, JOB_INPUTS, OUTPUTS)
DEPLOYMENT = Declaration("Deployment", DeploymentArgs, DEPLOYMENT_INPUTS, DEPLOYMENT_OUTPUTS)


async def sent(value: Any) -> Any:
    """A value as it goes to the engine."""
    return await rpc.serialize_property(value, [], None)


@pytest.mark.parametrize("declared", [JOB, DEPLOYMENT], ids=lambda declared: declared.kind)
def test_each_property_has_one_name_and_one_key(declared: Declaration) -> None:
    """Inputs and outputs are translated both ways, and so is the one key within steps."""
    assert declared.keys == {**declared.inputs.keys, **declared.outputs}
    back = {key: name for key, name in declared.names.items() if key != "statusReason"}
    assert back == {key: name for name, key in declared.keys.items()}
    assert declared.names["statusReason"] == "status_reason"


@pytest.mark.parametrize("declared", [JOB, DEPLOYMENT], ids=lambda declared: declared.kind)
def test_the_object_of_inputs_has_all_that_are_given(declared: Declaration) -> None:
    """Its fields are the inputs but those that are derived, and an empty one gives nothing."""
    names = [field.name for field in fields(declared.args)]
    assert names == list(declared.inputs.given)
    assert set(declared.given(declared.args(), {}).values()) == {None}


def test_an_object_a_map_and_keywords_go_together() -> None:
    """A keyword wins, and one that is None does not count; other local names are not inputs."""
    keywords = {"self": 1, "opts": None, "branch_name": "dev", "source": None}
    for args in (
        DeploymentArgs(app_id="d1a2", branch_name="main", source="dist"),
        {"app_id": "d1a2", "branch_name": "main", "source": "dist"},
        {"appId": "d1a2", "branchName": "main", "source": "dist"},
    ):
        given = DEPLOYMENT.given(args, keywords)
        assert {name: value for name, value in given.items() if value is not None} == {
            "app_id": "d1a2",
            "branch_name": "dev",
            "source": "dist",
        }
    assert DEPLOYMENT.given(None, {}) == {}


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"sorce": "dist"}, "a Deployment has no input sorce: see docs/reference.md"),
        ({"commit_id": "a", "manifest": ""}, "a Deployment has no input commit_id, manifest: see"),
        ({"contentDigest": "x"}, "a Deployment has no input content_digest: see"),
        ("dist", "args of a Deployment is a DeploymentArgs or a map of inputs, not 'dist'"),
        (JobArgs(), "args of a Deployment is a DeploymentArgs or a map of inputs, not JobArgs"),
    ],
)
def test_what_is_no_input_is_refused(args: Any, message: str) -> None:
    """Also what is derived, an input of the other resource, and an object of it."""
    with pytest.raises(TypeError, match=message):
        DEPLOYMENT.given(args, {})


def test_every_property_is_declared() -> None:
    """An output that is not declared would have no attribute; what was not given is None."""
    properties = DEPLOYMENT.properties("site", {"app_id": "d1a2", "triggers": {"a": 1}})
    assert set(properties) == set(DEPLOYMENT.keys)
    known = {name: value for name, value in properties.items() if value is not None}
    assert known == {"app_id": "d1a2", "triggers": {"a": 1}}


def test_outputs_that_hold_a_secret_are_secrets(run: Run) -> None:
    """Where an input is a secret the engine must keep what is made of it, and the provider is told."""

    async def program() -> None:
        given = {"app_id": pulumi.Output.secret("d1a2"), "source": "dist"}
        properties = DEPLOYMENT.properties("site", given)
        assert await sent(properties[SECRET_INPUTS]) == ["appId"]
        for name in ("url", "job_arn", "console_url"):
            assert await properties[name].is_secret()
        assert properties["status"] is None
        # A deployment has no commit, and so nothing that would hold one.
        assert "reported_commit_id" not in properties

    run(program)


def test_outputs_that_are_no_secrets_hide_nothing(run: Run) -> None:
    """An output as an input is a value that is known later, and no more."""

    async def program() -> None:
        given = {"app_id": pulumi.Output.from_input("d1a2"), "branch_name": "main"}
        properties = JOB.properties("site", given)
        assert await sent(properties[SECRET_INPUTS]) is None
        assert not await properties["url"].is_secret()
        assert await sent(properties["url"]) is None

    run(program)


def test_an_id_waits_until_it_is_known_where_to_look(run: Run) -> None:
    """It is no secret, whatever region and profile are."""

    async def program() -> None:
        assert known_with("a/b/1", None, "eu-west-1") == "a/b/1"
        assert await sent(known_with("a/b/1", an_unknown())) == rpc.UNKNOWN
        assert await sent(known_with("a/b/1", pulumi.Output.secret("ci"))) == "a/b/1"

    run(program)


def test_what_is_read_keeps_the_options_of_the_program() -> None:
    """The id is added; region and profile are inputs where they are given."""
    opts = pulumi.ResourceOptions(protect=True)
    options, where = get_options("a/b/1", opts, "eu-west-1", None)
    assert (options.id, options.protect, opts.id) == ("a/b/1", True, None)
    assert where == {"region": "eu-west-1"}
    assert get_options("a/b/1", None, None, None)[1] == {}


@pytest.mark.parametrize("declared", [Job, Deployment])
def test_annotations_are_read_once(declared: type[Any]) -> None:
    """The SDK asks for a class's types for each resource, and evaluates those that are texts."""
    found = inspect.get_annotations(declared)
    assert "status" in found
    assert not [name for name, kind in found.items() if isinstance(kind, str)]
