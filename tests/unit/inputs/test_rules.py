"""What is wrong with a set of inputs."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from amplify_job_resource._inputs.request import JOB_INPUTS
from amplify_job_resource._inputs.rules import problems
from amplify_job_resource._inputs.schema import Form, Row, snake_case
from amplify_job_resource._inputs.secrets import SECRET_INPUTS
from amplify_job_resource._values.unknown import UNKNOWN
from hypothesis import given
from hypothesis import strategies as st

GOOD = {"appId": "d1a2", "branchName": "main"}


def found(**inputs: Any) -> dict[str, str]:
    """The problems of good inputs with these changes, by key."""
    listed = problems({**GOOD, **inputs})
    reasons = {problem.key: problem.reason for problem in listed}
    assert len(reasons) == len(listed), f"more than one problem with one input: {listed}"
    return reasons


@pytest.mark.parametrize(
    "inputs",
    [
        {},
        {"branchName": "feature/a b/ünï"},
        {"branchName": "two\nlines"},
        {"branchName": "x" * 255},
        {"jobType": "WEB_HOOK"},
        {"jobType": "RETRY", "sourceJobId": "12"},
        {"commitId": "1f3c9e2", "commitMessage": "m" * 10_000, "jobReason": "r" * 255},
        {"commitMessage": "line\n\nparagraph"},
        {"commitTime": "2026-11-25T18:00:00Z"},
        {"commitTime": 1_795_629_600.0},
        {"triggers": {}},
        {"triggers": []},
        {"triggers": {"env": {"deep": [1, None, True, 1.5, "text", UNKNOWN]}}},
        {"waitForCompletion": False, "allowFailure": True, "lookahead": True},
        {"logLines": 0},
        {"logLines": 1000.0},
        {"commitId": "1f3c9e2", "verifyCommit": True, "skipIfBuilt": True},
        {"onBusy": "adopt"},
        {"onBusy": "stop"},
        {"onBusy": "fail"},
        {"region": "us-gov-west-1"},
        {"region": "ap-southeast-2", "profile": "ci"},
        {"__provider": "a pickle", "commitId": None},
    ],
)
def test_good_inputs_have_no_problem(inputs: dict[str, Any]) -> None:
    """What StartJob takes passes, and keys that are no inputs are not looked at."""
    assert found(**inputs) == {}


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("appId", None, "app_id is required"),
        ("appId", "", "app_id is empty"),
        ("appId", "main", "app_id 'main' is not of the form"),
        ("appId", "d1A2", "app_id 'd1A2' is not of the form"),
        ("appId", "d1a2\n", "is not of the form"),
        ("appId", "d" * 21, "app_id has 21 characters; AWS allows at most 20"),
        ("appId", 12.0, "app_id must be text, not 12"),
        ("branchName", None, "branch_name is required"),
        ("branchName", "", "branch_name is empty"),
        ("branchName", "x" * 256, "branch_name has 256 characters; AWS allows at most 255"),
        ("branchName", ["main"], "branch_name must be text, not ['main']"),
        ("jobType", "release", "must be one of RELEASE, RETRY, WEB_HOOK, not 'release'"),
        ("jobReason", "r" * 256, "job_reason has 256 characters"),
        ("commitId", "c" * 256, "commit_id has 256 characters"),
        ("commitId", "", "commit_id is empty: give a value or leave it out"),
        ("commitId", 1234567.0, "commit_id must be text, not 1234567"),
        ("commitMessage", "m" * 10_001, "commit_message has 10001 characters"),
        ("commitTime", "yesterday", "commit_time must be RFC 3339 text"),
        ("commitTime", True, "not True"),
        ("triggers", "abc", "triggers must be a map or a list, not 'abc'"),
        ("triggers", {"a": [{"b": Path()}]}, "triggers hold a value of type PosixPath"),
        ("triggers", [UNKNOWN, Path()], "triggers hold a value of type PosixPath"),
        ("commitMessage", object(), "commit_message must be text, not object"),
        ("waitForCompletion", "false", "wait_for_completion must be true or false, not 'false'"),
        ("allowFailure", 1.0, "allow_failure must be true or false, not 1"),
        ("verifyCommit", "yes", "verify_commit must be true or false"),
        ("skipIfBuilt", 0.0, "skip_if_built must be true or false"),
        ("lookahead", "true", "lookahead must be true or false"),
        ("logLines", -1.0, "log_lines must be a whole number from 0 to 1000, not -1"),
        ("logLines", 1001, "log_lines must be a whole number from 0 to 1000, not 1001"),
        ("logLines", 0.5, "log_lines must be a whole number"),
        ("logLines", True, "log_lines must be a whole number from 0 to 1000, not True"),
        ("logLines", "20", "log_lines must be a whole number"),
        ("logLines", float("nan"), "log_lines must be a whole number"),
        ("logLines", float("inf"), "log_lines must be a whole number"),
        ("logLines", 10**400, "log_lines must be a whole number"),
        ("onBusy", "queue", "on_busy must be one of wait, adopt, stop, fail, not 'queue'"),
        ("region", "Ireland", "region 'Ireland' is not the name of a region"),
        ("region", "eu-west-1\n", "is not the name of a region"),
        ("profile", "", "profile is empty"),
    ],
)
def test_each_input_has_its_rule(key: str, value: Any, reason: str) -> None:
    """A bad value is one problem, at that input, under its Python name."""
    listed = found(**{key: value})
    assert set(listed) == {key}
    assert reason in listed[key]
    assert listed[key].startswith(snake_case(key))


def test_manual_is_refused_with_its_reason() -> None:
    """`MANUAL` names what AWS has for it, before AWS refuses it in its own odd words."""
    reason = found(jobType="MANUAL")["jobType"]
    assert "AWS refuses it" in reason
    assert "CreateDeployment and StartDeployment" in reason


@pytest.mark.parametrize(
    ("inputs", "key", "reason"),
    [
        ({"jobType": "RETRY"}, "sourceJobId", "is required: a RETRY re-runs the job that it names"),
        ({"sourceJobId": "4"}, "sourceJobId", "is only for job_type RETRY, not for RELEASE"),
        ({"jobType": "WEB_HOOK", "sourceJobId": "4"}, "sourceJobId", "not for WEB_HOOK"),
        ({"verifyCommit": True}, "verifyCommit", "needs a commit_id to compare with"),
        ({"skipIfBuilt": True}, "skipIfBuilt", "needs a commit_id to compare with"),
        (
            {"jobType": "RETRY", "sourceJobId": "4", "commitId": "1f3c9e2", "skipIfBuilt": True},
            "skipIfBuilt",
            "cannot be combined with job_type RETRY",
        ),
        ({"jobType": "RETRY", "sourceJobId": "x4"}, "sourceJobId", "is not of the form"),
    ],
)
def test_inputs_must_go_together(inputs: dict[str, Any], key: str, reason: str) -> None:
    """Rules over more than one input name the input to change."""
    listed = found(**inputs)
    assert set(listed) == {key}
    assert reason in listed[key]


def test_all_problems_come_at_once() -> None:
    """One look shows everything that is wrong, rules over several inputs included."""
    listed = found(
        appId="x",
        branchName=None,
        commitTime="noon",
        onBusy="queue",
        jobType="RETRY",
        verifyCommit=True,
        region="mars",
    )
    assert set(listed) == {
        "appId",
        "branchName",
        "commitTime",
        "onBusy",
        "sourceJobId",
        "verifyCommit",
        "region",
    }


def test_a_bad_input_is_not_blamed_twice() -> None:
    """A rule over several inputs says nothing of those that are wrong by themselves."""
    assert set(found(jobType="MANUAL", sourceJobId="4")) == {"jobType"}
    assert set(found(jobType="release", sourceJobId="4")) == {"jobType"}
    assert set(found(jobType="RETRY", sourceJobId="")) == {"sourceJobId"}


@pytest.mark.parametrize("key", JOB_INPUTS.keys.values())
def test_any_input_may_be_unknown(key: str) -> None:
    """What is known only after the update passes, alone and with all others unknown."""
    assert key not in found(**{key: UNKNOWN})
    assert found(**dict.fromkeys(JOB_INPUTS.keys.values(), UNKNOWN)) == {}


@given(
    st.recursive(
        st.just(UNKNOWN) | st.integers(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    ).filter(lambda value: isinstance(value, (list, dict)))
)
def test_unknowns_pass_inside_triggers(value: Any) -> None:
    """A trigger may be unknown at any depth."""
    assert found(triggers=value) == {}


def test_an_unknown_job_type_may_be_a_retry() -> None:
    """With an unknown job type a source job may be right, and its absence as well."""
    assert found(jobType=UNKNOWN, sourceJobId="4") == {}
    assert found(jobType=UNKNOWN) == {}
    assert found(jobType="RETRY", sourceJobId=UNKNOWN) == {}


@pytest.mark.parametrize("secrets", [["commitId"], UNKNOWN])
def test_a_secret_is_not_shown(secrets: Any) -> None:
    """The reason why a secret input is wrong does not hold it, nor while secrecy is unknown."""
    listed = found(**{"commitId": 987654321.0, SECRET_INPUTS: secrets})
    assert set(listed) == {"commitId"}
    assert "987654321" not in listed["commitId"]
    assert "is a secret" in listed["commitId"]


def test_a_long_value_is_cut() -> None:
    """A reason shows at most some sixty characters of a value."""
    reason = found(onBusy="q" * 5000)["onBusy"]
    assert len(reason) < 150
    assert "..." in reason


def test_another_front_names_the_inputs_its_own_way() -> None:
    """A sentence calls each input what the user calls it, also where it refers to another input."""
    listed = problems({"appId": "d1a2", "verifyCommit": True}, str.upper)
    assert [problem.reason for problem in listed] == [
        "BRANCHNAME is required: give the branch's name",
        "VERIFYCOMMIT needs a COMMITID to compare with",
    ]


@pytest.mark.parametrize("row", JOB_INPUTS.rows, ids=lambda row: row.name)
def test_no_input_takes_just_any_value(row: Row) -> None:
    """Every input refuses a number that is not finite: none was forgotten in the rules."""
    assert row.key in found(**{row.key: math.nan})


@pytest.mark.parametrize(
    "key", [row.key for row in JOB_INPUTS.rows if row.input.form in (Form.TEXT, Form.PROSE)]
)
def test_no_secret_text_is_shown(key: str) -> None:
    """Whichever input is a secret, the sentence about a wrong value does not hold it."""
    listed = found(**{key: ["hush"], SECRET_INPUTS: [key]})
    assert set(listed) == {key}
    assert "hush" not in listed[key]


def test_a_rule_over_two_inputs_shows_no_secret() -> None:
    """The sentence about one input does not hold the value of another one that is a secret."""
    listed = found(sourceJobId="3", jobType="WEB_HOOK", **{SECRET_INPUTS: ["jobType"]})
    assert listed == {"sourceJobId": "source_job_id is only for job_type RETRY, not for [secret]"}


@pytest.mark.parametrize("row", [row for row in JOB_INPUTS.rows if row.input.form is Form.TEXT])
@pytest.mark.parametrize("blank", [" x", "x ", "x\n", "\tx"])
def test_a_name_has_no_space_around_it(row: Row, blank: str) -> None:
    """The line break that `git rev-parse` prints makes another name, and so is refused."""
    assert row.key in found(**{row.key: blank})


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("1f3c9e2\n", r"ends with '\n': remove it, as with .strip()"),
        (" 1f3c9e2 ", "begins with ' ': remove it, as with .strip()"),
    ],
)
def test_the_space_is_shown(value: str, reason: str) -> None:
    """The reason shows what stands before or behind a name."""
    assert found(commitId=value) == {"commitId": f"commit_id {reason}"}


@pytest.mark.parametrize("key", ["commitMessage", "jobReason"])
def test_prose_may_have_space_around_it(key: str) -> None:
    """Words for people are taken as they are, as from a file with a line break at its end."""
    assert found(**{key: " two\n\nparagraphs\n"}) == {}
