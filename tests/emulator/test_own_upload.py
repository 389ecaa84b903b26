"""The upload that releases use, to an emulator that takes each address once."""

from __future__ import annotations

from typing import Any

import pytest
from amplify_job_resource._amplify.settings import Settings
from amplify_job_resource._upload.failures import UploadFailed
from amplify_job_resource._upload.upload import Receipt, put
from amplify_job_resource.emulator import Control, Fault
from amplify_job_resource.emulator.faults import PUT_UPLOAD

from tests.emulator.conftest import Branch
from tests.emulator.files import PAGE, SITE, manual_branch, start, zipped
from tests.operations import FakeOperation
from tests.unit.upload.bodies import Pieces

#: One that S3 is asked about before it is sent.
BIG_SITE = zipped({"index.html": PAGE, "photo.jpg": bytes(2_000_000)}, method=0)


@pytest.fixture
def site(branch: Branch, emulator: Control) -> Branch:
    """The branch main of an app without a repository."""
    return manual_branch(branch.client, emulator)


@pytest.fixture
def url(site: Branch, emulator: Control) -> str:
    """The address of its first deployment."""
    made: Any = site.client.create_deployment(**site.place)
    emulator.clear_calls()
    return str(made["zipUploadUrl"])


def upload(url: str, data: bytes = SITE) -> Receipt:
    chunks = [data[start : start + 1000] for start in range(0, len(data), 1000)]
    return put(
        url,
        Pieces(*chunks),
        Settings(),
        progress=lambda sent: None,
        clock=FakeOperation(),
        deadline=3600,
    )


def uploads(emulator: Control) -> list[Any]:
    """The status and the length of each upload."""
    return [(call["status"], call["body"]["bytes"]) for call in emulator.calls(PUT_UPLOAD)]


@pytest.mark.parametrize("data", [SITE, BIG_SITE], ids=["small", "big"])
def test_what_was_uploaded_is_deployed(
    data: bytes, site: Branch, url: str, emulator: Control
) -> None:
    """All bytes arrive in one request."""
    assert upload(url, data) is Receipt.TAKEN
    assert uploads(emulator) == [(200, len(data))]
    assert start(site, jobId="1") == "1"
    emulator.advance(3600)
    assert site.status("1") == "SUCCEED"


@pytest.mark.parametrize("kind", ["500", "503", "drop"])
@pytest.mark.parametrize("data", [SITE, BIG_SITE], ids=["small", "big"])
def test_what_was_not_taken_is_sent_again(
    kind: Any, data: bytes, url: str, emulator: Control
) -> None:
    """A fault before it was taken leaves the address as it was."""
    emulator.fault(Fault(kind, PUT_UPLOAD, "before"))
    assert upload(url, data) is Receipt.TAKEN
    assert [status for status, _ in uploads(emulator)] == [
        int(kind) if kind != "drop" else None,
        200,
    ]


@pytest.mark.parametrize("kind", ["500", "503", "drop"])
def test_what_was_taken_without_an_answer_can_be_started(
    kind: Any, site: Branch, url: str, emulator: Control
) -> None:
    """The address refuses the next try, and the start tells that there is something to deploy."""
    emulator.fault(Fault(kind, PUT_UPLOAD, "after"))
    assert upload(url) is Receipt.UNKNOWN
    assert start(site, jobId="1") == "1"


def test_an_address_is_used_once(url: str) -> None:
    """A second upload is an error, since it was not the first one's answer that was lost."""
    assert upload(url) is Receipt.TAKEN
    with pytest.raises(UploadFailed, match=r"refuses the address for the upload \(403 Acc"):
        upload(url)


def test_an_address_expires(url: str, emulator: Control) -> None:
    """After three hours, and the error says so."""
    emulator.advance(3 * 60 * 60 + 1)
    with pytest.raises(UploadFailed, match=r"has expired \(403 AccessDenied\)\. It is valid for"):
        upload(url)
