"""The emulator's state in a file, so that a server can be stopped and continued later.

The file is a pickle: one machine's emulator writes it, and the same emulator reads it.
"""

from __future__ import annotations

import pickle
import time
from pathlib import Path

from .models import amplify_backends
from .state import emulator_state


def save(path: Path) -> None:
    """Write apps, branches, jobs, plans and the time to a file; faults and calls are not kept."""
    backends = [
        (account_id, region, backend.apps, backend._open_jobs)  # noqa: SLF001 - see `load`
        for account_id, account in amplify_backends.items()
        for region, backend in account.items()
        if backend.apps
    ]
    temporary = path.with_suffix(".tmp")
    temporary.write_bytes(
        pickle.dumps(
            (emulator_state.clock.now(), time.time(), emulator_state.default_plan, backends)
        )
    )
    temporary.replace(path)


def load(path: Path) -> None:
    """Read what `save` wrote, and advance the clock by the real time that has passed since.

    Does nothing if the file does not exist.
    """
    if not path.exists():
        return
    saved = pickle.loads(path.read_bytes())  # noqa: S301 - the emulator's own file
    clock_time, real_time, emulator_state.default_plan, backends = saved
    behind = clock_time + (time.time() - real_time) - emulator_state.clock.now()
    emulator_state.clock.advance(max(0.0, behind))
    for account_id, region, apps, open_jobs in backends:
        backend = amplify_backends[account_id][region]
        backend.apps, backend._open_jobs = apps, open_jobs  # noqa: SLF001
