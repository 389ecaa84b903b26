from __future__ import annotations

from typing import Any

import pytest
from amplify_job_resource._inputs.deployment import ALL_INPUTS
from amplify_job_resource._inputs.secrets import SECRET_INPUTS
from amplify_job_resource._kind import DEPLOYMENT, JOB
from amplify_job_resource._native.properties import (
    answered,
    is_newly_secret,
    received,
    secret_inputs,
)
from amplify_job_resource._native.wire import Path, decoded
from amplify_job_resource._values.unknown import UNKNOWN
from hypothesis import given

from tests.unit.native.calls import struct
from tests.unit.native.values import ARCHIVE, KIND, marked, plain_struct

SIGNED = "https://files.example/site.zip?X-Amz-Signature=5ec2e7"


@pytest.mark.parametrize(
    ("secrets", "names"),
    [
        ([], set()),
        ([("commitId",)], {"commitId"}),
        # An output, and what is not known, are no inputs.
        ([("url",), ("typo", "x")], set()),
        ([("exclude", 1)], {"exclude"}),
        ([("triggers", "a"), ("triggers", "b", 0, "c")], {"triggers.a", "triggers.b"}),
        ([("triggers", 0)], {"triggers.0"}),
        ([("triggers", "a.b")], {"triggers.a.b"}),
        ([("triggers", "a"), ("triggers",)], {"triggers"}),
    ],
)
def test_secret_inputs_have_names(secrets: list[Path], names: set[str]) -> None:
    """The lifecycle is told of an input, or of a value of the triggers, and of nothing deeper."""
    assert secret_inputs(secrets, ALL_INPUTS) == names


@pytest.mark.parametrize(
    ("properties", "secrets"),
    [
        ({"commitId": "x", "appId": "d1a2"}, {("commitId",)}),
        ({"triggers": {"a": 1.0, "b": [1.0, {"c": "x"}]}}, {("triggers", "b", 1, "c")}),
        ({"triggers": {"a.b": "x"}}, {("triggers", "a.b")}),
        ({"triggers": ["x", "y"]}, {("triggers", 1)}),
        ({"triggers": {"1": "x"}}, {("triggers", "1")}),
        ({"triggers": {"a": "x"}}, {("triggers",)}),
        ({"triggers": UNKNOWN}, {("triggers",)}),
    ],
)
def test_a_secret_comes_back_as_one(properties: dict[str, Any], secrets: set[Path]) -> None:
    """What a secret input is in an answer is a secret, with all of the value that was named."""
    given = received(struct(properties, *secrets), JOB)
    found = decoded(answered(given.properties, given))
    assert found.properties == properties
    assert secrets <= found.secrets
    assert {path[:2] for path in found.secrets} == {path[:2] for path in secrets}


@given(marked())
def test_no_secret_is_lost(case: tuple[dict[str, Any], frozenset[Path]]) -> None:
    """Whatever is among the properties of a resource, a secret stays one in its place."""
    properties, secrets = case
    given = received(struct(properties, *secrets), JOB)
    found = decoded(answered(given.properties, given))
    assert found.properties == {k: v for k, v in properties.items() if k != SECRET_INPUTS}
    assert {path for path in secrets if path[0] != SECRET_INPUTS} <= found.secrets


def test_state_of_the_dynamic_resource_names_its_secrets() -> None:
    """The keys in `secretInputs` are secrets here as well; the pickled provider is left out."""
    state = {
        "commitId": "1f3c9e2a77",
        "triggers": {"a": "x", "b": "y"},
        "__provider": "pickle",
        SECRET_INPUTS: ["commitId", "triggers.a", 5.0],
    }
    given = received(plain_struct(**state), JOB)
    assert "__provider" not in given.properties
    assert given.properties[SECRET_INPUTS] == ["commitId", "triggers.a"]
    found = decoded(answered(given.properties, given))
    assert found.properties.keys() == {"commitId", "triggers"}
    assert {("commitId",), ("triggers", "a"), ("reportedCommitId",)} >= found.secrets


@pytest.mark.parametrize("names", ["commitId", UNKNOWN, 5.0, {}, None])
def test_secret_inputs_of_another_shape_say_nothing(names: Any) -> None:
    """What stands where the keys should be is left out when it is no list."""
    assert received(struct({"commitId": "x", SECRET_INPUTS: names}), JOB).properties == {
        "commitId": "x"
    }


@pytest.mark.parametrize(
    ("secret", "outputs"),
    [
        ("commitId", {"reportedCommitId"}),
        ("appId", {"jobArn", "url", "consoleUrl"}),
        ("branchName", {"jobArn", "url", "consoleUrl"}),
        ("region", {"jobArn", "consoleUrl"}),
        ("jobReason", set()),
    ],
)
def test_outputs_made_of_secrets_are_secrets(secret: str, outputs: set[str]) -> None:
    """An output that holds a secret input is one as well."""
    given = received(struct({secret: "x"}, (secret,)), JOB)
    made = dict.fromkeys(["jobId", "jobArn", "url", "consoleUrl", "reportedCommitId"], "x")
    found = decoded(answered({**given.properties, **made}, given))
    shown = {str(path[0]) for path in found.secrets if path[0] in found.properties}
    assert shown == {secret, *outputs}


@pytest.mark.parametrize(
    ("secret", "encrypted", "hidden"),
    [
        ([], [], False),
        (["branchName"], ["branchName"], True),
        (["branchName"], ["branchName", "jobArn", "url"], False),
        (["branchName", "appId"], ["url"], True),
        (["commitId"], [], False),  # AWS reports none.
        (["jobReason"], [], False),
    ],
)
def test_an_output_in_clear_that_holds_a_secret_is_noticed(
    secret: list[str], encrypted: list[str], hidden: bool
) -> None:
    """It has to be recorded again, and only once."""
    inputs = {"appId": "d1a2", "branchName": "main", "commitId": "1f3c9e2", "jobReason": "x"}
    state = struct({**inputs, "jobArn": "x", "url": "x"}, *[(key,) for key in encrypted])
    olds = received(state, JOB)
    news = received(struct(inputs, *[(key,) for key in secret]), JOB)
    assert is_newly_secret(olds, news) is hidden


@pytest.mark.parametrize(
    ("before", "after", "hidden"),
    [
        ([], [("triggers", "a")], True),
        ([("triggers", "a")], [("triggers", "a")], False),
        ([("triggers",)], [("triggers", "a")], False),
        ([("triggers", "a")], [("triggers", "a"), ("triggers", "b", "c")], True),
        # The engine sees by itself that all of an input is a secret now.
        ([], [("triggers",)], False),
        ([("triggers", "a")], [], False),
    ],
)
def test_a_part_that_becomes_a_secret_is_noticed(
    before: list[tuple[str, ...]], after: list[tuple[str, ...]], hidden: bool
) -> None:
    """The outputs hold the triggers as well, and would keep the part in clear."""
    inputs = {"appId": "d1a2", "branchName": "main", "triggers": {"a": "x", "b": {"c": "y"}}}
    olds, news = (received(struct(inputs, *paths), JOB) for paths in (before, after))
    assert is_newly_secret(olds, news) is hidden


def test_what_a_secret_source_holds_is_a_secret() -> None:
    """Names of files, their number and their digest say something of a secret source."""
    given = received(struct({"source": "dist"}, ("source",)), DEPLOYMENT)
    derived = {"contentDigest": "x", "fileCount": 1, "totalBytes": 2, "manifest": "m"}
    found = decoded(answered({**given.properties, **derived}, given))
    assert {str(path[0]) for path in found.secrets} == {"source", *derived}


@pytest.mark.parametrize("source", [SIGNED, {KIND: ARCHIVE, "uri": SIGNED}])
def test_an_address_that_is_signed_is_a_secret(source: Any) -> None:
    """Whoever knows the signature can read the files, so nobody has to say that it is a secret."""
    given = received(plain_struct(source=source), DEPLOYMENT)
    assert given.properties[SECRET_INPUTS] == ["source"]
    found = decoded(answered({"source": SIGNED}, given))
    assert found.secrets == {("source",)}


def test_properties_without_secrets_have_none() -> None:
    """There is no empty list of secrets."""
    assert received(plain_struct(commitId="x", source="dist"), JOB).properties == {
        "commitId": "x",
        "source": "dist",
    }


@pytest.mark.parametrize("is_dynamic", [False, True])
def test_the_sdk_marks_what_a_secret_is_in(is_dynamic: bool) -> None:
    """That is no new secret in state of the dynamic resource, which marks the secret alone."""
    inputs = {"appId": "d1a2", "branchName": "main", "triggers": {"b": {"c": "y"}, "d": "z"}}
    olds = received(struct(inputs, ("triggers", "b", "c")), JOB)
    news = received(struct(inputs, ("triggers", "b"), ("triggers", "b", "c")), JOB)
    assert is_newly_secret(olds, news, is_dynamic=is_dynamic) is not is_dynamic
    other = received(struct(inputs, ("triggers", "d")), JOB)
    assert is_newly_secret(olds, other, is_dynamic=is_dynamic)
