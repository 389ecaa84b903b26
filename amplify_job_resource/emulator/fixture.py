"""A pytest fixture: `pytest_plugins = ["amplify_job_resource.emulator.fixture"]`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from . import Control, register


@pytest.fixture
def amplify_emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Control]:
    """The `Control` of an empty emulator in this process; boto3 calls reach the emulator.

    Sets dummy AWS keys and the region us-east-1 in the environment until the test has ended.
    """
    from moto import mock_aws

    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    register()
    with mock_aws():
        control = Control()
        control.reset()
        yield control
