from __future__ import annotations

import pytest
from amplify_job_resource._native.link import Link
from amplify_job_resource._native.wording import NATIVE
from pulumi.runtime.proto import provider_pb2 as rpc

from tests.unit.native.calls import a_urn


def test_lines_have_the_words_of_this_front(capfd: pytest.CaptureFixture[str]) -> None:
    """A line that names a setting names it as the provider's, whichever way it is said."""
    link = Link()
    link.log("INFO", "the stack's aws:region is set")
    link.warn_once("set aws:profile")
    link.operation(rpc.CreateRequest(urn=a_urn())).warn("aws:token of the stack's config")
    assert capfd.readouterr().err.splitlines() == [
        "the provider's region is set",
        "set amplify-job:profile",
        "token of the provider's config",
    ]


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
