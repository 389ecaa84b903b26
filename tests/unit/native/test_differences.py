from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from amplify_job_resource._inputs.request import JOB_INPUTS
from amplify_job_resource._inputs.secrets import SECRET_INPUTS
from amplify_job_resource._kind import DEPLOYMENT, JOB, Kind
from amplify_job_resource._native.differences import diff_response
from amplify_job_resource._preview.changes import ChangeKind, compare, taking_over
from amplify_job_resource._state import OUTPUTS
from amplify_job_resource._values.unknown import UNKNOWN
from hypothesis import example, given
from hypothesis import strategies as st
from pulumi.runtime.proto import provider_pb2 as rpc

from tests.unit.preview.samples import CHANGES, NEW, OLD, VALUES

SITE = {
    "appId": "d1a2",
    "branchName": "main",
    "source": "dist",
    "contentDigest": "a",
    "fileCount": 2,
}


def diff_of(old: Mapping[str, Any], new: Mapping[str, Any], kind: Kind = JOB) -> Any:
    return diff_response(compare(old, new), kind, old, new)


def detail_of(response: Any) -> dict[str, str]:
    """The detailed diff: the word of each path."""
    words = rpc.PropertyDiff.Kind
    return {path: words.Name(each.kind) for path, each in response.detailedDiff.items()}


def parsed(path: str) -> list[str]:
    """The parts of a path, by the rules of Pulumi's engine."""
    parts: list[str] = []
    while path:
        if path.startswith('["'):
            part, index = "", 2
            while path[index] != '"':
                index += path[index : index + 2] == '\\"'
                part, index = part + path[index], index + 1
            assert path[index + 1] == "]"
            path = path[index + 2 :]
        else:
            path = path.removeprefix(".") if parts else path
            length = next((i for i, c in enumerate(path) if c in ".["), len(path))
            assert length, "there is no name"
            part, path = path[:length], path[length:]
        parts.append(part)
    return parts


@pytest.mark.parametrize(
    ("old", "new", "detail"),
    [
        ({}, {}, {}),
        ({}, {"commitId": "8b02d4a1"}, {"commitId": "UPDATE_REPLACE"}),
        ({"commitId": None}, {}, {"commitId": "ADD_REPLACE"}),
        ({}, {"commitId": None}, {"commitId": "DELETE_REPLACE"}),
        ({}, {"commitId": UNKNOWN}, {"commitId": "UPDATE_REPLACE"}),
        # What changes beside is shown, and is no reason.
        (
            {},
            {"commitId": "8b02d4a1", "jobReason": "r"},
            {"commitId": "UPDATE_REPLACE", "jobReason": "ADD"},
        ),
        ({}, {"jobReason": "r"}, {"jobReason": "ADD"}),
        ({"jobReason": "r"}, {}, {"jobReason": "DELETE"}),
        ({}, {"onBusy": "stop"}, {"onBusy": "UPDATE"}),
        ({}, {"commitId": "1f3c9e2"}, {"commitId": "UPDATE"}),
        # An output that asks for a release is there before and after.
        ({"status": "FAILED"}, {}, {"status": "UPDATE_REPLACE"}),
        ({"status": "RUNNING"}, {}, {}),
        ({"status": None}, {}, {}),
        # Triggers, each by itself.
        ({}, {"triggers": {"a": 1}}, {"triggers": "ADD_REPLACE"}),
        ({"triggers": {"a": 1}}, {"triggers": UNKNOWN}, {"triggers": "UPDATE_REPLACE"}),
        ({"triggers": [1]}, {"triggers": [2]}, {"triggers": "UPDATE_REPLACE"}),
        (
            {"triggers": {"a": 1, "b": 2, "same": 3}},
            {"triggers": {"b": UNKNOWN, "same": 3, "c": None}},
            {
                "triggers.a": "DELETE_REPLACE",
                "triggers.b": "UPDATE_REPLACE",
                "triggers.c": "ADD_REPLACE",
            },
        ),
        (
            {"triggers": {"x": 1}},
            {"triggers": {"x": 1, "a.b": 1, 'say "hi"': 1, "": 1, "back\\slash": 1, "ä": 1}},
            {
                'triggers["a.b"]': "ADD_REPLACE",
                'triggers["say \\"hi\\""]': "ADD_REPLACE",
                'triggers[""]': "ADD_REPLACE",
                'triggers["back\\slash"]': "ADD_REPLACE",
                'triggers["ä"]': "ADD_REPLACE",
            },
        ),
        # No path can name a key that ends with a backslash.
        ({"triggers": {"x": 1}}, {"triggers": {"a\\": 1}}, {"triggers": "UPDATE_REPLACE"}),
        # The keys of a secret map are secrets.
        (
            {"triggers": {"x": 1}, SECRET_INPUTS: ["triggers"]},
            {"triggers": {"x": 2}},
            {"triggers": "UPDATE_REPLACE"},
        ),
        (
            {"triggers": {"x": 1}},
            {"triggers": {"x": 2}, SECRET_INPUTS: ["triggers.x"]},
            {"triggers.x": "UPDATE_REPLACE"},
        ),
    ],
)
def test_each_difference_is_told(
    old: dict[str, Any], new: dict[str, Any], detail: dict[str, str]
) -> None:
    """The diff names each value that changes, how it does, and which of them ask for a release."""
    response = diff_of({**OLD, **old}, {**NEW, **new})
    assert detail_of(response) == detail
    assert [*response.replaces] == sorted(
        {parsed(path)[0] for path, word in detail.items() if word.endswith("_REPLACE")}
    )


def test_another_content_is_told_with_what_it_holds() -> None:
    """The digest asks for the release of other files; their number is shown beside it."""
    old = {**SITE, "jobId": "1", "status": "SUCCEED"}
    response = diff_of(old, {**SITE, "contentDigest": "b", "fileCount": 3}, DEPLOYMENT)
    assert detail_of(response) == {"contentDigest": "UPDATE_REPLACE", "fileCount": "UPDATE"}


def test_no_change_says_nothing() -> None:
    """Equal inputs are no diff, and nothing is listed."""
    response = diff_of(OLD, NEW)
    assert response == rpc.DiffResponse(changes=rpc.DiffResponse.DIFF_NONE)


@pytest.mark.parametrize(("old", "new", "kind", "keys"), CHANGES)
def test_the_diff_says_what_the_change_means(
    old: dict[str, Any], new: dict[str, Any], kind: ChangeKind, keys: tuple[str, ...]
) -> None:
    """Only a release replaces, by the keys that ask for it; and the old job is never deleted first."""
    response = diff_of({**OLD, **old}, {**NEW, **new})
    assert response.changes == (1 if kind is ChangeKind.NOTHING else 2)
    assert tuple(response.replaces) == (keys if kind is ChangeKind.RELEASE else ())
    # A change of an output is told of a release only: `replaceOnChanges` would make one of it.
    told = set(keys) if kind is ChangeKind.RELEASE else set(keys) & set(JOB_INPUTS.by_key)
    assert told <= set(response.diffs)
    assert not (set(response.diffs) - told) & set(OUTPUTS.values())
    assert not response.deleteBeforeReplace


keyed = st.dictionaries(st.text(max_size=4) | st.sampled_from(['"', "\\", ".", "[", "a\\"]), VALUES)
inputs = st.fixed_dictionaries(
    {"appId": st.sampled_from(["d1a2", "d9z8"])},
    optional={
        "triggers": keyed | st.lists(VALUES, max_size=2) | st.just(UNKNOWN),
        "commitId": st.sampled_from(["1f3c9e2a77", "8b02d4a1", UNKNOWN]),
        "onBusy": st.sampled_from(["wait", "stop"]),
        "region": st.sampled_from(["eu-west-1", "us-east-1"]),
        "waitForCompletion": st.booleans(),
        "source": st.just("dist"),
        "contentDigest": st.sampled_from(["a", "b"]),
        SECRET_INPUTS: st.sampled_from([["triggers"], ["commitId"], ["triggers.a"]]),
    },
)
outputs = st.fixed_dictionaries(
    {},
    optional={
        "jobId": st.just("41"),
        "status": st.sampled_from(["SUCCEED", "FAILED", "RUNNING"]),
        "healthy": st.booleans(),
    },
)


def holds(properties: Mapping[str, Any], path: list[str]) -> bool:
    value: Any = properties
    for part in path:
        if not isinstance(value, Mapping) or part not in value:
            return False
        value = value[part]
    return True


@given(inputs, outputs, inputs, st.sampled_from([JOB, DEPLOYMENT]), st.booleans())
@example({"appId": "d1a2", "triggers": {"a\\": 1}}, {}, {"appId": "d1a2"}, JOB, False)
def test_each_path_leads_to_a_value(
    old: dict[str, Any], more: dict[str, Any], new: dict[str, Any], kind: Kind, ours: bool
) -> None:
    """Whatever changes, each path can be read and names something old or new; one kind suits it."""
    old = {**old, **more}
    change = compare(old, new) if ours else taking_over(new)
    response = diff_response(change, kind, old, new)
    for path, word in detail_of(response).items():
        parts = parsed(path)
        before, after = holds(old, parts), holds(new, parts)
        if parts[0] in more:
            assert word.startswith("UPDATE")
        else:
            expected = "UPDATE" if before and after else "DELETE" if before else "ADD"
            assert before or after
            assert word.removesuffix("_REPLACE") == expected
        assert parts[0] in response.diffs
        assert word.endswith("_REPLACE") == (parts[0] in response.replaces)
    if change.kind is not ChangeKind.RELEASE:
        assert not response.replaces


def test_an_input_that_has_become_a_secret_is_recorded_again() -> None:
    """It is an update without a name, and so never a release, whatever `replaceOnChanges` lists."""
    response = diff_response(compare(OLD, OLD), JOB, OLD, OLD, encrypts=True)
    assert response.changes == rpc.DiffResponse.DIFF_SOME
    assert detail_of(response) == {}
    assert list(response.diffs) == list(response.replaces) == []
