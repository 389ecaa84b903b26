"""Readers of values: each knows the type and the limits of one shape of AWS's service model.

AWS's texts for what is wrong are unconfirmed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from .exceptions import BadRequestException

#: Takes what a message calls a value, and the value, and returns what it means.
Reader = Callable[[str, Any], Any]
_Shapes = Callable[[str], dict[str, Any]]

#: What AWS's patterns have and Python's have not.
_CLASSES = {
    r"\p{L}": r"\w",
    r"\p{N}": r"\d",
    r"\p{Z}": " \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u3000",
}


def reader_of(name: str, shapes: _Shapes) -> Reader:
    """The reader for a shape.

    Args:
        name: The shape's name.
        shapes: Gives the shape of a name.

    Returns:
        A function which raises BadRequestException where a value is not what the shape asks for.
    """
    shape = shapes(name)
    return _READERS[shape["type"]](shape, shapes)


def _string(shape: dict[str, Any], shapes: _Shapes) -> Reader:  # noqa: ARG001 - all have the same form
    shortest, longest = shape.get("min", 0), shape.get("max")
    enum = shape.get("enum")
    pattern = _pattern(shape["pattern"]) if "pattern" in shape else None

    def read(name: str, value: Any) -> str:
        if not isinstance(value, str):
            raise BadRequestException(f"{name} is no text")
        if longest is not None and len(value) > longest:
            raise BadRequestException(f"{name}: '{value[:40]}' is more than {longest} characters")
        if enum is not None and value not in enum:
            raise BadRequestException(f"{name}: '{value}' is not one of {enum}")
        if pattern is not None and not pattern.fullmatch(value):
            raise BadRequestException(f"{name}: '{value}' does not match {shape['pattern']}")
        if len(value) < shortest:
            raise BadRequestException(f"{name}: '{value}' is less than {shortest} characters")
        if not value.isascii() and not _has_utf8(value):
            raise BadRequestException(f"{name} is no text that UTF-8 can hold")
        return value

    return read


def _integer(shape: dict[str, Any], shapes: _Shapes) -> Reader:  # noqa: ARG001
    least, most = shape.get("min"), shape.get("max")

    def read(name: str, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise BadRequestException(f"{name} is no whole number")
        if most is not None and value > most:
            raise BadRequestException(f"{name}: '{value}' is more than {most}")
        if least is not None and value < least:
            raise BadRequestException(f"{name}: '{value}' is less than {least}")
        return value

    return read


def _boolean(shape: dict[str, Any], shapes: _Shapes) -> Reader:  # noqa: ARG001
    def read(name: str, value: Any) -> bool:
        if not isinstance(value, bool):
            raise BadRequestException(f"{name} is neither true nor false")
        return value

    return read


def _timestamp(shape: dict[str, Any], shapes: _Shapes) -> Reader:  # noqa: ARG001
    def read(name: str, value: Any) -> float:
        if isinstance(value, datetime):  # from a caller that sends no HTTP
            return value.timestamp()
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            raise BadRequestException(f"{name} is no number of seconds since 1970")
        try:
            datetime.fromtimestamp(value, timezone.utc)
        except (ValueError, OverflowError, OSError):
            raise BadRequestException(f"{name}: '{value}' is no time") from None
        return float(value)

    return read


def _list(shape: dict[str, Any], shapes: _Shapes) -> Reader:
    entry = reader_of(shape["member"]["shape"], shapes)

    def read(name: str, value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise BadRequestException(f"{name} is no list")
        _check_size(name, len(value), shape)
        return [entry(f"{name}[{index}]", each) for index, each in enumerate(value)]

    return read


def _map(shape: dict[str, Any], shapes: _Shapes) -> Reader:
    key, entry = (reader_of(shape[part]["shape"], shapes) for part in ("key", "value"))

    def read(name: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise BadRequestException(f"{name} is no map")
        _check_size(name, len(value), shape)
        return {
            key(f"{name} key", each): entry(f"{name}[{each[:40]!r}]", value[each]) for each in value
        }

    return read


def _structure(shape: dict[str, Any], shapes: _Shapes) -> Reader:
    members = {name: reader_of(each["shape"], shapes) for name, each in shape["members"].items()}
    required = shape.get("required", ())

    def read(name: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise BadRequestException(f"{name} is no structure")
        for member in required:
            if value.get(member) is None:
                raise BadRequestException(f"{name}.{member} is required")
        return {
            member: reader(f"{name}.{member}", value[member])
            for member, reader in members.items()
            if value.get(member) is not None
        }

    return read


_READERS: dict[str, Callable[[dict[str, Any], _Shapes], Reader]] = {
    "string": _string,
    "integer": _integer,
    "boolean": _boolean,
    "timestamp": _timestamp,
    "list": _list,
    "map": _map,
    "structure": _structure,
}


def _check_size(name: str, size: int, shape: dict[str, Any]) -> None:
    if size > shape.get("max", size):
        raise BadRequestException(f"{name} has more than {shape['max']} entries")
    if size < shape.get("min", 0):
        raise BadRequestException(f"{name} has less than {shape['min']} entries")


def _pattern(text: str) -> re.Pattern[str]:
    """A pattern of AWS's in Python's form; what has no classes of its own is meant for ASCII."""
    flags = re.UNICODE if r"\p{" in text else re.ASCII
    for theirs, ours in _CLASSES.items():
        text = text.replace(theirs, ours)
    return re.compile(text, flags)


def _has_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
