"""The link to the engine, and the operations that it asks for, in the words of this front."""

from __future__ import annotations

from typing import Protocol

from .._engine.engine_link import EngineLink
from .._engine.operation import EngineOperation
from .._operation import NATIVE


class Request(Protocol):
    """Whatever the engine asks of one resource."""

    urn: str


class Link(EngineLink):
    """The link to the engine that started this plugin."""

    def operation(self, request: Request) -> EngineOperation:
        """The operation that a request asks for."""
        return EngineOperation(self, request, front=NATIVE)
