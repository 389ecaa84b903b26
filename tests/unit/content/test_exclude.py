"""Patterns as git reads them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from time import process_time

import pytest
from amplify_job_resource._content.exclude import Exclusion
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("patterns", "excluded", "kept"),
    [
        ([], [], ["a"]),
        (["a"], ["a", "b/a", "a/b"], ["ab", "b"]),
        (["/a"], ["a", "a/b"], ["b/a"]),
        (["a/b"], ["a/b", "a/b/c"], ["b", "c/a/b"]),
        (["a/"], ["a/b", "c/a/b"], ["a", "c/a"]),
        (["*.map"], ["x.map", "a/x.map", ".map"], ["x.mapp", "map"]),
        (["a/*"], ["a/b", "a/b/c"], ["a", "b/a/c"]),
        (["a/*.js"], ["a/b.js"], ["a/b/c.js"]),
        (["?"], ["a", "b/c"], ["ab"]),
        (["caf?"], ["café"], ["caf"]),
        (["**/a"], ["a", "b/a", "b/c/a"], ["ba"]),
        (["a/**"], ["a/b", "a/b/c"], ["a"]),
        (["a/**/b"], ["a/b", "a/x/b", "a/x/y/b"], ["b", "a/xb"]),
        (["a**b/c"], ["axb/c", "ab/c"], ["a/b/c"]),
        (["[a-c]"], ["a", "c"], ["d", "-"]),
        (["[!a-c]"], ["d"], ["a"]),
        (["[^a]"], ["b"], ["a"]),
        (["[]a]"], ["]", "a"], ["b"]),
        (["[]-a]"], ["^", "a"], ["b", "-"]),
        (["[a-]"], ["a", "-"], ["b"]),
        (["[c-a]"], ["c"], ["a", "b", "-"]),
        ([r"[\]]"], ["]"], ["\\"]),
        (["[[:digit:]x]"], ["1", "x"], ["a"]),
        (["[[:nothing:]]", "x"], ["x"], ["n", ":"]),
        (["x[a/b]y"], ["xay"], ["x/y"]),
        (["[a", "b\\", "c"], ["c"], ["a", "[a", "b", "b\\"]),
        (["# a", "#", "", "  ", "!", "/"], [], ["a", "#", "# a"]),
        ([r"\#a", r"\!b"], ["#a", "!b"], ["a", "b"]),
        (["a  ", r"b\ ", r"c\\ "], ["a", "b ", "c\\"], ["a  ", "b", "c", "c\\ "]),
        (["*", "!a"], ["b", "b/a"], ["a"]),
        (["*.js", "!keep.js"], ["a.js"], ["keep.js", "x/keep.js"]),
        (["!a", "a"], ["a"], []),
        (["a/", "!a/b"], ["a/b"], []),
        (["a/*", "!a/b"], ["a/c"], ["a/b", "a/b/c"]),
        (["a\n# no\nb\r\n"], ["a", "b"], ["# no"]),
        (["A"], ["A"], ["a"]),
        (["a.b"], ["a.b"], ["axb"]),
        ([".*"], [".git/x", ".env"], ["a"]),
    ],
)
def test_patterns_mean_what_they_mean_to_git(
    patterns: list[str], excluded: list[str], kept: list[str]
) -> None:
    """Each form of pattern, by what it leaves out and what it does not."""
    exclusion = Exclusion(patterns)
    assert [name for name in [*excluded, *kept] if exclusion.excludes_file(name)] == excluded


def test_a_pattern_for_folders_is_about_no_file() -> None:
    """Only who looks at the disk knows which of the two a name is."""
    exclusion = Exclusion(["a/"])
    assert exclusion.excludes("x/a", is_folder=True)
    assert not exclusion.excludes("x/a", is_folder=False)


@pytest.mark.parametrize("patterns", [[], ["", "# a", "!", "/", "[a", "a\\"]])
def test_patterns_that_match_nothing_are_none(patterns: list[str]) -> None:
    """Comments alone do not count as patterns."""
    assert not Exclusion(patterns)
    assert Exclusion([*patterns, "a"])


class Git:
    """What git itself says."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        nothing = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        outer = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        self._environment = outer | nothing
        self._run("init", "--quiet")

    def excludes(self, patterns: Sequence[str], names: Sequence[str]) -> list[bool]:
        """Whether each of the names is left out."""
        # Two of the same line make no difference, and an empty file is no file of patterns to git.
        text = "".join(f"{pattern}\n" for pattern in patterns)
        (self._folder / ".gitignore").write_bytes(text.encode())
        found = self._run(
            *("check-ignore", "--no-index", "--verbose", "--non-matching", "-z", "--stdin"),
            given="".join(f"{name}\0" for name in names),
        ).split("\0")
        decisive = found[2:-1:4]
        assert found[3:-1:4] == list(names)
        return [pattern != "" and not pattern.startswith("!") for pattern in decisive]

    def _run(self, *arguments: str, given: str = "") -> str:
        git = ["git", "-c", "core.ignoreCase=false", "-C", str(self._folder), *arguments]
        done = subprocess.run(
            git, input=given.encode(), env=self._environment, capture_output=True, check=False
        )
        assert done.returncode in (0, 1), done.stderr
        return done.stdout.decode()


@pytest.fixture(scope="module")
def git(tmp_path_factory: pytest.TempPathFactory) -> Git:
    if shutil.which("git") is None:
        pytest.skip("there is no git here to compare with")
    return Git(tmp_path_factory.mktemp("repository"))


NAMES = st.lists(
    st.text("ab-]!#. \\[x", min_size=1, max_size=4).filter(lambda part: part.strip(".") != ""),
    min_size=1,
    max_size=4,
).map("/".join)
TOKENS = st.sampled_from(
    [
        *("a", "b", "x", ".", "-", "]", "!", "#", " "),
        *("/", "*", "?", "**", "**/", "/**", "/**/"),
        *("[ab]", "[!a]", "[^x]", "[]x]", "[a-b]", "[b-a]", "[a-]", "[[:alpha:]]", "[[:punct:]a]"),
        *("[", "[[:", ":]", "[a", "\\", "\\*", "\\ ", "[\\]]", "[a\\-b]", "[+--]", "[--/]"),
    ]
)
#: Git takes stars for folders also where plain letters stand before them, against its own manual.
UNCLEAR = re.compile(r"[^/]\*\*|\*\*\\/")


@settings(max_examples=60)
@given(
    st.lists(st.lists(TOKENS, max_size=6).map("".join), min_size=1, max_size=4),
    st.lists(NAMES, min_size=1, max_size=12, unique=True),
)
@example(["a/**/b", "!**/x"], ["a/b", "a/x/b", "a/x"])
@example([r"a\ ", "b\\  "], ["a ", "b ", "b"])
def test_git_agrees(git: Git, patterns: list[str], names: list[str]) -> None:
    """Whatever the patterns and the names: git leaves out the same ones."""
    assume(not any(UNCLEAR.search(pattern) for pattern in patterns))
    exclusion = Exclusion(patterns)
    assert [exclusion.excludes_file(name) for name in names] == git.excludes(patterns, names)


def test_a_hostile_pattern_takes_no_longer_than_others() -> None:
    """Names are long and patterns are many; none makes a run wait."""
    began = process_time()
    for pattern in ("**/" * 20 + "x", "*a" * 12 + "b", "a*" * 12 + "/**/b"):
        assert not Exclusion([pattern]).excludes_file("/".join(["a" * 20] * 20))
    assert process_time() - began < 10
