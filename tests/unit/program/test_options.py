"""Resource options that do something else with a `Job` than their names say."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from amplify_job_resource import Job
from amplify_job_resource._inputs.secrets import SECRET_INPUTS
from amplify_job_resource._program.options import accepted, with_all_ignored, with_secrets
from pulumi import ResourceOptions
from pulumi.runtime import rpc

from tests.unit.programs import GOOD, Engine


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The warnings of the program."""
    lines: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lines.append)
    return lines


def declared(opts: ResourceOptions, **parent: Any) -> Engine:
    """The mocked engine after a program with one Job; `parent` is for a component above it."""
    engine = Engine()
    pulumi.runtime.set_mocks(engine, project="shop", stack="dev")

    def program() -> Job:
        if parent:
            above = pulumi.ComponentResource(
                "my:index:Site", "above", None, ResourceOptions(**parent)
            )
            return Job(
                "site", **GOOD, opts=ResourceOptions.merge(opts, ResourceOptions(parent=above))
            )
        return Job("site", **GOOD, opts=opts)

    pulumi.runtime.test(program)()  # type: ignore[no-untyped-call]
    return engine


@pytest.mark.parametrize(
    "opts",
    [
        None,
        ResourceOptions(),
        ResourceOptions(replace_on_changes=[], ignore_changes=["commitId"], import_=""),
        ResourceOptions(id="d1a2/main/1", replace_on_changes=["*"], import_="d1a2/main/1"),
    ],
)
def test_other_options_go_on_as_they_are(said: list[str], opts: ResourceOptions | None) -> None:
    """Most options need no word, nor do those of a job that is only read."""
    assert accepted("Job", "site", opts) is opts
    assert said == []


def test_replace_on_changes_is_left_out(said: list[str]) -> None:
    """The engine never sees it, and the caller's options stay as they are."""
    opts = ResourceOptions(replace_on_changes=["*"], ignore_changes=["commitId"])
    left = accepted("Job", "site", opts)
    assert left is not None
    assert (left.replace_on_changes, left.ignore_changes) == (None, ["commitId"])
    assert opts.replace_on_changes == ["*"]
    (line,) = said
    assert line.startswith("Job site: replace_on_changes has no effect")


@pytest.mark.parametrize(
    ("ignored", "left"),
    [
        (["source"], ["source", "contentDigest", "manifest"]),
        (["content_digest"], ["content_digest", "source", "contentDigest", "manifest"]),
        (["manifest", "region"], ["manifest", "region", "source", "contentDigest"]),
        (["region"], ["region"]),
        ([], []),
    ],
)
def test_what_goes_together_is_ignored_together(ignored: list[str], left: list[str]) -> None:
    """A digest without its files would say what is not true; the caller's options stay as they are."""
    opts = ResourceOptions(ignore_changes=ignored)
    keys = {"source": "source", "content_digest": "contentDigest", "manifest": "manifest"}
    found = with_all_ignored(opts, keys, list(keys))
    assert found is not None
    assert (found.ignore_changes or []) == left
    assert (opts.ignore_changes or []) == ignored
    assert with_all_ignored(None, keys, list(keys)) is None


def test_an_import_is_refused() -> None:
    """The line of the program that asks for it is the one that raises."""
    with pytest.raises(ValueError, match=r"Job site cannot be imported \(import_\)"):
        declared(ResourceOptions(import_="d1a2/main/1"))


@pytest.mark.parametrize(("package", "warned"), [("aws", True), ("pulumi-python", False)])
def test_a_foreign_provider_is_not_used(said: list[str], package: str, warned: bool) -> None:
    """Pulumi hands a Job no provider but Python's; an inherited one needs no word."""

    class Provider(pulumi.ProviderResource):
        def __init__(self) -> None:
            super().__init__(package, "eu")

    def program() -> None:
        provider = Provider()
        Job("site", **GOOD, opts=ResourceOptions(provider=provider))
        above = ResourceOptions(providers=[provider])
        parent = pulumi.ComponentResource("my:index:Site", "above", None, above)
        Job("child", **GOOD, opts=ResourceOptions(parent=parent))
        Job.get("read", "d1a2/main/1", ResourceOptions(provider=provider))

    pulumi.runtime.set_mocks(Engine(), project="shop", stack="dev")
    pulumi.runtime.test(program)()  # type: ignore[no-untyped-call]
    told = [line.partition(".")[0] for line in said]
    assert told == [f"Job {name}: provider is not used" for name in ("site", "read") if warned]


@pytest.mark.parametrize(
    ("opts", "parent", "warned"),
    [
        (ResourceOptions(protect=True), {}, True),
        (ResourceOptions(), {"protect": True}, True),
        (ResourceOptions(protect=False), {"protect": True}, False),
        (ResourceOptions(), {}, False),
        (ResourceOptions(protect=True, id="d1a2/main/1"), {}, False),
    ],
)
def test_protection_is_told_wherever_it_comes_from(
    said: list[str], opts: ResourceOptions, parent: dict[str, Any], warned: bool
) -> None:
    """A release that is protected by itself or by its parent is told of, once; a read one is not."""
    declared(opts, **parent)
    assert [line.partition(":")[0] for line in said] == [
        "Job site is protected (protect)",
    ] * warned


def test_protection_by_a_transformation_is_told(said: list[str]) -> None:
    """What a stack's transformation protects is protected as well."""

    def protect(
        args: pulumi.ResourceTransformationArgs,
    ) -> pulumi.ResourceTransformationResult:
        opts = ResourceOptions.merge(args.opts, ResourceOptions(protect=True))
        return pulumi.ResourceTransformationResult(args.props, opts)

    declared(ResourceOptions(transformations=[protect]))
    assert len(said) == 1


@pytest.mark.parametrize("name", ["commit_id", "commitId"])
def test_an_input_among_the_secret_outputs_is_a_secret(name: str) -> None:
    """Its value travels as a secret, and is named as one for rows and messages."""
    engine = Engine()
    pulumi.runtime.set_mocks(engine, project="shop", stack="dev")
    opts = ResourceOptions(additional_secret_outputs=[name, "status"])

    def program() -> Job:
        return Job("site", **GOOD, commit_id="1f3c9e2", opts=opts)

    pulumi.runtime.test(program)()  # type: ignore[no-untyped-call]
    (site,) = engine.declared
    assert rpc.is_rpc_secret(site.inputs["commitId"])
    assert site.inputs[SECRET_INPUTS] == ["commitId"]
    assert not rpc.is_rpc_secret(site.inputs["appId"])


def test_only_inputs_that_are_given_become_secrets() -> None:
    """Outputs are the engine's business; an input that is left out stays left out."""
    given = {"commit_id": None, "app_id": "d1a2"}
    opts = ResourceOptions(additional_secret_outputs=["commitId", "status"])
    for each in (opts, ResourceOptions(), None):
        assert with_secrets(given, each, {"commitId": "commit_id"}) == given
