"""The one fake operation of the tests: its clock moves when somebody sleeps, and keeps what is said."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from amplify_job_resource._ask import GRACE
from amplify_job_resource._operation import PYTHON, Front
from amplify_job_resource.errors import Unanswered

T = TypeVar("T")

URN = "urn:pulumi:dev::site::pulumi-python:dynamic/amplify:Job::site"


class FakeOperation:
    """An operation whose time is virtual.

    Attributes:
        time: what its clock shows, in seconds.
        interrupt_at: the time from which on Ctrl-C is pressed.
        rows: the rows that were shown, each with its time.
        infos, warnings, debugs: the lines of each kind.
        kept: what is to run once the result is recorded.
        secret: a text that is hidden.
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
        self.secret = ""

    def now(self) -> float:
        return self.time

    def interrupted(self) -> bool:
        return self.interrupt_at is not None and self.time >= self.interrupt_at

    def sleep(self, seconds: float) -> bool:
        if self.interrupted():
            return False
        self.time += seconds
        return True

    def ask(self, call: Callable[[], T], action: str, deadline: float | None = None) -> T:
        """Make the call here and now; an answer for which nobody would have waited is dropped."""
        grace, is_late = self.now() + GRACE, self.interrupted()
        try:
            answer, error = call(), None
        except Exception as raised:
            error = raised
        if self.interrupted() and (not is_late or self.now() > grace):
            raise Unanswered(action, "Interrupted", "there was no answer yet")
        if deadline is not None and self.now() > max(deadline, grace):
            raise Unanswered(action, "TimedOut", "there was no answer yet")
        if error:
            raise error
        return answer

    def hide(self, text: str) -> str:
        return text.replace(self.secret, "[secret]") if self.secret else text

    def status(self, text: str) -> None:
        self.rows.append((self.time, text))

    def info(self, text: str) -> None:
        self.infos.append(text)

    def warn(self, text: str) -> None:
        self.warnings.append(text)

    def warn_once(self, text: str) -> None:
        if text not in self.warnings:
            self.warn(text)

    def debug(self, text: str) -> None:
        self.debugs.append(text)

    def after_recorded(self, action: Callable[[], None]) -> None:
        self.kept.append(action)

    def record(self) -> None:
        """The engine has recorded the result."""
        kept, self.kept = self.kept, []
        for action in kept:
            action()
