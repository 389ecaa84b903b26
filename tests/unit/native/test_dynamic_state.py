"""State that the dynamic resource has made."""

from __future__ import annotations

from typing import Any

import pytest
from amplify_job_resource._kind import JOB
from amplify_job_resource._native.dynamic_state import with_recorded_triggers
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
        (
            {"s": {"statusReason": "x", "jobArn": "y"}},
            {"s": {"status_reason": "x", "job_arn": "y"}},
        ),
    ],
)
def test_what_only_the_sdk_has_changed_is_the_same(recorded: Any, given: Any) -> None:
    """Keys without a value were left out, and some got other names."""
    olds, news = {"triggers": recorded}, {"triggers": given, "appId": "d1a2"}
    assert with_recorded_triggers(olds, news, JOB) == {"triggers": recorded, "appId": "d1a2"}


@pytest.mark.parametrize(
    ("recorded", "given"),
    [
        ({"a": "x"}, {"a": "y"}),
        ({"a": "x"}, {"a": "x", "b": "y"}),
        ({"a": "x"}, {"a": UNKNOWN}),
        ({"a": "x"}, None),
        (None, {"a": None}),
        ({"other_name": 1}, {"otherName": 1}),
    ],
)
def test_what_differs_is_left_as_it_is(recorded: Any, given: Any) -> None:
    """Another value, another key and what is not known yet are changes."""
    news = {"triggers": given}
    assert with_recorded_triggers({"triggers": recorded}, news, JOB) == news
