"""Turns of the starts of one branch on this machine, by a lock on an empty file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .._amplify.ids import BranchId
from .._operation import Operation
from .._start.notes import Notes
from ..errors import NotStarted
from .shell import POLL_SECONDS

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


@contextmanager
def branch_lock(
    notes: Notes, branch: BranchId, operation: Operation, deadline: float
) -> Iterator[None]:
    """Let one `amplify-job start` of a branch run at a time on this machine: the others wait here.

    Without the lock a run would take the note of another one that is still running for that of a run
    that was killed. The system releases the lock when a process ends, however it ends.

    Raises:
        errors.NotStarted: the time is up, or somebody interrupted.
    """
    path = notes.lock_path
    if path is None:
        yield  # There are no notes either.
        return
    lock = FileLock(path)
    try:
        while not lock.take():
            operation.status(f"{_RUNNING}: waiting for it")
            if operation.now() >= deadline:
                raise _no_turn(branch, f"\nIf none is, its lock was left behind: delete {path}")
            if not operation.sleep(POLL_SECONDS):
                raise _no_turn(branch)
    except NoLocks as error:
        operation.warn(
            f"{path} cannot be locked: {error}. Start this branch once at a time: of two `amplify-job "
            "start` side by side, one may take the other's job for its own."
        )
    except OSError:
        pass  # Notes cannot be written there either, and the release says so.
    try:
        yield
    finally:
        lock.release()


_RUNNING = "another `amplify-job start` of this branch is running on this machine"


def _no_turn(branch: BranchId, advice: str = "") -> NotStarted:
    return NotStarted(
        f"no Amplify job was started for {branch}: {_RUNNING}{advice}", branch, _RUNNING
    )


class NoLocks(Exception):
    """Files cannot be locked on this system, or where this one is."""


class FileLock:
    """A lock between processes that leaves no file behind.

    Whoever has it deletes its file before giving it back, so a lock counts only if its file is still
    the one of that name: whoever waited for a deleted file has nothing, and tries again.
    """

    def __init__(self, path: Path) -> None:
        """Name the file; nothing is locked yet."""
        self._path = path
        self._descriptor: int | None = None

    def take(self) -> bool:
        """Take the lock; False when another has it.

        Raises:
            NoLocks: there can be no lock on it.
            OSError: there can be no such file.
        """
        if fcntl is None:
            raise NoLocks("this system has no file locks")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        while self._descriptor is None:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if self._is(descriptor):
                    self._descriptor, descriptor = descriptor, -1
            except BlockingIOError:
                return False
            except OSError as error:
                raise NoLocks(error.strerror or str(error)) from error
            finally:
                if descriptor >= 0:
                    os.close(descriptor)
        return True

    def release(self) -> None:
        """Give it back; does nothing when it was not taken."""
        if self._descriptor is not None:
            with suppress(OSError):
                if self._is(self._descriptor):
                    self._path.unlink()
            os.close(self._descriptor)
            self._descriptor = None

    def _is(self, descriptor: int) -> bool:
        """Whether the file of this name is the one that is open."""
        try:
            return os.path.samestat(os.fstat(descriptor), self._path.stat())
        except FileNotFoundError:
            return False
