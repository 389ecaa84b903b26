"""What the exit codes mean; part of the public contract, see docs/cli.md."""

from __future__ import annotations

from typing import Final

OK: Final = 0
ERROR: Final = 1
PENDING: Final = 2
FAILED: Final = 3
TIMED_OUT: Final = 4
USAGE: Final = 64
INTERRUPTED: Final = 130
