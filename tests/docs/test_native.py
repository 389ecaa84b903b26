"""What the documents say of the native provider is so, on the real engine."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml  # type: ignore[import-untyped]
from amplify_job_resource._amplify.aws_settings import SETTINGS, Effect
from amplify_job_resource._provider_settings import NAMES, SECRETS
from amplify_job_resource._stack_defaults import TEXTS
from amplify_job_resource.emulator import Plan, Server

from tests.engine.stack import Stack
from tests.native.sdks import SDKs

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/native.md").read_text(encoding="utf-8")
#: Where the engine finds the plugin: in the tests' own environment.
PLUGINS: Final = {"providers": [{"name": "amplify-job", "path": f"{sys.prefix}/bin"}]}
IN_YAML: Final = "amplify-job:index:Job"


def section(title: str) -> str:
    """A section of the page, without its sub-sections."""
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def blocks(language: str, text: str = PAGE) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


PROGRAMS = [
    pytest.param(program, id=f"{language}-{number}")
    for language, mark in {"yaml": "runtime: yaml", "python": "import pulumi_amplify_job"}.items()
    for number, program in enumerate(blocks(language), start=1)
    if mark in program
]


@pytest.fixture(scope="session")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the SDK for Python, for PYTHONPATH."""
    return SDKs(tmp_path_factory.mktemp("sdks")).python()


class Native(Stack):
    """A stack whose programs have the native provider, and the dynamic one if they like."""

    def use(self, text: str, **values: Any) -> None:
        """Make a text the program, in YAML or Python; values replace words of it."""
        for name, value in values.items():
            text = text.replace(name, str(value))
        about: dict[str, Any] = {"name": self.project, "runtime": "python"}
        if "runtime: yaml" in text:
            about = yaml.safe_load(text)
        else:
            self.write(text)
        about["plugins"] = PLUGINS
        (self.cwd / "Pulumi.yaml").write_text(json.dumps(about), encoding="utf-8")

    def resource(self, name: str) -> dict[str, Any]:
        """The resource of that name in state."""
        resources: list[dict[str, Any]] = self.state()["resources"]
        (found,) = (made for made in resources if made["urn"].endswith(f"::{name}"))
        return found


@pytest.fixture
def stack(emulator: Server, tmp_path: Path, sdk: Path) -> Iterator[Native]:
    """A stack without a program yet; the page's second app is in the other region."""
    emulator.control.create_app("d5e6f7a8", ["main"], region="eu-west-1")
    stack = Native(tmp_path, emulator_url=emulator.url, environment={"PYTHONPATH": str(sdk)})
    yield stack
    stack.close()


@pytest.mark.engine
@pytest.mark.parametrize("program", PROGRAMS)
def test_the_programs_release(stack: Native, program: str) -> None:
    """Each program of the page, pasted into a new project, releases; providers have their region."""
    stack.use(program)
    stack.up().ok()
    jobs = [made for made in stack.state()["resources"] if made["type"] == IN_YAML]
    regions = [job["outputs"]["region"] for job in jobs]
    assert [job["outputs"]["status"] for job in jobs] == ["SUCCEED"] * len(jobs)
    assert sorted(regions) == (["eu-west-1", "us-east-1"] if "europe" in program else ["us-east-1"])


def test_every_setting_is_told() -> None:
    """The page has each setting of the provider, with the text of its documentation."""
    part = section("Configuration")
    told = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", part, re.MULTILINE))
    used = {name: row.text for name, row in SETTINGS.items() if row.effect is Effect.USED}
    assert told == {**used, **TEXTS}
    without = part.partition(" have no effect")[0].rpartition("\n")[2]
    assert set(re.findall(r"`(\w+)`", without)) == NAMES - told.keys()
    secrets = part.partition(" are secrets in state")[0].rpartition("\n")[2]
    assert set(re.findall(r"`(\w+)`", secrets)) == SECRETS


@pytest.mark.engine
def test_the_settings_of_a_stack(stack: Native, emulator: Server) -> None:
    """`amplify-job:` counts and `aws:` does not; only a change of the region is a release."""
    program = blocks("yaml")[0]
    stack.use(program, commitId="commitId")
    stack.config_set("aws:region", "ap-south-1")
    for line in blocks("sh", section("Configuration"))[0].splitlines():
        if "assumeRoles" not in line:  # the emulator has no STS
            stack.pulumi("stack", "select", "dev").ok()
            stack.pulumi(*line.split()[1:]).ok()
    emulator.control.create_app("d1a2b3c4", ["main"], region="eu-west-1")
    stack.up().ok()
    assert stack.resource("site")["outputs"]["region"] == "eu-west-1"
    stack.config_set("amplify-job:maxRetries", "2")
    assert stack.up().ok().steps("site")[-1] == "same"
    stack.config_set("amplify-job:region", "us-east-1")
    assert "replace" in stack.preview().ok().steps("site")
    stack.config_set("amplify-job:regoin", "us-east-1")
    assert "regoin is no setting of amplify-job" in stack.preview().failed().text
    assert len(emulator.control.calls("StartJob")) == 1


@pytest.mark.engine
def test_keys_of_triggers_stay_as_they_are(stack: Native) -> None:
    """Where the dynamic resource renames some keys, the SDK for Python and the provider do not."""
    triggers = {"app_id": "one", "deep": {"log_lines": 2}}
    stack.use(
        "import pulumi_amplify_job as amplify\n"
        f'amplify.Job("site", app_id="d1a2b3c4", branch_name="main", triggers={triggers})\n'
    )
    stack.up().ok()
    for part in ("inputs", "outputs"):
        assert stack.resource("site")[part]["triggers"] == triggers


@pytest.mark.engine
def test_import_takes_a_job(stack: Native, emulator: Server) -> None:
    """The command of the page; its lines preview as unchanged; a running job is left to run."""
    emulator.control.default_plan(Plan())
    emulator.control.run(0)
    emulator.control.push("d1a2b3c4", "main", "8b" * 20)
    stack.use("name: site\nruntime: yaml\nresources: {}\n")
    command = blocks("sh", section("Import"))[0].split()[1:]
    stack.pulumi(*command, "--stack=dev", "--yes", "--protect=false", "--out=lines.yaml").ok()
    lines = (stack.cwd / "lines.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(lines)["resources"]["site"]["properties"] == {
        "appId": "d1a2b3c4",
        "branchName": "main",
        "commitId": "8b" * 20,
    }
    stack.use(f"name: site\nruntime: yaml\n{lines}")
    assert "keep waiting for job 1" in stack.preview().ok().text
    stack.destroy().ok()
    assert emulator.control.calls("StopJob") == []
    emulator.control.advance(3600)
    stack.pulumi(*command, "--stack=dev", "--yes", "--protect=false").ok()
    assert stack.preview().ok().steps("site") == ["same"]
    assert emulator.control.calls("StartJob") == []


@pytest.mark.engine
def test_an_imported_deployment_is_made_once_more(stack: Native, emulator: Server) -> None:
    """Its files are not known: Pulumi says that `source` is missing, and the next `up` deploys."""
    emulator.control.create_app("d9z9z9z9", ["main"], repository=False)
    (stack.cwd / "dist").mkdir()
    (stack.cwd / "dist/index.html").write_text("<h1>Hello</h1>", encoding="utf-8")
    program = """
name: site
runtime: yaml
resources:
  NAME:
    type: amplify-job:Deployment
    properties: {appId: d9z9z9z9, branchName: main, source: ./dist}
"""
    stack.use(program, NAME="first")
    stack.up().ok()
    job = ("amplify-job:index:Deployment", "site", "d9z9z9z9/main/1")
    said = stack.pulumi("import", "--stack=dev", "--yes", "--protect=false", *job).ok()
    assert "source is required" in said.text
    stack.use(program, NAME="site")
    stack.up().ok()
    assert len(emulator.control.calls("StartDeployment")) == 2
    assert stack.up().ok().steps("site")[-1] == "same"


DYNAMIC = """
import pulumi
from amplify_job_resource import Job

opts = pulumi.ResourceOptions(OPTIONS)
Job("site", app_id="d1a2b3c4", branch_name="main", commit_id="COMMIT", opts=opts)
"""


@pytest.mark.engine
def test_a_stack_moves_by_one_line(stack: Native, emulator: Server) -> None:
    """The line of the page moves a stack, and a release that is pending is made once."""
    old, new = (line[1:] for line in blocks("diff")[0].splitlines())
    stack.use(DYNAMIC, OPTIONS="", COMMIT="1f3c9e2")
    stack.up().ok()
    moved = DYNAMIC.replace(old, new)
    assert moved != DYNAMIC
    stack.use(moved, OPTIONS="", COMMIT="1f3c9e2")
    assert "2 unchanged" in stack.preview().ok().text
    in_yaml = blocks("yaml")[0]
    stack.use(in_yaml)
    assert "unchanged" in stack.preview().ok().text
    stack.use(moved, OPTIONS="", COMMIT="8b02d4a")
    stack.up().ok()
    assert stack.resource("site")["type"] == IN_YAML
    assert len(emulator.control.calls("StartJob")) == 2


@pytest.mark.engine
def test_there_is_no_way_back(stack: Native, emulator: Server) -> None:
    """An alias leads to a resource that nothing can read; the native line mends that."""
    old, new = (line[1:] for line in blocks("diff")[0].splitlines())
    native = DYNAMIC.replace(old, new)
    stack.use(native, OPTIONS="", COMMIT="1f3c9e2")
    stack.up().ok()
    alias = 'aliases=[pulumi.Alias(type_="amplify-job:index:Job")]'
    stack.use(DYNAMIC, OPTIONS=alias, COMMIT="1f3c9e2")
    assert "2 unchanged" in stack.up().ok().text
    assert "KeyError: '__provider'" in stack.refresh().failed().text
    assert "KeyError: '__provider'" in stack.destroy().failed().text
    stack.use(native, OPTIONS="", COMMIT="1f3c9e2")
    assert "2 unchanged" in stack.up().ok().text
    stack.refresh().ok()
    assert len(emulator.control.calls("StartJob")) == 1
    # Without an alias it is another resource.
    stack.use(DYNAMIC, OPTIONS="", COMMIT="1f3c9e2")
    assert {"create", "delete"} <= set(stack.up().ok().steps("site"))
    assert len(emulator.control.calls("StartJob")) == 2


@pytest.mark.engine
def test_a_stack_may_have_both(stack: Native, emulator: Server) -> None:
    """A dynamic and a native resource in one program, each with its release."""
    emulator.control.create_app("d7b8c9d0", ["main"])
    other = (
        "\nimport pulumi_amplify_job as native\n"
        'native.Job("other", app_id="d7b8c9d0", branch_name="main")\n'
    )
    stack.use(DYNAMIC + other, OPTIONS="", COMMIT="1f3c9e2")
    stack.up().ok()
    types = {stack.resource(name)["type"] for name in ("site", "other")}
    assert types == {IN_YAML, "pulumi-python:dynamic/amplify:Job"}
