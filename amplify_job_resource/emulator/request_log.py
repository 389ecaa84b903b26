"""The requests of a server as lines of JSON, one for each, on stderr."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any

from .control import PREFIX
from .http_server import Application
from .refusals import StartResponse
from .s3_answers import path_of
from .state import emulator_state

#: What the page asks for again and again.
_OF_THE_PAGE = (f"{PREFIX}overview", f"{PREFIX}log")
_OF_CALLS = ("operation", "app_id", "branch_name", "job_id", "region")
_writing = threading.Lock()


def logged(application: Application) -> Application:
    """The application, which also writes a line on stderr when a request has its answer.

    An address is written without its query, in which signatures are. A line has `time`, `method`,
    `path`, `status` (null if a fault closed the connection) and `ms`; if the request was a call, also
    its `operation`, `app_id`, `branch_name`, `job_id` and `region`.
    """

    def answer(environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        began, status = time.perf_counter(), []

        def note(given: str, *rest: Any) -> Any:
            status.append(int(given.partition(" ")[0]))
            return start(given, *rest)

        emulator_state.calls.taken()  # by a request before this one in this thread
        try:
            return application(environ, note)
        finally:
            path = path_of(environ)
            if not path.startswith(_OF_THE_PAGE):
                call = emulator_state.calls.taken() or {}
                _write(
                    time=datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
                    method=environ.get("REQUEST_METHOD"),
                    path=path,
                    status=status[-1] if status else None,
                    ms=round((time.perf_counter() - began) * 1000, 1),
                    **{name: call[name] for name in _OF_CALLS if call},
                )

    return answer


def _write(**members: Any) -> None:
    with _writing:
        sys.stderr.write(json.dumps(members) + "\n")
        sys.stderr.flush()
