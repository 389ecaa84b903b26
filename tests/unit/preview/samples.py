"""Recorded and new properties, and what each change of them means."""

from __future__ import annotations

from typing import Any

from amplify_job_resource._inputs.request import JOB_INPUTS
from amplify_job_resource._preview.changes import ChangeKind
from amplify_job_resource._values.unknown import UNKNOWN
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

#: What differs from `OLD` and from `NEW`, what to do then, and the keys that ask for it.
CHANGES: list[tuple[dict[str, Any], dict[str, Any], ChangeKind, tuple[str, ...]]] = [
    ({}, {}, NOTHING, ()),
    # Another release is asked for.
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
    # So is a commit that is written another way: it is recorded, and nothing is built.
    ({}, {"commitId": "1F3C9E2A77"}, UPDATE, ("commitId",)),
    ({}, {"commitId": "1f3c9e2"}, UPDATE, ("commitId",)),
    ({"commitId": "1f3c9e2"}, {}, UPDATE, ("commitId",)),
    ({}, {"commitId": "1f3c9e"}, RELEASE, ("commitId",)),
    # Labels and policies are taken over as they are.
    ({}, {"commitMessage": "m"}, UPDATE, ("commitMessage",)),
    ({}, {"commitTime": "2026-11-25T12:00:00Z"}, UPDATE, ("commitTime",)),
    ({}, {"jobReason": "r"}, UPDATE, ("jobReason",)),
    ({}, {"waitForCompletion": False}, UPDATE, ("waitForCompletion",)),
    ({}, {"onBusy": "adopt"}, UPDATE, ("onBusy",)),
    ({}, {"allowFailure": True}, UPDATE, ("allowFailure",)),
    ({"reportedCommitId": "1f3c9e2"}, {"verifyCommit": True}, UPDATE, ("verifyCommit",)),
    # A job that is not of the commit to be verified is looked at in each run, and never built again.
    ({}, {"verifyCommit": True}, UPDATE, ("reportedCommitId",)),
    ({"verifyCommit": True}, {"verifyCommit": True}, UPDATE, ("reportedCommitId",)),
    ({"verifyCommit": True}, {"verifyCommit": False}, UPDATE, ("verifyCommit",)),
    ({}, {"skipIfBuilt": True}, UPDATE, ("skipIfBuilt",)),
    ({}, {"lookahead": True}, UPDATE, ("lookahead",)),
    ({}, {"logLines": 0.0}, UPDATE, ("logLines",)),
    ({}, {"healthCheck": "/"}, UPDATE, ("healthCheck",)),
    ({"healthy": False}, {"healthCheck": "/"}, UPDATE, ("healthy",)),
    ({"healthy": False}, {}, NOTHING, ()),
    ({"healthy": True, "healthCheck": "/"}, {"healthCheck": "/"}, NOTHING, ()),
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
    # A job that goes on is waited for, when waiting is asked for.
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
]

#: What a trigger may be.
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
