"""Values as programs give them, and structs as nobody should send them, for Hypothesis."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pulumi
from amplify_job_resource._native.wire import Path
from amplify_job_resource._values.unknown import UNKNOWN
from google.protobuf.struct_pb2 import NULL_VALUE, ListValue, Struct, Value
from hypothesis import strategies as st

#: The key of what is no map, and the kinds that Pulumi's `sig` package has.
KIND: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"
RESOURCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
ASSET: Final = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
BYTES: Final = "cabbc3b9b5ce1fd3a5ec3bd6a3b1f3a5"
UNKNOWN_TEXT: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

keys: Final = st.text(max_size=6).filter(lambda key: key != KIND)
texts: Final = st.text(max_size=8)
scalars: Final = st.one_of(
    st.none(), st.booleans(), st.floats(allow_nan=False), texts, st.just(UNKNOWN)
)
#: Nested values of all kinds that are no asset.
plain: Final = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=12,
)
given: Final = st.dictionaries(keys, plain.filter(lambda value: value is not None), max_size=4)


def paths(properties: dict[str, Any]) -> list[Path]:
    """Each place in properties that holds a value."""

    def within(value: Any, path: Path) -> Iterator[Path]:
        yield path
        parts: Any = ()
        if isinstance(value, dict):
            parts = value.items()
        elif isinstance(value, list):
            parts = enumerate(value)
        for part, each in parts:
            yield from within(each, (*path, part))

    return [path for key, value in properties.items() for path in within(value, (key,))]


@st.composite
def marked(draw: st.DrawFn) -> tuple[dict[str, Any], frozenset[Path]]:
    """Properties, and which places in them are secrets."""
    properties = draw(given)
    places = paths(properties)
    return properties, draw(st.frozensets(st.sampled_from(places))) if places else frozenset()


#: Values of the wire of any shape, with kinds that are there, that are not, and that are no text.
hostile_values: Final = st.recursive(
    st.one_of(
        st.just(Value()),
        st.just(Value(null_value=NULL_VALUE)),
        st.builds(lambda flag: Value(bool_value=flag), st.booleans()),
        st.builds(lambda number: Value(number_value=number), st.floats()),
        st.builds(lambda text: Value(string_value=text), texts | st.just(UNKNOWN_TEXT)),
    ),
    lambda inner: st.one_of(
        st.builds(
            lambda parts: Value(list_value=ListValue(values=parts)), st.lists(inner, max_size=3)
        ),
        st.builds(
            lambda entries: Value(struct_value=Struct(fields=entries)),
            st.dictionaries(keys, inner, max_size=3),
        ),
        st.builds(
            lambda kind, entries: Value(struct_value=Struct(fields={**entries, KIND: kind})),
            st.sampled_from([SECRET, RESOURCE, OUTPUT, ASSET, ARCHIVE, BYTES, ""]).map(
                lambda kind: Value(string_value=kind)
            )
            | inner,
            st.dictionaries(
                st.sampled_from(["value", "secret", "id", "urn", "text", "path", "uri", "assets"]),
                inner,
                max_size=4,
            ),
        ),
    ),
    max_leaves=12,
)


def hostile_structs(*known: str) -> st.SearchStrategy[Struct]:
    """Structs with keys of these names, and others."""
    names = st.sampled_from(known) | keys if known else keys
    return st.builds(
        lambda fields: Struct(fields=fields), st.dictionaries(names, hostile_values, max_size=8)
    )


def plain_struct(**values: Any) -> Struct:
    """A struct of plain values."""
    struct = Struct()
    struct.update(values)
    return struct


def alike(value: Any) -> Any:
    """Something that is equal for equal values: assets of Pulumi's are equal to themselves only."""
    if isinstance(value, pulumi.AssetArchive):
        return ("archive", alike(value.assets))
    if isinstance(value, (pulumi.Asset, pulumi.Archive)):
        return (type(value).__name__, tuple(sorted(vars(value).items())))
    if isinstance(value, dict):
        return {key: alike(each) for key, each in value.items()}
    return [alike(each) for each in value] if isinstance(value, list) else value
