"""What all accounts and regions of one emulator share: clock, plans, faults, log of calls."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from .behaviours import Behaviours
from .call_log import CallLog
from .clock import Clock
from .faults import Faults
from .plans import Plan
from .rules import Rules

if TYPE_CHECKING:
    from .http_server import Application, HttpServer


class EmulatorState:
    """The shared part of an emulator's state; apps, branches and jobs are in the backends.

    Attributes:
        lock: Held while `rules`, `faults` or `calls` is read or changed.
        clock: The clock of all accounts and regions.
        behaviours: What AWS has not confirmed, as it is assumed.
        rules: How jobs run that have no plan of their own, by app, branch and commit.
        default_plan: How jobs run to which no rule applies.
        faults: What goes wrong, and how often it has.
        calls: One entry for each request, oldest first; `Control.calls` says what is in it.
    """

    def __init__(self) -> None:
        self._server: HttpServer | None = None
        self.lock = threading.RLock()
        self.clock = Clock()
        self.behaviours = Behaviours()
        self.rules = Rules()
        self.default_plan = Plan()
        self.faults = Faults()
        self.calls = CallLog()

    def reset(self) -> None:
        """Start with a new clock in real time, default plan and behaviours; no rules, faults and calls.

        No server of this process is left running.
        """
        with self.lock:
            server, self._server = self._server, None
            self.clock = Clock()
            self.behaviours = Behaviours()
            self.rules = Rules()
            self.default_plan = Plan()
            self.faults.clear()
            self.calls.clear()
        if server:
            server.stop()

    def plan_for(self, app_id: str, branch_name: str, commit: str, message: str) -> Plan:
        """How a new job runs that has no plan of its own."""
        with self.lock:
            return self.rules.plan_for(app_id, branch_name, commit, message) or self.default_plan

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
