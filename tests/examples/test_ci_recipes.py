"""The CI recipes do what their pages say: their shell is shell, and their commands are ours."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml  # type: ignore[import-untyped]
from amplify_job_resource.cli.command import amplify_job
from amplify_job_resource.report.render_markdown import comment_anchor

EXAMPLES = Path(__file__).parents[2] / "examples"
GITHUB = EXAMPLES / "ci-github-actions/.github/workflows/release.yml"
GITLAB = EXAMPLES / "ci-gitlab/.gitlab-ci.yml"


def load(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def scripts() -> Iterator[tuple[str, str]]:
    """A name and the shell text of each step."""
    for name, job in load(GITHUB)["jobs"].items():
        for number, step in enumerate(job["steps"]):
            if "run" in step:
                yield f"github-{name}-{number}", step["run"]
    for name in ("pending", "release"):
        yield f"gitlab-{name}", "\n".join(load(GITLAB)[name]["script"])


SCRIPTS = [pytest.param(text, id=name) for name, text in scripts()]


@pytest.mark.parametrize(
    ("schema", "recipe"), [("vendor.github-workflows", GITHUB), ("vendor.gitlab-ci", GITLAB)]
)
def test_recipes_match_their_schemas(schema: str, recipe: Path) -> None:
    """A recipe has only keys that its system knows."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(recipe)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("script", SCRIPTS)
def test_steps_are_shell(script: str) -> None:
    """Each step is shell that bash can read, into which no text of a pull request is pasted."""
    assert "${{" not in script
    done = subprocess.run(["bash", "-n"], input=script, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_commands_are_ours() -> None:
    """Each call of `amplify-job` in a recipe has options and values that the command takes."""
    seen = 0
    for _, script in scripts():
        for line in re.findall(r"\.venv/bin/amplify-job ([^|\n]+)", script):
            name, *arguments = shlex.split(line.replace("$PULUMI_STACK", "dev"))
            command = amplify_job.commands[name]
            with click.Context(command, **amplify_job.context_settings) as context:
                command.parse_args(context, arguments)
            seen += 1
    assert seen == 3


def test_releases_take_turns() -> None:
    """No recipe lets two releases of a stack run at once, or cancels one."""
    github = load(GITHUB)
    assert github["concurrency"]["cancel-in-progress"] == (
        "${{ github.event_name == 'pull_request' }}"
    )
    assert "'main'" in github["concurrency"]["group"]
    assert load(GITLAB)["release"]["resource_group"] == "$PULUMI_STACK"


def test_the_release_is_of_the_pushed_commit() -> None:
    """What is released is what was pushed, and the preview has all of its history."""
    by_name = dict(scripts())
    release = next(text for name, text in by_name.items() if name.startswith("github-release-5"))
    assert 'commitId "$GITHUB_SHA"' in release
    assert 'commitId "$CI_COMMIT_SHA"' in by_name["gitlab-release"]
    assert load(GITHUB)["jobs"]["pending"]["steps"][0]["with"]["fetch-depth"] == 0
    assert load(GITLAB)["variables"]["GIT_DEPTH"] == "0"


@pytest.mark.parametrize("there", ["", "4711\n4712\n"], ids=["no comment", "a comment"])
def test_a_comment_is_edited_in_place(there: str, tmp_path: Path) -> None:
    """The step posts the report once; where the mark is found, it edits that comment."""
    step = next(
        step
        for step in load(GITHUB)["jobs"]["pending"]["steps"]
        if step.get("name", "").startswith("Comment")
    )
    assert f'startswith("{comment_anchor()}")' in step["run"]
    (tmp_path / "there").write_text(there, encoding="utf-8")
    fake = tmp_path / "gh"
    fake.write_text(
        '#!/bin/sh\necho "$*" >> calls\ncase "$*" in *--jq*) cat there;; esac\n', encoding="utf-8"
    )
    fake.chmod(0o755)
    environment = {
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_REPOSITORY": "example/site",
        "NUMBER": "7",
    }
    bash = ["bash", "-e", "-c", step["run"]]
    subprocess.run(bash, check=True, cwd=tmp_path, env=environment)
    _, *others = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
    edits = ["api --method PATCH repos/example/site/issues/comments/4711 -F body=@pending.md"]
    posts = ["api repos/example/site/issues/7/comments -F body=@pending.md"]
    assert others == (edits if there else posts)
