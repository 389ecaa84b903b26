"""The one fake operation of the tests: its clock moves when somebody sleeps, and keeps what is said."""

from __future__ import annotations

from collections.abc import Callable

from amplify_job_resource._operation import PYTHON, Front

URN = "urn:pulumi:dev::site::pulumi-python:dynamic/amplify:Job::site"


class FakeOperation:
    """An operation whose time is virtual.

    Attributes:
        time: what its clock shows, in seconds.
        interrupt_at: the time from which on Ctrl-C is pressed.
        rows: the rows that were shown, each with its time.
        infos, warnings, debugs: the lines of each kind.
        kept: what is to run once the result is recorded.
    """

    def __init__(
        self,
        *,
        urn: str = URN,
        front: Front = PYTHON,
        timeout: float | None = None,
        records_failures: bool = True,
    ) -> None:
        self.urn = urn
        self.front = front
        self.timeout = timeout
        self.records_failures = records_failures
        self.time = 0.0
        self.interrupt_at: float | None = None
        self.rows: list[tuple[float, str]] = []
        self.infos: list[str] = []
        self.warnings: list[str] = []
        self.debugs: list[str] = []
        self.kept: list[Callable[[], None]] = []

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> bool:
        if self.interrupt_at is not None and self.time >= self.interrupt_at:
            return False
        self.time += seconds
        return True

    def status(self, text: str) -> None:
        self.rows.append((self.time, text))

    def info(self, text: str) -> None:
        self.infos.append(text)

    def warn(self, text: str) -> None:
        self.warnings.append(text)

    def debug(self, text: str) -> None:
        self.debugs.append(text)

    def after_recorded(self, action: Callable[[], None]) -> None:
        self.kept.append(action)

    def record(self) -> None:
        """The engine has recorded the result."""
        kept, self.kept = self.kept, []
        for action in kept:
            action()
