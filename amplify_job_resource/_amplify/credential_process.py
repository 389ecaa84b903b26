"""A `credential_process` of a profile, run so that it can neither hang nor ask the terminal.

Its output holds keys and is never shown; what it says on stderr is for people.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

from botocore.exceptions import CredentialRetrievalError

from .._values.text import printable

#: Seconds that a process may take to print credentials.
LIMIT: Final = 30.0
#: Characters of its stderr that a message shows.
MAX_SHOWN: Final = 300
#: What looks like a key or a token, in words meant for people.
_SECRET: Final = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}|[A-Za-z0-9+/=_-]{40,}")


#: When a command last hung. The releases of a run share credentials, and each would wait in turn.
_hung_at: dict[tuple[str, ...], float] = {}


class CredentialProcess:
    """A process, in the place of the `subprocess.Popen` that botocore's provider starts.

    Args:
        command: The words of the command.
        limit: Seconds that it may take; after one that took longer, the same command fails at once for
            as long.
        options: What the provider gives to `Popen`.

    Raises:
        botocore.exceptions.CredentialRetrievalError: it cannot be run, or has hung just before.
    """

    def __init__(self, command: Sequence[str], *, limit: float = LIMIT, **options: Any) -> None:
        self._command = tuple(command)
        self._limit = limit
        hung_at = _hung_at.get(self._command)
        if hung_at is not None and time.monotonic() - hung_at < limit:
            raise self._hung()
        try:
            # Without a terminal and without input it cannot ask anybody, and fails instead.
            self._process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 - the user's own
                command, stdin=subprocess.DEVNULL, start_new_session=True, **options
            )
        except OSError as error:
            raise _failure(f"it cannot be run: {error.strerror}: {command[0]}") from error

    @property
    def returncode(self) -> int:
        """The process's exit code, once it has ended."""
        return self._process.returncode

    def communicate(self) -> tuple[bytes, bytes]:
        """What it prints, once it has ended.

        Raises:
            botocore.exceptions.CredentialRetrievalError: it hangs, fails, or prints something else.
        """
        try:
            stdout, stderr = self._process.communicate(timeout=self._limit)
        except subprocess.TimeoutExpired:
            _hung_at[self._command] = time.monotonic()
            end(self._process)
            raise self._hung() from None
        if self.returncode != 0:
            raise _failure(shown(stderr) or f"it exited with {self.returncode} and said nothing")
        if not _is_map(stdout):
            raise _failure("it did not print the JSON that AWS's tools expect")
        return stdout, b""

    def _hung(self) -> CredentialRetrievalError:
        return _failure(f"it had not ended after {self._limit:.0f} seconds, and was stopped")


def _failure(why: str) -> CredentialRetrievalError:
    return CredentialRetrievalError(provider="credential_process", error_msg=why)


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process with all that it has started, and do not wait for what it holds open."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdout, process.stderr):
        if stream:
            stream.close()


def shown(stderr: bytes) -> str:
    """The end of what a process said, in one line, without what looks like a key."""
    text = " ".join(stderr.decode("utf-8", "replace").split())
    text = _SECRET.sub("…", text)
    text = text if len(text) <= MAX_SHOWN else "…" + text[-MAX_SHOWN:]
    return printable(text, MAX_SHOWN + 1)


def _is_map(stdout: bytes) -> bool:
    try:
        return isinstance(json.loads(stdout), dict)
    except ValueError:
        return False
