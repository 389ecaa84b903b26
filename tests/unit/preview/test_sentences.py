"""The sentences of a preview."""

from __future__ import annotations

from typing import Any

import pytest
from amplify_job_resource._inputs.secrets import SECRET_INPUTS
from amplify_job_resource._preview.changes import ChangeKind, compare, first_release
from amplify_job_resource._preview.sentences import in_clear, sentence
from amplify_job_resource._values.unknown import UNKNOWN
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.preview.samples import CHANGES, NEW, NOTHING, OLD, RELEASE, VALUES


@pytest.mark.parametrize(("old", "new", "kind", "keys"), CHANGES)
def test_only_what_is_pending_is_told(
    old: dict[str, Any], new: dict[str, Any], kind: ChangeKind, keys: tuple[str, ...]
) -> None:
    """A change has a line, and where nothing is pending there is none."""
    assert bool(sentence(compare({**OLD, **old}, {**NEW, **new}))) is (kind is not NOTHING)


@pytest.mark.parametrize(
    ("old", "new", "summary"),
    [
        ({}, {"commitId": "8b02d4a111"}, "release d1a2/main: 1f3c9e2 -> 8b02d4a"),
        ({"commitId": None}, {}, "release d1a2/main: no commit -> 1f3c9e2"),
        ({}, {"commitId": None}, "release d1a2/main: 1f3c9e2 -> no commit"),
        (
            {},
            {"commitId": UNKNOWN},
            "release d1a2/main: 1f3c9e2 -> a commit known after the update",
        ),
        ({}, {"branchName": "dev"}, "release d1a2/main -> d1a2/dev at 1f3c9e2"),
        (
            {},
            {"appId": UNKNOWN},
            "release d1a2/main -> (app known after the update)/main at 1f3c9e2",
        ),
        (
            {"triggers": {"env": 1, "spec": 1}},
            {"triggers": {"env": 2, "spec": 1}},
            "release d1a2/main at 1f3c9e2: trigger env changed",
        ),
        (
            {"triggers": {"env": 1}},
            {"triggers": {"spec": 1}},
            "release d1a2/main at 1f3c9e2: triggers env, spec changed",
        ),
        (
            {"triggers": {}},
            {"triggers": dict.fromkeys("abcdefg", 1)},
            "release d1a2/main at 1f3c9e2: triggers a, b, c, d, e and 2 more changed",
        ),
        (
            {"triggers": {"env": 1}},
            {"triggers": {"env": UNKNOWN}},
            "release d1a2/main at 1f3c9e2: trigger env changed",
        ),
        (
            {},
            {"triggers": UNKNOWN},
            "release d1a2/main at 1f3c9e2: triggers are known after the update",
        ),
        ({"triggers": [1]}, {"triggers": [2]}, "release d1a2/main at 1f3c9e2: triggers changed"),
        (
            {},
            {"jobType": "RETRY", "sourceJobId": "3"},
            "release d1a2/main at 1f3c9e2: run job 3 again",
        ),
        (
            {"jobType": "RETRY", "sourceJobId": "3"},
            {"jobType": "RETRY", "sourceJobId": UNKNOWN, "commitId": None},
            "release d1a2/main: 1f3c9e2 -> no commit; run job known after the update again",
        ),
        (
            {"jobType": "RETRY", "sourceJobId": "3"},
            {},
            "release d1a2/main at 1f3c9e2: job_type RETRY -> RELEASE; source_job_id 3 -> none",
        ),
        (
            {},
            {"region": "us-east-1"},
            "release d1a2/main at 1f3c9e2: region eu-west-1 -> us-east-1",
        ),
        (
            {},
            {"jobType": UNKNOWN},
            "release d1a2/main at 1f3c9e2: job_type RELEASE -> known after the update",
        ),
        ({"status": "FAILED"}, {}, "release again: job 41 FAILED"),
        ({"status": "PENDING"}, {}, "keep waiting for job 41"),
        (
            {"verifyCommit": True},
            {"verifyCommit": True},
            "verify_commit: job 41 reports HEAD, not 1f3c9e2",
        ),
        (
            {},
            {"onBusy": "fail", "jobReason": "r"},
            "no release, only job_reason, on_busy changed",
        ),
    ],
)
def test_a_change_is_told_in_a_line(old: dict[str, Any], new: dict[str, Any], summary: str) -> None:
    """The line says what is pending and why, in words that a person at a preview can use."""
    assert sentence(compare({**OLD, **old}, {**NEW, **new})) == summary


@pytest.mark.parametrize(
    ("new", "summary"),
    [
        ({}, "release d1a2/main: 1f3c9e2"),
        ({"commitId": None}, "release d1a2/main"),
        ({"branchName": "two\nlines", "commitId": None}, "release d1a2/two lines"),
        (
            {"branchName": UNKNOWN},
            "release d1a2/(branch known after the update): 1f3c9e2",
        ),
        ({SECRET_INPUTS: ["commitId"]}, "release d1a2/main: [secret]"),
        ({"jobType": "RETRY", "sourceJobId": "3"}, "release d1a2/main: 1f3c9e2; run job 3 again"),
    ],
)
def test_a_first_release_is_told_in_a_line(new: dict[str, Any], summary: str) -> None:
    """A new resource's line says what will be released."""
    found = first_release({**NEW, **new})
    assert (found.kind, sentence(found)) == (RELEASE, summary)


@pytest.mark.parametrize("old_secret", [None, ["commitId"]])
@pytest.mark.parametrize("new_secret", [["commitId"], UNKNOWN])
def test_a_secret_commit_is_never_told(old_secret: Any, new_secret: Any) -> None:
    """Neither the old nor the new value of a commit that is, or may be, a secret is in a line."""
    old = {**OLD, "commitId": "topsecret1", SECRET_INPUTS: old_secret}
    new = {**NEW, "commitId": "topsecret2", SECRET_INPUTS: new_secret}
    for one in (new, {**new, "triggers": [1]}, {**new, "commitId": "topsecret1"}):
        found = compare(old, one)
        assert "topsecret" not in sentence(found), found
    assert "topsecret" not in sentence(first_release(new))


@pytest.mark.parametrize("secret_side", ["old", "new"])
@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"appId": "dsecret1"}, "release [secret]/main -> [secret]/main at 1f3c9e2"),
        ({"branchName": "secret1"}, "release d1a2/[secret] -> d1a2/[secret] at 1f3c9e2"),
        ({"region": "secret1"}, "release d1a2/main at 1f3c9e2: region [secret] -> [secret]"),
        (
            {"jobType": "RETRY", "sourceJobId": "3"},
            "release d1a2/main at 1f3c9e2: run job [secret] again",
        ),
        ({"jobType": "WEB_HOOK"}, "release d1a2/main at 1f3c9e2: job_type [secret] -> [secret]"),
        ({"triggers": {"secret": 1}}, "release d1a2/main at 1f3c9e2: triggers changed"),
        ({"profile": "secret1"}, "no release, only profile changed"),
    ],
)
def test_a_secret_input_is_never_told(secret_side: str, changed: dict[str, Any], line: str) -> None:
    """What is a secret on one side of a change is hidden on both, and so are secret triggers' keys."""
    secrets = {SECRET_INPUTS: list(changed)}
    old, new = dict(OLD), {**NEW, **changed}
    (old if secret_side == "old" else new).update(secrets)
    assert sentence(compare(old, new)) == line


def test_a_secret_that_cannot_be_kept_is_named() -> None:
    """The warning is about inputs, and has no value."""
    assert in_clear(["appId"]) == (
        "app_id is a secret, but also part of the resource's id, which Pulumi keeps and shows in clear"
    )
    assert in_clear(["appId", "branchName"]).startswith("app_id and branch_name are secrets, but")


def test_a_commit_that_was_a_secret_is_never_told() -> None:
    """A commit that was recorded as a secret stays one in the line that replaces it."""
    old = {**OLD, "commitId": "topsecret1", SECRET_INPUTS: ["commitId"]}
    assert sentence(compare(old, NEW)) == "release d1a2/main: [secret] -> 1f3c9e2"


@given(
    st.dictionaries(st.sampled_from(["a", "b", "c"]), VALUES),
    st.dictionaries(st.sampled_from(["a", "b", "c"]), VALUES),
)
def test_trigger_values_are_never_told(before: dict[str, Any], after: dict[str, Any]) -> None:
    """A line names which triggers changed and holds no value: triggers may hold secrets."""
    allowed = {
        f"release d1a2/main at 1f3c9e2: {what} changed"
        for what in (
            "trigger a",
            "trigger b",
            "trigger c",
            "triggers a, b",
            "triggers a, c",
            "triggers b, c",
            "triggers a, b, c",
        )
    }
    found = compare({**OLD, "triggers": before}, {**NEW, "triggers": after})
    assert found.kind is NOTHING or sentence(found) in allowed


def test_signs_in_a_name_do_no_harm() -> None:
    """A branch with a colon and a commit with a semicolon are told as they are."""
    named = {"branchName": "fix: header", "commitId": "rel 1; hotfix"}
    old, new = {**OLD, **named}, {**NEW, **named}
    assert sentence(compare({**old, "triggers": {"env": 1}}, {**new, "triggers": {"env": 2}})) == (
        "release d1a2/fix: header at rel 1; hotfix: trigger env changed"
    )
    assert sentence(compare(old, {**new, "commitId": "rel 2; hotfix"})) == (
        "release d1a2/fix: header: rel 1; hotfix -> rel 2; hotfix"
    )


def test_several_reasons_stand_in_one_line() -> None:
    """Where it is released stands first, what is released behind it, then all else that changed."""
    new = {"branchName": "dev", "commitId": "8b02d4a111", "triggers": {"env": 2}}
    found = compare({**OLD, "triggers": {"env": 1}}, {**NEW, **new})
    assert sentence(found) == (
        "release d1a2/main -> d1a2/dev: 1f3c9e2 -> 8b02d4a; trigger env changed"
    )


def test_an_input_is_named_as_its_user_writes_it() -> None:
    """Each front has its own names of the inputs; Python's are used where none are given."""
    change = compare(OLD, {**NEW, "onBusy": "fail", "jobReason": "r"})
    assert sentence(change, str.upper) == "no release, only JOBREASON, ONBUSY changed"
    assert sentence(change) == "no release, only job_reason, on_busy changed"
