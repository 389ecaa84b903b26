"""Answers to requests that are for nobody here, in the form that the client can read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

StartResponse = Callable[..., Any]
#: Services whose answers are XML, and whose requests do not show it.
_XML_SERVICES = ("s3", "route53", "cloudfront")


def refuse(
    environ: dict[str, Any], start: StartResponse, status: str, code: str, message: str
) -> Iterable[bytes]:
    """Answer a WSGI request with an error.

    Args:
        environ: The request.
        start: WSGI's function that begins the answer.
        status: The HTTP status with its text, such as `501 Not Implemented`.
        code: The error's code, as AWS's clients show it.
        message: The error's message.
    """
    # What is not read would be taken for the connection's next request.
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    if _speaks_xml(environ):
        kind = "text/xml"
        text = (
            f"<ErrorResponse><Error><Code>{escape(code)}</Code>"
            f"<Message>{escape(message)}</Message></Error></ErrorResponse>"
        )
    else:
        kind, text = "application/json", json.dumps({"__type": code, "message": message})
    data = text.encode()
    headers = [("Content-Type", kind), ("Content-Length", str(len(data)))]
    start(status, [*headers, ("x-amzn-ErrorType", code)])
    return [] if environ.get("REQUEST_METHOD") == "HEAD" else [data]


def signed_for(environ: dict[str, Any]) -> str | None:
    """The service that a request is signed for, in a header or its address; None if it is not."""
    query = dict(parse_qsl(environ.get("QUERY_STRING", "")))
    if {"AWSAccessKeyId", "Signature"} <= set(query):
        return "s3"  # in its older form, which no other service has
    scope = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].split(",")[0]
    scope = scope or query.get("X-Amz-Credential", "")
    parts = scope.split("/")
    return parts[3] if len(parts) == 5 else None


def _speaks_xml(environ: dict[str, Any]) -> bool:
    form = "x-www-form-urlencoded" in environ.get("CONTENT_TYPE", "")
    return form or signed_for(environ) in _XML_SERVICES
