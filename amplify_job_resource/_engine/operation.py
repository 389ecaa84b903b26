"""The operation that the engine asks for at this moment."""

from __future__ import annotations

import contextvars
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Protocol, TypeVar

from .._ask import ask
from .._operation import PYTHON, Front, Operation, PlainOperation
from .engine_link import EngineLink
from .plugin_process import plugin_process

T = TypeVar("T")


class Request(Protocol):
    """Whatever the engine asks of one resource."""

    urn: str


class EngineOperation:
    """An operation of the engine: one gRPC request.

    Attributes:
        context: gRPC's context of it, where the front answers by that.
    """

    records_failures = True

    def __init__(
        self,
        process: EngineLink,
        request: Request,
        context: Any = None,
        front: Front = PYTHON,
    ) -> None:
        """Take the servicer's `request` and `context`."""
        self.context = context
        self.front = front
        self.urn = str(request.urn)
        seconds = float(getattr(request, "timeout", 0) or 0)
        self.timeout = seconds if seconds > 0 else None
        self._process = process

    def now(self) -> float:
        """See `Operation`."""
        return time.monotonic()

    def sleep(self, seconds: float) -> bool:
        """See `Operation`."""
        return not self._process.cancelled.wait(seconds)

    def ask(self, call: Callable[[], T], action: str, deadline: float | None = None) -> T:
        """See `Operation`."""
        return ask(call, action, self, deadline)

    def hide(self, text: str) -> str:
        """See `Operation`; what knows the secrets stands before this one."""
        return text

    def status(self, text: str) -> None:
        """See `Operation`."""
        self._process.log("INFO", text, self.urn, ephemeral=True)

    def info(self, text: str) -> None:
        """See `Operation`."""
        self._process.log("INFO", text, self.urn)

    def warn(self, text: str) -> None:
        """See `Operation`."""
        self._process.log("WARNING", text, self.urn)

    def warn_once(self, text: str) -> None:
        """See `Operation`."""
        self._process.warn_once(text)

    def debug(self, text: str) -> None:
        """See `Operation`."""
        self._process.log("DEBUG", text, self.urn)

    def after_recorded(self, action: Callable[[], None]) -> None:
        """See `Operation`."""
        self._process.after_recorded(action)


_current: contextvars.ContextVar[Operation | None] = contextvars.ContextVar(
    "operation", default=None
)


def current_operation() -> Operation:
    """The operation at hand: the one given by `use`, else the engine's, else a plain one."""
    given = _current.get()
    if given is not None:
        return given
    process = plugin_process()
    if process is None:
        return PlainOperation()
    frame = _servicer_frame(sys._getframe())
    if frame is None:
        process.missing.setdefault("frame", "no request and context on the stack")
        process.report_missing()
        return PlainOperation()
    process.report_missing()
    return EngineOperation(process, frame.f_locals["request"], frame.f_locals["context"])


@contextmanager
def use(operation: Operation) -> Iterator[None]:
    """Make an operation the current one inside the block."""
    token = _current.set(operation)
    try:
        yield
    finally:
        _current.reset(token)


def _servicer_frame(frame: FrameType | None) -> FrameType | None:
    while frame is not None:
        local = frame.f_locals
        if isinstance(getattr(local.get("request"), "urn", None), str) and hasattr(
            local.get("context"), "set_trailing_metadata"
        ):
            return frame
        frame = frame.f_back
    return None
