"""What a command costs with all that it starts: CPU, memory, and the size of the package's plugin."""

from __future__ import annotations

import resource
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

from tests.engine.fronts import PLUGINS

if TYPE_CHECKING:
    from typing_extensions import Self

#: Seconds between two looks at the memory.
_INTERVAL = 0.25


@dataclass(frozen=True)
class Usage:
    """What a tree of processes has used.

    Attributes:
        cpu: seconds of CPU, of all processes, the short-lived ones included.
        memory: the peak of the tree's memory, in MB; a page that processes share counts once.
        plugin_memory: the peak of the largest plugin's memory, in MB; 0 without a plugin.
        plugin_threads: the most threads that a plugin had.
    """

    cpu: float
    memory: float
    plugin_memory: float
    plugin_threads: int


class Watch:
    """Watches one command of this process from its start to its end; a context manager.

    Nothing else that this process has started may end meanwhile: the CPU time is that of the children
    that have ended.

    Args:
        pid: The command's process.

    Attributes:
        memory: the peak of the tree's memory until now, in MB.
    """

    def __init__(self, pid: int) -> None:
        self._root = psutil.Process(pid)
        self._over = threading.Event()
        self.memory = self._plugin_memory = 0.0
        self._plugin_threads = 0
        self._before = _cpu_of_children()
        self._thread = threading.Thread(target=self._look_often, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._after = _cpu_of_children()

    @property
    def usage(self) -> Usage:
        """What the command has used; asked for when it has ended."""
        cpu = self._after - self._before
        return Usage(cpu, self.memory, self._plugin_memory, self._plugin_threads)

    def _look_often(self) -> None:
        pause = 0.0
        while not self._over.wait(pause):
            begun = time.monotonic()
            self._look()
            # With hundreds of processes a look takes a while: it shall not be what is measured.
            pause = max(_INTERVAL, 9 * (time.monotonic() - begun))

    def _look(self) -> None:
        total = 0.0
        try:
            processes = [self._root, *self._root.children(recursive=True)]
        except psutil.Error:  # it has just ended
            return
        for process in processes:
            try:
                memory = _memory_of(process)
                total += memory
                if any(name in " ".join(process.cmdline()) for name in PLUGINS):
                    self._plugin_memory = max(self._plugin_memory, memory)
                    self._plugin_threads = max(self._plugin_threads, process.num_threads())
            except psutil.Error:
                continue
        self.memory = max(self.memory, total)


def _memory_of(process: psutil.Process) -> float:
    """A process's memory in MB: its share of each page, or what is its own where that is not known."""
    found = process.memory_full_info()
    return float(getattr(found, "pss", found.uss)) / 1e6


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
