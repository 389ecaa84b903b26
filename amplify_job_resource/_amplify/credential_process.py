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


class CredentialProcess:
    """Starts one profile's process; in the place of `subprocess.Popen` in botocore's provider.

    After a process that hung, the next calls fail at once for a while: the releases of a command share
    their credentials, and each of them would wait in turn.
    """

    def __init__(self, limit: float = LIMIT) -> None:
        self._limit = limit
        self._hung_at: float | None = None

    def __call__(self, command: Sequence[str], **options: Any) -> _Run:
        """Start the process."""
        if self._hung_at is not None and time.monotonic() - self._hung_at < self._limit:
            raise self._hung()
        # Without a terminal and without input it cannot ask anybody, and fails instead.
        try:
            process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 - the user's own
                command, stdin=subprocess.DEVNULL, start_new_session=True, **options
            )
        except OSError as error:
            raise failure(f"it cannot be run: {error.strerror}: {command[0]}") from error
        return _Run(process, self)

    def communicate(self, process: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
        """What the process prints, once it has ended; its stderr only as far as it may be shown."""
        try:
            stdout, stderr = process.communicate(timeout=self._limit)
        except subprocess.TimeoutExpired:
            self._hung_at = time.monotonic()
            end(process)
            raise self._hung() from None
        if process.returncode == 0 and not _is_map(stdout):
            raise failure("it did not print the JSON that AWS's tools expect")
        return stdout, shown(stderr).encode()

    def _hung(self) -> CredentialRetrievalError:
        return failure(f"it had not ended after {self._limit:.0f} seconds, and was stopped")


class _Run:
    """What botocore's provider uses of a process."""

    def __init__(self, process: subprocess.Popen[bytes], starter: CredentialProcess) -> None:
        self._process = process
        self._starter = starter

    @property
    def returncode(self) -> int:
        return self._process.returncode

    def communicate(self) -> tuple[bytes, bytes]:
        return self._starter.communicate(self._process)


def failure(why: str) -> CredentialRetrievalError:
    """The exception of a process that gives no credentials."""
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
    return printable(text, MAX_SHOWN + 1) if text else "it failed and said nothing"


def _is_map(stdout: bytes) -> bool:
    try:
        return isinstance(json.loads(stdout), dict)
    except ValueError:
        return False
