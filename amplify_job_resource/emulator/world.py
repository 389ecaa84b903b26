"""What all accounts and regions of one emulator share: clock, plans, faults, log of calls."""

from __future__ import annotations

import threading
from typing import Any

from .clock import Clock
from .faults import Faults
from .plans import Plan


class World:
    """The things that a test sets and looks at."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.clock = Clock()
        self.default_plan = Plan()
        self.faults = Faults()
        self.calls: list[dict[str, Any]] = []

    def reset(self) -> None:
        """Real time, default plan, no faults, an empty log."""
        with self.lock:
            self.clock = Clock()
            self.default_plan = Plan()
            self.faults.clear()
            self.calls.clear()


world = World()
