"""The marks by which Pulumi tells values of other kinds."""

from __future__ import annotations

from typing import Any

import pytest
from amplify_job_resource._values.marks import (
    KIND,
    SECRET_KIND,
    UNKNOWN_TEXT,
    UNKNOWN_TEXTS,
    is_marked_secret,
)
from pulumi.runtime import rpc


def test_the_marks_are_those_of_the_sdk() -> None:
    """The SDK has the same ones, under names of its own."""
    assert (rpc._special_sig_key, rpc._special_secret_sig) == (KIND, SECRET_KIND)
    assert rpc.UNKNOWN == UNKNOWN_TEXT
    assert UNKNOWN_TEXT in UNKNOWN_TEXTS


@pytest.mark.parametrize(
    ("value", "secret"),
    [
        ({KIND: SECRET_KIND, "ciphertext": "v1:x"}, True),
        ({KIND: "c44067f5952c0a294b673a41bacd8c17", "path": "x"}, False),
        ({"x": SECRET_KIND}, False),
        (SECRET_KIND, False),
        (None, False),
    ],
)
def test_only_a_secret_is_one(value: Any, secret: bool) -> None:
    """A file is marked by the same key, and is none."""
    assert is_marked_secret(value) is secret
