"""Properties between the wire and the lifecycle: which inputs are secrets, and what holds one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import pulumi
from google.protobuf.struct_pb2 import Struct

from .._engine.grpc_status import PROVIDER_KEY
from .._inputs.schema import Schema
from .._inputs.secrets import SECRET_INPUTS
from .._kind import Kind
from .._state import MADE_OF
from .._values.addresses import is_signed
from .inputs import DERIVED_KEYS
from .wire import Path, Received, decoded, encoded

#: What is a secret where one of the inputs that it is made of is one.
_MADE_OF: Final = {**MADE_OF, **dict.fromkeys(DERIVED_KEYS, ("source", "exclude"))}


def received(struct: Struct, kind: Kind) -> Received:
    """Properties as the lifecycle takes them: the keys of secret inputs are among them.

    State that was made by the dynamic resource has these keys itself.

    Raises:
        wire.Garbled: one of them is no value.
    """
    found = decoded(struct)
    properties = dict(found.properties)
    properties.pop(PROVIDER_KEY, None)
    recorded = properties.pop(SECRET_INPUTS, None)
    secrets = found.secrets
    source = properties.get("source")
    if is_signed(source.uri if isinstance(source, pulumi.RemoteArchive) else source):
        secrets |= {("source",)}
    names = secret_inputs(secrets, kind.inputs)
    if isinstance(recorded, list):
        names.update(name for name in recorded if isinstance(name, str))
    if names:
        properties[SECRET_INPUTS] = sorted(names)
    return Received(properties, secrets)


def secret_inputs(secrets: Iterable[Path], inputs: Schema) -> set[str]:
    """The keys of the secret inputs; `triggers.KEY` for a value in the map of triggers."""
    found = {
        f"triggers.{path[1]}" if path[0] == "triggers" and len(path) > 1 else str(path[0])
        for path in secrets
        if path[0] in inputs.by_key
    }
    if "triggers" in found:
        found = {name for name in found if not name.startswith("triggers.")}
    return found


def is_newly_secret(olds: Received, news: Received, *, is_dynamic: bool = False) -> bool:
    """Whether a secret input is in state in clear: in an output that holds it, or as a part of one.

    The engine encrypts an input as soon as it is a secret, and an output of the same name. Of an output
    of another name, and of a part of one, it knows nothing until it is given it again.

    Args:
        olds: What is recorded.
        news: The new inputs.
        is_dynamic: Whether the dynamic resource has recorded it: a secret within a part is marked alone
            there, while Pulumi's SDK for Python marks the part as well.
    """
    marked = {path[0] for path in olds.secrets}
    clear = [output for output in MADE_OF if output in olds.properties.keys() - marked]
    if any((key,) in news.secrets for output in clear for key in MADE_OF[output]):
        return True
    parts = (path for path in news.secrets if len(path) > 1 and path[:1] not in news.secrets)
    return any(
        not any(
            path[: len(old)] == old or (is_dynamic and old[: len(path)] == path)
            for old in olds.secrets
        )
        for path in parts
    )


def answered(properties: Mapping[str, Any], *origins: Received) -> Struct:
    """Properties for the engine, secret where the inputs in them are.

    Args:
        properties: What the lifecycle made of the origins.
        origins: The properties that it was given.
    """
    secrets = {path for origin in origins for path in origin.secrets}
    names = {str(name) for origin in origins for name in origin.properties.get(SECRET_INPUTS) or ()}
    secrets |= {path for name in names for path in _paths_of(name)}
    secrets |= {
        (output,)
        for output, made_of in _MADE_OF.items()
        if any((part,) in secrets for part in made_of)
    }
    kept = {key: value for key, value in properties.items() if key != SECRET_INPUTS}
    return encoded(kept, secrets)


def _paths_of(name: str) -> list[Path]:
    """Where a secret input stands: under a key, or in the map or list of triggers."""
    key, mark, part = name.partition(".")
    if not mark:
        return [(key,)]
    return [(key, part), *([(key, int(part))] if part.isdecimal() else [])]
