"""What the exit codes mean; part of the public contract, see docs/cli.md."""

from __future__ import annotations

from typing import Final

OK: Final = 0
ERROR: Final = 1
PENDING: Final = 2
FAILED: Final = 3
TIMED_OUT: Final = 4
USAGE: Final = 64
#: Ended by a signal: this and its number, as shells have it; 130 after Ctrl-C, 143 after SIGTERM.
SIGNALLED: Final = 128
