"""What a compare of inputs means, and how it is told."""

from __future__ import annotations

from typing import Any

import pytest
from amplify_job_resource._inputs.request import JOB_INPUTS
from amplify_job_resource._inputs.secrets import SECRET_INPUTS
from amplify_job_resource._preview.changes import ChangeKind, compare, first_release
from amplify_job_resource._preview.sentences import sentence
from amplify_job_resource._state import OUTPUTS
from amplify_job_resource._values.unknown import UNKNOWN
from hypothesis import given
from hypothesis import strategies as st

NEW = {
    "appId": "d1a2",
    "branchName": "main",
    "commitId": "1f3c9e2a77",
    "region": "eu-west-1",
    **JOB_INPUTS.defaults,
}
OLD = {**NEW, "jobId": "41", "status": "SUCCEED", "reportedCommitId": "HEAD"}

RELEASE, UPDATE, NOTHING = ChangeKind.RELEASE, ChangeKind.UPDATE, ChangeKind.NOTHING


@pytest.mark.parametrize(
    ("old", "new", "kind", "keys"),
    [
        ({}, {}, NOTHING, ()),
        # Another release is wished for.
        ({}, {"appId": "d9z8"}, RELEASE, ("appId",)),
        ({}, {"branchName": "dev"}, RELEASE, ("branchName",)),
        ({}, {"commitId": "8b02d4a111"}, RELEASE, ("commitId",)),
        ({}, {"commitId": None}, RELEASE, ("commitId",)),
        ({"commitId": None}, {}, RELEASE, ("commitId",)),
        ({}, {"jobType": "RETRY", "sourceJobId": "3"}, RELEASE, ("jobType", "sourceJobId")),
        ({"jobType": "RETRY", "sourceJobId": "3"}, {}, RELEASE, ("jobType", "sourceJobId")),
        ({}, {"triggers": {"a": 1}}, RELEASE, ("triggers",)),
        ({"triggers": {"a": 1}}, {"triggers": {"a": True}}, RELEASE, ("triggers",)),
        ({"triggers": [1, 2]}, {"triggers": [2, 1]}, RELEASE, ("triggers",)),
        ({"triggers": {"a": 1}}, {}, RELEASE, ("triggers",)),
        ({}, {"region": "us-east-1"}, RELEASE, ("region",)),
        ({}, {"commitId": UNKNOWN}, RELEASE, ("commitId",)),
        ({"triggers": {"a": 1}}, {"triggers": {"a": UNKNOWN}}, RELEASE, ("triggers",)),
        # The same in another form is the same.
        ({"triggers": {"a": 1.0, "b": [2.0]}}, {"triggers": {"b": [2], "a": 1}}, NOTHING, ()),
        ({"jobType": None}, {}, NOTHING, ()),
        ({}, {"onBusy": None, "allowFailure": None}, NOTHING, ()),
        # A machine without settings knows no region, and changes none.
        ({"region": None}, {}, NOTHING, ()),
        ({}, {"region": None}, NOTHING, ()),
        # Labels and policies are taken over as they are.
        ({}, {"commitMessage": "m"}, UPDATE, ("commitMessage",)),
        ({}, {"commitTime": "2026-11-25T12:00:00Z"}, UPDATE, ("commitTime",)),
        ({}, {"jobReason": "r"}, UPDATE, ("jobReason",)),
        ({}, {"waitForCompletion": False}, UPDATE, ("waitForCompletion",)),
        ({}, {"onBusy": "adopt"}, UPDATE, ("onBusy",)),
        ({}, {"allowFailure": True}, UPDATE, ("allowFailure",)),
        ({}, {"verifyCommit": True}, UPDATE, ("verifyCommit",)),
        ({}, {"skipIfBuilt": True}, UPDATE, ("skipIfBuilt",)),
        ({}, {"lookahead": True}, UPDATE, ("lookahead",)),
        ({}, {"profile": "ci"}, UPDATE, ("profile",)),
        ({}, {"profile": UNKNOWN}, UPDATE, ("profile",)),
        # A recorded failure is released again, unless failing is allowed.
        ({"status": "FAILED"}, {}, RELEASE, ("status",)),
        ({"status": "CANCELLED"}, {}, RELEASE, ("status",)),
        ({"status": "FAILED"}, {"allowFailure": UNKNOWN}, RELEASE, ("status",)),
        (
            {"status": "FAILED", "allowFailure": True},
            {"allowFailure": True},
            NOTHING,
            (),
        ),
        ({"status": "FAILED"}, {"allowFailure": True}, UPDATE, ("allowFailure",)),
        ({"status": "FAILED"}, {"commitId": "8b02d4a111"}, RELEASE, ("commitId",)),
        # A job that goes on is waited for, when waiting is wished for.
        ({"status": "RUNNING"}, {}, UPDATE, ("status",)),
        ({"status": "CANCELLING"}, {}, UPDATE, ("status",)),
        ({"status": "BRAND_NEW"}, {}, UPDATE, ("status",)),
        (
            {"status": "RUNNING", "waitForCompletion": False},
            {"waitForCompletion": False},
            NOTHING,
            (),
        ),
        ({"status": "RUNNING", "waitForCompletion": False}, {}, UPDATE, ("status",)),
        ({"status": "RUNNING"}, {"commitId": "8b02d4a111"}, RELEASE, ("commitId",)),
    ],
)
def test_each_change_has_its_meaning(
    old: dict[str, Any], new: dict[str, Any], kind: ChangeKind, keys: tuple[str, ...]
) -> None:
    """Nothing, an update in place, or a new release: as the design's table has it."""
    found = compare({**OLD, **old}, {**NEW, **new})
    assert (found.kind, found.keys) == (kind, keys)
    assert bool(sentence(found)) is (kind is not NOTHING)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
BAGS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(JOB_INPUTS.keys.values(), st.text(max_size=6)),
        **dict.fromkeys(
            ("waitForCompletion", "allowFailure", "verifyCommit", "skipIfBuilt", "lookahead"),
            st.booleans(),
        ),
        "triggers": VALUES,
    },
)
REPORTED = st.none() | st.sampled_from(["HEAD", "1f3c9e2a77"]) | st.text(max_size=6)


@given(BAGS, REPORTED)
def test_equal_wishes_change_nothing(bag: dict[str, Any], reported: str | None) -> None:
    """Whatever is wished for and whatever AWS reports: the same wish again asks for nothing."""
    old = {**bag, "jobId": "1", "status": "SUCCEED", "reportedCommitId": reported}
    found = compare(old, bag)
    assert (found.kind, found.keys, found.reasons) == (NOTHING, (), ())


@given(BAGS, BAGS)
def test_only_the_release_keys_release(old: dict[str, Any], new: dict[str, Any]) -> None:
    """With an ended good job, a new release names its reasons, and they are release keys."""
    found = compare({**old, "jobId": "1", "status": "SUCCEED"}, new)
    if found.kind is RELEASE:
        assert found.keys
        assert set(found.keys) <= set(JOB_INPUTS.release_keys)
    else:
        kept = {key: old.get(key) for key in JOB_INPUTS.release_keys if key != "region"}
        again = compare({**old, "jobId": "1", "status": "SUCCEED"}, {**new, **kept})
        assert (again.kind, again.keys) == (found.kind, found.keys)


@given(BAGS, BAGS, st.sampled_from(["SUCCEED", "FAILED", "RUNNING"]), REPORTED, REPORTED)
def test_what_aws_reports_of_the_commit_never_matters(
    old: dict[str, Any], new: dict[str, Any], status: str, one: str | None, other: str | None
) -> None:
    """A decision is the same whichever commit the job reports."""
    recorded = {**old, "jobId": "1", "status": status}
    assert compare({**recorded, "reportedCommitId": one}, new) == compare(
        {**recorded, "reportedCommitId": other}, new
    )


@given(BAGS)
def test_no_output_but_the_status_matters(bag: dict[str, Any]) -> None:
    """Other outputs than status and job, there or not, compare nothing."""
    others = {key: "another" for key in OUTPUTS.values() if key not in ("status", "jobId")}
    assert compare({**bag, **others, "jobId": "1", "status": "SUCCEED"}, bag).kind is NOTHING


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
            "release d1a2/main at 1f3c9e2: triggers known after the update",
        ),
        ({"triggers": [1]}, {"triggers": [2]}, "release d1a2/main at 1f3c9e2: triggers changed"),
        (
            {},
            {"jobType": "RETRY", "sourceJobId": "3"},
            "release d1a2/main at 1f3c9e2: job_type RELEASE -> RETRY; source_job_id none -> 3",
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
