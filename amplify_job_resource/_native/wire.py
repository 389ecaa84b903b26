"""Properties as Pulumi's engine sends them, and as it is answered: secrets, unknowns, assets.

On the wire, a map with a certain key is no map but a value of another kind, and certain texts mean that
a value is not known yet. Source: `pulumi/sdk/go/common/resource/sig` and `plugin/rpc.go`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, TypeAlias

import pulumi
from google.protobuf.struct_pb2 import NULL_VALUE, ListValue, Struct, Value

from .._values.unknown import UNKNOWN

#: Where a value stands among properties: its key, then keys and indexes within that.
Path: TypeAlias = tuple[str | int, ...]

_KIND: Final = "4dabf18193072939515e22adb298388d"
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a mark, not a secret
_RESOURCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
_OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_ASSET: Final = "c44067f5952c0a294b673a41bacd8c17"
_ARCHIVE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
#: How deep values may be within each other: what compares them needs a stack of some multiple of it.
_MAX_DEPTH: Final = 100
_DIGEST_OF_NOTHING: Final = sha256().hexdigest()
_UNKNOWN_TEXT: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_UNKNOWNS: Final = frozenset(
    {
        _UNKNOWN_TEXT,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # a flag
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # a number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # a list
        "030794c1-ac77-496b-92df-f27374a8bd58",  # an asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # an archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # a map
    }
)


class Garbled(ValueError):
    """What came over the wire is no value, or none that can stand there.

    The message names the property and nothing within it, which may be a secret.
    """


@dataclass(frozen=True, slots=True)
class Received:
    """Properties as they came.

    Attributes:
        properties: plain values; `UNKNOWN` for what is not known yet, Pulumi's own objects for assets
            and archives.
        secrets: where the secrets are among them.
    """

    properties: dict[str, Any]
    secrets: frozenset[Path] = frozenset()


def decoded(struct: Struct) -> Received:
    """Properties from the wire; a key without a value is left out.

    Raises:
        Garbled: one of them is no value.
    """
    secrets: set[Path] = set()
    try:
        properties = {
            key: _decoded(value, (key,), secrets.add) for key, value in struct.fields.items()
        }
    except RecursionError:  # secrets of secrets
        raise Garbled("the properties are nested too deeply") from None
    known = {key: value for key, value in properties.items() if value is not None}
    return Received(known, frozenset(path for path in secrets if path[0] in known))


def encoded(properties: Mapping[str, Any], secrets: Iterable[Path] = ()) -> Struct:
    """Properties for the wire; a key without a value is left out.

    Args:
        properties: Plain values, or `UNKNOWN`.
        secrets: Where the secrets are; a place that is not there does no harm.

    Raises:
        Garbled: an asset is among them, which is never recorded.
    """
    marked = frozenset(secrets)
    return Struct(
        fields={
            key: _encoded(value, (key,), marked)
            for key, value in properties.items()
            if value is not None
        }
    )


def _decoded(value: Value, path: Path, mark: Callable[[Path], None]) -> Any:
    if len(path) > _MAX_DEPTH:
        raise Garbled(f"{path[0]} is nested more than {_MAX_DEPTH} times")
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if value.string_value in _UNKNOWNS else value.string_value
    if kind == "number_value":
        return value.number_value
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        parts = enumerate(value.list_value.values)
        return [_decoded(part, (*path, index), mark) for index, part in parts]
    if kind == "struct_value":
        return _decoded_map(value.struct_value.fields, path, mark)
    return None


def _decoded_map(fields: Mapping[str, Value], path: Path, mark: Callable[[Path], None]) -> Any:
    if _KIND not in fields:
        return {key: _decoded(value, (*path, key), mark) for key, value in fields.items()}
    kind = fields[_KIND].string_value
    if kind in (_SECRET, _OUTPUT):
        is_secret = kind == _SECRET or ("secret" in fields and fields["secret"].bool_value)
        if is_secret:
            mark(path)
        if "value" not in fields:
            if kind == _SECRET:
                raise Garbled(f"{path[0]} has a secret without a value")
            return UNKNOWN
        return _decoded(fields["value"], path, mark)
    if kind == _RESOURCE:
        # The engine sends a reference only to a provider that asks for it, and else the id.
        names = [key for key in ("id", "urn") if key in fields]
        if not names:
            raise Garbled(f"{path[0]} has a reference to no resource")
        return _decoded(fields[names[0]], path, mark)
    if kind == _ASSET:
        return _asset(fields, path)
    if kind == _ARCHIVE:
        return _archive(fields, path, mark)
    raise Garbled(f"{path[0]} has a value of a kind that this version does not know")


def _asset(fields: Mapping[str, Value], path: Path) -> pulumi.Asset:
    if file := _text(fields, "path", path):
        return pulumi.FileAsset(file)
    if uri := _text(fields, "uri", path):
        return pulumi.RemoteAsset(uri)
    text = _text(fields, "text", path)
    # The engine leaves an empty text out, and sends its digest.
    if text or _text(fields, "hash", path) in ("", _DIGEST_OF_NOTHING):
        return pulumi.StringAsset(text)
    raise Garbled(f"{path[0]} has an asset without its content")


def _archive(
    fields: Mapping[str, Value], path: Path, mark: Callable[[Path], None]
) -> pulumi.Archive:
    if folder := _text(fields, "path", path):
        return pulumi.FileArchive(folder)
    if uri := _text(fields, "uri", path):
        return pulumi.RemoteArchive(uri)
    # The engine takes an archive that names nothing for an empty one.
    assets = fields["assets"] if "assets" in fields else Value(struct_value=Struct())
    if assets.WhichOneof("kind") != "struct_value":
        raise Garbled(f"{path[0]} has an archive whose parts are no map")
    parts = {
        name: _decoded(value, (*path, name), mark)
        for name, value in assets.struct_value.fields.items()
    }
    if not all(isinstance(part, (pulumi.Asset, pulumi.Archive)) for part in parts.values()):
        raise Garbled(f"{path[0]} has an archive with a part that is no asset")
    return pulumi.AssetArchive(parts)


def _text(fields: Mapping[str, Value], key: str, path: Path) -> str:
    """A text of an asset or archive, empty where it is not there.

    Reading a missing entry of a protobuf map would make it.
    """
    if key not in fields:
        return ""
    if fields[key].WhichOneof("kind") != "string_value":
        raise Garbled(f"{path[0]} has an asset or archive whose {key} is no text")
    return fields[key].string_value


def _encoded(value: Any, path: Path, secrets: frozenset[Path]) -> Value:
    plain = _encoded_plain(value, path, secrets)
    if path not in secrets:
        return plain
    fields = {_KIND: Value(string_value=_SECRET), "value": plain}
    return Value(struct_value=Struct(fields=fields))


def _encoded_plain(value: Any, path: Path, secrets: frozenset[Path]) -> Value:
    if value is UNKNOWN:
        return Value(string_value=_UNKNOWN_TEXT)
    if value is None:
        return Value(null_value=NULL_VALUE)
    if isinstance(value, bool):
        return Value(bool_value=value)
    if isinstance(value, (int, float)):
        return Value(number_value=value)
    if isinstance(value, str):
        return Value(string_value=value)
    if isinstance(value, Mapping):
        entries = {key: _encoded(each, (*path, key), secrets) for key, each in value.items()}
        return Value(struct_value=Struct(fields=entries))
    if isinstance(value, (list, tuple)):
        parts = [_encoded(each, (*path, index), secrets) for index, each in enumerate(value)]
        return Value(list_value=ListValue(values=parts))
    if isinstance(value, (pulumi.Asset, pulumi.Archive)):
        raise Garbled(f"{path[0]} has a {type(value).__name__}, which is never recorded")
    raise TypeError(f"{path[0]} has a {type(value).__name__}, which has no wire form")
