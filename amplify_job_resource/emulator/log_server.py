"""Logs over HTTP, as S3 serves them: the whole text or a range of it, to whoever has the address."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from typing import Any

from . import log_addresses, s3_answers
from .exceptions import NotFoundException
from .faults import GET_LOG
from .log_addresses import LogPlace
from .logs import log_of
from .models import backend_of
from .refusals import StartResponse
from .s3_answers import XML, Answer, S3Error
from .state import emulator_state

_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))")


def serve_log(environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
    """Answer a WSGI request for a log.

    Raises:
        ConnectionDropped: a fault closes the connection, so there is nothing to send.
    """
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    path = s3_answers.path_of(environ)
    place = LogPlace.of(path)
    given = {"step": place.step if place else None, "range": environ.get("HTTP_RANGE")}
    body = {name: value for name, value in given.items() if value is not None}
    entry = s3_answers.call_entry(GET_LOG, place, body)

    def act() -> Answer:
        query = environ.get("QUERY_STRING", "")
        now = s3_answers.shown_now()
        text = text_of(log_addresses.check(environ["REQUEST_METHOD"], path, query, now))
        if text is None:
            raise S3Error(404, "NoSuchKey", "The specified key does not exist.")
        return _part(text, environ.get("HTTP_RANGE", ""))

    return s3_answers.answer(environ, start, entry, act)


def text_of(place: LogPlace) -> bytes | None:
    """The log as far as it is written; None if there is none, or its job was deleted."""
    backend = backend_of(place.account_id, place.region)
    clock, text = emulator_state.clock, None
    with backend.lock, clock.moment(), contextlib.suppress(NotFoundException):
        job = backend.job(place.app_id, place.branch_name, place.job)
        steps = {step.name: step for step in backend.snapshot(job).steps}
        if place.step in steps:
            text = log_of(job, steps[place.step], clock.now(), clock.shown)
    return text


def _part(text: bytes, wanted: str) -> Answer:
    """The status, the headers and the bytes for a Range header; S3 serves no more than one range."""
    headers = {"Content-Type": "text/plain; charset=utf-8", "Accept-Ranges": "bytes"}
    named = _RANGE.fullmatch(wanted)
    length = len(text)
    if not emulator_state.behaviours.log_ranges:
        named = None
    if named is None or (named[2] and int(named[2]) < int(named[1])):
        return 200, headers, text  # a header that says nothing is ignored
    if named[3]:
        first, end = max(0, length - int(named[3])), length
    else:
        first, end = int(named[1]), min(length, int(named[2] or length) + 1)
    if first >= length:
        error = s3_answers.error_body("InvalidRange", "The requested range is not satisfiable")
        return 416, {**XML, "Content-Range": f"bytes */{length}"}, error
    headers["Content-Range"] = f"bytes {first}-{end - 1}/{length}"
    return 206, headers, text[first:end]
