"""The link to the engine, and the operations that it asks for, in the words of this front."""

from __future__ import annotations

from collections.abc import Callable

from .._engine.engine_link import EngineLink
from .._engine.operation import EngineOperation, Request
from .._operation import NATIVE


class NativeOperation(EngineOperation):
    """An operation of the engine whose answer is made by this front."""

    def __init__(self, link: EngineLink, request: Request) -> None:
        """Take the request."""
        super().__init__(link, request, front=NATIVE)
        self._link = link
        self._kept: list[Callable[[], None]] = []

    def after_recorded(self, action: Callable[[], None]) -> None:
        """See `Operation`; nothing is recorded of an operation that gets no answer."""
        self._kept.append(action)

    def answered(self) -> None:
        """There is an answer, which the engine will record."""
        for action in self._kept:
            self._link.after_recorded(action)


class Link(EngineLink):
    """The link to the engine that started this plugin."""

    def operation(self, request: Request) -> NativeOperation:
        """The operation that a request asks for."""
        return NativeOperation(self, request)
