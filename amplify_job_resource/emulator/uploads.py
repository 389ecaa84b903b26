"""Uploads of files to deploy, as S3 takes them: one PUT to a signed address, without a key."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from . import s3_answers, signatures
from .archives import MOST_BYTES
from .content import ARCHIVE
from .exceptions import NotFoundException
from .faults import PUT_UPLOAD
from .models import backend_of
from .models.deployments import too_large
from .refusals import StartResponse
from .s3_answers import Answer, S3Error

#: The path below which uploads are taken. No bucket of S3 can have this name.
PREFIX = "/_uploads/"

_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class UploadPlace:
    """Where an upload goes; `job` is the job's number, padded as in its ARN.

    `file` is the name of one file, or None for the zip of all.
    """

    account_id: str
    region: str
    app_id: str
    branch_name: str
    job: str
    file: str | None = None

    @property
    def quoted_path(self) -> str:
        """The path as it stands in the address."""
        parts = [self.account_id, self.region, self.app_id, self.branch_name, self.job, "DEPLOY"]
        # Only the name of a branch has slashes when the path is no longer quoted.
        parts += [ARCHIVE] if self.file is None else ["files", quote(self.file, safe="")]
        return PREFIX + "/".join(quote(part, safe="") for part in parts)

    @classmethod
    def of(cls, path: str) -> UploadPlace | None:
        """The place that a path names, which is not quoted; None if it is no path of an upload."""
        parts = path.removeprefix(PREFIX).split("/")
        file = None
        if parts[-2:-1] == ["files"]:
            file = unquote(parts.pop())
        elif parts[-1] != ARCHIVE:
            return None
        if len(parts) < 7 or parts[-2] != "DEPLOY":
            return None
        account_id, region, app_id, *branch, job, _, _ = parts
        return cls(account_id, region, app_id, "/".join(branch), job, file)


def sign(base: str, place: UploadPlace, now: float) -> str:
    """The address of an upload on the server at `base`, valid from `now` for a time."""
    return signatures.sign("PUT", base, place.quoted_path, place.region, now)


def serve_upload(environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
    """Answer a WSGI request for an upload.

    Raises:
        ConnectionDropped: a fault closes the connection, so there is nothing to send.
    """
    path = s3_answers.path_of(environ)
    place = UploadPlace.of(path)
    # All of it is read before anything is said: a client that is still sending would get no answer.
    data, error = _body(environ)
    body: dict[str, Any] = {"bytes": len(data)}
    if place and place.file is not None:
        body["file"] = place.file
    entry = s3_answers.call_entry(PUT_UPLOAD, place, body)

    def act() -> Answer:
        _check(environ, path)
        if error:
            raise error
        _take(place, data)
        md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
        return 200, {"ETag": f'"{md5}"'}, b""

    return s3_answers.answer(environ, start, entry, act, has_effect=True)


def _check(environ: dict[str, Any], path: str) -> None:
    method, query = environ["REQUEST_METHOD"], environ.get("QUERY_STRING", "")
    signatures.check(method, path, query, s3_answers.shown_now())
    if environ.get("HTTP_AUTHORIZATION"):
        raise S3Error(
            400,
            "InvalidArgument",
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature "
            "query string parameter or the Authorization header should be specified",
        )


def _take(place: UploadPlace | None, data: bytes) -> None:
    denied = S3Error(403, "AccessDenied", "Access Denied")
    if place is None:
        raise denied
    backend = backend_of(place.account_id, place.region)
    upload = (ARCHIVE if place.file is None else place.file, data)
    with backend.lock:
        try:
            backend.take_upload(place.app_id, place.branch_name, place.job, upload)
        except NotFoundException:  # the job or its branch was deleted
            raise denied from None


def _body(environ: dict[str, Any]) -> tuple[bytes, S3Error | None]:
    """What a request sends, and why it cannot be taken; more than `MOST_BYTES` are not kept."""
    stream = environ["wsgi.input"]
    given = environ.get("CONTENT_LENGTH") or ""
    if not given.isdecimal():
        if "HTTP_TRANSFER_ENCODING" not in environ:
            return b"", S3Error(411, "MissingContentLength", "You must provide a length.")
        while stream.read(_CHUNK):
            pass
        message = "A header you provided implies functionality that is not implemented"
        return b"", S3Error(501, "NotImplemented", message)
    length = int(given)
    if length > MOST_BYTES:
        left = length
        while left > 0 and (chunk := stream.read(min(left, _CHUNK))):
            left -= len(chunk)
        return b"", too_large()
    data = stream.read(length)
    if len(data) < length:
        return data, S3Error(
            400,
            "IncompleteBody",
            "You did not provide the number of bytes specified by the Content-Length HTTP header",
        )
    return data, None
