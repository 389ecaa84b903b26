"""Which inputs a program gives as secrets, and outputs that are secret where an input is one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from pulumi import Output

from .._inputs.request import JOB_INPUTS


def secret_names(outputs: Mapping[str, Output[Any]]) -> Output[list[str] | None]:
    """The keys in state of those inputs that are secrets, None for none.

    Args:
        outputs: The inputs that are outputs, by their names in Python.
    """

    async def names() -> list[str] | None:
        keys = JOB_INPUTS.keys.items()
        return [
            key for name, key in keys if name in outputs and await outputs[name].is_secret()
        ] or None

    return Output(
        set(), asyncio.ensure_future(names()), _resolved(value=True), _resolved(value=False)
    )


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
    future: asyncio.Future[Any] = asyncio.get_event_loop().create_future()
    future.set_result(value)
    return future
