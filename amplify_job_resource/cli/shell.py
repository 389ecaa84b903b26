"""A shell in the place of the engine: Ctrl-C, lines on stderr, and turns between two commands."""

from __future__ import annotations

import fcntl
import shlex
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO, Any

import click

from .._amplify.ids import BranchId, JobId
from .._operation import PlainCall
from .._start.notes import Notes
from ..errors import AmplifyJobError, NotStarted

#: Seconds after which a pause notices Ctrl-C.
LOOK = 0.1


class Interrupted(AmplifyJobError):
    """Ctrl-C ended a command before it had a job."""


class ShellCall(PlainCall):
    """A call made from a shell: rows are lines on stderr, Ctrl-C ends a wait.

    Within its context the first Ctrl-C lets a request that is under way come to its end, so that
    what it did is known; the second one ends all at once.
    """

    next_run = "`amplify-job start`"
    timeout_name = "--timeout"

    def __init__(self, urn: str) -> None:
        super().__init__(urn)
        self.interrupted = False
        self._shown = ""
        self._before: Any = signal.SIG_DFL

    def __enter__(self) -> ShellCall:
        self._before = signal.signal(signal.SIGINT, self._interrupt)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _interrupt(self, *_: object) -> None:
        # No lock and no event: this runs between any two steps of what it interrupts, also while
        # that holds the event's lock.
        self.interrupted = True
        signal.signal(signal.SIGINT, self._before)

    def goes_on(self, job_id: JobId, /) -> str:
        """See `Call`."""
        arguments = shlex.join([job_id.app_id, job_id.branch_name, job_id.job_id])
        return f"`amplify-job wait {arguments}` goes on waiting for it."

    def sleep(self, seconds: float) -> bool:
        """See `Call`."""
        end = self.now() + seconds
        while not self.interrupted and (left := end - self.now()) > 0:
            time.sleep(min(left, LOOK))
        return not self.interrupted

    def status(self, text: str) -> None:
        """See `Call`."""
        if text != self._shown:
            self._shown = text
            click.echo(text, err=True)


@contextmanager
def alone(notes: Notes, branch: BranchId, call: ShellCall, deadline: float) -> Iterator[None]:
    """Starts of one branch on this machine take turns: a note is that of a run that is over.

    The system gives the lock back when a process ends, however it does.
    """
    lock = _opened(notes.path.with_suffix(".lock"))
    with lock or nullcontext():
        while lock and not _locked(lock):
            call.status(
                "another `amplify-job start` of this branch is at work here: waiting for it"
            )
            if not call.sleep(LOOK) or call.now() >= deadline:
                raise NotStarted(
                    f"no Amplify job was started for {branch}: another `amplify-job start` of this "
                    "branch is at work on this machine"
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
