"""Addresses of what is elsewhere: told from paths, and shown without what may be a secret."""

from __future__ import annotations

import pytest
from amplify_job_resource._values.addresses import MAX_LENGTH, is_address, unsigned, without_query
from botocore.loaders import Loader
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/site.zip",
        "HTTPS://example.com",
        "http://example.com/site.zip",
        "s3://bucket/prefix/",
        "S3://bucket/site.zip",
    ],
)
def test_an_address_has_a_scheme_that_aws_reads(text: str) -> None:
    """In small or capital letters."""
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    ["", "dist", "./https://x", "https:/x", "C:\\dist", "file:///dist", "ftp://a/b.zip", " s3://a"],
)
def test_all_else_is_a_path(text: str) -> None:
    """A drive, a name with a colon in it, and other schemes are not addresses."""
    assert not is_address(text)


@pytest.mark.parametrize(
    ("address", "left"),
    [
        ("https://a.example/x.zip", "https://a.example/x.zip"),
        ("https://a.example/x.zip?X-Amz-Signature=1&x-amz-date=2", "https://a.example/x.zip"),
        (
            "https://a.example/x.zip?versionId=2&X-Amz-Date=1&X-Amz-Signature=3",
            "https://a.example/x.zip?versionId=2",
        ),
        (
            "https://a.example/x.zip?st=staging&policy=1",
            "https://a.example/x.zip?st=staging&policy=1",
        ),
        ("https://a.example/x.zip?Expires=1&Signature=2&Key-Pair-Id=3", "https://a.example/x.zip"),
        ("https://a.example/x.zip?sv=1&se=2&sig=3&sku=4", "https://a.example/x.zip?sku=4"),
        ("https://user:key@a.example/x.zip?build=1#top", "https://a.example/x.zip?build=1"),
        ("s3://bucket/site/", "s3://bucket/site/"),
        ("https://a.example/x.zip?", "https://a.example/x.zip"),
    ],
)
def test_a_signature_is_left_out(address: str, left: str) -> None:
    """What names the content stays: a version, a build."""
    assert unsigned(address) == left


def test_the_longest_address_is_aws_s() -> None:
    """As the service model has it."""
    shapes = Loader().load_service_model("amplify", "service-2")["shapes"]
    assert shapes["SourceUrl"]["max"] == MAX_LENGTH


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://example.com/site.zip", "https://example.com/site.zip"),
        ("https://example.com/site.zip?X-Amz-Signature=abc&b=c", "https://example.com/site.zip"),
        ("https://example.com/site.zip#key", "https://example.com/site.zip"),
        ("https://example.com?a#b", "https://example.com"),
        ("https://me:key@example.com/a@b.zip", "https://example.com/a@b.zip"),
        ("https://token@example.com", "https://example.com"),
        ("https://a@b@example.com/x", "https://example.com/x"),
        ("s3://bucket/folder/", "s3://bucket/folder/"),
    ],
)
def test_what_may_be_a_secret_is_cut_off(address: str, shown: str) -> None:
    """The query and the fragment, and a name or a password before the host; the place stays."""
    assert without_query(address) == shown


@given(st.text(max_size=20), st.text(max_size=20))
def test_no_sign_of_a_query_is_left(place: str, query: str) -> None:
    """Whatever stands behind the first question mark is gone, and to cut again changes nothing."""
    shown = without_query(f"https://example.com/{place}?{query}")
    assert not {"?", "#"} & set(shown)
    assert without_query(shown) == shown
