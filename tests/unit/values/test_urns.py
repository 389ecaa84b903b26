"""Pulumi's names of resources, in parts."""

from __future__ import annotations

import pytest
from amplify_job_resource._values.urns import Urn
from hypothesis import example, given
from hypothesis import strategies as st

TOKEN = "pulumi-python:dynamic/amplify:Job"
#: Stacks, projects and types hold single colons at most.
PLAIN = st.from_regex(r"[A-Za-z0-9_./$-]{1,20}", fullmatch=True)
TYPES = st.from_regex(r"[A-Za-z0-9_./$-]{1,9}(:[A-Za-z0-9_./$-]{1,9}){0,3}", fullmatch=True)


@given(PLAIN, PLAIN, TYPES, st.text(min_size=1))
@example("dev", "site", f"my:site:Site${TOKEN}", "a::b::c")
@example("dev", "site", TOKEN, "two\nlines")
def test_a_urn_is_read_back_as_it_was_written(
    stack: str, project: str, types: str, name: str
) -> None:
    """Whatever a resource is called, the four parts come back from the text of its URN."""
    urn = Urn(stack, project, types, name)
    assert Urn.parse(str(urn)) == urn


def test_the_parts_have_their_places() -> None:
    """Stack, project, types and name stand in this order, and the name keeps its colons."""
    text = f"urn:pulumi:dev::site::my:site:Site${TOKEN}::eu::main"
    assert Urn.parse(text) == Urn("dev", "site", f"my:site:Site${TOKEN}", "eu::main")


@pytest.mark.parametrize(
    ("types", "own"),
    [(TOKEN, TOKEN), (f"my:site:Site${TOKEN}", TOKEN), (f"a:b:C$d:e:F${TOKEN}", TOKEN)],
)
def test_the_own_type_stands_last(types: str, own: str) -> None:
    """The types of a resource's parents stand in front of its own."""
    assert Urn("dev", "site", types, "main").type == own


@pytest.mark.parametrize(
    "text",
    [
        "",
        "main",
        "urn:pulumi:dev",
        "urn:pulumi:dev::site",
        f"urn:pulumi:dev::site::{TOKEN}",
        f"urn:other:dev::site::{TOKEN}::main",
        f"arn:pulumi:dev::site::{TOKEN}::main",
        f"x urn:pulumi:dev::site::{TOKEN}::main",
    ],
)
def test_another_text_is_no_urn(text: str) -> None:
    """A text that lacks a part, or begins in another way, has no parts."""
    assert Urn.parse(text) is None
