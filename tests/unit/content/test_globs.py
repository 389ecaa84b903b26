"""One pattern and paths; what whole lists of patterns do is compared with git in `test_exclude`."""

from __future__ import annotations

import re
from time import process_time

import pytest
from amplify_job_resource._content.globs import Glob, NeverMatches
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("a", "a", True),
        ("a", "a/b", False),
        ("a/b", "a/b", True),
        ("*", "a", True),
        ("*", "a/b", False),
        ("*/b", "a/b", True),
        ("**/b", "b", True),
        ("**/b", "x/y/b", True),
        ("**", "a", True),
        ("a/**", "a", False),
        ("a/**", "a/b/c", True),
        ("a/**/**/b", "a/b", True),
        ("a/**/b/**/c", "a/x/b/x/b/c", True),
        ("a/**/b/c/**/d", "a/b/b/c/d", True),
        ("a/**/b/*/c", "a/b/b/x/c", True),
        ("a/**/b/*/c", "a/b/x/y/c", False),
        ("a*b*c", "aXbXbXc", True),
        ("a*bc*c", "abcbc", True),
        ("a*b*0", "ab0", True),
        ("a*b*?0", "ab0", False),
        ("*a*a", "a", False),
        ("a*", "a\n", True),
        (r"a\*", "a*", True),
        (r"a\*", "ab", False),
        (r"a\/b", "a/b", True),
        ("a//b", "a/b", False),
    ],
)
def test_a_pattern_matches_whole_paths(pattern: str, path: str, matches: bool) -> None:
    """Stars take as much as is needed, wherever the parts between them stand."""
    assert Glob(pattern).matches(path) == matches


@pytest.mark.parametrize(
    "pattern", ["a\\", "[", "[a", "[]", "[!", "[a\\", "[a-", "[[:alpha", "[[:x:]]"]
)
def test_a_pattern_without_an_end_is_about_nothing(pattern: str) -> None:
    """It is told when it is read, and not by each path."""
    with pytest.raises(NeverMatches):
        Glob(pattern)


@given(st.text("ab*?", min_size=1, max_size=8), st.text("ab", min_size=1, max_size=8))
def test_stars_within_a_name_do_what_a_plain_expression_does(pattern: str, name: str) -> None:
    """The expression that never looks back finds the same."""
    plain = pattern.replace("*", ".*").replace("?", ".")
    assert Glob(pattern).matches(name) == (re.fullmatch(plain, name) is not None)


@given(
    st.lists(st.sampled_from(["a", "b", "*", "**"]), min_size=1, max_size=6),
    st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=6),
)
def test_stars_for_folders_do_what_a_plain_search_does(
    pattern: list[str], names: list[str]
) -> None:
    """Only the last stars are ever tried again, and nothing is missed."""

    def found(segments: list[str], left: list[str]) -> bool:
        if not segments:
            return not left
        if segments == ["**"]:
            return bool(left)
        if segments[0] == "**":
            return any(found(segments[1:], left[skipped:]) for skipped in range(len(left) + 1))
        is_it = bool(left) and segments[0] in ("*", left[0])
        return is_it and found(segments[1:], left[1:])

    assert Glob("/".join(pattern)).matches("/".join(names)) == found(pattern, names)


@pytest.mark.parametrize("pattern", ["**/" * 30 + "x", "*a" * 100 + "b", "a*/" * 15 + "**/a*b"])
def test_a_hostile_pattern_takes_no_longer_than_others(pattern: str) -> None:
    """Each of these would take years if everything were tried."""
    began = process_time()
    assert not Glob(pattern).matches("/".join(["a" * 200] * 30))
    assert process_time() - began < 10
