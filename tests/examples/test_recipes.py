"""What the recipes' programs declare, on Pulumi's mocks; that they run is in test_examples.py."""

from __future__ import annotations

import json
import re
import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs, Mocks

EXAMPLES = Path(__file__).parents[2] / "examples"
STAND_INS = Path(__file__).parent / "stand_ins"
JOB = "pulumi-python:dynamic/amplify:Job"
FAILED = "the build has failed"
SHA = "8b02d4a9c1f0e7d6b5a49382716f5e4d3c2b1a09"


class Engine(Mocks):
    """Keeps what is declared; the release of one name fails."""

    def __init__(self, failing: str, staging: str) -> None:
        self.failing = failing
        self.staging = staging
        self.declared: list[MockResourceArgs] = []

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.declared.append(args)
        if args.name == self.failing:
            raise RuntimeError(FAILED)
        if args.typ == "pulumi:pulumi:StackReference":
            return args.name, {**args.inputs, "outputs": {"commit": self.staging}}
        return f"{args.name}-id", args.inputs

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        raise AssertionError(f"{args.token} was called")


#: Runs an example with these settings; the inputs of each release that it declares, by name.
Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    monkeypatch.syspath_prepend(STAND_INS)

    def run(name: str, *, failing: str = "", staging: str = "", **settings: str) -> dict[str, Any]:
        engine = Engine(failing, staging)
        pulumi.runtime.set_mocks(engine, project="shop", stack="dev")
        pulumi.runtime.set_all_config({f"shop:{key}": value for key, value in settings.items()})

        def program() -> None:
            runpy.run_path(str(EXAMPLES / name / "__main__.py"))

        with pytest.raises(RuntimeError, match=FAILED) if failing else nullcontext():
            pulumi.runtime.test(program)()  # type: ignore[no-untyped-call]
        return {made.name: made.inputs for made in engine.declared if made.typ == JOB}

    yield run
    sys.modules.pop("pulumi_aws", None)


APPS = json.dumps({"us-east-1": "d1a2b3c4", "eu-west-1": "d5e6f7a8"})


def test_each_region_has_its_app(run: Run) -> None:
    """Each release is of the region's app, in that region."""
    jobs = run("aws-py-regions", apps=APPS, firstRegion="us-east-1", commitId=SHA)
    assert {job["region"]: job["appId"] for job in jobs.values()} == json.loads(APPS)
    assert {job["commitId"] for job in jobs.values()} == {SHA}


def test_a_first_region_that_fails_keeps_the_others_back(run: Run) -> None:
    """No other region is released, wherever the first one stands in the list."""
    jobs = run("aws-py-regions", failing="eu-west-1", apps=APPS, firstRegion="eu-west-1")
    assert list(jobs) == ["eu-west-1"]


def test_a_commit_releases_the_apps_whose_folders_it_changed(run: Run, tmp_path: Path) -> None:
    """A change of one app's folder triggers that app, one of the shared folder both, others none."""

    def commit(name: str) -> dict[str, Any]:
        """The triggers of each app after a commit that adds a file of that name."""
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
        author = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        for command in (["add", "."], [*author, "commit", "-qm", name, "--no-gpg-sign"]):
            subprocess.run(["git", "-C", tmp_path, *command], check=True)
        settings = {"repository": "https://example.com/r", "accessToken": "t"}
        jobs = run("aws-py-monorepo", checkout=str(tmp_path), **settings)
        return {app: inputs["triggers"] for app, inputs in jobs.items()}

    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    for folder in ("apps/docs", "packages"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a").write_text("a", encoding="utf-8")
    before = commit("apps/web/a")
    assert set(before["web"]) == {"apps/web", "packages"}
    assert set(before["docs"]) == {"apps/docs", "packages"}
    web = commit("apps/web/b")
    assert web["web"]["apps/web"] != before["web"]["apps/web"]
    assert web["docs"] == before["docs"]
    shared = commit("packages/b")
    assert {app for app in shared if shared[app] != web[app]} == {"web", "docs"}
    assert commit("README.md") == shared


def test_production_releases_what_staging_shows(run: Run) -> None:
    """The commit of production is the one that was asked for, once staging has released it."""
    settings = {"appId": "d1a2b3c4", "branchName": "production", "commitId": SHA}
    jobs = run("aws-py-promotion", staging=SHA, promotes="staging", **settings)
    assert jobs["site"]["commitId"] == SHA
    with pytest.raises(pulumi.RunError, match=f"staging shows 1f3c9e2, not {SHA}"):
        run("aws-py-promotion", staging="1f3c9e2", promotes="staging", **settings)


def test_every_example_has_a_recipe() -> None:
    """docs/recipes.md leads to each folder of examples/."""
    page = (EXAMPLES.parent / "docs" / "recipes.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\(\.\./examples/([\w-]+)", page))
    assert named == {folder.name for folder in EXAMPLES.iterdir() if folder.is_dir()}
