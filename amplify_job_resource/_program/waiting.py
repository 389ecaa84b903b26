"""What a program waits for at its end: each resource's registration, not each of its properties."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pulumi


def wait_for_registration_only(resource: pulumi.Resource, names: Iterable[str]) -> None:
    """Have Pulumi's SDK not wait for the properties of a resource one by one.

    They are known, or have failed, as soon as the resource's registration has, for which the SDK waits
    as well. It goes through all that it waits for whenever something of it is known, so that thousands
    of properties would keep a program busy for minutes. An SDK that does this in another way is left
    alone.

    Args:
        resource: A resource that was just declared.
        names: Its properties, by their names in Python.
    """
    for name in names:
        output = resource.__dict__.get(name)
        untrack = getattr(output, "_untrack", None)
        data = getattr(output, "_data", None)
        if untrack and isinstance(data, asyncio.Future):
            untrack()
            data.add_done_callback(_seen)


def _seen(done: asyncio.Future[object]) -> None:
    """Look at a failure, which the registration tells of, so that asyncio does not tell of it again."""
    if not done.cancelled():
        done.exception()
