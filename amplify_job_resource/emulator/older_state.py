"""State files as they were before they had a version: one pickle of everything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from . import state_parts
from .clock import Stretch
from .state_file import NoState
from .state_layout import Place, Shared

_PICKLE = b"\x80"  # how every pickle of a newer protocol begins


def read(path: Path) -> tuple[Shared, list[Place]] | None:
    """The state in such a file; None if the file is another one, or there is none.

    Raises:
        NoState: it is a pickle of something else.
        OSError: it cannot be read.
    """
    if not path.exists():
        return None
    with path.open("rb") as file:
        if file.read(1) != _PICKLE:
            return None
    try:
        reading, real_time, plan, backends, *life = state_parts.restore(path.read_bytes())
        # The first of them kept no life of the clock: they showed its readings as they were.
        stretches = life[0] if life else (Stretch(0.0, 0.0),)
        places = [Place(account_id, region, apps) for account_id, region, apps, _ in backends]
        _complete((plan, stretches, places), set())
        for place in places:
            for app in place.apps.values():
                # They kept the tags among the other settings.
                app.tags.update(app.settings.pop("tags", {}))
                for branch in app.branches.values():
                    branch.tags.update(branch.settings.pop("tags", {}))
    except Exception as error:  # whatever the bytes make of themselves
        raise NoState from error
    return Shared(reading, real_time, plan, stretches), places


def _complete(part: Any, seen: set[int]) -> None:
    """Give all parts the fields that they did not have then."""
    if id(part) in seen:
        return
    seen.add(id(part))
    if is_dataclass(part):
        state_parts.complete(part)
        part = [getattr(part, each.name) for each in fields(part)]
    elif isinstance(part, Mapping):
        part = list(part.values())
    if isinstance(part, (list, tuple)):
        for each in part:
            _complete(each, seen)
