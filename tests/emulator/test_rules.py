"""Rules and plan files: which jobs run how."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from amplify_job_resource.emulator import Control, Plan
from amplify_job_resource.emulator.plan_file import read

from tests.emulator.conftest import APP, Branch

PLANS = """
rules:
  - branch: feature/*
    plan: {status_reason: no such branch}
  - app: d1a2*
    commit: 1f3c*
    times: 1
    plan: {status_reason: no such commit}
  - message: "*[[]broken]*"
    plan: {status_reason: broken, build: 60}
default: {pending: 0, provisioning: 0, build: 0, outcome: FAILED}
"""


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    """A file in which to write plans."""
    return tmp_path / "plans.yaml"


def test_the_first_rule_that_applies_decides(
    emulator: Control, branch: Branch, plans: Path
) -> None:
    """By branch, commit and message; one that is used up is passed over; all else is by default."""
    plans.write_text(PLANS)
    emulator.plan_file(plans)
    branch.client.create_branch(appId=APP, branchName="feature/x")
    feature = Branch(branch.client, emulator, "feature/x")

    def reason(of: Branch, **members: str) -> Any:
        (step, *_) = of.steps(of.start(**members))
        assert step["status"] == "FAILED"
        return step.get("statusReason")

    assert reason(feature, commitMessage="[broken]") == "no such branch"
    named = {"commitId": "1f3c9e2", "commitMessage": "is [broken]"}
    assert reason(branch, **named) == "no such commit"
    job = branch.start(**named)
    assert branch.status(job) == "RUNNING"  # in a build of 60 seconds
    emulator.advance(60)
    assert branch.steps(job)[0]["statusReason"] == "broken"
    assert reason(branch) is None


def test_a_rule_looks_at_the_commit_that_was_pushed(
    emulator: Control, branch: Branch, plans: Path
) -> None:
    """A push names its commit, and a StartJob that names none is for the branch's head."""
    plans.write_text("rules: [{commit: bad*, plan: {status_reason: bad, outcome: FAILED}}]")
    emulator.plan_file(plans)
    emulator.push(APP, "main", "bad1")
    emulator.advance(1000)
    branch.start()
    emulator.advance(1000)
    assert [job["status"] for job in emulator.jobs(APP)] == ["FAILED", "FAILED"]


def test_plans_of_a_branch_come_first(emulator: Control, branch: Branch, plans: Path) -> None:
    """What `plan` sets is for the next jobs, whatever the rules; a file replaces the one before."""
    plans.write_text("rules: [{plan: {stuck: PENDING}}]")
    emulator.plan_file(plans)
    branch.plan(Plan.instant())
    assert branch.status(branch.start()) == "SUCCEED"
    plans.write_text("")
    emulator.plan_file(plans)
    emulator.default_plan(Plan.instant())
    assert branch.status(branch.start()) == "SUCCEED"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("rules: 7", 1, "rules is a list"),
        ("- a", 1, "the file is a mapping with default, rules"),
        ("\nrule: []", 2, "the file has no 'rule'; it can have default, rules"),
        ("default: {}\ndefault: {}", 2, "the file has default twice"),
        ("rules:\n  - app: d1", 2, "rules[0] has no plan"),
        ("rules:\n  - app: [d1]\n    plan: {}", 2, "rules[0].app is a text, not ['d1']"),
        ("rules:\n- plan: {}\n- commit: 123\n  plan: {}", 3, "rules[1].commit is a text, not 123"),
        ("rules: [{times: -1, plan: {}}]", 1, "rules[0].times is a whole number, not -1"),
        ("rules: [{times: yes, plan: {}}]", 1, "rules[0].times is a whole number, not True"),
        ("default:\n  build: fast", 2, "default.build is a number, not 'fast'"),
        ("default:\n  build: .nan", 2, "default.build is a number, not nan"),
        ("default:\n  padded_id: 1", 2, "default.padded_id is true or false, not 1"),
        ("default:\n  words: NEW", 2, "default.words is a list of texts, not 'NEW'"),
        ("default:\n  logs: x", 2, "default.logs is a mapping, not 'x'"),
        ("default:\n  speed: 1", 2, "default has no 'speed'; it can have created, pending"),
        (
            'default:\n  status_reason: "\\ud800"',
            2,
            "default: status_reason is no text: ",
        ),
        ("default:\n  artifacts: {a: 2}", 2, "default: artifacts is no text: "),
        ("default:\n  artifacts: {1: a}", 2, "default: the name of an artifact is no text: "),
        (
            "\ndefault:\n  step: TEST",
            3,
            "default: step is one of BUILD, DEPLOY, VERIFY, not 'TEST'",
        ),
        (
            "default: {}\nrules:\n- plan:\n    <<: {build: 1}",
            4,
            "merge keys are not read; rules[0].plan needs the keys themselves in place of <<",
        ),
        ("default:\n  build: 2026-13-01", 2, "default.build cannot be read: month must be in 1"),
        ("default:\n  !!int x: 1", 2, "a key of default cannot be read: invalid literal"),
        ("rules:\n- app: !!bool x\n  plan: {}", 2, "rules[0].app cannot be read: "),
        ("default: {}\nrules: [", 2, "this is no YAML: "),
        ("rules:\n- app: !!python/object/apply:os.getcwd []", 2, "this is no YAML: "),
    ],
)
def test_a_wrong_file_is_told_with_line_and_key(
    emulator: Control, plans: Path, text: str, line: int, words: str
) -> None:
    """The message begins with the file and the line, as editors and terminals know it."""
    plans.write_text(text)
    with pytest.raises(ValueError, match=r"plans\.yaml") as caught:
        emulator.plan_file(plans)
    assert str(caught.value).startswith(f"{plans}:{line}: {words}")


def test_a_file_that_is_nested_too_deep_is_told(plans: Path) -> None:
    """The message begins with the file."""
    plans.write_text("[" * 3000)
    with pytest.raises(ValueError, match=r"plans\.yaml: this is no YAML"):
        read(plans)


def test_a_rule_s_plan_begins_with_the_default(plans: Path) -> None:
    """What it leaves out is as in the file's default plan, wherever that stands."""
    plans.write_text("rules: [{plan: {outcome: FAILED}}]\ndefault: {build: 7, words: [NEW]}")
    found = read(plans)
    assert found.default == Plan(build=7, words=("NEW",))
    assert [rule.plan for rule in found.rules] == [Plan(build=7, words=("NEW",), outcome="FAILED")]


def test_a_plan_over_http_is_checked() -> None:
    """A request with a wrong field is refused when it comes, not when a job starts."""
    with pytest.raises(ValueError, match="build is a number, not 'fast'"):
        Plan.from_json({"build": "fast"})
    with pytest.raises(ValueError, match="a plan has no field 'speed'"):
        Plan.from_json({"speed": 1})
