"""The workflows are sound, and say what the Makefile and the tools say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from tools import check_workflows, pulumi_cli, test_matrix
from tools.check_workflows import ROOT, WORKFLOWS, files, passes

OURS = ROOT / ".github"
SETUP = OURS / "actions" / "setup" / "action.yml"
PINNED = re.compile(r"uses: ([\w.-]+/[\w./-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)")
SYSTEMS = ["ubuntu-latest", "macos-latest"]


def load(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    """The jobs of this repository's workflows, by the file's and the job's name."""
    for path in sorted(OURS.glob("workflows/*.yml")):
        for name, job in load(path)["jobs"].items():
            yield f"{path.stem}/{name}", job


JOBS = dict(jobs())


def texts() -> Iterator[str]:
    """The lines of all workflows and actions here and in the examples."""
    for name in [*files(WORKFLOWS), str(SETUP.relative_to(ROOT))]:
        yield from (ROOT / name).read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("command", check_workflows.offline(), ids=lambda each: Path(each[-1]).name)
def test_checkers_find_nothing(command: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    """Workflows and forms have only keys that GitHub knows, and nothing that an attacker could use."""
    assert passes(command), "".join(capfd.readouterr())


def test_actions_are_pinned() -> None:
    """Each action is named by a full commit with its version, which is the same in all places."""
    uses = [line.strip().removeprefix("- ") for line in texts() if re.match(r"[\s-]*uses:", line)]
    pins = [PINNED.fullmatch(line) for line in uses if not line.startswith("uses: ./")]
    assert pins
    assert all(pins), [line for line in uses if not PINNED.fullmatch(line)]
    by_action = {(pin[1], pin[2], pin[3]) for pin in pins if pin}
    assert len(by_action) == len({action for action, *_ in by_action})


def test_dependabot_sees_all_pins() -> None:
    """Each folder with a workflow, an action or a Go tool is among those in which it looks."""
    seen = {
        (update["package-ecosystem"], found)
        for update in load(OURS / "dependabot.yml")["updates"]
        for folder in update["directories"]
        for found in ROOT.glob(folder.strip("/") or ".github/workflows")
    }
    workflows = {(ROOT / name).parent for name in files(WORKFLOWS)}
    tools = {path.parent for path in ROOT.glob("tools/**/go.mod")}
    assert {("github-actions", folder) for folder in workflows | {SETUP.parent}} <= seen
    assert {("gomod", folder) for folder in tools} <= seen


def test_the_matrix_is_that_of_make_test_matrix() -> None:
    """Each row of `make test-matrix` is run on each system, and no other row is named."""
    matrix = JOBS["ci/matrix"]["strategy"]["matrix"]
    rows = {
        (system, f"{dependencies}, Python {python}")
        for system in matrix["os"]
        for python in matrix["python"]
        for dependencies in matrix["dependencies"]
    }
    rows |= {
        (each["os"], f"{each['dependencies']}, Python {each['python']}")
        for each in matrix["include"]
    }
    oldest, *_, newest = test_matrix.VERSIONS
    here = [f"locked, Python {version}" for version in test_matrix.VERSIONS]
    here += [f"oldest, Python {oldest}", f"newest, Python {newest}"]
    assert rows == {(system, row) for system in SYSTEMS for row in here}
    source = Path(test_matrix.__file__).read_text(encoding="utf-8")
    for name in ("locked", "oldest", "newest"):
        assert f'f"{name}, Python {{' in source
    assert JOBS["ci/test"]["strategy"]["matrix"]["os"] == SYSTEMS
    tried = JOBS["distribution/try"]["strategy"]["matrix"]
    assert (tried["os"], tried["python"]) == (SYSTEMS, [oldest, newest])


def test_pulumi_is_the_one_that_is_built_here() -> None:
    """CI installs the version of the CLI with which developers without one test."""
    steps = load(SETUP)["runs"]["steps"]
    (pulumi,) = (step for step in steps if step.get("uses", "").startswith("pulumi/actions@"))
    assert pulumi["with"] == {"pulumi-version": pulumi_cli.pinned()}


def test_targets_are_those_of_the_makefile() -> None:
    """Each `make` in a workflow has a target that is there, and all checks are called."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    steps = [step.get("run", "") for job in JOBS.values() for step in job.get("steps", [])]
    steps += [step.get("run", "") for step in load(SETUP)["runs"]["steps"]]
    called = {
        target for step in steps for target in re.findall(r"^make ([\w-]+)", step, re.MULTILINE)
    }
    assert called >= {"setup", "check", "check-workflows", "docs", "explore", "test", "test-matrix"}
    assert called <= set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))


def test_permissions_are_the_least() -> None:
    """A workflow gives nothing; only two jobs get a token for an identity, one writes to GitHub."""
    for path in OURS.glob("workflows/*.yml"):
        assert load(path)["permissions"] == {}
    granted: dict[str, list[str]] = {}
    for name, job in JOBS.items():
        for permission, right in job["permissions"].items():
            if right == "write":
                granted.setdefault(permission, []).append(name)
    assert granted == {
        "id-token": ["release/attest", "release/publish"],
        "attestations": ["release/attest"],
        "contents": ["release/github-release"],
    }
    assert JOBS["release/publish"]["environment"] == "pypi"


def test_what_is_published_was_built_once_and_tried() -> None:
    """A release uploads the files that were tried: no job builds again or looks at the sources."""
    for name in ("attest", "publish", "github-release"):
        job = JOBS[f"release/{name}"]
        used = [step["uses"].partition("@")[0] for step in job["steps"] if "uses" in step]
        assert used[0] == "actions/download-artifact"
        assert "actions/checkout" not in used
    assert JOBS["release/attest"]["needs"] == "distribution"
    assert set(JOBS["release/publish"]["needs"]) == {"distribution", "attest"}
    assert "publish" in JOBS["release/github-release"]["needs"]


def test_jobs_end() -> None:
    """Each job that runs steps has a time limit, and each checkout leaves no credentials behind."""
    for name, job in JOBS.items():
        assert "uses" in job or job["timeout-minutes"] <= 90, name
        for step in job.get("steps", []):
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False, name
