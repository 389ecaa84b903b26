"""The emulator's state in a file, so that a server can be stopped and continued later.

The file is a pickle: one machine's emulator writes it, and the same emulator reads it.
"""

from __future__ import annotations

import contextlib
import pickle
import time
from collections.abc import Iterator
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, TypeVar

from .clock import Stretch
from .jobs import Job
from .models import App, amplify_backends
from .state import emulator_state

_Part = TypeVar("_Part")


def save(path: Path) -> None:
    """Write apps, branches, jobs with their files, plans and the time to a file; no faults, no calls.

    Raises:
        OSError: the file cannot be written.
    """
    temporary = path.with_suffix(".tmp")
    clock = emulator_state.clock
    places = [
        (account_id, region, backend)
        for account_id, account in list(amplify_backends.items())
        for region, backend in list(account.items())
        if backend.apps
    ]
    with contextlib.ExitStack() as locks:
        for _, _, backend in places:
            # Uploads come side by side, also while one of them is saved.
            locks.enter_context(backend.lock)
        backends = [
            (account_id, region, backend.apps, backend.open_jobs)
            for account_id, region, backend in places
        ]
        plan = emulator_state.default_plan
        data = pickle.dumps((clock.now(), time.time(), plan, backends, clock.stretches))
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


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
    emulator_state.default_plan = _complete(plan)
    for account_id, region, apps, open_jobs in backends:
        for part in _parts(apps, open_jobs):
            _complete(part)
        for app in apps.values():
            # Earlier versions kept the tags among the other settings.
            for tagged in (app, *app.branches.values()):
                tagged.tags.update(tagged.settings.pop("tags", {}))
        backend = amplify_backends[account_id][region]
        backend.apps, backend.open_jobs = apps, open_jobs


def _parts(apps: dict[str, App], open_jobs: list[Job]) -> Iterator[Any]:
    """All that has fields in what was read."""
    jobs = list(open_jobs)
    for app in apps.values():
        yield app
        yield from app.domains.values()
        yield from app.webhooks.values()
        yield from app.backend_environments.values()
        for branch in app.branches.values():
            yield branch
            yield from branch.plans
            jobs += branch.jobs.values()
            if branch.deleted:
                jobs.append(branch.deleted)
    for job in jobs:
        yield job
        yield job.plan
        if job.content:
            yield job.content
        if job.behind:  # which may have been deleted since
            jobs.append(job.behind)


def _complete(part: _Part) -> _Part:
    """Give a part the fields that an earlier version did not have."""
    for field in fields(part):  # type: ignore[arg-type]
        if not hasattr(part, field.name):
            default = field.default
            if field.default_factory is not MISSING:
                default = field.default_factory()
            # Plans are frozen.
            object.__setattr__(part, field.name, default)
    return part
