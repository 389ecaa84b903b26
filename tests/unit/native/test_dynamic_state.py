"""State that the dynamic resource has made."""

from __future__ import annotations

from typing import Any

import pytest
from amplify_job_resource import Job
from amplify_job_resource._kind import JOB
from amplify_job_resource._native.dynamic_state import as_given
from amplify_job_resource._values.unknown import UNKNOWN


@pytest.mark.parametrize(
    ("recorded", "given"),
    [
        ({"a": "x"}, {"a": "x"}),
        ({"a": "x"}, {"a": "x", "none": None}),
        ({"a": {}}, {"a": {"none": None}}),
        ({"commitId": "x"}, {"commit_id": "x"}),
        ({"n": {"logLines": 1}}, {"n": {"log_lines": 1}}),
        ([1, {"appId": 2}, None], [1, {"app_id": 2}, None]),
        # A name within an output is translated on the way back only.
        ({"s": {"status_reason": 1, "jobArn": 2}}, {"s": {"status_reason": 1, "job_arn": 2}}),
        (None, None),
    ],
)
def test_what_only_the_sdk_has_changed_is_the_same(recorded: Any, given: Any) -> None:
    """Keys without a value were left out, and some got other names."""
    olds = {"triggers": recorded, "appId": "d1a2"}
    assert as_given(olds, {"triggers": given}, JOB) == {"triggers": given, "appId": "d1a2"}


@pytest.mark.parametrize(
    ("recorded", "given", "seen"),
    [
        ({"a": "x"}, {"a": "y"}, {"a": "x"}),
        ({"a": "x"}, {"a": UNKNOWN}, {"a": "x"}),
        ({"a": "x", "commitId": "1"}, {"a": "y", "commit_id": "1"}, {"a": "x", "commit_id": "1"}),
        ({"commitId": "1"}, {"commit_id": "2"}, {"commitId": "1"}),
        ({"a": "x"}, {"b": "y", "none": None}, {"a": "x", "none": None}),
        ({"a": "x"}, {"a": None}, {"a": "x"}),
        ({"a": "x"}, None, {"a": "x"}),
        ({"a": "x"}, ["x"], {"a": "x"}),
        (None, {"a": "x"}, None),
        ({"other_name": 1}, {"otherName": 1}, {"other_name": 1}),
    ],
)
def test_what_differs_stays_as_it_is_recorded(recorded: Any, given: Any, seen: Any) -> None:
    """Of a map, each trigger is looked at by itself: a preview names those that changed."""
    assert as_given({"triggers": recorded}, {"triggers": given}, JOB) == {"triggers": seen}


def test_the_names_are_those_that_the_dynamic_resource_gives() -> None:
    """Each key of a map that `Job` renames is one that is looked for under its other name."""
    job = Job.translate_input_property
    for name in (*JOB.inputs.keys, *JOB.outputs, "status_reason", "other_name"):
        stored = job(Job.__new__(Job), name)
        triggers = {"triggers": {"n": {name: 1}}}
        assert as_given({"triggers": {"n": {stored: 1}}}, triggers, JOB) == triggers
