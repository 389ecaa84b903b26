"""The inputs of a deployment, and the typed request that is made from them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from amplify_job_resource._amplify.ids import BranchId
from amplify_job_resource._inputs.deployment import (
    ALL_INPUTS,
    DEPLOYMENT_INPUTS,
    DeploymentRequest,
)
from amplify_job_resource._inputs.request import JOB_INPUTS, with_defaults
from amplify_job_resource._inputs.rules import problems
from amplify_job_resource._inputs.schema import Form
from amplify_job_resource._inputs.secrets import SECRET_INPUTS
from amplify_job_resource._inputs.words import OnBusy
from amplify_job_resource._values.commits import Commit
from amplify_job_resource._values.unknown import UNKNOWN

GOOD = {"appId": "d1a2", "branchName": "main", "source": "dist"}
#: All inputs, as Pulumi hands them over.
FULL = {
    **GOOD,
    "contentDigest": "sha256:x",
    "exclude": ["*.map"],
    "triggers": {"a": 1.0},
    "waitForCompletion": True,
    "onBusy": "stop",
    "allowFailure": True,
    "lookahead": True,
    "logLines": 5.0,
    "healthCheck": "/",
    "region": "eu-west-1",
    "profile": "ci",
    "fileCount": 2.0,
    "totalBytes": 3010.0,
    "manifest": f"{0:032x} 0 a\n",
}
SHARED = sorted(JOB_INPUTS.by_key.keys() & DEPLOYMENT_INPUTS.by_key.keys())


@pytest.mark.parametrize("key", SHARED)
def test_an_input_of_two_resources_means_the_same(key: str) -> None:
    """Name, form, default and meaning of a change are equal: previews read both by one table.

    A Job's `on_busy` has a word more.
    """
    ours, theirs = DEPLOYMENT_INPUTS.by_key[key], JOB_INPUTS.by_key[key]
    assert (ours.name, ours.default, ours.required) == (
        theirs.name,
        theirs.default,
        theirs.required,
    )
    assert (ours.input.form, ours.input.what) == (theirs.input.form, theirs.input.what)
    assert ours.releases is theirs.releases
    assert ours.input.member == theirs.input.member or key == "region"
    assert set(ours.input.words or ()) <= set(theirs.input.words or ())


def test_what_is_shared_and_what_is_not() -> None:
    """Files have no commit, no type of job, and no job that could be taken instead."""
    assert "onBusy" in SHARED
    assert set(DEPLOYMENT_INPUTS.by_key) - set(SHARED) == {
        "source",
        "exclude",
        "contentDigest",
        "fileCount",
        "totalBytes",
        "manifest",
    }
    assert OnBusy.ADOPT not in (DEPLOYMENT_INPUTS.by_key["onBusy"].input.words or ())
    assert set(ALL_INPUTS.by_key) == {*JOB_INPUTS.by_key, *DEPLOYMENT_INPUTS.by_key}


def test_every_field_is_an_input() -> None:
    """Each field has its row; only the list of the secret ones is no input itself."""
    assert [row.name for row in DEPLOYMENT_INPUTS.rows] == [
        field.name for field in fields(DeploymentRequest) if field.name != "secret_inputs"
    ]
    assert [row.key for row in DEPLOYMENT_INPUTS.rows if row.required] == list(GOOD)
    assert DEPLOYMENT_INPUTS.release_keys == (
        "appId",
        "branchName",
        "contentDigest",
        "triggers",
        "region",
    )


def test_what_is_derived_nobody_gives() -> None:
    """What the source holds is found by the program's side."""
    derived = [row.key for row in DEPLOYMENT_INPUTS.rows if row.input.is_derived]
    assert derived == ["contentDigest", "fileCount", "totalBytes", "manifest"]
    assert set(DEPLOYMENT_INPUTS.given.values()) == set(DEPLOYMENT_INPUTS.by_key) - set(derived)


def test_a_request_takes_every_input() -> None:
    """What properties say is what the request holds, with whole numbers."""
    assert set(FULL) == set(DEPLOYMENT_INPUTS.by_key)
    request = DeploymentRequest.from_properties({**FULL, SECRET_INPUTS: ["source"]})
    assert request == DeploymentRequest(
        "d1a2",
        "main",
        "dist",
        "sha256:x",
        ("*.map",),
        {"a": 1.0},
        wait_for_completion=True,
        on_busy=OnBusy.STOP,
        allow_failure=True,
        lookahead=True,
        log_lines=5,
        health_check="/",
        region="eu-west-1",
        profile="ci",
        file_count=2,
        total_bytes=3010,
        manifest=f"{0:032x} 0 a\n",
        secret_inputs=frozenset({"source"}),
    )
    numbers = (request.log_lines, request.file_count, request.total_bytes)
    assert [type(number) for number in numbers] == [int] * 3
    assert all(getattr(request, row.name) is not None for row in DEPLOYMENT_INPUTS.rows)


def test_a_request_has_the_defaults() -> None:
    """Without a word it waits, for its turn and for the end; and no commit is in it."""
    request = DeploymentRequest.from_properties(with_defaults(GOOD, DEPLOYMENT_INPUTS))
    assert request == DeploymentRequest("d1a2", "main", "dist")
    assert (request.on_busy, request.wait_for_completion) == (OnBusy.WAIT, True)
    assert request.branch == BranchId("d1a2", "main")
    assert request.commit == Commit(None)
    assert (request.verify_commit, request.skip_if_built) == (False, False)
    assert request.for_changed_triggers() is request


@pytest.mark.parametrize("inputs", [GOOD, FULL, {**GOOD, "source": [["a", "text", ""]]}])
def test_good_inputs_have_no_problem(inputs: dict[str, Any]) -> None:
    """A path, an address or a list of parts; and what Pulumi makes of numbers."""
    assert problems(inputs, inputs=DEPLOYMENT_INPUTS) == []
    unknown = dict.fromkeys(inputs, UNKNOWN)
    assert problems(unknown, inputs=DEPLOYMENT_INPUTS) == []


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"source": None}, "source is required: give a folder, a .zip, an archive, or the address"),
        ({"source": " "}, "source must be a path, an address or an archive, not ' '"),
        ({"source": 3.0}, "source must be a path, an address or an archive, not 3"),
        ({"source": []}, "source must be a path, an address or an archive, not []"),
        ({"source": [["a", 1]]}, "source must be a path, an address or an archive, not [['a', 1]]"),
        ({"exclude": "*.map"}, "exclude must be a list of texts, not '*.map'"),
        ({"exclude": [1.0]}, "exclude must be a list of texts, not [1]"),
        ({"onBusy": "adopt"}, "on_busy must be one of wait, stop, fail, not 'adopt'"),
        ({"logLines": 1001.0}, "log_lines must be a whole number from 0 to 1000, not 1001"),
        ({"triggers": 1.0}, "triggers must be a map or a list, not 1"),
        ({"appId": "D1"}, "app_id 'D1' is not of the form"),
        ({"branchName": ""}, "branch_name is empty: give the branch's name"),
    ],
)
def test_bad_inputs_are_refused_in_a_sentence(inputs: dict[str, Any], reason: str) -> None:
    """Each problem names the input as the program has it."""
    (problem,) = problems({**GOOD, **inputs}, inputs=DEPLOYMENT_INPUTS)
    assert problem.key == next(iter(inputs))
    assert problem.reason.startswith(reason)


def test_a_secret_that_is_wrong_is_not_told() -> None:
    """Also where the source is no text at all."""
    wrong = {**GOOD, "source": [["topsecret", 1]], SECRET_INPUTS: ["source"]}
    (problem,) = problems(wrong, inputs=DEPLOYMENT_INPUTS)
    assert problem.reason == "source is not valid (it is a secret, so it is not shown here)"


def test_an_input_without_a_form_of_its_own_is_of_a_known_one() -> None:
    """Only what is derived may be a number of any size."""
    numbers = [row.key for row in DEPLOYMENT_INPUTS.rows if row.input.form is Form.NUMBER]
    assert numbers == ["fileCount", "totalBytes"]
    assert all(DEPLOYMENT_INPUTS.by_key[key].input.is_derived for key in numbers)


@pytest.mark.parametrize("value", ["2", True, -1, 0.5, float("nan"), float("inf"), [], {}])
@pytest.mark.parametrize("key", ["fileCount", "totalBytes"])
def test_a_number_of_files_or_bytes_is_one(key: str, value: Any) -> None:
    """What is no whole number is refused before a request is made of it; the size does not matter."""
    (problem,) = problems({**GOOD, key: value}, inputs=DEPLOYMENT_INPUTS)
    assert problem.key == key
    assert " must be a whole number, not " in problem.reason
    assert problems({**GOOD, key: 10.0**15}, inputs=DEPLOYMENT_INPUTS) == []
