"""Tests of the content at an address."""

from __future__ import annotations

import pytest
from amplify_job_resource._content.address import digest_of_address
from amplify_job_resource._content.files import ContentError
from amplify_job_resource._values.addresses import MAX_LENGTH

ADDRESS = "https://b.s3.amazonaws.com/site.zip"


def test_a_digest_tells_no_address() -> None:
    """The query may be a secret, and a digest is kept in clear."""
    digest = digest_of_address(f"{ADDRESS}?token=5ec2e7")
    assert digest.startswith("sha256:")
    assert "5ec2e7" not in digest
    assert "site.zip" not in digest


def test_a_signature_does_not_count() -> None:
    """Each run may sign anew; another address, or another part of the query, is other content."""
    plain = digest_of_address(ADDRESS)
    for signature in ("1", "2"):
        signed = f"{ADDRESS}?X-Amz-Date={signature}&X-Amz-Signature={signature}"
        assert digest_of_address(signed) == plain
    assert digest_of_address(f"{ADDRESS}?versionId=2") != plain
    assert digest_of_address(f"{ADDRESS}.zip") != plain


def test_an_address_that_aws_does_not_take() -> None:
    """Unsafe ways and long addresses are refused without a word of the address."""
    for address in (f"http://{'x' * 9}.com/5ec2e7", f"{ADDRESS}?5ec2e7".ljust(MAX_LENGTH + 1, "x")):
        with pytest.raises(ContentError) as caught:
            digest_of_address(address)
        assert "5ec2e7" not in str(caught.value)
    assert digest_of_address(ADDRESS.ljust(MAX_LENGTH, "x"))
