"""Commits: which texts mean the same one, and how much of one people may see."""

from __future__ import annotations

from typing import Any

import pytest
from amplify_job_resource._values.commits import Commit, is_same_commit, short_sha
from amplify_job_resource._values.unknown import UNKNOWN
from hypothesis import given
from hypothesis import strategies as st

SHAS = st.text("0123456789abcdef", min_size=7, max_size=64)


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


@given(st.text(min_size=1))
def test_a_secret_commit_is_never_shown(text: str) -> None:
    """Of a secret commit people see that it is a secret, and nothing else."""
    commit = Commit(text, secret=True)
    assert commit.shown == str(commit) == "[secret]"


@pytest.mark.parametrize(
    ("commit", "text"),
    [
        (Commit(), "no commit"),
        (Commit(secret=True), "no commit"),
        (Commit("1f3c9e2a77b0"), "1f3c9e2"),
        (Commit(unknown=True, secret=True), "a commit known after the update"),
    ],
)
def test_a_sentence_always_has_a_word_for_the_commit(commit: Commit, text: str) -> None:
    """In a sentence no commit is "no commit", and an unknown one hides nothing that is secret."""
    assert str(commit) == text


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("1f3c9e2a77", True),
        ("1F3C9E2A77", True),
        ("1f3c9e2", True),
        ("1f3c9e2a77b0c1", True),
        ("1f3c9e", False),
        ("8b02d4a111", False),
        ("f3c9e2a77", False),
        ("1f3c9e2a77\n", False),
        ("HEAD", False),
        ("", False),
        (None, False),
    ],
)
def test_a_sha_may_be_a_short_form(other: str | None, same: bool) -> None:
    """Case does not count, and seven digits stand for a sha that begins with them; six do not."""
    assert Commit("1f3c9e2a77").is_same(other) is same
    assert is_same_commit(other, "1f3c9e2a77") is same


@given(st.none() | st.text())
def test_no_commit_is_never_the_same(other: str | None) -> None:
    """Where no commit is named, no text names the same one, and no commit does not name itself."""
    assert Commit().is_same(other) is False
    assert is_same_commit(other, None) is is_same_commit("", other) is False


@given(SHAS, SHAS)
def test_either_of_two_shas_may_be_the_short_form(one: str, other: str) -> None:
    """Whether two texts mean the same commit does not depend on which comes first."""
    assert is_same_commit(one, other) is is_same_commit(other, one)
    assert is_same_commit((one + other)[:64], one)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("v1.2.3", "v1.2.3", True),
        ("v1.2.3", "V1.2.3", False),
        ("release-2026", "release-2026-11", False),
        ("HEAD", "HEAD", True),
        ("1f3c9e", "1f3c9e", True),
        ("1f3c9e", "1F3C9E", False),
        ("a" * 65, "a" * 64, False),
    ],
)
def test_a_name_is_compared_as_it_is(one: str, other: str, same: bool) -> None:
    """A tag, a branch, or digits that are no sha have no short forms, and their case counts."""
    assert is_same_commit(one, other) is is_same_commit(other, one) is same


@given(SHAS)
def test_each_spelling_names_the_same_commit(sha: str) -> None:
    """The spellings of a sha are its short forms in each case, and it stands first itself."""
    spellings = Commit(sha).spellings
    assert spellings[0] == sha
    assert all(is_same_commit(sha, spelling) for spelling in spellings)
    assert {sha[:length].upper() for length in range(7, len(sha) + 1)} <= set(spellings)


@pytest.mark.parametrize(("text", "spellings"), [(None, ()), ("v1.2.3", ("v1.2.3",))])
def test_a_name_has_one_spelling(text: str | None, spellings: tuple[str, ...]) -> None:
    """What is no sha is spelled in one way, and no commit in none."""
    assert Commit(text).spellings == spellings


def test_a_short_sha_has_seven_digits() -> None:
    """A sha is cut to as many digits as git shows."""
    assert short_sha("1f3c9e2a77b0") == "1f3c9e2"
