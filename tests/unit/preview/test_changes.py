"""What a change of inputs means, and the reasons for it as data."""

from __future__ import annotations

from typing import Any

import pytest
from amplify_job_resource._inputs.request import JOB_INPUTS
from amplify_job_resource._inputs.secrets import SECRET_INPUTS
from amplify_job_resource._preview.changes import (
    Change,
    ChangeKind,
    compare,
    first_release,
    taking_over,
)
from amplify_job_resource._preview.reasons import (
    AnotherRetry,
    First,
    InputChanged,
    LastJobFailed,
    Moved,
    NewCommit,
    NotARelease,
    OnlyRecorded,
    OtherCommitBuilt,
    Place,
    Reason,
    StillActive,
    TriggersChanged,
)
from amplify_job_resource._state import OUTPUTS
from amplify_job_resource._values.commits import SECRET, Commit, is_same_commit
from amplify_job_resource._values.unknown import UNKNOWN
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.preview.samples import CHANGES, NEW, NOTHING, OLD, RELEASE, UPDATE, VALUES

COMMIT = Commit("1f3c9e2a77")
PLACE = Place("d1a2", "main")


@pytest.mark.parametrize(("old", "new", "kind", "keys"), CHANGES)
def test_each_change_has_its_meaning(
    old: dict[str, Any], new: dict[str, Any], kind: ChangeKind, keys: tuple[str, ...]
) -> None:
    """Nothing, an update in place, or a new release: as the design's table has it."""
    found = compare({**OLD, **old}, {**NEW, **new})
    assert (found.kind, found.keys) == (kind, keys)


@pytest.mark.parametrize(
    ("old", "new", "reasons"),
    [
        ({}, {}, []),
        ({}, {"commitId": "8b02d4a111"}, [NewCommit(COMMIT, Commit("8b02d4a111"))]),
        ({"commitId": None}, {}, [NewCommit(Commit(), COMMIT)]),
        ({}, {"commitId": UNKNOWN}, [NewCommit(COMMIT, Commit(unknown=True))]),
        (
            {SECRET_INPUTS: ["commitId"]},
            {"commitId": "8b02d4a111"},
            [NewCommit(Commit("1f3c9e2a77", secret=True), Commit("8b02d4a111"))],
        ),
        # A commit is text as it is, whatever stands in it.
        (
            {"commitId": "rel 1; hotfix"},
            {"commitId": "rel 2; hotfix"},
            [NewCommit(Commit("rel 1; hotfix"), Commit("rel 2; hotfix"))],
        ),
        ({}, {"branchName": "dev"}, [Moved(("branchName",), PLACE)]),
        (
            {},
            {"appId": UNKNOWN, "branchName": "dev"},
            [Moved(("appId", "branchName"), PLACE)],
        ),
        (
            {"triggers": {"env": 1, "spec": 1, "all": 1}},
            {"triggers": {"env": 2, "spec": 1, "any": 1}},
            [TriggersChanged(("all", "any", "env"))],
        ),
        (
            {"triggers": {"env": 1, "spec": 1}},
            {"triggers": {"env": [UNKNOWN], "spec": 1}},
            [TriggersChanged(("env",))],
        ),
        ({"triggers": {}}, {"triggers": {"env": None}}, [TriggersChanged(("env",))]),
        ({}, {"triggers": UNKNOWN}, [TriggersChanged(unknown=True)]),
        ({"triggers": [1]}, {"triggers": [2]}, [TriggersChanged()]),
        ({"triggers": [1]}, {"triggers": {"env": 1}}, [TriggersChanged()]),
        (
            {},
            {"jobType": "RETRY", "sourceJobId": "3"},
            [AnotherRetry(("jobType", "sourceJobId"), "3")],
        ),
        (
            {"jobType": "RETRY", "sourceJobId": "3"},
            {},
            [
                InputChanged("jobType", "RETRY", "RELEASE"),
                InputChanged("sourceJobId", "3", None),
            ],
        ),
        ({}, {"jobType": UNKNOWN}, [InputChanged("jobType", "RELEASE", None, unknown=True)]),
        ({}, {"region": "us-east-1"}, [InputChanged("region", "eu-west-1", "us-east-1")]),
        # Several reasons stand in a fixed order: place, commit, triggers, the rest.
        (
            {"triggers": {"env": 1}},
            {
                "region": "us-east-1",
                "triggers": {"env": 2},
                "commitId": "8b02d4a111",
                "branchName": "dev",
            },
            [
                Moved(("branchName",), PLACE),
                NewCommit(COMMIT, Commit("8b02d4a111")),
                TriggersChanged(("env",)),
                InputChanged("region", "eu-west-1", "us-east-1"),
            ],
        ),
        ({"status": "FAILED"}, {}, [LastJobFailed("41", "FAILED", "release")]),
        # A new commit is a reason of its own: that the last job failed does not matter then.
        (
            {"status": "FAILED"},
            {"commitId": "8b02d4a111"},
            [NewCommit(COMMIT, Commit("8b02d4a111"))],
        ),
        ({"status": "PENDING"}, {}, [StillActive("41")]),
        ({}, {"onBusy": "fail", "jobReason": "r"}, [OnlyRecorded(("jobReason", "onBusy"))]),
    ],
)
def test_each_change_has_its_reasons(
    old: dict[str, Any], new: dict[str, Any], reasons: list[Reason]
) -> None:
    """Why something is pending is data: one reason for each thing that asks for it."""
    assert list(compare({**OLD, **old}, {**NEW, **new}).reasons) == reasons


def test_a_text_in_a_place_or_commit_is_no_reason() -> None:
    """A branch and a commit with signs of a sentence in them stay what they are."""
    named = {"branchName": "fix: header", "commitId": "rel 1; hotfix"}
    found = compare(
        {**OLD, **named, "triggers": {"env": 1}}, {**NEW, **named, "triggers": {"env": 2}}
    )
    assert found.reasons == (TriggersChanged(("env",)),)
    assert found.place == Place("d1a2", "fix: header")
    assert found.commit == Commit("rel 1; hotfix")


@pytest.mark.parametrize(
    ("new", "place", "commit"),
    [
        ({}, PLACE, COMMIT),
        ({"commitId": None}, PLACE, Commit()),
        ({"appId": UNKNOWN}, Place(None, "main"), COMMIT),
        ({"branchName": "two\nlines"}, Place("d1a2", "two lines"), COMMIT),
        ({SECRET_INPUTS: UNKNOWN}, Place(SECRET, SECRET), Commit("1f3c9e2a77", secret=True)),
        ({SECRET_INPUTS: ["appId"]}, Place(SECRET, "main"), COMMIT),
    ],
)
def test_a_first_release_has_one_reason(new: dict[str, Any], place: Place, commit: Commit) -> None:
    """Where nothing is recorded a release is pending, and no key asks for it."""
    found = first_release({**NEW, **new})
    assert found == Change((First(),), place, commit)
    assert (found.kind, found.keys) == (RELEASE, ())
    assert compare({}, {**NEW, **new}) == found


def test_what_is_no_release_is_replaced_by_one() -> None:
    """Where another kind of resource is recorded, the id asks for a first release."""
    found = taking_over(NEW)
    assert found == Change((NotARelease(),), PLACE, COMMIT)
    assert (found.kind, found.keys) == (RELEASE, ("jobId",))


@pytest.mark.parametrize(
    ("new", "changed"),
    [
        ({"triggers": {"env": 2}}, True),
        ({"triggers": UNKNOWN, "commitId": "8b02d4a111"}, True),
        ({"triggers": {"env": 1}, "commitId": "8b02d4a111"}, False),
        ({"triggers": {"env": 1}}, False),
    ],
)
def test_a_changed_trigger_is_known_as_one(new: dict[str, Any], changed: bool) -> None:
    """Whatever else asks for a release, a new value of a trigger can be told."""
    found = compare({**OLD, "triggers": {"env": 1}}, {**NEW, **new})
    assert found.triggers_changed is changed


PROPERTIES = st.fixed_dictionaries(
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


@given(PROPERTIES, REPORTED)
def test_the_same_request_changes_nothing(properties: dict[str, Any], reported: str | None) -> None:
    """Whatever is asked for and whatever AWS reports: the same request again asks for nothing.

    A commit that is to be verified, and is not reported, is looked at again, and nothing is built.
    """
    old = {**properties, "jobId": "1", "status": "SUCCEED", "reportedCommitId": reported}
    found = compare(old, properties)
    if any(isinstance(reason, OtherCommitBuilt) for reason in found.reasons):
        assert properties["verifyCommit"]
        assert not is_same_commit(reported, properties["commitId"])
        assert found.kind is UPDATE
        return
    assert (found.kind, found.keys, found.reasons) == (NOTHING, (), ())


@given(PROPERTIES, PROPERTIES)
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


@given(
    PROPERTIES, PROPERTIES, st.sampled_from(["SUCCEED", "FAILED", "RUNNING"]), REPORTED, REPORTED
)
def test_what_aws_reports_of_the_commit_never_means_a_release(
    old: dict[str, Any], new: dict[str, Any], status: str, one: str | None, other: str | None
) -> None:
    """Whichever commit the job reports, a release is due or not; it only matters to `verify_commit`."""
    recorded = {**old, "jobId": "1", "status": status}
    found, again = (
        compare({**recorded, "reportedCommitId": commit}, new) for commit in (one, other)
    )
    assert (found.kind is RELEASE) is (again.kind is RELEASE)
    assert found == again or new.get("verifyCommit")


@given(PROPERTIES)
def test_no_output_but_the_status_matters(properties: dict[str, Any]) -> None:
    """Other outputs than status and job, there or not, mean nothing, but for a commit to verify."""
    properties = {**properties, "verifyCommit": False}
    others = {key: "another" for key in OUTPUTS.values() if key not in ("status", "jobId")}
    assert (
        compare({**properties, **others, "jobId": "1", "status": "SUCCEED"}, properties).kind
        is NOTHING
    )


def test_the_first_key_is_the_reason_of_a_report() -> None:
    """Where it goes comes first, then the commit, then the other inputs."""
    changed = compare(OLD, {**NEW, "jobType": "WEB_HOOK", "commitId": "8b02d4a", "triggers": [1]})
    assert changed.keys == ("commitId", "jobType", "triggers")
    moved = compare(OLD, {**NEW, "branchName": "dev", "commitId": "8b02d4a"})
    assert moved.keys == ("branchName", "commitId")
