"""Durations: as people read them, and as people and stack config write them."""

from __future__ import annotations

import json

import pytest
from amplify_job_resource import InvalidSettings
from amplify_job_resource._amplify.settings import settings_from
from amplify_job_resource._values.durations import format_duration, parse_duration
from amplify_job_resource.cli.command import run
from amplify_job_resource.cli.exit_codes import USAGE
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0s"),
        (0, "0s"),
        (0.4, "0s"),
        (59.4, "59s"),
        (59.6, "1m00s"),
        (60, "1m00s"),
        (190, "3m10s"),
        (3599.6, "1h00m"),
        (3720, "1h02m"),
        (100 * 3600, "100h00m"),
    ],
)
def test_a_duration_is_short(seconds: float, text: str) -> None:
    """A duration is seconds, minutes with seconds, or hours with minutes, and is rounded once."""
    assert format_duration(seconds) == text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("45m", 2700),
        ("2h", 7200),
        ("1h30m", 5400),
        ("1h5s", 3605),
        ("1m30s", 90),
        ("1h02m03s", 3723),
        ("100m", 6000),
        ("0s", 0),
    ],
)
def test_hours_minutes_and_seconds_are_read(text: str, seconds: int) -> None:
    """Each part may be left out, and none has an upper bound."""
    assert parse_duration(text) == seconds


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_written_duration_is_read_back(hours: int, minutes: int, seconds: int) -> None:
    """Whatever the three numbers, the text with all of them means their sum."""
    assert parse_duration(f"{hours}h{minutes}m{seconds}s") == hours * 3600 + minutes * 60 + seconds


@given(st.integers(0, 10**7))
def test_a_shown_duration_is_read_back(seconds: int) -> None:
    """What a row shows can be typed in: the same seconds, and whole minutes from an hour on."""
    exact = seconds if seconds < 3600 else seconds - seconds % 60
    assert parse_duration(format_duration(seconds)) == exact


#: Other parsers of durations take some of these.
REFUSED = ["30m1h", "1h1h", "1.5h", " 5m", "5m ", "90", "soon", "-5m", "1h 30m", "5M", "٣m", "5m\n"]


@pytest.mark.parametrize("text", ["", *REFUSED])
def test_another_form_is_refused(text: str) -> None:
    """What is not hours, minutes and seconds in this order is refused, and the form is named."""
    with pytest.raises(ValueError, match="write hours, minutes and seconds in this order") as error:
        parse_duration(text)
    assert str(error.value).startswith(f"{text!r} is not a duration: ")


def refusal(text: str) -> str:
    """The sentence about a text that is no duration."""
    with pytest.raises(ValueError, match="is not a duration") as error:
        parse_duration(text)
    return str(error.value)


@pytest.mark.parametrize("text", REFUSED)
def test_the_stacks_config_refuses_the_same(text: str) -> None:
    """A role's duration in `aws:assumeRoles` has the same form as every other duration.

    An empty one counts as left out, like every other empty argument of a role.
    """
    config = {"aws:assumeRoles": json.dumps([{"roleArn": "arn:role", "duration": text}])}
    with pytest.raises(InvalidSettings) as error:
        settings_from(config, environ={})
    assert str(error.value).endswith(refusal(text))


@pytest.mark.parametrize("text", ["", *REFUSED])
def test_the_command_line_refuses_the_same(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`--timeout` has the same form, and a wrong one is a mistake of usage."""
    assert run(["wait", "d1a2", "main", "--timeout", text]) == USAGE
    assert refusal(text) in capsys.readouterr().err
