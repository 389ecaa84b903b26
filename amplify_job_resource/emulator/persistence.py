"""The emulator's state in a file, so that a server can be ended and go on later.

A pickle: the file is this emulator's own, made and read on one machine by one person.
"""

from __future__ import annotations

import pickle
import time
from pathlib import Path

from .models import amplify_backends
from .world import world


def save(path: Path) -> None:
    """Write apps, branches, jobs and plans."""
    backends = [
        (account_id, region, backend.apps, backend._open)  # noqa: SLF001 - its other half
        for account_id, account in amplify_backends.items()
        for region, backend in account.items()
        if backend.apps
    ]
    temporary = path.with_suffix(".tmp")
    temporary.write_bytes(
        pickle.dumps((world.clock.now(), time.time(), world.default_plan, backends))
    )
    temporary.replace(path)


def load(path: Path) -> None:
    """Read what `save` wrote; the time between counts as passed. No file, nothing to read."""
    if not path.exists():
        return
    clock_time, real_time, world.default_plan, backends = pickle.loads(path.read_bytes())  # noqa: S301
    late = clock_time + (time.time() - real_time) - world.clock.now()
    world.clock.advance(max(0.0, late))
    for account_id, region, apps, open_jobs in backends:
        backend = amplify_backends[account_id][region]
        backend.apps, backend._open = apps, open_jobs  # noqa: SLF001
