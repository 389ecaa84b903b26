"""The inputs: defaults, rules, forms of time, and what may be shown of them."""

from __future__ import annotations

import math
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from amplify_job_resource._inputs.request import JOB_INPUTS, ReleaseRequest, with_defaults
from amplify_job_resource._inputs.rules import problems
from amplify_job_resource._inputs.schema import snake_case
from amplify_job_resource._inputs.secrets import SECRET_INPUTS
from amplify_job_resource._values.commits import Commit
from amplify_job_resource._values.text import printable
from amplify_job_resource._values.times import format_time, parse_time
from amplify_job_resource._values.unknown import UNKNOWN, canonical, contains_unknown
from hypothesis import given
from hypothesis import strategies as st

GOOD = {"appId": "d1a2", "branchName": "main"}


def found(**inputs: Any) -> dict[str, str]:
    """The problems of a good bag with these inputs, by key."""
    listed = problems({**GOOD, **inputs})
    reasons = {problem.key: problem.reason for problem in listed}
    assert len(reasons) == len(listed), f"more than one problem with one input: {listed}"
    return reasons


@pytest.mark.parametrize(
    "inputs",
    [
        {},
        {"branchName": "feature/a b/ünï"},
        {"branchName": "two\nlines"},
        {"branchName": "x" * 255},
        {"jobType": "WEB_HOOK"},
        {"jobType": "RETRY", "sourceJobId": "12"},
        {"commitId": "1f3c9e2", "commitMessage": "m" * 10_000, "jobReason": "r" * 255},
        {"commitMessage": "line\n\nparagraph"},
        {"commitTime": "2026-11-25T18:00:00Z"},
        {"commitTime": 1_795_629_600.0},
        {"triggers": {}},
        {"triggers": []},
        {"triggers": {"env": {"deep": [1, None, True]}}},
        {"waitForCompletion": False, "allowFailure": True, "lookahead": True},
        {"commitId": "1f3c9e2", "verifyCommit": True, "skipIfBuilt": True},
        {"onBusy": "adopt"},
        {"onBusy": "stop"},
        {"onBusy": "fail"},
        {"region": "us-gov-west-1"},
        {"region": "ap-southeast-2", "profile": "ci"},
        {"__provider": "a pickle", "commitId": None},
    ],
)
def test_good_inputs_have_no_problem(inputs: dict[str, Any]) -> None:
    """What StartJob takes passes, and keys that are no inputs are none of our business."""
    assert found(**inputs) == {}


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("appId", None, "app_id is required"),
        ("appId", "", "app_id is empty"),
        ("appId", "main", "app_id 'main' is not of the form"),
        ("appId", "d1A2", "app_id 'd1A2' is not of the form"),
        ("appId", "d1a2\n", "is not of the form"),
        ("appId", "d" * 21, "app_id has 21 characters, AWS takes 20 at most"),
        ("appId", 12.0, "app_id must be text, not 12.0"),
        ("branchName", None, "branch_name is required"),
        ("branchName", "", "branch_name is empty"),
        ("branchName", "x" * 256, "branch_name has 256 characters, AWS takes 255 at most"),
        ("branchName", ["main"], "branch_name must be text, not ['main']"),
        ("jobType", "release", "must be one of RELEASE, RETRY, WEB_HOOK, not 'release'"),
        ("jobReason", "r" * 256, "job_reason has 256 characters"),
        ("commitId", "c" * 256, "commit_id has 256 characters"),
        ("commitId", "", "commit_id is empty: give a value or leave it out"),
        ("commitId", 1234567.0, "commit_id must be text, not 1234567.0"),
        ("commitMessage", "m" * 10_001, "commit_message has 10001 characters"),
        ("commitTime", "yesterday", "commit_time must be RFC 3339 text"),
        ("commitTime", True, "not True"),
        ("triggers", "abc", "triggers must be a map or a list, not 'abc'"),
        ("waitForCompletion", "false", "wait_for_completion must be true or false, not 'false'"),
        ("allowFailure", 1.0, "allow_failure must be true or false, not 1.0"),
        ("verifyCommit", "yes", "verify_commit must be true or false"),
        ("skipIfBuilt", 0.0, "skip_if_built must be true or false"),
        ("lookahead", "true", "lookahead must be true or false"),
        ("onBusy", "queue", "on_busy must be one of wait, adopt, stop, fail, not 'queue'"),
        ("region", "Ireland", "region 'Ireland' is not the name of a region"),
        ("region", "eu-west-1\n", "is not the name of a region"),
        ("profile", "", "profile is empty"),
    ],
)
def test_each_input_has_its_rule(key: str, value: Any, reason: str) -> None:
    """A bad value is one problem, at that input, under its Python name."""
    listed = found(**{key: value})
    assert set(listed) == {key}
    assert reason in listed[key]
    assert listed[key].startswith(snake_case(key))


def test_manual_is_refused_with_its_reason() -> None:
    """`MANUAL` names what AWS has for it, before AWS refuses it in its own odd words."""
    reason = found(jobType="MANUAL")["jobType"]
    assert "AWS refuses it" in reason
    assert "CreateDeployment and StartDeployment" in reason


@pytest.mark.parametrize(
    ("inputs", "key", "reason"),
    [
        ({"jobType": "RETRY"}, "sourceJobId", "is required: a RETRY re-runs the job that it names"),
        ({"sourceJobId": "4"}, "sourceJobId", "belongs to job_type RETRY only, not to RELEASE"),
        ({"jobType": "WEB_HOOK", "sourceJobId": "4"}, "sourceJobId", "not to WEB_HOOK"),
        ({"verifyCommit": True}, "verifyCommit", "needs a commit_id to compare with"),
        ({"skipIfBuilt": True}, "skipIfBuilt", "needs a commit_id to compare with"),
        (
            {"jobType": "RETRY", "sourceJobId": "4", "commitId": "1f3c9e2", "skipIfBuilt": True},
            "skipIfBuilt",
            "does not go with job_type RETRY",
        ),
        ({"jobType": "RETRY", "sourceJobId": "x4"}, "sourceJobId", "is not of the form"),
    ],
)
def test_inputs_must_go_together(inputs: dict[str, Any], key: str, reason: str) -> None:
    """Rules over more than one input name the input to change."""
    listed = found(**inputs)
    assert set(listed) == {key}
    assert reason in listed[key]


def test_all_problems_come_at_once() -> None:
    """One look shows everything that is wrong, rules over several inputs included."""
    listed = found(
        appId="x",
        branchName=None,
        commitTime="noon",
        onBusy="queue",
        jobType="RETRY",
        verifyCommit=True,
        region="mars",
    )
    assert set(listed) == {
        "appId",
        "branchName",
        "commitTime",
        "onBusy",
        "sourceJobId",
        "verifyCommit",
        "region",
    }


def test_a_bad_input_is_not_blamed_twice() -> None:
    """A rule over several inputs says nothing of those that are wrong by themselves."""
    assert set(found(jobType="MANUAL", sourceJobId="4")) == {"jobType"}
    assert set(found(jobType="release", sourceJobId="4")) == {"jobType"}
    assert set(found(jobType="RETRY", sourceJobId="")) == {"sourceJobId"}


@pytest.mark.parametrize("key", JOB_INPUTS.keys.values())
def test_any_input_may_be_unknown(key: str) -> None:
    """What is known only after the update passes, alone and with all others unknown."""
    assert key not in found(**{key: UNKNOWN})
    assert found(**dict.fromkeys(JOB_INPUTS.keys.values(), UNKNOWN)) == {}


@given(
    st.recursive(
        st.just(UNKNOWN) | st.integers(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    ).filter(lambda value: isinstance(value, (list, dict)))
)
def test_unknowns_pass_inside_triggers(value: Any) -> None:
    """A trigger may be unknown at any depth."""
    assert found(triggers=value) == {}
    assert contains_unknown(value) is ("UNKNOWN" in repr(value))


def test_an_unknown_job_type_may_be_a_retry() -> None:
    """With an unknown job type a source job may be right, and its absence as well."""
    assert found(jobType=UNKNOWN, sourceJobId="4") == {}
    assert found(jobType=UNKNOWN) == {}
    assert found(jobType="RETRY", sourceJobId=UNKNOWN) == {}


@pytest.mark.parametrize("secrets", [["commitId"], UNKNOWN])
def test_a_secret_is_not_shown(secrets: Any) -> None:
    """The reason why a secret input is wrong does not hold it, nor while secrecy is unknown."""
    listed = found(**{"commitId": 987654321.0, SECRET_INPUTS: secrets})
    assert set(listed) == {"commitId"}
    assert "987654321" not in listed["commitId"]
    assert "is a secret" in listed["commitId"]


def test_a_long_value_is_cut() -> None:
    """A reason shows at most some sixty characters of a value."""
    reason = found(onBusy="q" * 5000)["onBusy"]
    assert len(reason) < 150
    assert "..." in reason


UTC_NOON = datetime(2026, 11, 25, 12, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("value", "time"),
    [
        ("2026-11-25T12:00:00Z", UTC_NOON),
        ("2026-11-25T12:00:00z", UTC_NOON),
        ("2026-11-25 12:00:00+00:00", UTC_NOON),
        ("2026-11-25T14:00:00+02:00", UTC_NOON),
        (" 2026-11-25T12:00:00Z\n", UTC_NOON),
        ("2026-11-25T12:00:00.5Z", UTC_NOON + timedelta(milliseconds=500)),
        ("2026-11-25T12:00:00.123456789Z", UTC_NOON + timedelta(microseconds=123456)),
        (UTC_NOON.timestamp(), UTC_NOON),
        (int(UTC_NOON.timestamp()), UTC_NOON),
        (0, datetime(1970, 1, 1, tzinfo=timezone.utc)),
    ],
)
def test_each_form_of_time_is_read(value: Any, time: datetime) -> None:
    """RFC 3339 text with any offset and fraction, and epoch seconds, name the same moment."""
    assert parse_time(value) == time
    assert parse_time(value).tzinfo is timezone.utc


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-25T12:00:00",
        "2026-11-25",
        "",
        "now",
        math.nan,
        math.inf,
        1e20,
        False,
        ["2026-11-25T12:00:00Z"],
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_what_names_no_moment_is_no_time(value: Any) -> None:
    """Without a time zone, or beyond the calendar, a value is refused with the form it needs."""
    with pytest.raises(ValueError, match="RFC 3339 text with a time zone"):
        parse_time(value)


@given(st.datetimes(timezones=st.timezones() | st.just(timezone.utc)))
def test_a_time_comes_back_from_its_text(time: datetime) -> None:
    """The stored form is UTC, ends with Z, and names the moment that was given."""
    try:
        utc = time.astimezone(timezone.utc)
    except OverflowError:
        return
    text = format_time(time)
    assert text.endswith("Z")
    assert parse_time(text) == utc
    assert format_time(parse_time(text)) == text


def test_a_time_without_a_zone_is_not_written() -> None:
    """A `datetime` that could mean several moments is refused."""
    with pytest.raises(ValueError, match="no time zone"):
        format_time(datetime(2026, 11, 25, 12, 0))  # noqa: DTZ001 - that is the point


def test_defaults_are_written_in_and_times_made_alike() -> None:
    """A bag with defaults holds every default, no None, and the commit time as RFC 3339 in UTC."""
    full = with_defaults({**GOOD, "commitTime": 0.0, "commitId": None, "onBusy": "fail"})
    assert full == {
        **JOB_INPUTS.defaults,
        **GOOD,
        "commitTime": "1970-01-01T00:00:00Z",
        "onBusy": "fail",
    }
    assert with_defaults(full) == full


@pytest.mark.parametrize("value", ["soon", UNKNOWN, [1]])
def test_a_time_that_cannot_be_read_stays(value: Any) -> None:
    """Defaults leave a bad or unknown commit time as it is, for its problem to be shown."""
    assert with_defaults({"commitTime": value})["commitTime"] is value


def test_a_wish_has_the_defaults() -> None:
    """A bag with the two required inputs is a RELEASE that waits."""
    wish = ReleaseRequest.from_properties({**GOOD, "commitId": None})
    assert wish == ReleaseRequest("d1a2", "main")
    assert str(wish.branch) == "d1a2/main"


def test_a_wish_takes_every_input() -> None:
    """What a bag says is what the wish holds, with the commit time as a moment."""
    wish = ReleaseRequest.from_properties(
        {
            **GOOD,
            "jobType": "RETRY",
            "sourceJobId": "4",
            "commitId": "1f3c9e2a77",
            "commitMessage": "m",
            "commitTime": "2026-11-25T12:00:00Z",
            "jobReason": "r",
            "triggers": {"a": 1.0},
            "waitForCompletion": False,
            "onBusy": "stop",
            "allowFailure": True,
            "verifyCommit": True,
            "skipIfBuilt": True,
            "region": "eu-west-1",
            "profile": "ci",
            SECRET_INPUTS: ["commitId"],
        }
    )
    assert wish.commit_time == UTC_NOON
    assert (wish.job_type, wish.source_job_id, wish.on_busy) == ("RETRY", "4", "stop")
    assert (wish.wait_for_completion, wish.allow_failure) == (False, True)
    assert (wish.verify_commit, wish.skip_if_built) == (True, True)
    assert (wish.region, wish.profile, wish.triggers) == ("eu-west-1", "ci", {"a": 1.0})
    assert wish.commit.shown == "[secret]"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def as_floats(value: Any) -> Any:
    """The value as it comes through protobuf: every number a float, every key in another order."""
    if isinstance(value, dict):
        return {key: as_floats(value[key]) for key in reversed(list(value))}
    if isinstance(value, list):
        return [as_floats(entry) for entry in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


@given(JSON)
def test_a_value_that_travelled_is_the_same(value: Any) -> None:
    """Numbers that became floats and keys in another order do not make another value."""
    assert canonical(as_floats(value)) == canonical(value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (True, 1),
        (False, 0),
        (False, None),
        ("1", 1),
        ({"a": None}, {}),
        ([1, 2], [2, 1]),
        (1.5, 1),
        ("", None),
        ([], {}),
    ],
)
def test_different_values_have_different_texts(one: Any, other: Any) -> None:
    """`True` is not 1, text is not a number, nothing is not false, and lists have an order."""
    assert canonical(one) != canonical(other)
    assert canonical({"x": [one]}) != canonical({"x": [other]})


@pytest.mark.parametrize(
    ("commit", "shown"),
    [
        (None, None),
        (UNKNOWN, "a commit known after the update"),
        ("1f3c9e2a77b0", "1f3c9e2"),
        ("A" * 64, "A" * 7),
        ("v1.2.3", "v1.2.3"),
        ("1f3c9e2", "1f3c9e2"),
        ("two\nlines\x1b[31m", "two lines [31m"),
        ("x" * 41, "x" * 39 + "…"),
    ],
)
def test_a_commit_is_shown_in_short(commit: Any, shown: str | None) -> None:
    """Seven digits of a sha, at most forty characters of other text, on one line."""
    text = None if commit is UNKNOWN else commit
    assert Commit(text, unknown=commit is UNKNOWN).shown == shown


@given(st.text(), st.integers(2, 60))
def test_printable_text_is_one_short_line(text: str, length: int) -> None:
    """Whatever the text, what is printed has no control characters and keeps its length."""
    line = printable(text, length)
    assert line.isprintable()
    assert len(line) <= length


def test_names_and_keys_pair_up() -> None:
    """Each input has one name in Python and one key in state, and the release keys are inputs."""
    assert {snake_case(key): key for key in JOB_INPUTS.keys.values()} == JOB_INPUTS.keys
    assert len(set(JOB_INPUTS.keys.values())) == len(JOB_INPUTS.keys)
    assert set(JOB_INPUTS.release_keys) < set(JOB_INPUTS.keys.values())
    assert set(JOB_INPUTS.defaults) < set(JOB_INPUTS.keys.values())
