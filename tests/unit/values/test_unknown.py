"""Values that are known only after the update, and one text for equal values."""

from __future__ import annotations

from typing import Any

import pytest
from amplify_job_resource._values.unknown import UNKNOWN, canonical, contains_unknown
from hypothesis import given
from hypothesis import strategies as st

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


@given(
    st.recursive(
        st.just(UNKNOWN) | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.lists(inner, max_size=3).map(tuple)
            | st.dictionaries(st.text("ab"), inner, max_size=3)
        ),
    )
)
def test_an_unknown_is_found_at_any_depth(value: Any) -> None:
    """A value holds an unknown when any part of it is one."""
    assert contains_unknown(value) is ("UNKNOWN" in repr(value))


@pytest.mark.parametrize("value", ["UNKNOWN", None, "", 0, {"UNKNOWN": 1}])
def test_a_text_is_no_unknown(value: Any) -> None:
    """Only the one object stands for what is not known, and not its name."""
    assert not contains_unknown(value)
