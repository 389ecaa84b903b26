"""What S3 would answer to a GET or a PUT of a signed address: the forms, and the faults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from xml.sax.saxutils import escape

from .exceptions import ConnectionDropped
from .faults import Fault
from .refusals import StartResponse
from .state import emulator_state

#: An answer: its HTTP status, headers and body.
Answer = tuple[int, Mapping[str, str], bytes]

#: S3's answer to an address that has expired: status, code and message.
EXPIRED = (403, "AccessDenied", "Request has expired")
#: The headers of an error.
XML = {"Content-Type": "application/xml"}

_FAULTS = {
    "500": (500, "InternalError", "We encountered an internal error. Please try again."),
    "503": (503, "SlowDown", "Please reduce your request rate."),
    "denied": (403, "AccessDenied", "Access Denied"),
    "expired": EXPIRED,
}
_STATUSES = {
    200: "200 OK",
    206: "206 Partial Content",
    301: "301 Moved Permanently",
    400: "400 Bad Request",
    403: "403 Forbidden",
    404: "404 Not Found",
    405: "405 Method Not Allowed",
    411: "411 Length Required",
    416: "416 Requested Range Not Satisfiable",
    500: "500 Internal Server Error",
    501: "501 Not Implemented",
    503: "503 Service Unavailable",
}


class S3Error(Exception):
    """An error that S3 answers with: its HTTP status, code and message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def error_body(code: str, message: str) -> bytes:
    """What S3 says of an error."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    ).encode()


def _as_xml(error: S3Error) -> Answer:
    """An error as S3 answers with it."""
    return error.status, XML, error_body(error.code, error.message)


def answer(
    environ: dict[str, Any],
    start: StartResponse,
    entry: dict[str, Any],
    act: Callable[[], Answer],
    *,
    has_effect: bool = False,
    refusal: Callable[[S3Error], Answer] = _as_xml,
) -> list[bytes]:
    """Answer a WSGI request with what it asks for, or with what goes wrong.

    Args:
        environ: The request.
        start: WSGI's function that begins the answer.
        entry: The request in the list of calls, to which this adds it, and then its status.
        act: Does what is asked for, and gives the answer; an `S3Error` refuses it.
        has_effect: Whether a fault can come after that; otherwise all come before.
        refusal: Gives the answer for an error.

    Raises:
        ConnectionDropped: a fault closes the connection, so there is nothing to send.
    """
    faults = recorded(entry)
    after = [fault for fault in faults if has_effect and fault.when == "after"]
    try:
        _delay(faults)
        _go_wrong([fault for fault in faults if fault not in after])
        status, headers, data = act()
        _go_wrong(after)
    except S3Error as error:
        status, headers, data = refusal(error)
    entry["status"] = status
    return send(environ, start, status, headers, data)


def send(
    environ: dict[str, Any],
    start: StartResponse,
    status: int,
    headers: Mapping[str, str],
    data: bytes,
) -> list[bytes]:
    """Begin an answer to a WSGI request, and return its body; there is none for HEAD."""
    start(_STATUSES[status], [*headers.items(), ("Content-Length", str(len(data)))])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [data]


def path_of(environ: dict[str, Any]) -> str:
    """The path of a WSGI request, no longer quoted."""
    return str(environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace"))


def call_entry(operation: str, place: Any, body: dict[str, Any]) -> dict[str, Any]:
    """A request for a signed address in the list of calls; it has no status yet.

    Args:
        operation: The name that stands for such requests.
        place: A `LogPlace` or an `UploadPlace`; None where the address names none.
        body: What else is to be known of the request.
    """
    return {
        "operation": operation,
        "app_id": place and place.app_id,
        "branch_name": place and place.branch_name,
        "job_id": place and (place.job.lstrip("0") or "0"),
        "body": body,
        "region": place and place.region,
        "access_key": None,
        "time": shown_now(),
        "status": None,
    }


def recorded(entry: dict[str, Any]) -> list[Fault]:
    """Add a request to the list of calls, and return the faults that it meets."""
    with emulator_state.lock:
        emulator_state.calls.append(entry)
        return emulator_state.faults.matching(
            entry["operation"], entry["app_id"], entry["branch_name"]
        )


def _delay(faults: list[Fault]) -> None:
    """Let the faults of one request that are slow take their time."""
    for fault in faults:
        if fault.kind == "slow":
            # Whatever the emulator's clock does: no client of HTTP can see it.
            emulator_state.clock.wait(fault.seconds, real_time=True)


def _go_wrong(faults: list[Fault]) -> None:
    """Let the faults of one request act, of which the first that is not slow decides.

    Raises:
        S3Error: a fault is an answer.
        ConnectionDropped: a fault closes the connection.
    """
    for fault in faults:
        if fault.kind == "drop":
            raise ConnectionDropped
        if fault.kind in _FAULTS:
            raise S3Error(*_FAULTS[fault.kind])


def shown_now() -> float:
    """The present time as clients are shown it, in seconds since 1970."""
    clock = emulator_state.clock
    return clock.shown(clock.now())
