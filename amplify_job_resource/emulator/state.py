"""What all accounts and regions of one emulator share: clock, default plan, faults, log of calls."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from .behaviours import Behaviours
from .clock import Clock
from .faults import Faults
from .plans import Plan

if TYPE_CHECKING:
    from .http_server import Application, HttpServer


class EmulatorState:
    """The shared part of an emulator's state; apps, branches and jobs are in the backends.

    Attributes:
        lock: Held while `faults` or `calls` is read or changed.
        clock: The clock of all accounts and regions.
        behaviours: What AWS has not confirmed, as it is assumed.
        default_plan: How jobs run that have no plan of their own.
        faults: What goes wrong, and how often it has.
        calls: One entry for each request, oldest first; `Control.calls` says what is in it.
    """

    def __init__(self) -> None:
        self._server: HttpServer | None = None
        self.lock = threading.RLock()
        self.clock = Clock()
        self.behaviours = Behaviours()
        self.default_plan = Plan()
        self.faults = Faults()
        self.calls: list[dict[str, Any]] = []

    def reset(self) -> None:
        """Start with a new clock in real time, default plan and behaviours, no faults, an empty log.

        No server of this process is left running.
        """
        with self.lock:
            server, self._server = self._server, None
            self.clock = Clock()
            self.behaviours = Behaviours()
            self.default_plan = Plan()
            self.faults.clear()
            self.calls.clear()
        if server:
            server.stop()

    def url_of_server(self, application: Application) -> str:
        """The address of a server on 127.0.0.1, which runs from now on until `reset`."""
        from .http_server import HttpServer

        with self.lock:
            if self._server is None:
                self._server = HttpServer(application)
                self._server.start()
            return self._server.url


#: The state of this process's emulator.
emulator_state = EmulatorState()
