from __future__ import annotations

import pytest
from amplify_job_resource._native.link import Link
from amplify_job_resource._operation import NATIVE
from pulumi.runtime.proto import provider_pb2 as rpc

from tests.unit.native.calls import a_urn


def test_lines_are_shown_as_they_are(capfd: pytest.CaptureFixture[str]) -> None:
    """A line may be the log of somebody's build, which may tell of settings of its own."""
    line = "set aws:region in the stack's config"
    link = Link()
    link.log("INFO", line)
    link.warn_once(line)
    link.operation(rpc.CreateRequest(urn=a_urn())).info(line)
    assert capfd.readouterr().err.splitlines() == [line] * 3


@pytest.mark.parametrize(("seconds", "timeout"), [(0, None), (90, 90.0), (-1, None)])
def test_an_operation_is_what_the_request_says(seconds: float, timeout: float | None) -> None:
    """It has the resource's URN, the timeout where there is one, and the names of this front."""
    operation = Link().operation(rpc.CreateRequest(urn=a_urn(), timeout=seconds))
    assert operation.urn == a_urn()
    assert operation.timeout == timeout
    assert operation.front is NATIVE
    assert operation.front.input_name("appId") == "appId"


def test_a_cancel_ends_the_pauses_of_operations() -> None:
    """Whoever pauses hears of the Cancel at once."""
    link = Link()
    operation = link.operation(rpc.DeleteRequest(urn=a_urn()))
    assert operation.sleep(0)
    link.hear_cancel()
    assert not operation.sleep(3600)
