"""What the documents say is so: snippets run, links lead somewhere, tables agree with the code."""

from __future__ import annotations

import ast
import inspect
import json
import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from amplify_job_resource import DeploymentArgs, JobArgs, JobError, errors
from amplify_job_resource._amplify.api import BranchApi
from amplify_job_resource._amplify.aws_settings import SETTINGS, Effect
from amplify_job_resource._content.files import Entry
from amplify_job_resource._content.manifest import MOST_LISTED, Manifest
from amplify_job_resource._content.names import LONGEST
from amplify_job_resource._content.zip_source import MOST_BYTES
from amplify_job_resource._engine import plugin_process
from amplify_job_resource._inputs.deployment import DEPLOYMENT_INPUTS
from amplify_job_resource._inputs.limits import start_job_limits
from amplify_job_resource._inputs.request import JOB_INPUTS
from amplify_job_resource._inputs.schema import snake_case
from amplify_job_resource._preview.changes import Change, compare, first_release
from amplify_job_resource._preview.sentences import sentence
from amplify_job_resource._stack_defaults import LOG_LINES, LOOKAHEAD
from amplify_job_resource._state import DEPLOYMENT_OUTPUTS, OUTPUTS
from amplify_job_resource._upload.upload import LIMITS
from amplify_job_resource._values.unknown import UNKNOWN
from amplify_job_resource.emulator import (
    Control,
    Plan,
    Server,
    archives,
    plan_file,
    sources,
)
from amplify_job_resource.emulator.call_log import LONGEST_BODY, MOST_CALLS
from amplify_job_resource.emulator.faults import KINDS
from amplify_job_resource.emulator.models.deployments import KEPT
from amplify_job_resource.emulator.overview import JOBS
from amplify_job_resource.emulator.rules import Rule
from amplify_job_resource.emulator.verbs import READING, VERBS

from tests.engine.stack import Stack, clean_environment

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


def anchors(page: Path) -> set[str]:
    """The names by which a link can lead to a heading of a page, as GitHub makes them."""
    lines = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL).splitlines()
    titles = [line.lstrip("#").strip().lower() for line in lines if line.startswith("#")]
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_links_lead_somewhere(page: Path) -> None:
    """Each relative link of a page names a file or folder that is there, and a heading of it."""
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if link.startswith(("http://", "https://")):
            continue
        target, _, heading = link.partition("#")
        path = page.parent / target if target else page
        assert path.exists(), f"{page_id(page)} links to {link}"
        if heading:
            assert heading in anchors(path), f"{page_id(page)} links to {link}"


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_snippets_are_programs(page: Path) -> None:
    """Each Python snippet can be read, and imports only what is there."""
    for snippet in SNIPPET.findall(page.read_text(encoding="utf-8")):
        tree = ast.parse(snippet)
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("amplify"):
                module = __import__(node.module or "", fromlist=["*"])
                assert all(hasattr(module, name.name) for name in node.names)


#: What two pages have is run once.
SNIPPETS = [
    pytest.param(snippet, id=name)
    for snippet, name in {
        snippet: f"{page_id(page)}-{number}"
        for page in PAGES
        for number, snippet in enumerate(SNIPPET.findall(page.read_text(encoding="utf-8")), start=1)
    }.items()
]
TESTS = [entry for entry in SNIPPETS if "def test_" in str(entry.values[0])]
AUTOMATION = [
    entry
    for entry in SNIPPETS
    if "import automation" in str(entry.values[0]) and entry not in TESTS
]
#: Programs with the SDK that Pulumi generates; tests/native tests them.
NATIVE = [entry for entry in SNIPPETS if "import pulumi_amplify_job" in str(entry.values[0])]
PROGRAMS = [
    entry
    for entry in SNIPPETS
    if "import pulumi" in str(entry.values[0]) and entry not in (*AUTOMATION, *TESTS, *NATIVE)
]
SCRIPTS = [entry for entry in SNIPPETS if entry not in (*AUTOMATION, *PROGRAMS, *TESTS, *NATIVE)]


@pytest.mark.engine
@pytest.mark.parametrize("program", PROGRAMS)
def test_programs_release(program: str, emulator: Server, tmp_path: Path) -> None:
    """A Pulumi program of a page, pasted into a new project, releases on the emulator."""
    stack = Stack(tmp_path, program, emulator_url=emulator.url)
    if "Deployment(" in program:
        emulator.control.create_app("d1a2b3c4", ["main"], repository=False)
        (stack.cwd / "dist").mkdir()
        (stack.cwd / "dist" / "index.html").write_text("<h1>Hello</h1>")
    try:
        stack.up().ok()
        assert stack.job()["outputs"]["status"] == "SUCCEED"
    finally:
        stack.close()


def run_automation(script: str, folder: Path, url: str) -> subprocess.CompletedProcess[str]:
    """Run a script with the Automation API; its region and its Python are its own matter."""
    path = [entry for entry in os.environ["PATH"].split(os.pathsep) if not in_this_venv(entry)]
    environment = {
        **clean_environment(folder),
        "AWS_ENDPOINT_URL_AMPLIFY": url,
        "PATH": os.pathsep.join(path),
    }
    for name in ("PULUMI_PYTHON_CMD", "AWS_REGION"):
        del environment[name]
    for name in ("home", "pulumi", "state"):
        (folder / name).mkdir()
    return subprocess.run(
        [sys.executable, "-c", script],
        check=False,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )


@pytest.mark.engine
@pytest.mark.parametrize("script", AUTOMATION)
def test_the_automation_api_releases(script: str, emulator: Server, tmp_path: Path) -> None:
    """The script needs nothing but what it sets, whichever `python3` is first on PATH."""
    done = run_automation(script, tmp_path, emulator.url)
    assert done.stdout == "SUCCEED\n", done.stderr


@pytest.mark.engine
@pytest.mark.parametrize("script", AUTOMATION)
def test_the_automation_api_tells_why_a_release_failed(
    script: str, emulator: Server, tmp_path: Path
) -> None:
    """The script ends with the reason alone, and not with a traceback."""
    emulator.control.default_plan(Plan.instant(outcome="FAILED", status_reason="out of memory"))
    done = run_automation(script, tmp_path, emulator.url)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Amplify job d1a2b3c4/main/1 FAILED" in done.stderr
    assert "step BUILD FAILED: out of memory" in done.stderr
    assert "Traceback" not in done.stderr
    assert "update failed" not in done.stderr


def in_this_venv(folder: str) -> bool:
    return Path(folder).resolve() == Path(sys.prefix, "bin").resolve()


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_run(script: str, tmp_path: Path) -> None:
    """A script of a page runs as it is, and what it asserts holds."""
    done = subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning:__main__", "-c", script],
        check=False,
        cwd=tmp_path,
        env={**os.environ, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.engine
@pytest.mark.parametrize("test", TESTS)
def test_tests_pass(test: str, tmp_path: Path) -> None:
    """A test of a page passes as it is, in a file of its own, whatever AWS settings somebody has."""
    (tmp_path / "test_page.py").write_text(test, encoding="utf-8")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST_", "PULUMI_", "AWS_"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_page.py"],
        check=False,
        cwd=tmp_path,
        env={**kept, "AWS_PROFILE": "none", "AWS_ENDPOINT_URL_AMPLIFY": "http://127.0.0.1:1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_each_way_to_run_a_snippet_is_used() -> None:
    """No kind of snippet is left out because nothing was found."""
    assert PROGRAMS
    assert AUTOMATION
    assert TESTS
    assert SCRIPTS


def rows(heading: str, page: str = "docs/reference.md") -> dict[str, list[str]]:
    """The rows of the tables below a heading (or the page's title), by names in the first cell."""
    content = text(page)
    part = (content.partition(f"## {heading}\n")[2] if heading else content).partition("\n## ")[0]
    found = {}
    for line in part.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        for name in re.findall(r"`(\w+)`", cells[0] if line.startswith("|") else ""):
            found[name] = cells
    return found


def test_the_reference_has_every_input() -> None:
    """Names, state keys, defaults, and what means a release are those of the code."""
    table = rows("Inputs")
    assert list(table) == list(JOB_INPUTS.keys) == list(JobArgs.__dataclass_fields__)
    for name, cells in table.items():
        key = JOB_INPUTS.keys[name]
        assert cells[1] == f"`{key}`"
        assert (cells[3] == "release") == (key in JOB_INPUTS.release_keys), name
        if key in JOB_INPUTS.defaults:
            assert cells[2].strip("`").lower() == str(JOB_INPUTS.defaults[key]).lower(), name


def test_the_reference_has_every_input_of_a_deployment() -> None:
    """The same, for what a program gives; an input of both resources has the same row but for words."""
    table, of_jobs = rows("Inputs of a Deployment"), rows("Inputs")
    assert list(table) == list(DEPLOYMENT_INPUTS.given) == list(DeploymentArgs.__dataclass_fields__)
    for name, cells in table.items():
        key = DEPLOYMENT_INPUTS.keys[name]
        assert cells[1] == f"`{key}`"
        assert (cells[3] == "release") == (key in DEPLOYMENT_INPUTS.release_keys), name
        if key in DEPLOYMENT_INPUTS.defaults:
            assert cells[2].strip("`").lower() == str(DEPLOYMENT_INPUTS.defaults[key]).lower()
        if name in of_jobs:
            assert cells[:4] == of_jobs[name][:4]
        for word in DEPLOYMENT_INPUTS.by_key[key].input.words or ():
            assert f"`{word.value}`" in cells[4]


def test_the_reference_has_every_output_of_a_deployment() -> None:
    """What is derived from the source has a row, and what a Job has as well is named."""
    derived = {row.name: row.key for row in DEPLOYMENT_INPUTS.rows if row.input.is_derived}
    table = rows("Outputs of a Deployment")
    assert {name: cells[1].strip("`") for name, cells in table.items()} == derived
    part = text("docs/reference.md").partition("## Outputs of a Deployment\n")[2]
    named = re.findall(r"`(\w+)`", part.partition("; and:")[0])
    assert named == list(DEPLOYMENT_OUTPUTS)


def test_the_pages_have_the_bounds_of_contents() -> None:
    """How many files are listed in state, how large a deployment may be, how often it is uploaded."""
    reference, behaviour = text("docs/reference.md"), text("docs/behaviour.md")
    assert f"more than {MOST_LISTED:,} files" in reference
    assert f"kept for {MOST_LISTED:,} files at most" in behaviour
    assert f"more than {MOST_BYTES // 1024**3} GB" in reference
    assert f"more than {LONGEST:,} bytes" in reference
    assert LIMITS.tries == 5
    assert "up to five times" in text("docs/reliability.md")


def test_the_reference_has_aws_s_limits() -> None:
    """The longest text that an input may be is the one of AWS's model."""
    table = rows("Inputs")
    for key, limit in start_job_limits().items():
        if limit.maximum and not limit.enum and key != "sourceJobId":
            assert f"{limit.maximum:,} characters" in table[snake_case(key)][5], key


def test_the_reference_has_every_failure() -> None:
    """Each way in which a release fails is told, and whether its job is recorded."""
    table = rows("How a release fails")
    with_job = {name for name in table if table[name][2] == "the job"}
    assert with_job == {cls.__name__ for cls in JobError.__subclasses__()}
    assert set(table) == with_job | {"NotStarted", "StartUnknown"}


def test_the_reference_has_what_each_error_carries() -> None:
    """Each attribute that an error's docstring documents is in the table, at its class."""
    table = rows("What an error carries")
    told = {
        (cls, attribute)
        for attribute, cells in table.items()
        for cls in re.findall(r"`(\w+)`", cells[1])
    }
    documented = {
        (name, attribute)
        for name, cls in vars(errors).items()
        if inspect.isclass(cls) and cls.__module__ == errors.__name__
        for attribute in re.findall(
            r"^ {8}(\w+): ", (cls.__doc__ or "").partition("Attributes:")[2], re.MULTILINE
        )
    }
    assert told == documented


def shown_default(value: Any) -> str:
    """A default as a table shows it."""
    if isinstance(value, bool):
        return str(value).lower()
    return "none" if value in (None, ()) else str(value).removesuffix(".0")


CONTROL_PAGE = "docs/emulator-control.md"


def test_the_emulator_s_pages_have_every_plan_and_fault() -> None:
    """Fields of plans with their defaults, keys of rules, kinds of faults, and what `Control` does."""
    shown = {name: cells[1].strip("`") for name, cells in rows("Plans", CONTROL_PAGE).items()}
    assert shown == {field.name: shown_default(field.default) for field in fields(Plan)}
    keys = {name: cells[1].strip("`") for name, cells in rows("Plan files", CONTROL_PAGE).items()}
    defaults = {field.name: shown_default(field.default) for field in fields(Rule)}
    assert keys == {**defaults, "plan": "required", "times": "all"}
    assert list(rows("Faults", CONTROL_PAGE)) == list(KINDS)
    control = {name for name, _ in inspect.getmembers(Control, inspect.isfunction)}
    told = set(rows("Control", CONTROL_PAGE))
    assert told == {name for name in control if not name.startswith("_")}


def test_the_emulator_s_pages_have_every_verb() -> None:
    """Each verb of the HTTP endpoint with its arguments, and no other."""
    part = text(CONTROL_PAGE).partition("\n## Over HTTP\n")[2].partition("\n| verb |")[2]
    told = {}
    for line in part.partition("\n\n")[0].splitlines()[2:]:
        verbs, arguments, _ = line.strip("|").split(" |", 2)
        named = re.findall(r"`(\w+)`", re.sub(r"\((?:[^()]|\(.*?\))*\)", "", arguments))
        told.update(dict.fromkeys(re.findall(r"`(\w+)`", verbs), named))
    parameters = {name: sorted(inspect.signature(verb).parameters) for name, verb in VERBS.items()}
    assert {name: sorted(named) for name, named in told.items()} == parameters
    assert "".join(f"`{name}`, " for name in sorted(READING))[:-2] in part


def test_the_plan_file_of_the_emulator_s_pages_is_read(tmp_path: Path) -> None:
    """The example is a plan file, and the example of an error is the error of the example."""
    section = text(CONTROL_PAGE).partition("\n## Plan files\n")[2]
    example = section.partition("```yaml\n")[2].partition("```")[0]
    path = tmp_path / "plans.yaml"
    path.write_text(example, encoding="utf-8")
    assert len(plan_file.read(path).rules) == 3
    path.write_text(example.replace("build: 5}", "build: fast}", 1), encoding="utf-8")
    with pytest.raises(ValueError, match="not 'fast'") as caught:
        plan_file.read(path)
    shown = section.partition("```text\n")[2].partition("```")[0]
    assert str(caught.value) == f"{tmp_path}/{shown.strip()}"


def test_the_emulator_s_pages_have_its_bounds() -> None:
    """How much can be deployed, how long sources are waited for, whose files and calls are kept."""
    page = text("docs/emulator-files.md")
    part = page.partition("## Deployments of files\n")[2].partition("\n## ")[0]
    assert f"{archives.MOST_BYTES // 1024**2} MiB and {archives.MOST_FILES:,} files" in part
    assert f"stalls for {sources.PATIENCE:.0f} seconds" in part
    assert KEPT == 3
    assert "its last three deployments" in part
    assert f"the last {MOST_CALLS:,} requests" in text(CONTROL_PAGE)
    assert f"bodies of up to {LONGEST_BODY:,} characters of JSON" in text(CONTROL_PAGE)
    assert JOBS == 10
    assert "the newest ten jobs" in text("docs/emulator-server.md")


def test_the_server_s_page_has_every_option() -> None:
    """Each option of the server is told, and no other."""
    module = [sys.executable, "-m", "amplify_job_resource.emulator", "--help"]
    shown = subprocess.run(module, check=True, capture_output=True, text=True).stdout
    options = re.compile(r"--[a-z]+(?:-[a-z]+)*")
    told = set(options.findall(text("docs/emulator-server.md")))
    assert told == set(options.findall(shown)) - {"--help"}


def test_the_plugin_s_page_has_every_option(pytestconfig: pytest.Config) -> None:
    """Each ini option of the pytest plugin is told, and no other."""
    ours = {name for name in pytestconfig._parser._inidict if name.startswith("amplify")}
    assert set(rows("Options", "docs/emulator-pytest.md")) == ours


RECORDED = {"appId": "d1a2", "branchName": "main", "commitId": "1f3c9e2", "jobId": "42"}


@pytest.mark.parametrize(
    "change",
    [
        first_release({**RECORDED, "commitId": "8b02d4a"}),
        compare({**RECORDED, "status": "SUCCEED"}, {**RECORDED, "commitId": "8b02d4a"}),
        compare(
            {**RECORDED, "commitId": "8b02d4a", "triggers": {"API_URL": "a"}},
            {**RECORDED, "commitId": "8b02d4a", "triggers": {"API_URL": "b"}},
        ),
        compare({**RECORDED, "jobId": "41", "status": "FAILED"}, RECORDED),
        compare({**RECORDED, "status": "RUNNING"}, RECORDED),
        compare({**RECORDED, "status": "SUCCEED"}, {**RECORDED, "commitMessage": "fixed"}),
    ],
    ids=sentence,
)
def test_the_lines_of_a_preview_are_those_that_are_said(change: Change) -> None:
    """Each line that docs/behaviour.md has for a preview is made by the code, word for word."""
    assert f"\n| `{sentence(change)}` |" in text("docs/behaviour.md")


def files(*names: str, **members: Any) -> dict[str, Any]:
    """A deployment of files as it is in state; those whose names have a sign behind them changed."""
    manifest = Manifest.of({name[0]: Entry(f"{len(name):032}", 433) for name in names})
    found = {
        "source": "dist",
        "contentDigest": manifest.digest,
        "manifest": manifest.to_text(),
        "fileCount": len(names),
        "totalBytes": manifest.total_bytes,
    }
    return {"appId": "d1a2", "branchName": "main", **found, **members}


DEPLOYED = files("a", "b", "c", jobId="41", status="SUCCEED")
S3 = {"source": "s3://bucket/site/", "manifest": None, "fileCount": None, "totalBytes": None}


@pytest.mark.parametrize(
    "change",
    [
        first_release(files("a", "b", "c")),
        compare(DEPLOYED, files("a'", "b", "d")),
        compare({**DEPLOYED, "manifest": None}, files("a'", "b", "c", manifest=None)),
        compare(DEPLOYED, files(contentDigest=UNKNOWN, source=UNKNOWN)),
        first_release({**DEPLOYED, **S3}),
        first_release({**DEPLOYED, **S3, "secretInputs": ["source"]}),
        compare({**DEPLOYED, "status": "FAILED"}, files("a", "b", "c")),
        compare(DEPLOYED, files("a", "b", "c", source="out")),
    ],
    ids=sentence,
)
def test_the_lines_of_files_are_those_that_are_said(change: Change) -> None:
    """Each line that docs/behaviour.md has for a deployment is made by the code, word for word."""
    part = text("docs/behaviour.md").partition("## Deployments of files\n")[2]
    assert f"\n| `{sentence(change)}` |" in part.partition("\n## ")[0]


def test_the_reference_has_every_output() -> None:
    """Names and state keys of the outputs are those of the code."""
    assert {name: cells[1].strip("`") for name, cells in rows("Outputs").items()} == OUTPUTS


def test_documented_variables_are_read() -> None:
    """Each AMPLIFY_JOB_ variable that a page names is read by the code, and the other way round."""
    code = "".join(path.read_text() for path in (ROOT / "amplify_job_resource").rglob("*.py"))
    named = re.compile(r"\bAMPLIFY_JOB_[A-Z_]+\b")
    assert set(named.findall("".join(map(Path.read_text, PAGES)))) == set(named.findall(code))


def test_configuration_has_every_setting() -> None:
    """The table has each `aws:` setting that a row of the code knows; those without effect say so."""
    section = text("docs/configuration.md").partition("| stack config |")[2].partition("\n\n")[0]
    effects: dict[str, str] = {}
    for line in section.splitlines():
        named = re.findall(r"`aws:(\w+)`", line.rpartition(" | ")[0])
        effects.update(dict.fromkeys(named, line.rpartition(" | ")[2]))
    assert effects.keys() == SETTINGS.keys()
    for name, row in SETTINGS.items():
        assert effects[name].startswith("nothing") is (row.effect is not Effect.USED), name
        assert ("a preview says so" in effects[name]) is (row.effect is Effect.IGNORED), name
    assert {f"`{LOOKAHEAD}`", f"`{LOG_LINES}`"} <= set(re.findall(r"`amplify-job:\w+`", section))


def test_the_seams_are_those_of_the_code() -> None:
    """docs/plugin-process.md has each seam that `plugin_process.py` names, and its bound on calls."""
    table = (plugin_process.__doc__ or "").partition("The seams, and what is lost without them:\n")[
        2
    ]
    assert list(rows("", "docs/plugin-process.md"))[:5] == re.findall(
        r"^ +(\w+) ", table, re.MULTILINE
    )
    assert f"\n{plugin_process.MAX_CALLS} creates, " in text("docs/plugin-process.md")


def test_contributing_names_every_module() -> None:
    """The tree in CONTRIBUTING has each module and folder of the package, and no other."""
    tree = text("CONTRIBUTING.md").partition("amplify_job_resource/\n")[2].partition("\ntests/")[0]
    there = {
        path.name if path.is_file() else f"{path.name}/"
        for path in (ROOT / "amplify_job_resource").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert set(re.findall(r"\w+(?:\.py|/)", tree)) == there - {"__init__.py"}


def test_contributing_names_files_that_exist() -> None:
    """Each file that the answers and recipes name is there."""
    page = text("CONTRIBUTING.md")
    for name in re.findall(
        r"`(_\w+/\w+\.py|_[a-z]\w+\.py|(?:resource|deployment|provider)\.py)`", page
    ):
        assert (ROOT / "amplify_job_resource" / name).exists(), name


@pytest.mark.parametrize("folder", ["docs", "docs/decisions"])
def test_each_page_is_listed(folder: str) -> None:
    """The overview of a folder of documents links to each of them."""
    listed = re.findall(r"\]\(([\w.-]+\.md)\)", text(f"{folder}/README.md"))
    pages = [path.name for path in sorted((ROOT / folder).glob("*.md"))]
    assert sorted(listed) == [name for name in pages if name != "README.md"]


def test_documented_make_targets_exist() -> None:
    """Each `make` target that a page names is in the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    for page in PAGES:
        content = page.read_text(encoding="utf-8")
        named = set(re.findall(r"(?:^|`)make (?:-C \S+ )?([a-z][a-z-]*)", content, re.MULTILINE))
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
    source = Path(sys.modules[BranchApi.__module__].__file__ or "").read_text(encoding="utf-8")
    called = set(re.findall(r"_clients\.(?:retrying|single_attempt)\.([a-z_]+)\(", source))
    names = {"amplify:" + "".join(word.title() for word in call.split("_")) for call in called}
    assert {action for action, _ in allowed} == names
    branch = "apps/d1a2b3c4/branches/main"
    assert ("amplify:GetApp", "apps/d1a2b3c4") in allowed
    assert ("amplify:ListDomainAssociations", "apps/d1a2b3c4") in allowed
    assert {("amplify:ListJobs", branch), ("amplify:ListJobs", f"{branch}/jobs/*")} <= allowed
    assert ("amplify:StartJob", f"{branch}/jobs/*") in allowed
    assert {("amplify:CreateDeployment", branch), ("amplify:StartDeployment", branch)} <= allowed


@pytest.mark.parametrize(
    "words",
    [
        "no Amplify job was started for",
        "the branch is busy: ",
        "it is unknown whether an Amplify job was started for",
        "has not ended: ",
        "is not connected to a repository",
        "is connected to a repository, and AWS deploys files only to an app without one",
        "does not exist: build the site first, or correct the path",
        "so that the site would have no page at /",
        "leads out of the folder, to ",
        "this is a repository with all its history, which would be public",
        "cannot be deployed. It is a secret, so what is wrong is not shown here",
        "has changed while it was being deployed",
        "the files were not uploaded: ",
        ", which was created for it, could not be stopped, and blocks the branch until it is.",
        " is a deployment that may wait for its files",
        "was created for a deployment that was cut off, and never started: stopping it",
        "cannot be started with StartJob, AWS refuses it",
        "has auto-build enabled (enableAutoBuild)",
        "The credentials need amplify:",
        "The region is ",
        "The credentials come from ",
        "please report it",
        "cannot be shown: ",
        "AWS has no log of job ",
        " is no setting of ",
        " has no resource ",
        " must be text, not ",
    ],
)
def test_quoted_messages_are_those_of_the_code(words: str) -> None:
    """The fixed part of each message that troubleshooting quotes is made by the code."""
    code = "".join(
        path.read_text() for path in (ROOT / "amplify_job_resource").rglob("*.py")
    ).replace('"\n            "', "")
    assert words in re.sub(r'"\s*\n\s*f?"', "", code)
    assert words.strip() in text("docs/troubleshooting.md")


def test_no_page_has_two_sections_of_the_same_name() -> None:
    """A reader who follows a link to a section comes to the right one."""
    for page in PAGES:
        prose = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        headings = re.findall(r"^#+ .*$", prose, re.MULTILINE)
        assert [heading for heading in headings if headings.count(heading) > 1] == [], page
