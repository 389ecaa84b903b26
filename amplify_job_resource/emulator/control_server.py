"""The control endpoint of a server: `POST /_emulator/v1/<verb>`, as docs/emulator-control.md has it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from .control import PREFIX
from .exceptions import AmplifyError
from .refusals import StartResponse
from .s3_answers import send
from .verbs import READING, VERBS, UnknownVerb, perform

#: What all versions of the endpoint begin with.
_ROOT = "/_emulator/"
#: The names of this machine, which are all that the server listens on.
_HOSTS = ("127.0.0.1", "localhost")


class _Refused(Exception):
    """The request is no request for a verb."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def serves(path: str) -> bool:
    """Whether a path is one of the control endpoint, of whichever version."""
    return path.startswith(_ROOT)


def serve_control(environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
    """Answer a WSGI request for a verb: with what it returns, or an object that has the `error`."""
    sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    status = 200
    try:
        body = perform(*_verb_and_arguments(environ, sent))
    except _Refused as error:
        status, body = error.status, {"error": str(error)}
    except UnknownVerb as error:
        status, body = 404, {"error": str(error)}
    except Exception as error:  # the caller gets it as a ValueError
        status, body = 400, {"error": _text(error)}
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return send(environ, start, status, headers, json.dumps(body).encode())


def _verb_and_arguments(environ: dict[str, Any], sent: bytes) -> tuple[str, dict[str, Any]]:
    method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
    if not path.startswith(PREFIX):
        raise _Refused(404, f"this emulator has its control endpoint at {PREFIX}")
    # The name of another site can lead here, too; for a browser, its pages are then of this server.
    host = environ.get("HTTP_HOST", "")
    if urlsplit(f"//{host}").hostname not in _HOSTS:
        names = " or ".join(_HOSTS)
        raise _Refused(403, f"the emulator is controlled at {names}, not at {host!r}")
    # A page of another site can make a browser send requests here, which then names the site.
    origin = urlsplit(environ.get("HTTP_ORIGIN", "")).netloc
    if "HTTP_ORIGIN" in environ and origin != host:
        raise _Refused(403, "pages of other sites cannot control the emulator")
    verb = path[len(PREFIX) :]
    if method in ("GET", "HEAD") and verb in READING:
        return verb, dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    if method != "POST" and verb in VERBS:
        methods = "GET or POST" if verb in READING else "POST"
        raise _Refused(405, f"{verb} is asked for with {methods}")
    arguments = json.loads(sent or b"{}")
    if not isinstance(arguments, dict):
        raise ValueError("the arguments are an object, such as {}")
    return verb, arguments


def _text(error: Exception) -> str:
    """An error as a line; those of Amplify have their code in front already."""
    return str(error) if isinstance(error, AmplifyError) else f"{type(error).__name__}: {error}"
