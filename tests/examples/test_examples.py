"""Each example does what its README says: on the real engine where its providers can be had."""

from __future__ import annotations

import re
import runpy
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pulumi
import pytest
from amplify_job_resource.emulator import Control, Plan, Server
from pulumi.runtime import config, mocks

from tests.engine.stack import Stack

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
FOLDERS = sorted(EXAMPLES.glob("aws-py-*"))
APP = "d1a2b3c4"


def named(path: Path) -> str:
    return "top" if path == ROOT else path.name


@pytest.fixture
def emulator() -> Iterator[Server]:
    """An emulator with the app that the READMEs name."""
    with Server() as server:
        server.control.reset()
        server.control.create_app(APP, ["main", "tenant/blue", "tenant/green"])
        server.control.default_plan(Plan.instant())
        yield server


@pytest.fixture
def example(emulator: Server, tmp_path: Path) -> Iterator[Callable[[str], Stack]]:
    """Makes a stack of an example's program."""
    stacks: list[Stack] = []

    def make(name: str) -> Stack:
        program = (EXAMPLES / name / "__main__.py").read_text(encoding="utf-8")
        stacks.append(Stack(tmp_path, program, emulator_url=emulator.url, project=name))
        return stacks[-1]

    yield make
    for stack in stacks:
        stack.close()


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_every_example_is_complete(folder: Path) -> None:
    """An example has a project file of its own name, a program, requirements and a README."""
    assert f"name: {folder.name}\n" in (folder / "Pulumi.yaml").read_text(encoding="utf-8")
    assert "amplify-job-resource" in (folder / "requirements.txt").read_text(encoding="utf-8")
    assert (folder / "README.md").exists()
    assert (folder / "__main__.py").exists()


@pytest.mark.engine
@pytest.mark.parametrize("folder", [ROOT, *FOLDERS], ids=named)
def test_pulumi_new_makes_a_project_of_it(folder: Path, tmp_path: Path) -> None:
    """`pulumi new` takes the folder as a template: a project of the given name, ready to be set."""
    source, made = tmp_path / "source", tmp_path / "made"
    source.mkdir()
    for name in ("Pulumi.yaml", "__main__.py", "requirements.txt"):
        shutil.copy(folder / name, source)
    stack = Stack(tmp_path / "stack")
    new = ["new", str(source), "--generate-only", "--yes", "--dir", str(made), "--name", "shop"]
    stack.pulumi(*new).ok()
    about = (made / "Pulumi.yaml").read_text(encoding="utf-8")
    assert about.startswith("name: shop\n")
    assert "\ntemplate:" not in about
    assert (made / "__main__.py").read_text() == (folder / "__main__.py").read_text()


@pytest.mark.parametrize("folder", [ROOT, *FOLDERS], ids=named)
def test_a_template_asks_for_what_the_program_reads(folder: Path) -> None:
    """Each setting that is described is read, and each that is required is described."""
    about = (folder / "Pulumi.yaml").read_text(encoding="utf-8")
    asked = set(re.findall(r"^    ([\w:]+):$", about.partition("\ntemplate:")[2], re.MULTILINE))
    program = (folder / "__main__.py").read_text(encoding="utf-8")
    required = set(re.findall(r'config\.require(?:_secret)?\("(\w+)"\)', program))
    read = set(re.findall(r'config\.\w+\("(\w+)"\)', program))
    assert required <= asked <= read | {"aws:region"}


@pytest.mark.engine
def test_first_release(example: Callable[[str], Stack]) -> None:
    """The existing app is released and the exports tell which job did it."""
    stack = example("aws-py-first-release")
    stack.up(config={"appId": APP, "commitId": "1f3c9e2"}).ok()
    outputs = stack.outputs()
    assert (outputs["job"], outputs["status"]) == ("1", "SUCCEED")
    assert outputs["console"].endswith("#/d1a2b3c4/main/1")


@pytest.mark.engine
def test_many_branches(example: Callable[[str], Stack], emulator: Server) -> None:
    """Each tenant has its job; a new commit of one releases that one alone."""
    stack = example("aws-py-many-branches")
    stack.config_set("tenants.blue", "1f3c9e2", path=True)
    stack.config_set("tenants.green", "8b02d4a", path=True)
    stack.up(config={"appId": APP}).ok()
    assert stack.outputs()["jobs"] == {"blue": "1", "green": "1"}
    stack.config_set("tenants.green", "9c13e5b", path=True)
    stack.up().ok()
    assert stack.outputs()["jobs"] == {"blue": "1", "green": "2"}
    assert len(emulator.control.calls("StartJob")) == 3


@pytest.mark.engine
def test_of_many_branches_one_may_fail(example: Callable[[str], Stack], emulator: Server) -> None:
    """One that fails does not stop another that is building; the next `up` releases it alone."""
    quick = Plan(pending=0, provisioning=0, build=0, deploy=0, verify=0)
    emulator.control.plan(APP, "tenant/blue", replace(quick, build=4.0))
    emulator.control.plan(APP, "tenant/green", replace(quick, build=0.5, outcome="FAILED"))
    stack = example("aws-py-many-branches")
    stack.config_set("tenants.blue", "1234567", path=True)
    stack.config_set("tenants.green", "8b02d4a", path=True)
    stack.up(config={"appId": APP}).failed()
    assert stack.job("blue")["outputs"]["status"] == "SUCCEED"
    assert stack.job("green")["outputs"]["status"] == "FAILED"
    again = stack.up().ok()
    assert (again.steps("blue"), "replace" in again.steps("green")) == (["same"], True)


@pytest.mark.engine
def test_rollback(example: Callable[[str], Stack], emulator: Server) -> None:
    """HEAD is released; then the named job is run again, with its commit; then HEAD once more."""
    control: Control = emulator.control
    control.push(APP, "main", "a" * 40)
    stack = example("aws-py-rollback")
    stack.up(config={"appId": APP}).ok()
    stack.up(config={"goodJob": "1"}).ok()
    newest = control.jobs(APP)[0]
    assert (newest["job_type"], newest["commit_id"]) == ("RETRY", "a" * 40)
    assert stack.outputs()["built"] == "a" * 40
    stack.up(config={"goodJob": ""}).ok()
    assert [job["job_type"] for job in control.jobs(APP)][:3] == ["RELEASE", "RETRY", "RELEASE"]


class _Mocks(mocks.Mocks):
    """Notes what a program declares; every resource is made as it is asked for."""

    def __init__(self) -> None:
        self.made: dict[str, dict[str, Any]] = {}

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        self.made[args.typ] = dict(args.inputs)
        return "d1a2b3c4", {**args.inputs, "defaultDomain": "d1a2b3c4.amplifyapp.com"}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        return {}, None


def _pulumi_aws() -> dict[str, ModuleType]:
    """As much of pulumi_aws as the example uses: its plugin cannot be run without AWS."""

    def resource(token: str, *outputs: str) -> type[pulumi.CustomResource]:
        def __init__(self: Any, name: str, opts: Any = None, **inputs: Any) -> None:  # noqa: N807
            properties = {**dict.fromkeys(outputs), **inputs}
            pulumi.CustomResource.__init__(self, token, name, properties, opts)

        def translate(self: Any, name: str) -> str:
            return {"default_domain": "defaultDomain"}.get(name, name)

        def back(self: Any, name: str) -> str:
            return {"defaultDomain": "default_domain"}.get(name, name)

        members = {
            "__init__": __init__,
            "translate_input_property": translate,
            "translate_output_property": back,
        }
        return type(token.rpartition(":")[2], (pulumi.CustomResource,), members)

    package, amplify = ModuleType("pulumi_aws"), ModuleType("pulumi_aws.amplify")
    amplify.__dict__["App"] = resource("aws:amplify/app:App", "default_domain")
    amplify.__dict__["Branch"] = resource("aws:amplify/branch:Branch")
    package.__dict__["amplify"] = amplify
    return {"pulumi_aws": package, "pulumi_aws.amplify": amplify}


def test_app_and_release(monkeypatch: pytest.MonkeyPatch) -> None:
    """The release names app and branch of the stack, and its triggers are the variables."""
    for name, module in _pulumi_aws().items():
        monkeypatch.setitem(sys.modules, name, module)
    seen = _Mocks()
    mocks.set_mocks(seen, project="shop", stack="dev")
    for key, value in {
        "shop:apiUrl": "https://api.example.com",
        "shop:repository": "https://example.com/r",
        "shop:accessToken": "token",
    }.items():
        config.set_config(key, value)

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def program() -> None:
        runpy.run_path(str(EXAMPLES / "aws-py-app-and-release" / "__main__.py"))

    program()
    job = seen.made["pulumi-python:dynamic/amplify:Job"]
    assert job["appId"] == "d1a2b3c4"
    assert job["branchName"] == "main"
    assert job["triggers"] == {"API_URL": "https://api.example.com"}
    assert seen.made["aws:amplify/branch:Branch"]["enable_auto_build"] is False
