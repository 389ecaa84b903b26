"""The environment variables that switch how the plugin process behaves."""

from __future__ import annotations

import pytest
from amplify_job_resource._engine.environment import debugging, is_set


@pytest.mark.parametrize(
    ("value", "on"),
    [
        ("1", True),
        ("true", True),
        ("yes", True),
        ("on", True),
        ("", False),
        ("0", False),
        ("false", False),
        ("False", False),
        ("NO", False),
    ],
)
def test_a_variable_is_a_switch(monkeypatch: pytest.MonkeyPatch, value: str, on: bool) -> None:
    """A variable is on unless it says no; an empty one, as CI systems set it, is off."""
    monkeypatch.setenv("AMPLIFY_JOB_DEBUG", value)
    assert is_set("AMPLIFY_JOB_DEBUG") is on
    assert debugging() is on


def test_what_is_not_there_is_off() -> None:
    """Without a variable the behaviour is the documented one."""
    assert not is_set("AMPLIFY_JOB_NOT_THERE")
    assert not debugging()
