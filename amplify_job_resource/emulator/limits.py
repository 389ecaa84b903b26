"""The limits of texts and numbers in requests, from AWS's service model."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from botocore.loaders import Loader

from .exceptions import BadRequestException


def check(operation: str, member: Callable[[str], Any]) -> None:
    """Check the members of a request; AWS's clients check no more than the least length.

    Args:
        operation: The operation's name.
        member: Gives the request's member of a name, or None.

    Raises:
        BadRequestException: a member breaks a limit; the message names it.
    """
    for name, limit in _limits(operation).items():
        value = member(name)
        if value is None or not isinstance(value, (str, int)):
            continue
        text = str(value)
        if "max" in limit and (len(text) if isinstance(value, str) else value) > limit["max"]:
            unit = " characters" if isinstance(value, str) else ""
            raise BadRequestException(f"{name}: '{text[:40]}' is more than {limit['max']}{unit}")
        if "enum" in limit and text not in limit["enum"]:
            raise BadRequestException(f"{name}: '{text}' is not one of {limit['enum']}")
        if "pattern" in limit and not re.fullmatch(limit["pattern"], text):
            raise BadRequestException(f"{name}: '{text}' does not match {limit['pattern']}")


@cache
def operations() -> frozenset[str]:
    """The names of all operations that AWS's service model has."""
    return frozenset(_model()["operations"])


def shape(name: str) -> dict[str, Any]:
    """A shape of AWS's service model."""
    found: dict[str, Any] = _model()["shapes"][name]
    return found


def _model() -> dict[str, Any]:
    model: dict[str, Any] = Loader().load_service_model("amplify", "service-2")
    return model


@cache
def _limits(operation: str) -> dict[str, dict[str, Any]]:
    """The limits of each text and number in a request, by its name."""
    model = _model()
    shape = model["shapes"][model["operations"][operation]["input"]["shape"]]
    members = {name: model["shapes"][member["shape"]] for name, member in shape["members"].items()}
    return {
        name: {key: rule[key] for key in ("max", "pattern", "enum") if key in rule}
        for name, rule in members.items()
        if rule["type"] in ("string", "integer")
    }
