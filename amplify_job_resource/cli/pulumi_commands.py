"""The `pulumi` command, run side by side for several stacks."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Final

import click

from ..report.pending import error_lines

#: Commands that run side by side; each is a few processes.
SIDE_BY_SIDE: Final = 4


class PulumiCommands:
    """Runs `pulumi` in a project's folder.

    Each command has a thread of its own. A signal comes to the main thread only, so none is left behind
    by one that comes while a process is being started.
    """

    def __init__(self, cwd: Path) -> None:
        """Take the project's folder."""
        self._cwd = cwd
        self._lock = Lock()
        self._running: set[subprocess.Popen[str]] = set()
        self._ended = False

    def run(self, commands: Sequence[Sequence[str]]) -> list[subprocess.CompletedProcess[str]]:
        """Run commands to their end; what interrupts the wait ends them all.

        Raises:
            click.ClickException: there is no `pulumi`.
        """
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            try:
                return list(pool.map(self._run, commands))
            except BaseException:
                # A terminal's Ctrl-C reaches what runs, other signals do not.
                self._end()
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _end(self) -> None:
        with self._lock:
            self._ended = True
            for process in self._running:
                process.terminate()

    def _run(self, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
        command = ["pulumi", *arguments, "--non-interactive"]
        process = self._started(command)
        with process:
            stdout, stderr = process.communicate()
            with self._lock:
                self._running.discard(process)
        return subprocess.CompletedProcess(command, process.returncode, stdout, stderr)

    def _started(self, command: Sequence[str]) -> subprocess.Popen[str]:
        # With this variable, `--json` writes a stream of events instead.
        environment = {**os.environ, "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "false"}
        with self._lock:
            if self._ended:
                raise click.Abort
            try:
                process = subprocess.Popen(  # noqa: S603 - a list of arguments, no shell
                    command,
                    cwd=self._cwd,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    encoding="utf-8",
                    errors="replace",
                )
            except FileNotFoundError:
                raise click.ClickException("there is no `pulumi` on PATH: install it") from None
            except OSError as error:
                raise click.ClickException(f"`pulumi` cannot be run: {error.strerror}") from None
            self._running.add(process)
        return process


def last_words(done: subprocess.CompletedProcess[str]) -> str:
    """What a command that failed said last, harmless to show."""
    text = error_lines(done.stderr) or error_lines(done.stdout)
    return text.removeprefix("error: ") or f"pulumi exited with status {done.returncode}"
