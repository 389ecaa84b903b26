"""`Deployment` as a program declares it, on Pulumi's mocks."""

from __future__ import annotations

import copy
import inspect
from dataclasses import fields
from pathlib import Path
from typing import Any

import pulumi
import pytest
from amplify_job_resource import Deployment, DeploymentArgs, DeploymentProvider, Job
from amplify_job_resource._inputs.deployment import DEPLOYMENT_INPUTS
from amplify_job_resource._inputs.schema import Row
from amplify_job_resource._inputs.secrets import SECRET_INPUTS
from amplify_job_resource._state import DEPLOYMENT_OUTPUTS
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime import rpc

from tests.unit.programs import GOOD, REPORTED, STATE, Engine, Run

TOKEN = "pulumi-python:dynamic/amplify:Deployment"
GIVEN = [row for row in DEPLOYMENT_INPUTS.rows if not row.input.is_derived]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a site in `dist`."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "index.html").write_text("<h1>")
    return tmp_path


@pytest.mark.parametrize("row", GIVEN, ids=lambda row: row.name)
def test_every_input_is_in_the_face(row: Row) -> None:
    """An input is a keyword of `Deployment`, a field of `DeploymentArgs`, and a typed output."""
    assert row.name in inspect.signature(Deployment).parameters
    assert row.name in {field.name for field in fields(DeploymentArgs)}
    assert row.name in inspect.get_annotations(Deployment)
    assert f"{row.name}: See `DeploymentArgs`" in (inspect.getdoc(Deployment.__init__) or "")
    assert f"\n    {row.name}: " in (inspect.getdoc(DeploymentArgs) or "")


def test_the_face_has_no_other_inputs() -> None:
    """The object and the keywords are the same, in the order of the table; nobody gives a digest."""
    names = [row.name for row in GIVEN]
    keywords = inspect.signature(Deployment).parameters
    assert [field.name for field in fields(DeploymentArgs)] == names
    assert [
        name for name in keywords if keywords[name].kind is inspect.Parameter.KEYWORD_ONLY
    ] == names
    annotated = set(inspect.get_annotations(Deployment))
    assert annotated == {*DEPLOYMENT_INPUTS.keys, *DEPLOYMENT_OUTPUTS}


def test_every_declared_output_is_an_attribute(run: Run) -> None:
    """Each annotated output exists, and has the value under its key in state."""
    names = inspect.get_annotations(Deployment)
    seen: dict[str, Any] = {}

    def program() -> Any:
        site = Deployment("site", **GOOD, source="dist", triggers={"a": 1})
        outputs = {name: getattr(site, name) for name in names}
        assert all(isinstance(output, pulumi.Output) for output in outputs.values())
        return pulumi.Output.all(**outputs).apply(seen.update)

    (inputs,) = run(program)
    keys = {**DEPLOYMENT_INPUTS.keys, **DEPLOYMENT_OUTPUTS}
    state = {"onBusy": "wait", "waitForCompletion": True, **inputs, **REPORTED}
    step = {"name": "BUILD", "status": "FAILED", "start_time": "x", "status_reason": "y"}
    state["steps"] = [step]
    assert seen == {name: state.get(keys[name]) for name in names}


def test_the_inputs_travel_with_what_the_source_holds(run: Run) -> None:
    """Names are those in state, and what is not given does not travel."""
    given: dict[str, Any] = {
        **GOOD,
        "source": pulumi.FileArchive("./dist"),
        "exclude": ["*.map"],
        "triggers": {"v": 1, "file": pulumi.StringAsset("x")},
        "wait_for_completion": False,
        "on_busy": "fail",
        "allow_failure": False,
        "lookahead": True,
        "log_lines": 5,
        "health_check": "/",
        "region": "eu-west-1",
        "profile": "ci",
    }
    assert set(given) == {row.name for row in GIVEN}
    first, second = run(
        lambda: (Deployment("all", **given), Deployment("few", **GOOD, source="dist"))
    )
    assert set(first) == set(DEPLOYMENT_INPUTS.by_key)
    assert first["source"] == "dist"
    assert first["triggers"]["v"] == 1
    assert first["triggers"]["file"].startswith("sha256:")
    assert (first["exclude"], first["onBusy"], first["profile"]) == (["*.map"], "fail", "ci")
    assert set(second) == {
        *STATE,
        "source",
        *("contentDigest", "fileCount", "totalBytes", "manifest"),
    }
    assert {key: second[key] for key in ("source", "fileCount", "totalBytes")} == {
        "source": "dist",
        "fileCount": 1,
        "totalBytes": 4,
    }
    assert second["manifest"].endswith(" 4 index.html\n")


def test_the_callers_objects_stay_as_they_are(run: Run) -> None:
    """A keyword wins over the object, and neither is written to."""
    args = DeploymentArgs(**GOOD, source="nowhere", exclude=["a"], on_busy="fail")
    before = copy.copy(args)
    (inputs,) = run(lambda: Deployment("site", args, source="dist", on_busy="stop"))
    assert (inputs["source"], inputs["onBusy"], inputs["exclude"]) == ("dist", "stop", ["a"])
    assert args == before


def test_a_map_may_hold_the_inputs(run: Run) -> None:
    """By the names of the keywords or those in state, also with options as the second argument."""
    opts = pulumi.ResourceOptions(protect=False)
    first, second = run(
        lambda: (
            Deployment("one", {**GOOD, "source": "dist"}),
            Deployment("two", opts, **GOOD, source="dist"),
        )
    )
    assert first == second


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"sorce": "dist"}, "a Deployment has no input sorce: see"),
        ({"commit_id": "a"}, "a Deployment has no input commit_id: see"),
        ("d1a2", "args of a Deployment is a DeploymentArgs or a map of inputs, not 'd1a2'"),
    ],
)
def test_other_arguments_are_refused_in_a_sentence(run: Run, args: Any, message: str) -> None:
    """A name that is no input is told, and so is what is no set of inputs."""

    def program() -> None:
        with pytest.raises(TypeError, match=message):
            Deployment("site", args)

    run(program)


def test_an_error_of_the_content_names_the_resource(run: Run) -> None:
    """It comes from the line of the program that makes the mistake, before the engine knows of it."""

    def program() -> None:
        with pytest.raises(pulumi.RunError, match=r"^blog: source: 'out' does not exist: "):
            Deployment("blog", **GOOD, source="out")

    assert run(program) == []


def test_a_source_that_is_missing_is_for_the_provider(run: Run) -> None:
    """It tells all that is wrong with the inputs at once."""
    (inputs,) = run(lambda: Deployment("site", **GOOD))
    assert inputs == STATE


def test_the_token_is_the_same_for_subclasses(engine: Engine, run: Run) -> None:
    """A subclass is the same kind of resource in everybody's state; another token is refused."""

    class Site(Deployment):
        pass

    with pytest.raises(TypeError):
        type("Mine", (Deployment,), {}, module="mine", name="Mine")
    run(lambda: [cls(cls.__name__, **GOOD, source="dist") for cls in (Deployment, Site)])
    assert [declared.typ for declared in engine.declared] == [TOKEN] * 2
    provider = serialize_provider(DeploymentProvider())
    assert {declared.inputs["__provider"] for declared in engine.declared} == {provider}


def test_secret_inputs_are_named(run: Run) -> None:
    """The provider hides them, and the outputs that hold one are secrets."""
    app = pulumi.Output.secret("d1a2")
    opts = pulumi.ResourceOptions(additional_secret_outputs=["source"])
    (inputs,) = run(
        lambda: Deployment("site", app_id=app, branch_name="main", source="dist", opts=opts)
    )
    assert sorted(inputs[SECRET_INPUTS]) == ["appId", "source"]
    for key in ("appId", "source", "contentDigest", "manifest", "url", "jobArn", "consoleUrl"):
        assert rpc.is_rpc_secret(inputs[key]), key


def test_options_have_the_warnings_of_a_job(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the words of this resource."""
    lines: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lines.append)
    opts = pulumi.ResourceOptions(protect=True, replace_on_changes=["*"])
    run(lambda: Deployment("site", opts, **GOOD, source="dist"))
    assert [line.partition(":")[0] for line in lines] == [
        "Deployment site",
        "Deployment site is protected (protect)",
    ]

    def program() -> None:
        with pytest.raises(ValueError, match="Deployment site cannot be imported"):
            Deployment("site", **GOOD, opts=pulumi.ResourceOptions(import_="d1a2/main/1"))

    run(program)


def test_get_reads_a_deployment_that_exists(engine: Engine, run: Run) -> None:
    """It needs no files: region and profile go along, and nothing else."""
    seen: dict[str, Any] = {}

    def program() -> Any:
        site = Deployment.get("old", "d1a2/main/7", region="eu-west-1")
        return pulumi.Output.all(id=site.id, status=site.status).apply(seen.update)

    run(program)
    (found,) = engine.declared
    assert (found.resource_id, found.typ) == ("d1a2/main/7", TOKEN)
    assert seen == {"id": "d1a2/main/7", "status": "SUCCEED"}
    assert set(found.inputs) == {"__provider", "region"}


def test_no_property_has_a_reserved_name() -> None:
    """Pulumi takes `id` and `urn` for itself: a property of that name would vanish."""
    names = {*DEPLOYMENT_INPUTS.keys, *DEPLOYMENT_INPUTS.by_key, *DEPLOYMENT_OUTPUTS}
    assert not {"id", "urn"} & names


def test_the_two_resources_have_types_of_their_own(engine: Engine, run: Run) -> None:
    """They can stand side by side under one name."""
    run(lambda: (Job("site", **GOOD), Deployment("site", **GOOD, source="dist")))
    assert len({found.typ for found in engine.declared}) == 2
