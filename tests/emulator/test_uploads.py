"""Uploads: signed addresses that take one PUT each, and what goes wrong."""

from __future__ import annotations

import socket
from http.client import RemoteDisconnected
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from amplify_job_resource.emulator import (
    Control,
    Fault,
    archives,
    emulator_state,
    uploads,
)
from amplify_job_resource.emulator.faults import PUT_UPLOAD
from amplify_job_resource.emulator.models import deployments
from amplify_job_resource.emulator.uploads import UploadPlace

from tests.emulator.conftest import Branch, MachineTime
from tests.emulator.files import MANUAL, SITE, ask, manual_branch, start


@pytest.fixture
def site(branch: Branch, emulator: Control) -> Branch:
    """The branch main of an app without a repository."""
    return manual_branch(branch.client, emulator)


@pytest.fixture
def made(site: Branch, emulator: Control) -> Any:
    """The answer of a CreateDeployment."""
    made = site.client.create_deployment(**site.place)
    emulator.clear_calls()
    return made


@pytest.mark.parametrize("branch", ["main", "a/b/files/c", "x/0000000001/DEPLOY", "ü?#%2F &=+"])
@pytest.mark.parametrize("file", [None, "index.html", "a/b ü%2F?.css", "artifacts.zip", "files/x"])
def test_a_path_leads_back_to_its_place(branch: str, file: str | None) -> None:
    """Whatever is in the names of the branch and of the file."""
    place = UploadPlace("1", "eu-west-1", "d1", branch, "0000000001", file)
    assert UploadPlace.of(unquote(place.quoted_path)) == place


@pytest.mark.parametrize(
    "path", ["", "artifacts.zip", "1/r/d1/main/0000000001/BUILD/artifacts.zip"]
)
def test_another_path_has_no_place(path: str) -> None:
    """A path that is not one of an upload names nothing."""
    assert UploadPlace.of(uploads.PREFIX + path) is None


def test_an_address_looks_like_one_of_s3(made: Any) -> None:
    """It names the job and its step, is signed for Host alone, and is valid for three hours."""
    parts = urlsplit(made["zipUploadUrl"])
    assert parts.path.endswith(f"/{MANUAL}/main/0000000001/DEPLOY/artifacts.zip")
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert query["X-Amz-Expires"] == "10800"
    assert query["X-Amz-SignedHeaders"] == "host"
    assert {"X-Amz-Signature", "X-Amz-Security-Token"} <= set(query)


@pytest.mark.parametrize("kind", ["application/zip", "application/octet-stream"])
def test_an_upload_needs_no_key(made: Any, emulator: Control, kind: str) -> None:
    """Any type of content is taken, and the call is recorded, without what was uploaded."""
    answer = ask(made["zipUploadUrl"], "PUT", SITE, Content_Type=kind)
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["ETag"].strip('"').isalnum()
    assert emulator.calls() == [
        {
            "operation": "PutUpload",
            "app_id": MANUAL,
            "branch_name": "main",
            "job_id": "1",
            "body": {"bytes": len(SITE)},
            "region": "us-east-1",
            "access_key": None,
            "time": emulator_state.clock.now(),
            "status": 200,
        }
    ]


def test_an_address_takes_one_upload(site: Branch, made: Any) -> None:
    """A second one is refused, before the start and after it."""
    assert ask(made["zipUploadUrl"], "PUT", SITE).status == 200
    again = ask(made["zipUploadUrl"], "PUT", b"other")
    assert (again.status, again.code) == (403, "AccessDenied")
    assert again.headers["Content-Type"] == "application/xml"
    start(site, jobId="1")
    assert ask(made["zipUploadUrl"], "PUT", SITE).code == "AccessDenied"


def test_an_address_expires(made: Any, emulator: Control) -> None:
    """After three hours, in the times that clients are shown, S3 says so."""
    emulator.advance(3 * 60 * 60 + 1)
    answer = ask(made["zipUploadUrl"], "PUT", SITE)
    assert (answer.status, answer.code) == (403, "AccessDenied")
    assert b"<Message>Request has expired</Message>" in answer.body


def test_an_address_expires_by_the_clock_of_clients(
    machine_time: MachineTime, emulator: Control, branch: Branch
) -> None:
    """At speed 10, an address is good for three real hours all the same."""
    site = manual_branch(branch.client, emulator)
    emulator.run(10)
    url = site.client.create_deployment(**site.place)["zipUploadUrl"]
    machine_time.pass_by(3 * 60 * 60 - 1)
    assert ask(url, "PUT", SITE).status == 200


def test_another_address_is_refused(made: Any) -> None:
    """Neither a changed address nor another method is what was signed."""
    url = made["zipUploadUrl"]
    for other in (
        url + "0",
        url.replace("0000000001", "0000000002"),
        url.replace("10800", "99999"),
    ):
        answer = ask(other, "PUT", SITE)
        assert (answer.status, answer.code) == (403, "SignatureDoesNotMatch")
    assert ask(url).code == "SignatureDoesNotMatch"
    assert ask(url.partition("?")[0], "PUT", SITE).code == "AccessDenied"
    server = url.partition("/_uploads/")[0]
    query = urlsplit(url).query
    assert ask(f"{server}/_uploads/other?{query}", "PUT", SITE).code == "SignatureDoesNotMatch"
    assert ask(url, "PUT", SITE, Authorization="AWS4 x").code == "InvalidArgument"
    assert ask(url, "PUT", SITE).status == 200


def test_what_is_gone_takes_nothing(site: Branch, made: Any) -> None:
    """A stopped job, a deleted one and one of a deleted branch refuse."""
    url = made["zipUploadUrl"]
    site.stop("1")
    assert ask(url, "PUT", SITE).code == "AccessDenied"
    site.client.delete_branch(**site.place)
    assert ask(url, "PUT", SITE).code == "AccessDenied"


def raw(url: str, head: str, body: bytes = b"") -> bytes:
    """What the server sends back to a request that is written by hand; its sending ends there."""
    parts = urlsplit(url)
    with socket.create_connection(
        (parts.hostname or "", parts.port or 0), timeout=30
    ) as connection:
        first = f"PUT {parts.path}?{parts.query} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        connection.sendall(f"{first}{head}\r\n".encode() + body)
        connection.shutdown(socket.SHUT_WR)
        return connection.makefile("rb").read()


@pytest.mark.parametrize(
    ("head", "body", "status", "code"),
    [
        ("", b"", 411, "MissingContentLength"),
        ("Transfer-Encoding: chunked\r\n", b"3\r\nabc\r\n0\r\n\r\n", 501, "NotImplemented"),
        ("Content-Length: 5\r\n", b"abc", 400, "IncompleteBody"),
    ],
)
def test_an_upload_says_how_long_it_is(
    made: Any, head: str, body: bytes, status: int, code: str
) -> None:
    """S3's rules: a length, no chunks, and all of it; after that the address is still good."""
    answer = raw(made["zipUploadUrl"], head, body)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert f"<Code>{code}</Code>".encode() in answer
    assert ask(made["zipUploadUrl"], "PUT", SITE).status == 200


def test_what_is_too_large_is_refused(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it is read and nothing kept, so that a client which is still sending gets the answer."""
    for module in (uploads, deployments):
        monkeypatch.setattr(module, "MOST_BYTES", 1000)
    answer = ask(made["zipUploadUrl"], "PUT", bytes(20_000_000))
    assert (answer.status, answer.code) == (400, "EntityTooLarge")
    assert ask(made["zipUploadUrl"], "PUT", bytes(1000)).status == 200


def test_files_are_bounded_together(site: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound counts for all files of a deployment, one by one as in a zip."""
    assert archives.MOST_BYTES == 512 * 1024 * 1024
    monkeypatch.setattr(deployments, "MOST_BYTES", 10)
    made = site.client.create_deployment(**site.place, fileMap={"a": "1", "b": "2"})
    urls = made["fileUploadUrls"]
    assert ask(urls["a"], "PUT", b"123456").status == 200
    assert ask(urls["b"], "PUT", b"12345").code == "EntityTooLarge"
    assert ask(urls["b"], "PUT", b"1234").status == 200


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("500", 500, "InternalError"),
        ("503", 503, "SlowDown"),
        ("denied", 403, "AccessDenied"),
        ("expired", 403, "AccessDenied"),
    ],
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_an_upload_can_go_wrong(
    made: Any, emulator: Control, kind: Any, status: int, code: str, when: Any
) -> None:
    """A fault is S3's answer; with `after` the upload was taken, with `before` it was not."""
    emulator.fault(Fault(kind, PUT_UPLOAD, when, app_id=MANUAL, branch_name="main"))
    answer = ask(made["zipUploadUrl"], "PUT", SITE)
    assert (answer.status, answer.code) == (status, code)
    again = ask(made["zipUploadUrl"], "PUT", SITE).status
    assert again == (403 if when == "after" else 200)
    assert [call["status"] for call in emulator.calls(PUT_UPLOAD)] == [status, again]


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_upload_can_be_dropped(made: Any, emulator: Control, when: Any) -> None:
    """The connection is closed without an answer."""
    emulator.fault(Fault("drop", PUT_UPLOAD, when))
    with pytest.raises(RemoteDisconnected):
        ask(made["zipUploadUrl"], "PUT", SITE)
    assert [call["status"] for call in emulator.calls(PUT_UPLOAD)] == [None]
    assert ask(made["zipUploadUrl"], "PUT", SITE).status == (403 if when == "after" else 200)


def test_an_upload_can_be_slow(
    machine_time: MachineTime, branch: Branch, emulator: Control
) -> None:
    """It takes real time, also while the clock is stopped."""
    site = manual_branch(branch.client, emulator)
    url = site.client.create_deployment(**site.place)["zipUploadUrl"]
    emulator.fault(Fault("slow", PUT_UPLOAD, seconds=7))
    assert ask(url, "PUT", SITE).status == 200
    assert machine_time.slept == [7]


def test_a_fault_of_all_calls_leaves_uploads_alone(made: Any, emulator: Control) -> None:
    """`*` means Amplify's own operations, and an upload has no faults of theirs."""
    emulator.fault(Fault("500"))
    assert ask(made["zipUploadUrl"], "PUT", SITE).status == 200
    emulator.clear_faults()
    with pytest.raises(ValueError, match="for an upload, kind is one of 500, 503, denied, expired"):
        Fault("throttled", PUT_UPLOAD)
