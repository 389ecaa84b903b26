"""The table of the inputs: what is derived from each row."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Annotated, Any

import pytest
from amplify_job_resource._inputs.request import JOB_INPUTS, ReleaseRequest
from amplify_job_resource._inputs.schema import (
    Form,
    Input,
    OnChange,
    Row,
    Schema,
    camel_case,
    snake_case,
)
from amplify_job_resource._inputs.words import JobType
from botocore.loaders import Loader
from hypothesis import given
from hypothesis import strategies as st


@dataclass(frozen=True)
class Small:
    """A request of five inputs, and a field that is none."""

    site_id: Annotated[str, Input(Form.TEXT, OnChange.RELEASE, "siteId", what="the site's id")]
    kind: Annotated[JobType, Input(Form.TEXT, OnChange.RELEASE_ALWAYS_HASHED)] = JobType.RETRY
    is_quiet: Annotated[bool, Input(Form.FLAG)] = False
    label: Annotated[str | None, Input(Form.TEXT, member="jobReason")] = None
    cause: Annotated[Any, "no row", Input(Form.TRIGGERS, OnChange.RELEASE)] = None
    secret_inputs: frozenset[str] = frozenset()


SMALL = Schema.of(Small)


def test_a_row_is_a_field_with_an_input() -> None:
    """The rows stand in the order of the fields, and other fields and annotations make none."""
    assert [row.name for row in SMALL.rows] == ["site_id", "kind", "is_quiet", "label", "cause"]
    assert list(SMALL.by_key) == ["siteId", "kind", "isQuiet", "label", "cause"]
    assert SMALL.keys == {row.name: row.key for row in SMALL.rows}


def test_an_input_without_a_default_is_required() -> None:
    """A default is what the field says; None means that there is none."""
    assert [row.key for row in SMALL.rows if row.required] == ["siteId"]
    assert SMALL.by_key["siteId"].default is None
    assert SMALL.by_key["label"].default is None
    assert SMALL.by_key["kind"].default is JobType.RETRY


def test_state_holds_defaults_as_plain_values() -> None:
    """A default that is a word is its text in state, and False is a default."""
    assert SMALL.defaults == {"kind": "RETRY", "isQuiet": False}
    assert type(SMALL.defaults["kind"]) is str


def test_a_row_says_what_a_change_means() -> None:
    """Both kinds of release rows mean a release, and a row that says nothing means none."""
    assert SMALL.release_keys == ("siteId", "kind", "cause")
    assert [row.releases for row in SMALL.rows] == [True, True, False, False, True]


def test_a_row_names_the_member_that_takes_it() -> None:
    """StartJob takes the inputs whose rows name a member."""
    assert {member: row.key for member, row in SMALL.members.items()} == {
        "siteId": "siteId",
        "jobReason": "label",
    }


def test_names_and_keys_pair_up() -> None:
    """Each input has one name in Python and one key in state, and the release keys are inputs."""
    assert {snake_case(key): key for key in JOB_INPUTS.keys.values()} == JOB_INPUTS.keys
    assert len(set(JOB_INPUTS.keys.values())) == len(JOB_INPUTS.keys)
    assert set(JOB_INPUTS.release_keys) < set(JOB_INPUTS.keys.values())
    assert set(JOB_INPUTS.defaults) < set(JOB_INPUTS.keys.values())


@given(st.lists(st.from_regex(r"[a-z]+", fullmatch=True), min_size=1).map("_".join))
def test_a_name_comes_back_from_its_key(name: str) -> None:
    """Python's names and those of other languages can be made from each other."""
    assert snake_case(camel_case(name)) == name


def test_every_field_of_a_request_is_an_input() -> None:
    """Each field has its row; only the list of the secret ones is no input itself."""
    assert [row.name for row in JOB_INPUTS.rows] == [
        field.name for field in fields(ReleaseRequest) if field.name != "secret_inputs"
    ]


@pytest.mark.parametrize("row", JOB_INPUTS.rows, ids=lambda row: row.name)
def test_a_row_agrees_with_its_field(row: Row) -> None:
    """A required input says what to give, a flag's default is a flag, and only texts have words."""
    assert bool(row.input.what) is row.required
    if row.input.form is Form.FLAG:
        assert row.default in (True, False, None)
    if row.input.words:
        assert row.input.form is Form.TEXT
        assert row.default in row.input.words


def test_startjob_takes_every_member() -> None:
    """Each member of StartJob's request has exactly one input."""
    shapes = Loader().load_service_model("amplify", "service-2")["shapes"]
    assert set(JOB_INPUTS.members) == set(shapes["StartJobRequest"]["members"])
    assert len(JOB_INPUTS.members) == sum(bool(row.input.member) for row in JOB_INPUTS.rows)
