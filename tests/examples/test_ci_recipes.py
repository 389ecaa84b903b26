"""The CI recipes do what their pages say: their shell is shell, and their commands are ours."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

import click
import pytest
import yaml  # type: ignore[import-untyped]
from amplify_job_resource.cli.command import amplify_job
from amplify_job_resource.report.render_markdown import comment_anchor

from tests.engine.stack import NO_PULUMI

EXAMPLES = Path(__file__).parents[2] / "examples"
GITHUB = EXAMPLES / "ci-github-actions/.github/workflows/release.yml"
GITLAB = EXAMPLES / "ci-gitlab/.gitlab-ci.yml"
PREVIEWS = EXAMPLES / "aws-py-pull-request-previews/.github/workflows/preview.yml"
PROMOTION = EXAMPLES / "aws-py-promotion/.github/workflows/promote.yml"
WORKFLOWS = {"github": GITHUB, "previews": PREVIEWS, "promotion": PROMOTION}
CODEBUILD = EXAMPLES / "ci-codebuild"
DEPLOYMENTS = EXAMPLES / "ci-pulumi-deployments/Pulumi.yaml"
#: Commands of Pulumi that have commands of their own.
GROUPS = ("config", "stack")


def load(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def scripts() -> Iterator[tuple[str, str]]:
    """A name and the shell text of each step."""
    for system, workflow in WORKFLOWS.items():
        for name, job in load(workflow)["jobs"].items():
            for number, step in enumerate(job["steps"]):
                if "run" in step:
                    yield f"{system}-{name}-{number}", step["run"]
    for name in ("pending", "release"):
        yield f"gitlab-{name}", "\n".join(load(GITLAB)[name]["script"])
    for file in ("buildspec", "pending"):
        for name, phase in load(CODEBUILD / f"{file}.yml")["phases"].items():
            yield f"codebuild-{file}-{name}", "\n".join(phase["commands"])
    settings = load(DEPLOYMENTS)["resources"]["website"]["properties"]
    yield "deployments", "\n".join(settings["operationContext"]["preRunCommands"])


SCRIPTS = [pytest.param(text, id=name) for name, text in scripts()]


def test_gitlab_knows_all_keys() -> None:
    """GitLab's recipe has only keys that GitLab knows; test_workflows.py asks that of GitHub's."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.gitlab-ci"]
    done = subprocess.run([*command, GITLAB], check=False, capture_output=True, text=True)
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
            # click keeps a command's help option, whose names are in the settings of the group.
            parent = click.Context(amplify_job, **amplify_job.context_settings)
            amplify_job.commands[name].make_context(name, arguments, parent=parent)
            seen += 1
    assert seen == 6


@pytest.mark.engine
def test_pulumi_has_the_options() -> None:
    """Each call of `pulumi` in a recipe has options that the command lists in its help."""
    pulumi = shutil.which("pulumi")
    assert pulumi, NO_PULUMI
    used: dict[tuple[str, ...], set[str]] = {}
    for _, script in scripts():
        for line in re.findall(r"(?<![-\w/])pulumi ([^|>;\n]+)", script):
            words = re.sub(r'["()]', "", line).split()
            command = tuple(takewhile(str.isalpha, words[: 2 if words[0] in GROUPS else 1]))
            options = {word for word in words if word.startswith("--")}
            used.setdefault(command, set()).update(options)
    assert {("up",), ("preview",), ("destroy",), ("config", "set")} <= set(used)
    for command, options in used.items():
        text = subprocess.run([pulumi, *command, "--help"], check=True, capture_output=True)
        assert options <= set(re.findall(r"--[a-z-]+", text.stdout.decode())), command


def test_releases_take_turns() -> None:
    """No recipe lets two releases of a stack run at once, or cancels one."""
    github = load(GITHUB)
    assert github["concurrency"]["cancel-in-progress"] == (
        "${{ github.event_name == 'pull_request' }}"
    )
    assert "'main'" in github["concurrency"]["group"]
    assert load(GITLAB)["release"]["resource_group"] == "$PULUMI_STACK"
    assert load(PREVIEWS)["concurrency"] == {"group": "preview-${{ github.event.number }}"}
    promotion = load(PROMOTION)["jobs"]
    for name in ("staging", "production"):
        assert promotion[name]["concurrency"] == {"group": name}


def test_the_release_is_of_the_pushed_commit() -> None:
    """What is released is what was pushed, and the preview has all of its history."""
    by_name = dict(scripts())
    release = next(text for name, text in by_name.items() if name.startswith("github-release-5"))
    assert 'commitId "$GITHUB_SHA"' in release
    assert 'commitId "$CI_COMMIT_SHA"' in by_name["gitlab-release"]
    built = 'commitId "$CODEBUILD_RESOLVED_SOURCE_VERSION"'
    assert built in by_name["codebuild-buildspec-build"]
    assert built in by_name["codebuild-pending-build"]
    assert 'commitId "$(git rev-parse HEAD)"' in by_name["deployments"]
    assert load(GITHUB)["jobs"]["pending"]["steps"][0]["with"]["fetch-depth"] == 0
    assert load(GITLAB)["variables"]["GIT_DEPTH"] == "0"


def test_the_promoted_branch_moves_after_the_check_and_before_the_release() -> None:
    """What staging does not show moves nothing, and what is released is what was moved."""
    production = load(PROMOTION)["jobs"]["production"]
    *_, last = production["steps"]
    checked, moved, released = last["run"].splitlines()[1:]
    assert checked.startswith("pulumi preview --stack production ")
    assert '/git/refs/heads/production" -f sha="$GITHUB_SHA" -F force=false' in moved
    assert released.startswith("pulumi up --stack production ")
    assert (production["needs"], production["environment"]) == ("pending", "production")


def test_a_preview_is_removed_when_its_pull_request_is_closed() -> None:
    """One job runs when the other does not, on the same stack; an error leaves no preview unseen."""
    workflow = load(PREVIEWS)
    preview, remove = (workflow["jobs"][name]["if"] for name in ("preview", "remove"))
    assert preview == remove.replace("action == 'closed'", "action != 'closed'")
    assert workflow["env"]["PULUMI_STACK"] == "pr-${{ github.event.number }}"
    *_, last = workflow["jobs"]["remove"]["steps"]
    assert last["run"].splitlines() == [
        'pulumi stack select --create "$PULUMI_STACK"',
        "pulumi destroy --yes --skip-preview --non-interactive --remove",
    ]


def test_a_role_trusts_what_the_recipe_is() -> None:
    """Each trust policy names one subject: the environment, project or stack of the recipe."""
    github, codebuild, deployments = (
        json.loads((EXAMPLES / f"iam/trust-{name}.json").read_text(encoding="utf-8"))["Statement"]
        for name in ("github-actions", "codebuild", "pulumi-deployments")
    )
    environment = load(GITHUB)["jobs"]["release"]["environment"]
    assert condition(github[0], "sub") == f"repo:ORGANIZATION/REPOSITORY:environment:{environment}"
    assert condition(github[0], "aud") == "sts.amazonaws.com"
    assert condition(codebuild[0], "SourceArn").endswith(":project/release")
    settings = load(DEPLOYMENTS)["resources"]["website"]["properties"]
    place = "pulumi:deploy:org:{organization}:project:{project}:stack:{stack}:operation:"
    operations = ("preview", "update", "refresh")
    assert condition(deployments[0], "sub") == [
        f"{place.format(**settings)}{operation}:scope:write" for operation in operations
    ]
    assert condition(deployments[0], "aud") == settings["organization"]


def condition(statement: dict[str, Any], key: str) -> Any:
    """What a trust policy demands of a key, whoever is trusted."""
    ((operator, demands),) = statement["Condition"].items()
    assert operator == "StringEquals"
    who = statement["Principal"].get("Federated", "").partition("oidc-provider/")[2] or "aws"
    return demands[f"{who}:{key}"]


def test_buildspecs_have_what_codebuild_knows() -> None:
    """A buildspec is one of version 0.2 with known keys, and reads the secret that its role may."""
    policy = json.loads((EXAMPLES / "iam/codebuild.json").read_text(encoding="utf-8"))
    (secret,) = (s["Resource"] for s in policy["Statement"] if s["Sid"] == "ReadPulumiToken")
    for path in CODEBUILD.glob("*.yml"):
        spec = load(path)
        assert (spec["version"], set(spec["env"])) == (
            0.2,
            {"shell", "variables", "secrets-manager"},
        )
        assert set(spec) <= {"version", "env", "phases", "artifacts"}
        assert list(spec["phases"]) == ["install", "build"]
        (token,) = spec["env"]["secrets-manager"].values()
        assert secret.endswith(f":secret:{token}-*")


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
