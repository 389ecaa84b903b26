"""A shell in the place of the engine: signals, lines on stderr, and a person at the terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from getpass import getpass
from typing import Final

from .._inputs.schema import snake_case
from .._operation import Front, PlainOperation
from ..errors import AmplifyJobError, NotStarted, StartUnknown, Unanswered, WaitInterrupted
from .signals import Interrupted, Signals

#: Seconds after which a pause notices a signal.
POLL_SECONDS: Final = 0.1


def _input_name(key: str) -> str:
    """The argument or option of `amplify-job` that gives an input."""
    return _ARGUMENTS.get(key, snake_case(key))


_ARGUMENTS: Final = {
    "appId": "APP_ID",
    "branchName": "BRANCH_NAME",
    "commitId": "--commit",
    "commitMessage": "--message",
    "sourceJobId": "--retry",
    "onBusy": "--on-busy",
    "region": "--region",
    "profile": "--profile",
    "source": "SOURCE",
    "exclude": "--exclude",
}
#: The words of somebody who types `amplify-job`.
SHELL: Final = Front(
    _input_name,
    "`amplify-job start`",
    "--timeout",
    waits_by_command=True,
    to_build="use `amplify-job start`",
    to_deploy="use `amplify-job deploy`",
)
#: The words of somebody who types `amplify-job deploy`.
DEPLOYING: Final = replace(SHELL, next_run="`amplify-job deploy`")
#: The words for a job that is a stack's: what a command starts is not recorded there.
OF_STACK: Final = replace(SHELL, next_run="The next `pulumi up`")


class NoSuchJobYet(AmplifyJobError):
    """A command ended before the branch had the job that it waits for."""


#: How a command ends when it was interrupted, or when its time is up.
_INTERRUPTIBLE: Final = (NoSuchJobYet, NotStarted, StartUnknown, Unanswered, WaitInterrupted)


class ShellOperation(PlainOperation):
    """An operation of a shell command: rows are lines on stderr, a signal ends a wait.

    Within its context the first signal lets a StartJob that is under way come to its end, so that
    what it did is known; another one ends all at once. A command that ends since it was interrupted
    leaves the context with `Interrupted`.
    """

    def __init__(self, urn: str, signals: Signals, front: Front = SHELL) -> None:
        super().__init__(urn)
        self.front = front
        self._signals = signals
        self._shown = ""

    def __enter__(self) -> ShellOperation:
        self._signals.patient = True
        return self

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        self._signals.patient = False
        if isinstance(error, _INTERRUPTIBLE) and self._signals.heard is not None:
            raise Interrupted(self._signals.heard, str(error)) from error

    @contextmanager
    def impatient(self) -> Iterator[None]:
        """Let the first signal end all at once inside the block, also one that came before."""
        if self._signals.heard is not None:
            raise Interrupted(self._signals.heard)
        self._signals.patient = False
        try:
            yield
        finally:
            self._signals.patient = True

    def sleep(self, seconds: float) -> bool:
        """See `Operation`."""
        end = self.now() + seconds
        while self._signals.heard is None and (left := end - self.now()) > 0:
            time.sleep(min(left, POLL_SECONDS))
        return self._signals.heard is None

    def status(self, text: str) -> None:
        """See `Operation`."""
        if text != self._shown:
            self._shown = text
            self.info(text)

    def info(self, text: str) -> None:
        """See `Operation`."""
        say(text)

    def warn(self, text: str) -> None:
        """See `Operation`."""
        say(f"warning: {text}")

    def leave(self) -> None:
        """End as interrupted where a signal came when the result was known already.

        Raises:
            Interrupted: that is so.
        """
        if self._signals.heard is not None:
            raise Interrupted(self._signals.heard)


def say(text: str) -> None:
    """A line on stderr; nothing where nobody reads it any more, since the job still matters."""
    with suppress(BrokenPipeError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def prompter() -> Callable[[str], str] | None:
    """Asks the person at the terminal for an MFA code; None where there is no terminal."""
    return _ask if sys.stdin.isatty() and sys.stderr.isatty() else None


def _ask(prompt: str) -> str:
    """What the person types, unseen; an empty text at the end of input."""
    try:
        return getpass(prompt)
    except EOFError:
        return ""
