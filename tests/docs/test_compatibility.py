"""The page on versions says what pyproject.toml, the tools and the code say."""

from __future__ import annotations

import re
from importlib.metadata import metadata, requires
from pathlib import Path
from typing import Final

import pytest
from amplify_job_resource._native.package import package_schema
from amplify_job_resource.provider import DeploymentProvider, JobProvider

from tests.engine.fronts import DYNAMIC
from tools.pulumi_cli import OLDEST, pinned
from tools.test_matrix import VERSIONS

PAGE: Final = (Path(__file__).parents[2] / "docs" / "compatibility.md").read_text(encoding="utf-8")
NAME: Final = "amplify-job-resource"


def versions() -> dict[str, tuple[str, str]]:
    """Each row of the table of versions: what -> versions and for what."""
    section = PAGE.partition("\n## What is supported\n")[2].partition("\n### ")[0]
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|$", section, re.MULTILINE)
    return {what.strip("`"): (bounds, use) for what, bounds, use in rows[2:]}


def test_the_dependencies_are_those_that_are_declared() -> None:
    """Each with its bounds, and with the extra that brings it."""
    declared = {}
    for requirement in requires(NAME) or []:
        asked, _, marker = requirement.partition("; ")
        what, bounds = re.fullmatch(r"([\w.-]+(?:\[\w+\])?)(.+)", asked).groups()  # type: ignore[union-attr]
        extra = re.search(r"extra == ['\"](\w+)['\"]", marker)
        declared[what] = ({*bounds.split(",")}, f"`[{extra[1]}]`" if extra else "all")
    found = {what: ({*bounds.split(",")}, use) for what, (bounds, use) in versions().items()}
    del found["Python"], found["Pulumi's command"]
    assert found == declared


def test_the_pythons_are_those_that_are_tested() -> None:
    """Those of the matrix and of the classifiers, of which the lowest is required."""
    about = metadata(NAME)
    classifiers = re.findall(r"Python :: (3\.\d+)", " ".join(about.get_all("Classifier") or []))
    assert versions()["Python"][0] == f"{classifiers[0]} to {classifiers[-1]}"
    assert tuple(classifiers) == VERSIONS
    assert about["Requires-Python"] == f">={classifiers[0]}"


def test_the_command_is_that_of_the_tools() -> None:
    """The oldest that is taken, and the one that is built."""
    assert versions()["Pulumi's command"][0] == f"{OLDEST[0]}.{OLDEST[1]} or newer"
    assert f"Pulumi's command {pinned()} " in PAGE


@pytest.mark.parametrize("page", ["README.md", "docs/getting-started.md"])
def test_who_installs_it_reads_the_same(page: str) -> None:
    """The first pages name the Pythons of the table, and the oldest Pulumi."""
    text = (Path(__file__).parents[2] / page).read_text(encoding="utf-8")
    assert f"Python {versions()['Python'][0]}" in text
    assert versions()["Pulumi's command"][0] in text


@pytest.mark.parametrize("provider", [JobProvider, DeploymentProvider])
def test_what_state_names_is_on_the_page(provider: type) -> None:
    """The import path in the pickle of each provider."""
    assert f"`{provider.__module__}:{provider.__name__}`" in PAGE


@pytest.mark.parametrize("type_", [DYNAMIC.job_type, DYNAMIC.deployment_type])
def test_the_types_are_on_the_page(type_: str) -> None:
    """Those of the dynamic resources; the schema has the native ones."""
    assert f"`{type_}`" in PAGE
    native = type_.replace("pulumi-python:dynamic/amplify:", "amplify-job:index:")
    assert f'"{native}"' in package_schema()
    assert f"`{native}`" in PAGE
