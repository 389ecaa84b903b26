"""What AWS's service model says that requests look like: the members, their types and their limits."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from botocore.loaders import Loader

from .exceptions import BadRequestException
from .readers import Reader, reader_of


def read(
    operation: str, path: Mapping[str, str], query: Callable[[str], list[str] | None], body: bytes
) -> tuple[dict[str, Any], BadRequestException | None]:
    """The members of a request, of which AWS's clients check no more than a few.

    Args:
        operation: The operation's name.
        path: What stands in the path, by the members' names.
        query: Gives the values of a name in the query.
        body: The body.

    Returns:
        The members, with times in seconds since 1970; and what is wrong with them, None for most. Of a
        request that is wrong, the members are as they were sent, as far as they can be read.
    """
    try:
        members = _given(operation, path, query, body)
    except BadRequestException as error:
        return dict(path), error
    required, readers = _members(operation)
    try:
        for name in required:
            if members.get(name) is None:
                raise BadRequestException(f"{name} is required")
        return {name: readers[name](name, value) for name, value in members.items()}, None
    except BadRequestException as error:
        return members, error


def check(operation: str, member: Callable[[str], Any]) -> None:
    """Check those members of a request that are given.

    Args:
        operation: The operation's name.
        member: Gives the request's member of a name, or None.

    Raises:
        BadRequestException: a member breaks a limit; the message names it.
    """
    for name, reader in _members(operation)[1].items():
        value = member(name)
        if value is not None:
            reader(name, value)


@cache
def operations() -> frozenset[str]:
    """The names of all operations that AWS's service model has."""
    return frozenset(_model()["operations"])


def http_of(operation: str) -> dict[str, str]:
    """The HTTP method and the path of an operation, as `method` and `requestUri`."""
    http: dict[str, str] = _model()["operations"][operation]["http"]
    return http


def shape(name: str) -> dict[str, Any]:
    """A shape of AWS's service model."""
    found: dict[str, Any] = _model()["shapes"][name]
    return found


def _given(
    operation: str, path: Mapping[str, str], query: Callable[[str], list[str] | None], body: bytes
) -> dict[str, Any]:
    """The members as they were sent; what is null, or unknown to AWS, counts as not given."""
    members = _input(operation)["members"]
    written = _json(body) if body else {}
    given: dict[str, Any] = {}
    for name, member in members.items():
        place = member.get("location")
        if place == "uri":
            value: Any = path.get(member["locationName"])
        elif place == "querystring":
            values = query(member["locationName"])
            kind = shape(member["shape"])["type"]
            value = _of_query(name, kind, values) if values else None
        else:
            value = written.get(name)
        if value is not None:
            given[name] = value
    return given


def _of_query(name: str, kind: str, values: list[str]) -> Any:
    if kind == "list":
        return values
    if kind != "integer":
        return values[0]
    if not re.fullmatch(r"-?[0-9]{1,18}", values[0]):
        raise BadRequestException(f"{name}: '{values[0][:40]}' is no number")
    return int(values[0])


def _json(body: bytes) -> dict[str, Any]:
    try:
        written = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise BadRequestException("The body is no JSON") from None
    if not isinstance(written, dict):
        raise BadRequestException("The body is no JSON object")
    return written


def _refuse_constant(name: str) -> None:
    """Refuse what Python takes for JSON and nobody else does, such as NaN."""
    raise ValueError(name)


@cache
def _members(operation: str) -> tuple[tuple[str, ...], dict[str, Reader]]:
    """The names of the members that are required, and what reads each member."""
    found = _input(operation)
    readers = {name: reader_of(member["shape"], shape) for name, member in found["members"].items()}
    return tuple(found.get("required", ())), readers


def _input(operation: str) -> dict[str, Any]:
    return shape(_model()["operations"][operation]["input"]["shape"])


@cache
def _model() -> dict[str, Any]:
    model: dict[str, Any] = Loader().load_service_model("amplify", "service-2")
    return model
