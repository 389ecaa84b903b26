"""The addresses of webhooks: whoever posts to one starts a job."""

from __future__ import annotations

import contextlib
import hmac
import json
import uuid
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs, urlencode

from . import s3_answers
from .exceptions import NotFoundException
from .faults import POST_WEBHOOK
from .models import AmplifyBackend, all_backends
from .models.records import Webhook
from .refusals import StartResponse
from .s3_answers import Answer, S3Error

#: The path below which webhooks are, which AWS has on a host of their own.
PREFIX = "/_webhooks/"


def address(base: str, webhook: Webhook) -> str:
    """The address of a webhook on the server at `base`."""
    query = urlencode({"id": webhook.webhook_id, "token": webhook.token})
    return f"{base}{PREFIX}prod/webhooks?{query}"


def serve_webhook(environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
    """Answer a WSGI request to the address of a webhook.

    Raises:
        ConnectionDropped: a fault closes the connection, so there is nothing to send.
    """
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    query = {name: values[0] for name, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
    found = _find(query.get("id", ""))
    webhook = found[1] if found else None
    entry = s3_answers.call_entry(POST_WEBHOOK, None, {"webhookId": query.get("id", "")})
    if found and webhook:
        entry |= {
            "app_id": webhook.app_id,
            "branch_name": webhook.branch_name,
            "region": found[0].region_name,
        }

    def act() -> Answer:
        _trigger(environ["REQUEST_METHOD"], query, found)
        # The form is AWS's, as users quote it.
        metadata = {"ResponseMetadata": {"RequestId": str(uuid.uuid4())}}
        return _as_json(200, {"SendMessageResponse": metadata})

    return s3_answers.answer(
        environ,
        start,
        entry,
        act,
        has_effect=True,
        refusal=lambda error: _as_json(error.status, {"message": error.message}),
    )


def _as_json(status: int, body: dict[str, Any]) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps(body).encode()


def _trigger(
    method: str, query: dict[str, str], found: tuple[AmplifyBackend, Webhook] | None
) -> None:
    # AWS's answers to what is wrong are unconfirmed.
    if method != "POST":
        raise S3Error(405, "MethodNotAllowed", "Method Not Allowed")
    token = query.get("token", "").encode()
    if found is None or not hmac.compare_digest(token, found[1].token.encode()):
        raise S3Error(403, "Forbidden", "Forbidden")
    if query.get("operation", "startbuild") != "startbuild":
        raise S3Error(400, "BadRequest", "The operation of a webhook is startbuild")
    backend, webhook = found
    with backend.lock:
        try:
            backend.trigger(backend.webhook(webhook.webhook_id))
        except NotFoundException:  # it was deleted since it was found
            raise S3Error(403, "Forbidden", "Forbidden") from None


def _find(webhook_id: str) -> tuple[AmplifyBackend, Webhook] | None:
    """The webhook with this id, in whichever account and region it is."""
    for backend in all_backends():
        with backend.lock, contextlib.suppress(NotFoundException):
            return backend, backend.webhook(webhook_id)
    return None
