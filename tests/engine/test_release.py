"""The main path: what `pulumi up` and `preview` do to a release."""

from __future__ import annotations

import pytest

from amplify_job_resource.emulator import Control
from tests.engine.stack import Stack

pytestmark = pytest.mark.engine


def test_first_up_starts_one_job(stack: Stack, emulator: Control) -> None:
    """The first `up` sends exactly one StartJob, with the body that was asked for."""
    run = stack.up(config={"commitId": "1f3c9e2a", "message": "Hello"}).ok()
    print(run.text)
    (start,) = emulator.calls("StartJob")
    assert start["body"]["commitId"] == "1f3c9e2a"
    assert start["body"]["jobType"] == "RELEASE"
    assert start["body"]["commitMessage"].startswith("Hello\n\nPulumi-Release: ")
    assert stack.job()["id"] == "d1a2b3c4/main/1"
    assert stack.outputs() == {"job": "1", "status": "SUCCEED"}
    print(stack.job())
    run = stack.preview(config={"commitId": "2f3c9e2a"}).ok()
    print(run.text)
    run = stack.up(config={"commitId": "2f3c9e2a"}).ok()
    print(run.text)
    assert 0
