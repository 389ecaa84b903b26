"""Logs over HTTP, as S3 serves them: the whole text or a range of it, to whoever has the address."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape

from . import log_addresses
from .exceptions import ConnectionDropped, NotFoundException
from .faults import GET_LOG, Fault
from .log_addresses import LogPlace, LogRefused
from .logs import log_of
from .models import backend_of
from .refusals import StartResponse
from .state import emulator_state

_FAULTS = {
    "500": (500, "InternalError", "We encountered an internal error. Please try again."),
    "503": (503, "SlowDown", "Please reduce your request rate."),
    "denied": (403, "AccessDenied", "Access Denied"),
    "expired": log_addresses.EXPIRED,
}
_STATUSES = {
    200: "200 OK",
    206: "206 Partial Content",
    403: "403 Forbidden",
    404: "404 Not Found",
    416: "416 Requested Range Not Satisfiable",
    500: "500 Internal Server Error",
    503: "503 Service Unavailable",
}
_XML = {"Content-Type": "application/xml"}
_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))")


def address(place: LogPlace, base: str | None) -> str:
    """A new address of a log.

    Args:
        place: Whose log it is.
        base: The address of the server that was asked; None in process, where a server for logs
            then runs on 127.0.0.1 until the emulator is reset.
    """
    base = base or emulator_state.url_of_logs(serve_log)
    return log_addresses.sign(base, place, _shown_now())


def serve_log(environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
    """Answer a WSGI request for a log.

    Raises:
        ConnectionDropped: a fault closes the connection, so there is nothing to send.
    """
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    path = environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace")
    entry = _entry(LogPlace.of(path), environ)
    with emulator_state.lock:
        emulator_state.calls.append(entry)
        faults = emulator_state.faults.matching(GET_LOG, entry["app_id"], entry["branch_name"])
    try:
        _go_wrong(faults)
        query = environ.get("QUERY_STRING", "")
        place = log_addresses.check(environ["REQUEST_METHOD"], path, query, _shown_now())
        status, headers, data = _part(_text(place), environ.get("HTTP_RANGE", ""))
    except LogRefused as refused:
        status, headers, data = refused.status, _XML, _xml(refused.code, refused.message)
    entry["status"] = status
    start(_STATUSES[status], [*headers.items(), ("Content-Length", str(len(data)))])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [data]


def _entry(place: LogPlace | None, environ: dict[str, Any]) -> dict[str, Any]:
    """A GET of a log in the list of calls."""
    given = {"step": place.step if place else None, "range": environ.get("HTTP_RANGE")}
    return {
        "operation": GET_LOG,
        "app_id": place and place.app_id,
        "branch_name": place and place.branch_name,
        "job_id": place and (place.job.lstrip("0") or "0"),
        "body": {name: value for name, value in given.items() if value is not None},
        "region": place and place.region,
        "access_key": None,
        "time": _shown_now(),
        "status": None,
    }


def _go_wrong(faults: list[Fault]) -> None:
    """Let the faults of one GET act, of which the first that is not slow decides."""
    for fault in faults:
        if fault.kind == "slow":
            # Whatever the emulator's clock does: no client of HTTP can see it.
            emulator_state.clock.wait(fault.seconds, real_time=True)
    for fault in faults:
        if fault.kind == "drop":
            raise ConnectionDropped
        if fault.kind in _FAULTS:
            raise LogRefused(*_FAULTS[fault.kind])


def _text(place: LogPlace) -> bytes:
    """The log as far as it is written.

    Raises:
        LogRefused: there is no such log, for example because the job was deleted.
    """
    backend = backend_of(place.account_id, place.region)
    text = None
    with backend.lock, contextlib.suppress(NotFoundException):
        job = backend.job(place.app_id, place.branch_name, place.job)
        steps = {step.name: step for step in backend.snapshot(job).steps}
        if place.step in steps:
            clock = emulator_state.clock
            text = log_of(job, steps[place.step], clock.now(), clock.shown)
    if text is None:
        raise LogRefused(404, "NoSuchKey", "The specified key does not exist.")
    return text


def _part(text: bytes, wanted: str) -> tuple[int, dict[str, str], bytes]:
    """The status, the headers and the bytes for a Range header; S3 serves no more than one range."""
    headers = {"Content-Type": "text/plain; charset=utf-8", "Accept-Ranges": "bytes"}
    named = _RANGE.fullmatch(wanted)
    length = len(text)
    if named is None or (named[2] and int(named[2]) < int(named[1])):
        return 200, headers, text  # a header that says nothing is ignored
    if named[3]:
        first, end = max(0, length - int(named[3])), length
    else:
        first, end = int(named[1]), min(length, int(named[2] or length) + 1)
    if first >= length:
        error = _xml("InvalidRange", "The requested range is not satisfiable")
        return 416, {**_XML, "Content-Range": f"bytes */{length}"}, error
    headers["Content-Range"] = f"bytes {first}-{end - 1}/{length}"
    return 206, headers, text[first:end]


def _xml(code: str, message: str) -> bytes:
    """What S3 says of an error."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    ).encode()


def _shown_now() -> float:
    """The present time as clients are shown it."""
    clock = emulator_state.clock
    return clock.shown(clock.now())
