"""A terminal for a program to run in, where it shows what it would show a person."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import termios
from collections.abc import Iterator


def open_terminal(columns: int, rows: int) -> tuple[int, int]:
    """A new terminal of this size: the end that reads what is shown, and the program's end."""
    reader, program = pty.openpty()
    fcntl.ioctl(program, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    return reader, program


def shown(reader: int) -> Iterator[bytes]:
    """What comes out of a terminal or a pipe, as it comes, until no program has its other end."""
    while True:
        try:
            chunk = os.read(reader, 65536)
        except OSError:  # Linux ends a terminal in this way, a pipe and macOS with nothing more.
            return
        if not chunk:
            return
        yield chunk
