"""Requests against AWS's model: what no client of AWS's would send is refused, in a sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from amplify_job_resource.emulator.limits import operations, read
from amplify_job_resource.emulator.responses import AmplifyResponse
from amplify_job_resource.emulator.responses.dispatch import method_name
from amplify_job_resource.emulator.routes import route

APP = {"appId": "d1a2b3c4"}


def wrong(operation: str, path: Any, body: Any = b"", query: Any = None) -> str | None:
    """What is wrong with a request, None if nothing is."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    error = read(operation, path, lambda name: (query or {}).get(name, []), sent)[1]
    return error.message if error else None


@pytest.mark.parametrize("operation", sorted(operations()))
def test_every_operation_is_emulated(operation: str) -> None:
    """Each has a method of its name, and is refused where nothing of what it requires is given."""
    assert callable(getattr(AmplifyResponse, method_name(operation)))
    message = wrong(operation, {})
    assert operation == "ListApps" or (message or "").endswith(" is required")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "The body is no JSON"),
        (b"\xff", "The body is no JSON"),
        (b"[" * 100_000, "The body is no JSON"),
        (b'{"name": NaN}', "The body is no JSON"),
        (b"[]", "The body is no JSON object"),
        ({}, "name is required"),
        ({"name": None}, "name is required"),
        ({"name": 5}, "name is no text"),
        ({"name": ""}, "name: '' does not match"),
        ({"name": "n" * 256}, "is more than 255 characters"),
        ({"name": "\ud800"}, "name is no text that UTF-8 can hold"),
        ({"name": "n", "platform": "PHONE"}, "platform: 'PHONE' is not one of"),
        ({"name": "n", "enableBasicAuth": "true"}, "enableBasicAuth is neither true nor false"),
        ({"name": "n", "environmentVariables": ["A"]}, "environmentVariables is no map"),
        ({"name": "n", "environmentVariables": {"A": 1}}, "environmentVariables['A'] is no text"),
        ({"name": "n", "environmentVariables": {"A": "1" * 5501}}, "more than 5500 characters"),
        ({"name": "n", "customRules": {"source": "/"}}, "customRules is no list"),
        ({"name": "n", "customRules": ["/"]}, "customRules[0] is no structure"),
        ({"name": "n", "customRules": [{"source": "/"}]}, "customRules[0].target is required"),
        (
            {"name": "n", "customRules": [{"source": "/", "target": "/x", "status": "1"}]},
            "customRules[0].status: '1' does not match",
        ),
        (
            {"name": "n", "autoBranchCreationConfig": {"stage": "X"}},
            "autoBranchCreationConfig.stage",
        ),
        ({"name": "n", "autoBranchCreationPatterns": [None]}, "Patterns[0] is no text"),
        ({"name": "n", "tags": {"aws:x": "y"}}, "tags key: 'aws:x' does not match"),
    ],
)
def test_a_body_is_read_to_the_last_member(body: Any, words: str) -> None:
    """JSON, types, limits, what is required: also in lists, maps and structures."""
    assert words in (wrong("CreateApp", {}, body) or "")


@pytest.mark.parametrize("time", ["2026-01-01", True, 1e300, -1e300, [1]])
def test_a_time_is_a_number(time: Any) -> None:
    """A text or a number out of range is none."""
    body = {"jobType": "RELEASE", "commitTime": time}
    place = {**APP, "branchName": "main"}
    assert "commitTime" in (wrong("StartJob", place, body) or "")
    assert wrong("StartJob", place, {**body, "commitTime": 1.5}) is None


@pytest.mark.parametrize("count", ["-1", "51", "five", "1.5", "\u0661", "9" * 5000, ""])
def test_a_number_in_the_query_is_checked(count: str) -> None:
    """Pages have from 0 to 50 entries; other digits are none."""
    assert "maxResults" in (wrong("ListBranches", APP, query={"maxResults": [count]}) or "")
    assert wrong("ListBranches", APP, query={"maxResults": ["50"]}) is None
    assert wrong("ListApps", {}, query={"maxResults": ["100"]}) is None


def test_keys_in_the_query_are_a_list() -> None:
    """UntagResource has from one to fifty of them."""
    arn = {"resourceArn": "arn:aws:amplify:x"}
    assert wrong("UntagResource", arn, query={"tagKeys": ["a", "b"]}) is None
    assert wrong("UntagResource", arn) == "tagKeys is required"
    assert "more than 50" in (wrong("UntagResource", arn, query={"tagKeys": ["a"] * 51}) or "")
    assert "does not match" in (wrong("UntagResource", arn, query={"tagKeys": ["aws:a"]}) or "")


def test_what_is_unknown_is_ignored() -> None:
    """A newer client may send what the model does not have."""
    members, error = read("CreateApp", {}, lambda _: [], b'{"name": "n", "new": {"a": [1]}}')
    assert (members, error) == ({"name": "n"}, None)


def test_a_wrong_request_is_still_told() -> None:
    """What can be read of it is in the list of calls."""
    members, error = read("CreateApp", {}, lambda _: [], b'{"name": 5, "platform": "WEB"}')
    assert error
    assert members == {"name": 5, "platform": "WEB"}


@pytest.mark.parametrize(
    ("method", "path", "operation", "members"),
    [
        ("GET", "/apps", "ListApps", {}),
        ("GET", "/apps/", "ListApps", {}),
        (
            "GET",
            "/apps/d1/branches/a%2Fb%20c/jobs/7",
            "GetJob",
            {"branchName": "a/b c", "jobId": "7"},
        ),
        ("DELETE", "/apps/d1/branches/jobs/jobs/7/stop", "StopJob", {"branchName": "jobs"}),
        ("POST", "/apps/d1/branches/x/deployments/start", "StartDeployment", {"branchName": "x"}),
        ("DELETE", "/tags/arn:aws:x/y%2Fz", "UntagResource", {"resourceArn": "arn:aws:x/y/z"}),
        ("GET", "/apps/d1/branches/a/b", None, {}),
        ("PUT", "/apps", None, {}),
        ("GET", "/", None, {}),
        ("GET", "/apps//branches", None, {}),
    ],
)
def test_method_and_path_say_the_operation(
    method: str, path: str, operation: str | None, members: dict[str, str]
) -> None:
    """What stands in the path is unquoted; a slash that is not quoted ends a name, but in an ARN."""
    found, given = route(method, path)
    assert found == operation
    assert given.items() >= members.items()
