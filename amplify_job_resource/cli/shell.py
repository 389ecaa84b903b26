"""A shell in the place of the engine: Ctrl-C, lines on stderr, and a lock between two commands."""

from __future__ import annotations

import fcntl
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from getpass import getpass
from pathlib import Path
from typing import IO, Any, Final

import click

from .._amplify.ids import BranchId
from .._inputs.schema import snake_case
from .._operation import Front, PlainOperation
from .._start.notes import Notes
from ..errors import AmplifyJobError, NotStarted

#: Seconds after which a pause notices Ctrl-C.
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
}
#: The words of somebody who types `amplify-job`.
SHELL: Final = Front(_input_name, "`amplify-job start`", "--timeout", waits_by_command=True)


class Interrupted(AmplifyJobError):
    """Ctrl-C ended a command before it had a job."""


class TimedOut(AmplifyJobError):
    """The time was up before a command had a job."""


class ShellOperation(PlainOperation):
    """An operation of a shell command: rows are lines on stderr, Ctrl-C ends a wait.

    Within its context the first Ctrl-C lets a request that is under way come to its end, so that
    what it did is known; the second one ends all at once.
    """

    front = SHELL

    def __init__(self, urn: str) -> None:
        super().__init__(urn)
        self.interrupted = False
        self._shown = ""
        self._before: Any = signal.SIG_DFL

    def __enter__(self) -> ShellOperation:
        self._before = signal.signal(signal.SIGINT, self._interrupt)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _interrupt(self, *_: object) -> None:
        # No lock and no event: this runs between any two steps of what it interrupts, also while
        # that holds the event's lock.
        self.interrupted = True
        signal.signal(signal.SIGINT, self._before)

    def sleep(self, seconds: float) -> bool:
        """See `Operation`."""
        end = self.now() + seconds
        while not self.interrupted and (left := end - self.now()) > 0:
            time.sleep(min(left, POLL_SECONDS))
        return not self.interrupted

    def status(self, text: str) -> None:
        """See `Operation`."""
        if text != self._shown:
            self._shown = text
            click.echo(text, err=True)


def asker() -> Callable[[str], str] | None:
    """Asks the person at the terminal for an MFA code; None where there is no terminal."""
    return _ask if sys.stdin.isatty() and sys.stderr.isatty() else None


def _ask(prompt: str) -> str:
    """What the person types, unseen; an empty text at the end of input.

    Raises:
        KeyboardInterrupt: Ctrl-C, also within an operation, which would let it pass.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return getpass(prompt)
    except EOFError:
        return ""
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def branch_lock(
    notes: Notes, branch: BranchId, operation: ShellOperation, deadline: float
) -> Iterator[None]:
    """Let one `amplify-job start` of a branch run at a time on this machine: the others wait here.

    Without the lock a run would take the note of another one that is still running for that of a run
    that was killed. The system releases the lock when a process ends, however it ends.

    Raises:
        errors.NotStarted: the time is up, or somebody interrupted.
    """
    lock = _opened(notes.lock_path)
    running = "another `amplify-job start` of this branch is running on this machine"
    with lock or nullcontext():
        while lock and not _locked(lock):
            operation.status(f"{running}: waiting for it")
            if not operation.sleep(POLL_SECONDS) or operation.now() >= deadline:
                raise NotStarted(
                    f"no Amplify job was started for {branch}: {running}", branch, running
                )
        yield


def _opened(path: Path) -> IO[str] | None:
    """The file for writing; None where there can be none, and no notes either."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("w", encoding="utf-8")
    except OSError:
        return None


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
