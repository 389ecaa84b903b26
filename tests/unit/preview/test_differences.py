"""Where recorded properties and new inputs differ."""

from __future__ import annotations

from typing import Any

import pytest
from amplify_job_resource._inputs.request import JOB_INPUTS
from amplify_job_resource._preview.differences import changed_names, differs, value_of
from amplify_job_resource._values.unknown import UNKNOWN


@pytest.mark.parametrize("given", [{}, {"jobType": None}])
def test_an_input_that_is_left_out_has_its_default(given: dict[str, Any]) -> None:
    """A missing key, None and the default itself are the same value."""
    assert value_of(given, "jobType") == JOB_INPUTS.defaults["jobType"] == "RELEASE"
    assert not differs("jobType", {"jobType": "RELEASE"}, given)
    assert value_of(given, "commitId") is None


@pytest.mark.parametrize("none", [None, {}, []])
def test_empty_triggers_are_none(none: Any) -> None:
    """No triggers are no triggers, in each form that a program may write."""
    assert value_of({"triggers": none}, "triggers") is None
    assert not differs("triggers", {}, {"triggers": none})


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        ({"a": 1, "b": 1}, {"a": 1.0, "b": True}, ("b",)),
        ({"a": 1}, {"b": 1}, ("a", "b")),
        ({}, {"a": None}, ("a",)),
        ({"a": {"x": 1}}, {"a": {"x": UNKNOWN}}, ("a",)),
        ({"a": {"x": 1, "y": 2}}, {"a": {"y": 2, "x": 1}}, ()),
        ([1], {"a": 1}, ()),
        ({"a": 1}, None, ()),
    ],
)
def test_changed_entries_are_named(before: Any, after: Any, names: tuple[str, ...]) -> None:
    """Of two maps the entries that differ, or may differ, are named; other values have no names."""
    assert changed_names(before, after) == names
