"""What the documents say is so: snippets run, links lead somewhere, tables agree with the code."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from amplify_job_resource import JobArgs
from amplify_job_resource.emulator import Plan, Server
from amplify_job_resource.inputs import DEFAULTS, INPUTS, RELEASE_KEYS
from amplify_job_resource.jobs import Jobs
from amplify_job_resource.state import OUTPUTS

from tests.engine.stack import Stack

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not {".venv", "node_modules", ".pytest_cache"} & set(path.relative_to(ROOT).parts)
)
SNIPPET = re.compile(r"```python\n(.*?)```", re.DOTALL)
COMMANDS = ("pending", "status", "wait", "start", "stop", "history")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def page_id(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_links_lead_somewhere(page: Path) -> None:
    """Each relative link of a page names a file or folder that is there."""
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://")):
            assert (page.parent / target).exists(), f"{page_id(page)} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_snippets_are_programs(page: Path) -> None:
    """Each Python snippet can be read, and imports only what is there."""
    for snippet in SNIPPET.findall(page.read_text(encoding="utf-8")):
        tree = ast.parse(snippet)
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("amplify"):
                module = __import__(node.module or "", fromlist=["*"])
                assert all(hasattr(module, name.name) for name in node.names)


def test_the_emulator_s_snippets_run() -> None:
    """The first program of the emulator's page does what it says."""
    program = SNIPPET.findall(text("docs/emulator.md"))[0]
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    subprocess.run([sys.executable, "-c", program], check=True, env={**os.environ, **keys})


@pytest.mark.engine
def test_the_smallest_program_runs(tmp_path: Path) -> None:
    """The README's first program, pasted into a new project, releases on the emulator."""
    with Server() as server:
        server.control.reset()
        server.control.create_app("d1a2b3c4", ["main"])
        server.control.default_plan(Plan.instant())
        stack = Stack(tmp_path, SNIPPET.findall(text("README.md"))[0], emulator_url=server.url)
        stack.up().ok()
        assert stack.outputs() == {"status": "SUCCEED"}
        stack.close()


def rows(heading: str) -> dict[str, list[str]]:
    """The rows of the reference's table below a heading, by Python name."""
    part = text("docs/reference.md").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    found = {}
    for line in part.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        name = re.fullmatch(r"`(\w+)`", cells[0])
        if name:
            found[name[1]] = cells
    return found


def test_the_reference_has_every_input() -> None:
    """Names, state keys, defaults, and what means a release are those of the code."""
    table = rows("Inputs")
    assert list(table) == list(INPUTS) == list(JobArgs.__dataclass_fields__)
    for name, cells in table.items():
        key = INPUTS[name]
        assert cells[1] == f"`{key}`"
        assert (cells[3] == "release") == (key in RELEASE_KEYS), name
        if key in DEFAULTS:
            assert cells[2].strip("`").lower() == str(DEFAULTS[key]).lower(), name


def test_the_reference_has_every_output() -> None:
    """Names and state keys of the outputs are those of the code."""
    assert {name: cells[1].strip("`") for name, cells in rows("Outputs").items()} == OUTPUTS


def test_documented_variables_are_read() -> None:
    """Each AMPLIFY_JOB_ variable that a page names is read by the code, and the other way round."""
    code = "".join(path.read_text() for path in (ROOT / "amplify_job_resource").rglob("*.py"))
    named = re.compile(r"\bAMPLIFY_JOB_[A-Z_]+\b")
    assert set(named.findall("".join(map(Path.read_text, PAGES)))) == set(named.findall(code))


def test_documented_make_targets_exist() -> None:
    """Each `make` target that a page names is in the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    for page in PAGES:
        content = page.read_text(encoding="utf-8")
        named = set(re.findall(r"(?:^|`)make ([a-z-]+)", content, re.MULTILINE))
        assert named <= targets, page_id(page)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_command_s_page_has_its_help(command: str) -> None:
    """docs/cli.md shows the help of each command as it is printed."""
    from amplify_job_resource.cli.command import amplify_job
    from click.testing import CliRunner

    # The width decides where lines break.
    shown = CliRunner().invoke(
        amplify_job, [command, "--help"], prog_name="amplify-job", terminal_width=100
    )
    assert f"```text\n{shown.output}```" in text("docs/cli.md")


def test_the_policy_allows_what_the_code_calls() -> None:
    """The IAM policy has an action for each call that is made, on its resource, and no more."""
    policy = json.loads(text("examples/iam/policy.json"))
    allowed = {
        (action, statement["Resource"].rpartition(":")[2])
        for statement in policy["Statement"]
        for action in (
            statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        )
    }
    source = Path(sys.modules[Jobs.__module__].__file__ or "").read_text(encoding="utf-8")
    called = set(re.findall(r"_clients\.(?:reads|starts)\.([a-z_]+)\(", source))
    names = {"amplify:" + "".join(word.title() for word in call.split("_")) for call in called}
    assert {action for action, _ in allowed} == names
    branch = "apps/d1a2b3c4/branches/main"
    assert ("amplify:GetApp", "apps/d1a2b3c4") in allowed
    assert {("amplify:ListJobs", branch), ("amplify:ListJobs", f"{branch}/jobs/*")} <= allowed
    assert ("amplify:StartJob", f"{branch}/jobs/*") in allowed


@pytest.mark.parametrize(
    "words",
    [
        "no Amplify job was started for",
        "the branch is busy: ",
        "it cannot be known whether an Amplify job was started for",
        "has not ended: ",
        "is not connected to a repository",
        "cannot be started with StartJob, AWS refuses it",
        "builds on every push by itself (enableAutoBuild)",
        "The credentials need amplify:",
        "Region asked: ",
        "The credentials come from ",
        "please report it",
    ],
)
def test_quoted_messages_are_those_of_the_code(words: str) -> None:
    """The fixed part of each message that troubleshooting quotes is made by the code."""
    code = "".join(
        path.read_text() for path in (ROOT / "amplify_job_resource").glob("*.py")
    ).replace('"\n            "', "")
    assert words in re.sub(r'"\s*\n\s*f?"', "", code)
    assert words.strip() in text("docs/troubleshooting.md")
