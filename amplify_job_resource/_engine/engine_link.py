"""The way to the engine that started this plugin: its log, its Cancel, and its end."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from .._values.text import encodable, untagged

#: Seconds between two looks whether the engine is still there, and how often it must be gone in a row.
LOOK_SECONDS: Final = 0.5
REFUSALS: Final = 2
#: Seconds that a process without a CLI waits for its operations to finish.
ORPHAN_GRACE: Final = 2.0


class EngineLink:
    """What all operations of one plugin process share.

    Attributes:
        cancelled: set when the engine cancels: after Ctrl-C, and at the normal end of every operation.
    """

    def __init__(self) -> None:
        self.cancelled = threading.Event()
        self._engine: Any = None
        self._channel: Any = None
        self._after_recorded: list[Callable[[], None]] = []
        self._warned: set[str] = set()
        self._lock = threading.Lock()

    def connect(self, address: str) -> None:
        """Log to the engine at `host:port` from now on, and end this process soon after it is gone.

        Raises:
            ValueError: that is no address.
        """
        import grpc
        from pulumi.runtime.proto import engine_pb2_grpc

        host, _, port = address.rpartition(":")
        target = (host, int(port))
        self._channel = grpc.insecure_channel(address)
        self._engine = engine_pb2_grpc.EngineStub(self._channel)
        threading.Thread(
            target=self._end_without_engine, args=(target,), daemon=True, name="amplify-job-engine"
        ).start()

    def _end_without_engine(self, engine: tuple[str, int]) -> None:
        """When the CLI is gone, end all waits at once and the process a little later; stop no job.

        gRPC cannot tell: a channel that is idle does not notice that the other end is gone. Only a
        refused connection means that. An engine that is stopped or busy still gets connections, since
        the system accepts them.
        """
        refused = 0
        while refused < REFUSALS:
            time.sleep(LOOK_SECONDS)
            try:
                socket.create_connection(engine, timeout=LOOK_SECONDS).close()
            except ConnectionRefusedError:
                refused += 1
            except OSError:
                pass  # No connection, and no refusal: that says nothing.
            else:
                refused = 0
        self.cancelled.set()
        time.sleep(ORPHAN_GRACE)
        os._exit(0)

    def hear_cancel(self) -> None:
        """End all waits, and run what was kept for the moment when all results are recorded."""
        self.cancelled.set()
        with self._lock:
            actions, self._after_recorded = self._after_recorded, []
        faults: list[Exception] = []
        for action in actions:
            try:
                action()
            except Exception as fault:  # the others are still due
                faults.append(fault)
        if faults:
            raise faults[0]

    def after_recorded(self, action: Callable[[], None]) -> None:
        """Keep an action for when the engine has recorded what was returned so far."""
        with self._lock:
            self._after_recorded.append(action)

    def log(self, severity: str, text: str, urn: str = "", *, ephemeral: bool = False) -> None:
        """Show a line in a resource's row; without an engine it goes to stderr, if it is to stay."""
        if self._engine is None:
            if not ephemeral and severity != "DEBUG":
                print(text, file=sys.stderr, flush=True)
            return
        import grpc
        from pulumi.runtime.proto import engine_pb2

        request = engine_pb2.LogRequest(
            severity=getattr(engine_pb2, severity),
            message=untagged(encodable(text)),
            urn=urn,
            ephemeral=ephemeral,
        )
        with suppress(grpc.RpcError):
            self._engine.Log(request, timeout=5)

    def warn_once(self, text: str) -> None:
        """Show a warning about this machine at the stack; the same again shows nothing."""
        with self._lock:
            is_new = text not in self._warned
            self._warned.add(text)
        if is_new:
            self.log("WARNING", text)
