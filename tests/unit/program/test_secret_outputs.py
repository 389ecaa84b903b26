"""Secret inputs on their way from a program to the engine."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from amplify_job_resource import Job
from amplify_job_resource._inputs.request import JOB_INPUTS
from amplify_job_resource._inputs.schema import Row
from amplify_job_resource._inputs.secrets import SECRET_INPUTS
from pulumi.runtime import rpc

from tests.unit.programs import GOOD, STATE, Run


def test_a_secret_commit_is_named_as_one(run: Run) -> None:
    """A secret commit is named, and the key of what AWS reports of it goes along, as a secret."""
    (inputs,) = run(lambda: Job("site", **GOOD, commit_id=pulumi.Output.secret("1f3c9e2")))
    secrets = {key for key, value in inputs.items() if rpc.is_rpc_secret(value)}
    assert secrets == {"commitId", "reportedCommitId"}
    assert {key: rpc.unwrap_rpc_secret(value) for key, value in inputs.items()} == {
        **STATE,
        "commitId": "1f3c9e2",
        "reportedCommitId": "",
        SECRET_INPUTS: ["commitId"],
    }


@pytest.mark.parametrize("row", JOB_INPUTS.rows, ids=lambda row: row.name)
def test_each_secret_input_is_named_as_one(run: Run, row: Row) -> None:
    """Whichever input is a secret, its key is told; outputs that hold it come as secrets, too."""
    value: Any = {"a": 1} if row.key == "triggers" else "d1a2"
    given = {**GOOD, "region": "eu-west-1", row.name: pulumi.Output.secret(value)}
    (inputs,) = run(lambda: Job("site", **given))
    assert inputs[SECRET_INPUTS] == [row.key]
    secrets = {key for key, value in inputs.items() if rpc.is_rpc_secret(value)}
    holding: set[str] = set()
    if row.key in ("appId", "branchName", "region"):
        holding |= {"jobArn", "consoleUrl"}
    if row.key in ("appId", "branchName"):
        holding |= {"url"}
    holding |= {"reportedCommitId"} if row.key == "commitId" else set()
    assert secrets == {row.key, *holding}


def test_secret_inputs_are_named_in_the_order_of_their_rows(run: Run) -> None:
    """The list is the same however the program is written; outputs that are no secrets are left out."""
    secret = pulumi.Output.secret("d1a2")
    plain = pulumi.Output.from_input("main")
    first, second = run(
        lambda: (
            Job("first", profile=secret, branch_name=plain, app_id=secret),
            Job("second", app_id=secret, branch_name=plain, profile=secret),
        )
    )
    assert first[SECRET_INPUTS] == second[SECRET_INPUTS] == ["appId", "profile"]


def test_a_secret_value_within_triggers_leaves_its_name(run: Run) -> None:
    """Only a map that is a secret as a whole is named as one: else previews tell which key changed."""
    plain = pulumi.Output.from_input(2)
    triggers = {"key": pulumi.Output.secret("value"), "other": 1, "plain": [{"deep": plain}]}
    (inputs,) = run(lambda: Job("site", **GOOD, triggers=triggers))
    assert inputs[SECRET_INPUTS] == ["triggers.key"]
    # The mocks make a secret of all that holds one; the engine keeps the value alone as one.
    unwrapped = rpc.unwrap_rpc_secret(inputs["triggers"])
    assert unwrapped == {"key": "value", "other": 1, "plain": [{"deep": 2}]}


def test_a_secret_deep_in_a_list_of_triggers_is_named_by_its_place(run: Run) -> None:
    """A build log may have the value: it is told where it stands."""
    triggers = [1, {"deep": [pulumi.Output.secret("value")]}]
    first, second = run(
        lambda: (
            Job("first", **GOOD, triggers=triggers),
            Job("second", **GOOD, triggers=[pulumi.Output.from_input(1)]),
        )
    )
    assert first[SECRET_INPUTS] == ["triggers.1"]
    assert SECRET_INPUTS not in second
