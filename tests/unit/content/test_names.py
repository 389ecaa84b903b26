"""Names that mean the same path everywhere."""

from __future__ import annotations

import pytest
from amplify_job_resource._content.files import ContentError
from amplify_job_resource._content.names import (
    LONGEST,
    folders_of,
    is_litter,
    is_of_repository,
    name_problems,
    part_name,
)
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("given", "name"),
    [("a", "a"), ("a/b", "a/b"), ("./a", "a"), ("a//b", "a/b"), (".well-known/x", ".well-known/x")],
)
@pytest.mark.parametrize("may_be_root", [False, True])
def test_the_name_of_a_part_is_a_path_on_the_site(given: str, name: str, may_be_root: bool) -> None:
    """What does not change the path is left out."""
    assert part_name(given, may_be_root=may_be_root) == name


@pytest.mark.parametrize("given", ["", ".", "./", "././."])
def test_an_archive_can_be_the_root(given: str) -> None:
    """Its files lie at the top then; a file needs a name."""
    assert part_name(given, may_be_root=True) == ""
    with pytest.raises(ContentError, match="is no name for a part"):
        part_name(given, may_be_root=False)


@pytest.mark.parametrize("given", ["docs/", "docs/.", "docs//"])
def test_a_name_with_a_slash_at_its_end_is_a_folder(given: str) -> None:
    """An archive may have one, a file may not."""
    assert part_name(given, may_be_root=True) == "docs"
    with pytest.raises(ContentError, match="is the name of a folder"):
        part_name(given, may_be_root=False)


@pytest.mark.parametrize("given", ["/", "/a", "//"])
@pytest.mark.parametrize("may_be_root", [False, True])
def test_a_part_is_within_the_site(given: str, may_be_root: bool) -> None:
    """An absolute name is a mistake."""
    with pytest.raises(ContentError, match="is no name for a part"):
        part_name(given, may_be_root=may_be_root)


def test_parts_of_other_names_are_left_to_the_rules() -> None:
    """One place refuses `..`, whatever the name comes from."""
    assert part_name("../a", may_be_root=False) == "../a"


@pytest.mark.parametrize("name", ["__MACOSX/._a", "a/__MACOSX/b", ".DS_Store", "a/.DS_Store"])
def test_what_macos_adds_is_litter(name: str) -> None:
    """It is nobody's content."""
    assert is_litter(name)


@pytest.mark.parametrize("name", ["__MACOSX", "a.DS_Store", ".DS_Store/a", "._a", "a/b"])
def test_anything_else_is_none(name: str) -> None:
    """A file is not left out for a part of its name."""
    assert not is_litter(name)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        (".git/HEAD", True),
        ("a/.git/HEAD", True),
        ("a/.git", True),
        (".svn/x", True),
        (".hg/x", True),
        (".gitignore", False),
        ("a.git/x", False),
    ],
)
def test_a_repository_is_found_at_any_depth(name: str, is_one: bool) -> None:
    """That of a submodule is a file."""
    assert is_of_repository(name) == is_one


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("/etc/passwd", "within the site"),
        ("../a", "within the site"),
        ("a/../b", "within the site"),
        ("a//b", "within the site"),
        ("a/./b", "within the site"),
        ("", "within the site"),
        ("C:/a", "within the site"),
        ("c:a", "within the site"),
        ("a\\b", "backslash"),
        ("a\x00b", "control characters"),
        ("a\nb", "control characters"),
        ("a\x7f", "control characters"),
        ("a\x9b", "control characters"),
        ("a\udcff", "valid UTF-8"),
        ("x" * (LONGEST + 1), "at most 1024 bytes"),
        ("é" * (LONGEST // 2 + 1), "at most 1024 bytes"),
        ("\U0001d54f" * (LONGEST // 4 + 1), "at most 1024 bytes"),
    ],
)
def test_a_bad_name_has_one_sentence(bad: str, reason: str) -> None:
    """It names the first, says how many more there are, and what to do."""
    (sentence,) = name_problems(["a", bad])
    assert reason in sentence
    assert "more" not in sentence
    (both,) = name_problems(["a", bad, f"{bad}2" if bad else "/2"])
    assert " and 1 more: " in both


@pytest.mark.parametrize(
    "name",
    [
        "a",
        ".hidden",
        "a b/c",
        "..a/b..",
        "...",
        "ab:c",
        "ünï/日本",
        "é" * (LONGEST // 2),
        "x" * LONGEST,
        "a'\"?*|<>",
    ],
)
def test_other_names_are_good(name: str) -> None:
    """A site may have what browsers ask for."""
    assert list(name_problems([name])) == []


def test_a_name_can_be_given_once() -> None:
    """Which of two files is served would be chance."""
    assert [*name_problems(["a", "b", "a"])] == [
        "'a': the name is given to more than one file: rename or remove one of them"
    ]


@pytest.mark.parametrize(
    ("one", "other"), [("a/B.html", "a/b.html"), ("é.html", "e\u0301.html"), ("É", "é")]
)
def test_names_differ_in_more_than_case(one: str, other: str) -> None:
    """The disk of a colleague keeps one of the two, and what is deployed depends on the machine."""
    (sentence,) = name_problems([one, other, "c"])
    assert f"{one!r} and {other!r} differ only in upper and lower case" in sentence
    (both,) = name_problems([one, other, "X", "x"])
    assert "(and 1 more such pairs)" in both


@pytest.mark.parametrize("names", [["a", "a/b"], ["a/b/c", "a/b"], ["A", "a/b"]])
def test_a_file_is_no_folder(names: list[str]) -> None:
    """No disk can hold both."""
    (sentence,) = name_problems(names)
    assert "it is the name of a file and of a folder" in sentence


def test_folders_that_differ_in_case_hold_different_files() -> None:
    """Nothing is lost where they become one folder."""
    assert list(name_problems(["A/x", "a/y"])) == []


@given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=5))
def test_the_folders_of_a_file_come_from_the_outermost(parts: list[str]) -> None:
    """All of them, and not the file."""
    expected = ["/".join(parts[:count]) for count in range(1, len(parts))]
    assert list(folders_of("/".join(parts))) == expected
