"""The emulator's state in a file, so that a server can be stopped and continued later.

The file is a pickle: one machine's emulator writes it, and the same emulator reads it.
"""

from __future__ import annotations

import pickle
import time
from pathlib import Path

from .clock import Stretch
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
    clock = emulator_state.clock
    state = (clock.now(), time.time(), emulator_state.default_plan, backends, clock.stretches)
    temporary.write_bytes(pickle.dumps(state))
    temporary.replace(path)


def load(path: Path) -> None:
    """Read what `save` wrote, and advance the clock by the real time that has passed since.

    Does nothing if the file does not exist.

    Raises:
        ValueError: the file holds no state of an emulator.
        OSError: it cannot be read.
    """
    if not path.exists():
        return
    data = path.read_bytes()
    try:
        reading, real_time, plan, backends, *life = pickle.loads(data)  # noqa: S301 - our own file
    except Exception as error:  # whatever the bytes make of themselves
        raise ValueError(f"{path} holds no state of the emulator") from error
    # Earlier versions kept no life of the clock: they showed its readings as they were.
    stretches = life[0] if life else (Stretch(0.0, 0.0),)
    emulator_state.clock.resume(stretches, reading, time.time() - real_time)
    emulator_state.default_plan = plan
    for account_id, region, apps, open_jobs in backends:
        backend = amplify_backends[account_id][region]
        backend.apps, backend._open_jobs = apps, open_jobs  # noqa: SLF001
