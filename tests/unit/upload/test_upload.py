"""An upload arrives, or fails with a sentence, and ends when it is to end."""

from __future__ import annotations

import pytest
from amplify_job_resource._amplify.settings import Settings
from amplify_job_resource._upload.failures import UploadFailed
from amplify_job_resource._upload.upload import Receipt, put

from tests.operations import FakeOperation
from tests.unit.upload.upload_server import (
    PATH,
    UploadServer,
    loses_the_answer,
    resets_after,
    s3_error,
)


class Text:
    """A body of some chunks."""

    def __init__(self, *chunks: bytes) -> None:
        self.size = sum(map(len, chunks))
        self.parts = chunks
        self.opened = 0

    def chunks(self):
        self.opened += 1
        yield from self.parts


def upload(server, body, **members):
    told = []
    operation = FakeOperation()
    result = put(
        server.url, body, Settings(**members), progress=told.append, clock=operation, deadline=1e9
    )
    return result, told, operation


def test_a_body_arrives(server: UploadServer) -> None:
    result, told, operation = upload(server, Text(b"ab", b"", b"c"))
    assert result is Receipt.TAKEN
    assert server.taken == [b"abc"]
    ((path, headers),) = server.asked
    assert path == PATH
    assert told == [3]


def test_503(server: UploadServer) -> None:
    server.answers = [
        s3_error(503, "SlowDown"),
        resets_after(1),
        loses_the_answer(server),
        s3_error(403, "AccessDenied"),
    ]
    body = Text(bytes(10_000_000))
    result, told, operation = upload(server, body)
    assert result is Receipt.UNKNOWN
    assert body.opened == 4


def test_denied(server: UploadServer) -> None:
    server.answers = [s3_error(403, "AccessDenied")]
    with pytest.raises(UploadFailed) as e:
        upload(server, Text(b"abc"))
    print(e.value)
