"""Which inputs are secrets."""

from __future__ import annotations

from typing import Any

import pytest
from amplify_job_resource._inputs.secrets import SECRET_INPUTS, commit_in, is_secret
from amplify_job_resource._values.commits import Commit
from amplify_job_resource._values.unknown import UNKNOWN


@pytest.mark.parametrize(
    ("secrets", "secret"),
    [
        (["commitId"], True),
        (["profile", "commitId"], True),
        (["commitMessage"], False),
        ([], False),
        (None, False),
        (UNKNOWN, True),
    ],
)
def test_an_input_is_secret_until_it_is_known_not_to_be(secrets: Any, secret: bool) -> None:
    """A secret input is named, and while the names are not known each input counts as secret."""
    assert is_secret({SECRET_INPUTS: secrets}, "commitId") is secret


def test_an_input_is_secret_where_any_side_says_so() -> None:
    """What was a secret, or is one from now on, is treated as one on both sides of a change."""
    plain, secret = {"profile": "a"}, {"profile": "b", SECRET_INPUTS: ["profile"]}
    assert is_secret(plain, "profile", secret)
    assert is_secret(secret, "profile", plain)
    assert not is_secret(plain, "profile", plain)


def test_nothing_is_secret_by_itself() -> None:
    """Properties without the list have no secrets."""
    assert not is_secret({"commitId": "1f3c9e2"}, "commitId")


@pytest.mark.parametrize(
    ("value", "commit"),
    [
        ("1f3c9e2", Commit("1f3c9e2")),
        (None, Commit()),
        (UNKNOWN, Commit(unknown=True)),
        (7.0, Commit()),
    ],
)
def test_the_commit_is_read_from_properties(value: Any, commit: Commit) -> None:
    """The commit is a text, unknown, or not there; what the rules refuse is no commit."""
    assert commit_in({"commitId": value}) == commit
    assert commit_in({}) == Commit()


def test_a_commit_is_secret_where_any_side_says_so() -> None:
    """A recorded commit is treated as a secret once the program calls it one, and the other way."""
    plain, secret = {"commitId": "1f3c9e2"}, {"commitId": "8b02d4a", SECRET_INPUTS: ["commitId"]}
    assert commit_in(plain, secret) == Commit("1f3c9e2", secret=True)
    assert commit_in(secret, plain) == Commit("8b02d4a", secret=True)
    assert commit_in(plain, plain) == Commit("1f3c9e2")
    assert commit_in(plain, {SECRET_INPUTS: UNKNOWN}).shown == "[secret]"
