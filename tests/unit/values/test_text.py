"""Text that is safe to print."""

from __future__ import annotations

from typing import Any

import pytest
from amplify_job_resource._values.text import cut, harmless, on_one_line, printable, shortened
from hypothesis import given
from hypothesis import strategies as st


@given(st.text(), st.integers(2, 60))
def test_printable_text_is_one_short_line(text: str, length: int) -> None:
    """Whatever the text, what is printed has no control characters and keeps its length."""
    line = printable(text, length)
    assert line.isprintable()
    assert len(line) <= length


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ""),
        ("fits", "fits"),
        ("too long", "too l…"),
        (" a \t\n b ", "a b"),
        ("a\x00\x1b[1mbc", "a [1m…"),
        ("ünï", "ünï"),
    ],
)
def test_printable_text_keeps_what_people_wrote(text: str, line: str) -> None:
    """White space and control characters become single spaces, and a cut is shown."""
    assert printable(text, 6) == line


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12.0, "12"),
        (12.5, "12.5"),
        (float("inf"), "inf"),
        ({"a": [1.0, {"b": 2.0}]}, "{'a': [1, {'b': 2}]}"),
        ("two\nlines", r"'two\nlines'"),
        ("x" * 20, f"'{'x' * 20}'"),
        ("x" * 21, f"'{'x' * 18}..."),
        (["main"], "['main']"),
        (object(), "object"),
        (object, "type"),
    ],
)
def test_a_value_is_shown_as_python_writes_it(value: Any, text: str) -> None:
    """A value in a message is its `repr`, or its type; three dots stand for what is cut."""
    assert shortened(value, 22) == text


@given(st.text())
def test_a_value_keeps_to_sixty_characters(value: str) -> None:
    """Without another length a value takes at most sixty characters."""
    assert len(shortened(value)) <= 60


@given(st.text(), st.sampled_from([" ", "\n", "\r\n", "\t  "]))
def test_white_space_does_not_count(text: str, gap: str) -> None:
    """Texts that differ in their white space alone are the same on one line."""
    assert on_one_line(f"{gap}{text}{gap}b") == on_one_line(f"{text} b")
    assert "\n" not in on_one_line(text)


@given(st.text())
def test_harmless_text_stays_harmless(text: str) -> None:
    """Whatever the text, nothing in it steers a terminal; a second time changes nothing."""
    line = harmless(text)
    assert line.isprintable()
    assert harmless(line) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  two  spaces ", "  two  spaces "),
        ("a\tb", "a    b"),
        ("a\u00a0b\u2029c", "a b c"),
        ("a\x00\x1b[1mb\n\x85", "a[1mb"),
        ("a\u202eb\ufeff", "ab"),
        ("a\ud800\ue000", "a\ufffd\ufffd"),
        ("ünï", "ünï"),
    ],
)
def test_harmless_text_keeps_its_spaces(text: str, line: str) -> None:
    """Tabs and other white space become spaces; control characters go, and what nobody can show."""
    assert harmless(text) == line


@pytest.mark.parametrize(
    ("text", "line"), [("", ""), ("fits", "fits"), ("too long", "too…"), (" a  b", " a …")]
)
def test_a_cut_is_shown(text: str, line: str) -> None:
    """An ellipsis stands in the last place that there is."""
    assert cut(text, 4) == line
