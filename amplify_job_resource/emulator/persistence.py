"""The emulator's state in a file, so that a server can be stopped and continued later.

The file has a part for each account and region, for each job, for the files of each deployment, and one
for what they share. What has not changed since the last save is not written again.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import older_state
from .models import all_backends, backend_of
from .rules import Rules
from .state import emulator_state
from .state_file import NewerState, NoState, StateFile
from .state_layout import Name, Place, Shared, as_bytes, as_text, divide, join
from .state_parts import UnknownPart

if TYPE_CHECKING:
    from typing_extensions import Self


class Persistence:
    """The file that keeps apps, branches, jobs with their files, plans, rules and the time.

    Faults and calls are not kept. The file cannot be used by anybody else until it is closed, which a
    context manager does.

    Raises:
        ValueError: the file holds no state of an emulator, or that of a newer version.
        OSError: it can be neither read nor written, or another emulator uses it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        #: What each part in the file was made of: an object that does not change, or else its bytes.
        self._written: dict[Name, Any] = {}
        with _problems(path):
            older = older_state.read(path)
            if older:
                # The older file is there until the new one is complete.
                beside = path.with_name(f"{path.name}.new")
                beside.unlink(missing_ok=True)
                with Persistence(beside) as new:
                    new.write(*older)
                beside.replace(path)
            self._file = StateFile(path)

    def load(self) -> None:
        """Take over the state, if there is one; the clock advances by the time since it was saved."""
        with _problems(self._path):
            found = join(self._file.read())
        if found is None:
            return
        for name, unchanging, _ in divide(*found, self._written.get):
            if unchanging is not None:
                self._written[name] = unchanging
        _take_over(*found)

    def save(self) -> None:
        """Write what has changed since the last save.

        Raises:
            OSError: the file cannot be written.
        """
        clock = emulator_state.clock
        with contextlib.ExitStack() as locks:
            places = []
            for backend in all_backends():
                # Uploads come side by side, also while one of them is saved.
                locks.enter_context(backend.lock)
                backend.assign_build_slots()
                places.append(Place(backend.account_id, backend.region_name, backend.apps))
            with emulator_state.lock:
                rules = [replace(each) for each in emulator_state.rules.counted]
            now, plan = clock.now(), emulator_state.default_plan
            self.write(Shared(now, time.time(), plan, clock.stretches, rules), places)

    def write(self, shared: Shared, places: Iterable[Place]) -> None:
        """Write a state as far as the file has another one."""
        changed: dict[Name, bytes] = {}
        written: dict[Name, Any] = {}
        for name, unchanging, part in divide(shared, places, self._written.get):
            before = self._written.get(name)
            if unchanging is not None:
                written[name] = unchanging
                if before is not unchanging:
                    changed[name] = as_bytes(part)
            else:
                written[name] = as_bytes(part)
                if written[name] != before:
                    changed[name] = written[name]
        gone = [as_text(name) for name in self._written if name not in written]
        self._file.write({as_text(name): data for name, data in changed.items()}, gone)
        self._written = written

    def close(self) -> None:
        """Let another emulator use the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def save(path: Path) -> None:
    """Write the state to a file; the errors are those of `Persistence`."""
    with Persistence(path) as file:
        file.save()


def load(path: Path) -> None:
    """Take over the state of a file that nobody uses; the errors are those of `Persistence`."""
    with _problems(path):
        older = older_state.read(path)
    if older:
        _take_over(*older)
    elif path.exists():
        with Persistence(path) as file:
            file.load()


def _take_over(shared: Shared, places: list[Place]) -> None:
    clock = emulator_state.clock
    clock.resume(shared.stretches, shared.reading, time.time() - shared.real_time)
    emulator_state.default_plan = shared.default_plan
    emulator_state.rules = Rules(shared.rules)
    for place in places:
        backend = backend_of(place.account_id, place.region)
        with backend.lock:
            backend.restore(place.apps)


@contextlib.contextmanager
def _problems(path: Path) -> Iterator[None]:
    try:
        yield
    except (NewerState, UnknownPart) as error:
        raise ValueError(
            f"{path} was written by another version of the emulator, and this one cannot read it: it "
            f"has {error}. Use that version, or another file."
        ) from error
    except NoState:
        raise ValueError(f"{path} holds no state of the emulator") from None
