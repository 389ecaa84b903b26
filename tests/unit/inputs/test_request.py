"""The typed request, and the properties that it is made from."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from amplify_job_resource._amplify.ids import BranchId
from amplify_job_resource._inputs.request import JOB_INPUTS, ReleaseRequest, with_defaults
from amplify_job_resource._inputs.secrets import SECRET_INPUTS
from amplify_job_resource._inputs.words import JobType, OnBusy
from amplify_job_resource._values.commits import Commit
from amplify_job_resource._values.unknown import UNKNOWN

GOOD = {"appId": "d1a2", "branchName": "main"}
UTC_NOON = datetime(2026, 11, 25, 12, 0, tzinfo=timezone.utc)


def test_defaults_are_written_in_and_times_made_alike() -> None:
    """Properties with defaults hold every default, no None, and the commit time in UTC."""
    full = with_defaults({**GOOD, "commitTime": 0.0, "commitId": None, "onBusy": "fail"})
    assert full == {
        **JOB_INPUTS.defaults,
        **GOOD,
        "commitTime": "1970-01-01T00:00:00Z",
        "onBusy": "fail",
    }
    assert with_defaults(full) == full


@pytest.mark.parametrize("value", ["soon", UNKNOWN, [1]])
def test_a_time_that_cannot_be_read_stays(value: Any) -> None:
    """Defaults leave a bad or unknown commit time as it is, for its problem to be shown."""
    assert with_defaults({"commitTime": value})["commitTime"] is value


def test_the_given_properties_stay_as_they_are() -> None:
    """Defaults are written into a copy."""
    properties = {**GOOD, "commitId": None}
    with_defaults(properties)
    assert properties == {**GOOD, "commitId": None}


def test_a_request_has_the_defaults() -> None:
    """Properties with the two required inputs are a RELEASE that waits."""
    request = ReleaseRequest.from_properties({**GOOD, "commitId": None})
    assert request == ReleaseRequest("d1a2", "main")
    assert str(request.branch) == "d1a2/main"
    assert (request.job_type, request.on_busy) == (JobType.RELEASE, OnBusy.WAIT)
    assert request.wait_for_completion


def test_a_request_takes_every_input() -> None:
    """What properties say is what the request holds, with the commit time as a moment."""
    properties = {
        **GOOD,
        "jobType": "RETRY",
        "sourceJobId": "4",
        "commitId": "1f3c9e2a77",
        "commitMessage": "m",
        "commitTime": "2026-11-25T12:00:00Z",
        "jobReason": "r",
        "triggers": {"a": 1.0},
        "waitForCompletion": False,
        "onBusy": "stop",
        "allowFailure": True,
        "verifyCommit": True,
        "skipIfBuilt": True,
        "lookahead": True,
        "logLines": 5.0,
        "healthCheck": "/",
        "region": "eu-west-1",
        "profile": "ci",
    }
    assert set(properties) == set(JOB_INPUTS.by_key)
    request = ReleaseRequest.from_properties({**properties, SECRET_INPUTS: ["commitId"]})
    assert request.commit_time == UTC_NOON
    assert (request.job_type, request.source_job_id, request.on_busy) == ("RETRY", "4", "stop")
    assert (request.wait_for_completion, request.allow_failure) == (False, True)
    assert (request.verify_commit, request.skip_if_built) == (True, True)
    assert (request.region, request.profile) == ("eu-west-1", "ci")
    assert request.triggers == {"a": 1.0}
    assert (request.commit_message, request.job_reason) == ("m", "r")
    assert request.lookahead is True
    assert (request.log_lines, type(request.log_lines)) == (5, int)
    assert request.commit.shown == "[secret]"
    assert all(getattr(request, row.name) is not None for row in JOB_INPUTS.rows)


def test_a_false_flag_is_no_missing_one() -> None:
    """False is a value: only what is missing, or None, has its default."""
    assert ReleaseRequest.from_properties({**GOOD, "lookahead": False}).lookahead is False
    assert ReleaseRequest.from_properties({**GOOD, "waitForCompletion": None}).wait_for_completion


@pytest.mark.parametrize("triggers", [None, {}, []])
def test_no_triggers_are_none(triggers: Any) -> None:
    """An empty map, an empty list and no triggers at all are one request."""
    request = ReleaseRequest.from_properties({**GOOD, "triggers": triggers})
    assert request.triggers is None


@pytest.mark.parametrize(
    "properties",
    [
        {"appId": "d1a2"},
        {**GOOD, "jobType": "release"},
        {**GOOD, "onBusy": "queue"},
        {**GOOD, "commitTime": "soon"},
    ],
)
def test_unchecked_properties_make_no_request(properties: dict[str, Any]) -> None:
    """What the rules refuse never becomes a request by mistake."""
    with pytest.raises((KeyError, TypeError, ValueError)):
        ReleaseRequest.from_properties(properties)


def test_words_are_typed() -> None:
    """The words of a request are members of their enums, and so never misspelled later on."""
    request = ReleaseRequest.from_properties({**GOOD, "jobType": "WEB_HOOK", "onBusy": "adopt"})
    assert request.job_type is JobType.WEB_HOOK
    assert request.on_busy is OnBusy.ADOPT


def test_a_request_names_its_branch_and_commit() -> None:
    """App and branch are one place, and the commit knows whether it is a secret."""
    request = ReleaseRequest("d1a2", "feature/x", commit_id="1f3c9e2")
    assert request.branch == BranchId("d1a2", "feature/x")
    assert request.commit == Commit("1f3c9e2")
    secret = ReleaseRequest(
        "d1a2", "main", commit_id="1f3c9e2", secret_inputs=frozenset({"commitId"})
    )
    assert secret.commit == Commit("1f3c9e2", secret=True)
