"""A stack that an earlier version made is, for the code that is here, as it was for that version."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Final

import pytest
from amplify_job_resource._amplify.records import Step
from amplify_job_resource._engine.grpc_status import PROVIDER_KEY
from amplify_job_resource._inputs.deployment import ALL_INPUTS
from amplify_job_resource._inputs.schema import camel_case
from amplify_job_resource._inputs.secrets import SECRET_INPUTS
from amplify_job_resource._state import OUTPUTS

from tests.states.projects import FRONTS, NEXT, STATES, project, steps
from tools.changelog import sections

#: The fronts whose states were kept, of each version.
KEPT: Final = [state for front in FRONTS for state in sorted(STATES.glob(f"*/{front}.json"))]
#: No call gets an answer here: a preview needs none.
NOBODY: Final = "http://127.0.0.1:1"


@pytest.mark.engine
@pytest.mark.parametrize("state", KEPT, ids=lambda state: f"{state.parent.name} {state.stem}")
def test_a_preview_says_what_it_said(state: Path, tmp_path: Path) -> None:
    """What was unchanged is unchanged, and what was pending, failed or unfinished is that still."""
    stack = project(state.stem, state.parent, tmp_path, NOBODY)
    stack.pulumi("stack", "import", "--stack=dev", "--file", str(state)).ok()
    preview = stack.preview(config=NEXT).ok()
    said = json.loads((state.parent / "steps.json").read_text(encoding="utf-8"))[state.stem]
    assert steps(preview, said) == said


@pytest.mark.parametrize("state", KEPT, ids=lambda state: f"{state.parent.name} {state.stem}")
def test_each_key_of_a_state_is_known(state: Path) -> None:
    """Also those of outputs and of steps, of which a preview says nothing, but a destroy reads them."""
    kept = json.loads(state.read_text(encoding="utf-8"))["deployment"]["resources"]
    releases = [made["outputs"] for made in kept if made["type"].endswith((":Job", ":Deployment"))]
    keys = {*ALL_INPUTS.by_key, *OUTPUTS.values(), SECRET_INPUTS, PROVIDER_KEY}
    assert {key for outputs in releases for key in outputs} <= keys
    in_steps = {camel_case(field.name) for field in fields(Step)}
    steps = [step for outputs in releases for step in outputs["steps"] if isinstance(step, dict)]
    assert {key for step in steps for key in step} <= in_steps


def test_all_versions_say_the_same() -> None:
    """A preview of a new version's own state says what those of the versions before it said."""
    said: dict[str, set[str]] = {}
    for file in STATES.glob("*/steps.json"):
        for front in json.loads(file.read_text(encoding="utf-8")).values():
            for name, step in front.items():
                said.setdefault(name, set()).add(step)
    assert said
    assert [name for name, different in said.items() if len(different) > 1] == []


def test_each_released_version_is_kept() -> None:
    """A version that has a date in the changelog has its states here, of both fronts."""
    changelog = (STATES.parents[1] / "CHANGELOG.md").read_text(encoding="utf-8")
    released = {section.name for section in sections(changelog) if section.when}
    kept = {state.parent.name for state in KEPT if (state.parent / "native.json").exists()}
    assert released <= kept
