"""The stack's own defaults for inputs."""

from __future__ import annotations

from typing import Any

import pytest
from amplify_job_resource import InvalidSettings
from amplify_job_resource._amplify.setting_names import PROVIDER, of_provider
from amplify_job_resource._stack_defaults import (
    LOG_LINES,
    LOOKAHEAD,
    lines_wanted,
    lookahead_wanted,
    unknown_settings,
)


@pytest.mark.parametrize(
    ("config", "own", "wanted"),
    [
        ({}, None, 20),
        ({}, 5.0, 5),
        ({}, 0.0, 0),
        ({LOG_LINES: "40"}, None, 40),
        ({LOG_LINES: " 0 "}, None, 0),
        ({LOG_LINES: "40"}, 3.0, 3),
        ({LOG_LINES: ""}, None, 20),
    ],
)
def test_the_resource_counts_before_the_stack(
    config: dict[str, str], own: float | None, wanted: int
) -> None:
    """The input, else the stack's setting, else twenty lines."""
    assert lines_wanted(config, {"logLines": own}) == wanted


@pytest.mark.parametrize("value", ["-1", "1001", "x", "1.5", "²", "9" * 5000, "0" * 5000])
def test_a_setting_that_is_no_count_is_refused(value: str) -> None:
    """A preview says so, before anything is started."""
    with pytest.raises(
        InvalidSettings, match=r"amplify-job:logLines of the stack's config must be"
    ):
        lines_wanted({LOG_LINES: value}, {})


@pytest.mark.parametrize(
    ("value", "own", "wanted"),
    [
        (None, None, False),
        ("", None, False),
        ("true", None, True),
        (" True ", None, True),
        ("FALSE", None, False),
        ("true", False, False),
        ("false", True, True),
    ],
)
def test_lookahead_may_be_the_stacks(value: str | None, own: Any, wanted: bool) -> None:
    """The input, else the stack's setting, else no."""
    config = {} if value is None else {LOOKAHEAD: value}
    assert lookahead_wanted(config, {"lookahead": own}) is wanted


@pytest.mark.parametrize("value", ["yes", "1", "maybe", "True!"])
def test_another_word_is_refused(value: str) -> None:
    """A word that looks like yes, and is not, would be a no without a word."""
    with pytest.raises(
        InvalidSettings, match=rf"lookahead .* must be true or false, not '{value}'"
    ):
        unknown_settings({LOOKAHEAD: value}, "shop")


def test_a_setting_is_refused_by_the_name_that_its_reader_knows() -> None:
    """A provider in a program has it as an input."""
    config = {LOOKAHEAD: "maybe", LOG_LINES: "x"}
    west = of_provider("west")
    for refused, said in (
        (lambda: lookahead_wanted(config, {}, west), "lookahead of the provider west must be"),
        (lambda: unknown_settings(config, "shop", west), "lookahead of the provider west must be"),
        (lambda: lines_wanted(config, {}, PROVIDER), "amplify-job:logLines of the provider's con"),
    ):
        with pytest.raises(InvalidSettings, match=f"^{said}"):
            refused()


def test_an_unknown_setting_is_told_of() -> None:
    """A slip in its name would go unseen."""
    config = {"amplify-job:lookahed": "true", LOOKAHEAD: "true", "shop:x": "1", "aws:region": "r"}
    (line,) = unknown_settings(config, "shop")
    assert line == (
        "amplify-job:lookahed of the stack's config has no effect: the settings are "
        "amplify-job:logLines and amplify-job:lookahead"
    )
    assert unknown_settings({}, "shop") == []


def test_a_project_may_have_settings_of_its_own_there() -> None:
    """Its name is the namespace of what its program reads."""
    assert unknown_settings({"amplify-job:commitId": "1"}, "amplify-job") == []
