"""The parts of a state file: one dataclass each, by the names of its fields.

A part that an earlier version wrote gets the fields that it lacks; one of a newer version is refused.
A file can make nothing but parts, so a file from somewhere else can run no code.
"""

from __future__ import annotations

import io
import pickle
import sys
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any

_PACKAGE = __package__ or ""
#: What a part may hold beside other parts, texts, numbers and lists.
_OTHERS = {("datetime", "datetime"), ("datetime", "timezone"), ("datetime", "timedelta")}


class UnknownPart(Exception):
    """A file has something that this version does not know."""


def dump(part: Any, instead: Callable[[Any], Mapping[str, Any]]) -> bytes:
    """A part as bytes.

    Args:
        part: A dataclass of this package, or lists, tuples and dicts of them.
        instead: Gives the fields of a part that are written with another value.
    """
    file = io.BytesIO()
    _Pickler(file, instead).dump(part)
    return file.getvalue()


def restore(data: bytes) -> Any:
    """What `dump` wrote.

    Raises:
        UnknownPart: it has a class or a field that this version does not have.
        Exception: the bytes were not written by `dump`.
    """
    return _Unpickler(io.BytesIO(data)).load()


def make(cls: type, values: Mapping[str, Any]) -> Any:
    """A part with these fields; what is missing has its default. Files name this function.

    Raises:
        UnknownPart: the class has no such field, or one without a default is missing.
    """
    part: Any = object.__new__(cls)
    unknown = values.keys() - {field.name for field in fields(cls)}
    if unknown:
        raise UnknownPart(f"{cls.__name__}.{min(unknown)}")
    for name, value in values.items():
        object.__setattr__(part, name, value)  # parts can be frozen
    complete(part)
    return part


def complete(part: Any) -> None:
    """Give a part the fields that an earlier version did not have.

    Raises:
        UnknownPart: one of them has no default.
    """
    for field in fields(part):
        if hasattr(part, field.name):
            continue
        if field.default_factory is not MISSING:
            value = field.default_factory()
        elif field.default is not MISSING:
            value = field.default
        else:
            raise UnknownPart(f"no {type(part).__name__}.{field.name}")
        object.__setattr__(part, field.name, value)


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO, instead: Callable[[Any], Mapping[str, Any]]) -> None:
        super().__init__(file, protocol=5)
        self._instead = instead

    def reducer_override(self, part: Any) -> Any:
        """A dataclass by the names of its fields, not by their order."""
        if isinstance(part, type) or not is_dataclass(part):
            return NotImplemented
        values = {field.name: getattr(part, field.name) for field in fields(part)}
        return make, (type(part), {**values, **self._instead(part)})


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """A dataclass of this package; nothing else can be made."""
        if (module, name) in _OTHERS:
            return super().find_class(module, name)
        if (module, name) == (__name__, "make"):
            return make
        if not module.startswith(f"{_PACKAGE}."):
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a state")
        # Its module is the code's own matter, and may be another one today.
        if name not in _classes():
            raise UnknownPart(name)
        return _classes()[name]


@cache
def _classes() -> dict[str, type]:
    """The dataclasses of this package by their names."""
    modules = [each for name, each in sys.modules.items() if name.startswith(f"{_PACKAGE}.")]
    found = [each for module in modules for each in vars(module).values()]
    return {each.__name__: each for each in found if isinstance(each, type) and is_dataclass(each)}
