"""Files that Amplify hands out at signed addresses: artifacts of tests, and access logs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import Any
from urllib.parse import quote

from . import s3_answers, signatures
from .exceptions import NotFoundException
from .faults import GET_ACCESS_LOG, GET_ARTIFACT
from .models import backend_of
from .refusals import StartResponse
from .s3_answers import Answer, S3Error

#: The path below which they are served. No bucket of S3 can have this name.
PREFIX = "/_downloads/"

_OPERATIONS = {"artifacts": GET_ARTIFACT, "access-logs": GET_ACCESS_LOG}
#: The columns of an access log. Source: what users quote of AWS's.
_COLUMNS = (
    "date,time,x-edge-location,sc-bytes,c-ip,cs-method,cs(Host),cs-uri-stem,sc-status,cs(Referer),"
    "cs(User-Agent),cs-uri-query,cs(Cookie),x-edge-result-type,x-edge-request-id,x-host-header,"
    "cs-protocol,cs-bytes,time-taken,x-forwarded-for,ssl-protocol,ssl-cipher,"
    "x-edge-response-result-type,cs-protocol-version,fle-status,fle-encrypted-fields,c-port,"
    "time-to-first-byte,x-edge-detailed-result-type,sc-content-type,sc-content-len,sc-range-start,"
    "sc-range-end\n"
)


@dataclass(frozen=True, slots=True)
class Download:
    """Which file it is.

    Attributes:
        kind: `artifacts` or `access-logs`.
        owner: The id of the artifact, or of the app.
        file: The name under which the file is handed out.
    """

    account_id: str
    region: str
    kind: str
    owner: str
    file: str

    @property
    def quoted_path(self) -> str:
        """The path as it stands in the address."""
        return PREFIX + "/".join(quote(part, safe="") for part in astuple(self))

    @classmethod
    def of(cls, path: str) -> Download | None:
        """The file that a path names, which is not quoted; None if it is no path of one."""
        # Only the name of the file can have slashes.
        parts = path.removeprefix(PREFIX).split("/", 4)
        return cls(*parts) if len(parts) == 5 and parts[2] in _OPERATIONS else None


def sign(base: str, place: Download, now: float) -> str:
    """The address of a file on the server at `base`, valid from `now` for a time."""
    return signatures.sign("GET", base, place.quoted_path, place.region, now)


def serve_download(environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
    """Answer a WSGI request for a file.

    Raises:
        ConnectionDropped: a fault closes the connection, so there is nothing to send.
    """
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    path = s3_answers.path_of(environ)
    place = Download.of(path)
    operation = _OPERATIONS[place.kind] if place else GET_ARTIFACT
    entry = s3_answers.call_entry(operation, None, {"file": place.file} if place else {})

    def act() -> Answer:
        query = environ.get("QUERY_STRING", "")
        signatures.check(environ["REQUEST_METHOD"], path, query, s3_answers.shown_now())
        return 200, {"Content-Type": "application/octet-stream"}, _content(place)

    return s3_answers.answer(environ, start, entry, act)


def _content(place: Download | None) -> bytes:
    missing = S3Error(404, "NoSuchKey", "The specified key does not exist.")
    if place is None:
        raise missing
    if place.kind == "access-logs":
        return _COLUMNS.encode()
    backend = backend_of(place.account_id, place.region)
    with backend.lock:
        try:
            job, name = backend.artifact(place.owner)
        except NotFoundException:  # it was deleted with its job
            raise missing from None
    return (job.plan.artifacts or {})[name].encode("utf-8", "surrogateescape")
