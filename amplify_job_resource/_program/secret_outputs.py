"""Which inputs a program gives as secrets, and outputs that are secret where an input is one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from pulumi import Output


def secret_names(given: Mapping[str, Any], keys: Mapping[str, str]) -> Output[list[str] | None]:
    """The keys in state of the secret inputs, None for none; `triggers.KEY` for a value in a map.

    Args:
        given: The inputs by their names in Python; only those that are outputs, or hold some, count.
        keys: The key in state of each input, by its name in Python.
    """

    async def names() -> list[str] | None:
        found = [key for name, key in keys.items() if await _is_secret_output(given.get(name))]
        if "triggers" not in found:
            parts = _parts(given.get("triggers"))
            found += [f"triggers.{key}" for key, part in parts if await _holds_secret(part)]
        return found or None

    return Output(
        set(), asyncio.ensure_future(names()), _resolved(value=True), _resolved(value=False)
    )


async def _is_secret_output(value: Any) -> bool:
    return isinstance(value, Output) and await value.is_secret()


async def _holds_secret(value: Any) -> bool:
    return await Output.from_input(value).is_secret()


def _parts(triggers: Any) -> Iterable[tuple[Any, Any]]:
    """The values of the triggers that hold an output, with their keys."""
    entries: Iterable[tuple[Any, Any]] = ()
    if isinstance(triggers, Mapping):
        entries = triggers.items()
    elif isinstance(triggers, (list, tuple)):
        entries = enumerate(triggers)
    return [(key, part) for key, part in entries if holds_output(part)]


def holds_output(value: Any) -> bool:
    """Whether a value is an output or has one in it."""
    if isinstance(value, Mapping):
        return any(map(holds_output, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(holds_output, value))
    return isinstance(value, Output)


def empty_if_secret(*outputs: Output[Any]) -> Output[str | None]:
    """A secret empty text if one of the outputs is a secret, else nothing at all."""

    async def is_secret() -> bool:
        return any([await output.is_secret() for output in outputs])

    async def value() -> str | None:
        return "" if await is_secret() else None

    return Output(
        set(),
        asyncio.ensure_future(value()),
        _resolved(value=True),
        asyncio.ensure_future(is_secret()),
    )


def _resolved(*, value: Any) -> asyncio.Future[Any]:
    future: asyncio.Future[Any] = asyncio.Future()
    future.set_result(value)
    return future
