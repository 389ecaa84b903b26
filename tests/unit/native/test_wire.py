from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pulumi
import pytest
from amplify_job_resource._native.wire import Garbled, Path, decoded, encoded
from amplify_job_resource._values.unknown import UNKNOWN, contains_unknown
from google.protobuf.struct_pb2 import Struct, Value
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pulumi.runtime import rpc

from tests.unit.native.values import (
    ARCHIVE,
    ASSET,
    KIND,
    OUTPUT,
    RESOURCE,
    SECRET,
    UNKNOWN_TEXT,
    alike,
    hostile_structs,
    hostile_values,
    marked,
    plain_struct,
)


@given(marked())
def test_what_is_encoded_is_decoded(case: tuple[dict[str, Any], frozenset[Path]]) -> None:
    """Values of any shape come back as they were, unknown ones too, with each secret in its place."""
    properties, secrets = case
    found = decoded(encoded(properties, secrets))
    assert found.properties == properties
    assert found.secrets == secrets


def without_marks(value: Any) -> Any:
    """A value as the SDK reads it from the wire, without its marks of secrets."""
    if isinstance(value, dict) and value.get(KIND) == SECRET:
        return without_marks(value["value"])
    if isinstance(value, dict):
        return {key: without_marks(each) for key, each in value.items()}
    if isinstance(value, list):
        return [without_marks(each) for each in value]
    return UNKNOWN if isinstance(value, pulumi.output.Unknown) else value


def without_nulls(value: Any) -> Any:
    """A value without the keys of maps that the SDK leaves out."""
    if isinstance(value, dict):
        return {key: without_nulls(each) for key, each in value.items() if each is not None}
    return [without_nulls(each) for each in value] if isinstance(value, list) else value


def value_at(properties: Any, path: Path) -> Any:
    return value_at(properties[path[0]], path[1:]) if path else properties


@given(marked())
def test_pulumi_reads_what_is_encoded(case: tuple[dict[str, Any], frozenset[Path]]) -> None:
    """Pulumi's SDK finds the same values, and a secret wherever there is one."""
    properties, places = case
    # The SDK takes a secret that is not known yet for none.
    secrets = {path for path in places if not contains_unknown(value_at(properties, path))}
    read = rpc.deserialize_properties(encoded(properties, secrets), keep_unknowns=True)
    assert without_nulls(without_marks(read)) == without_nulls(properties)
    marks = {key for key, value in read.items() if isinstance(value, dict) and KIND in value}
    # The SDK marks the whole property where a part of it is a secret.
    assert marks == {path[0] for path in secrets}


def written_by_the_sdk(inputs: dict[str, Any]) -> Struct:
    """Inputs as a program in Python sends them."""
    answer: list[Struct] = []

    def run() -> None:
        asyncio.run(asyncio.wait_for(write(), 30))

    async def write() -> None:
        answer.append(await rpc.serialize_properties(inputs, {}))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return answer[0]


ASSETS = {
    "text": pulumi.StringAsset("hello"),
    "file": pulumi.FileAsset("dist/index.html"),
    "remote": pulumi.RemoteAsset("https://site.example/index.html"),
    "folder": pulumi.FileArchive("dist"),
    "zip": pulumi.RemoteArchive("https://site.example/site.zip"),
    "parts": pulumi.AssetArchive(
        {
            "index.html": pulumi.StringAsset("hi"),
            "more": pulumi.AssetArchive({"dist": pulumi.FileArchive("dist")}),
        }
    ),
    "none": pulumi.AssetArchive({}),
    "empty": pulumi.StringAsset(""),
}


@pytest.mark.parametrize("name", ASSETS)
def test_assets_of_a_program_are_read(name: str) -> None:
    """An asset or archive of any kind is the same one on the other side."""
    found = decoded(written_by_the_sdk({"source": {"x": [ASSETS[name]]}}))
    assert alike(found.properties) == {"source": {"x": [alike(ASSETS[name])]}}


@given(st.dictionaries(st.sampled_from("abcd"), st.text(max_size=5) | st.integers(-9, 9)))
def test_inputs_of_a_program_are_read(inputs: dict[str, Any]) -> None:
    """What the SDK sends for plain inputs is what the program gave."""
    sent = written_by_the_sdk({"map": inputs, "list": [*inputs.values()]})
    assert decoded(sent).properties == {"map": inputs, "list": [*inputs.values()]}


def a_kind(kind: Any, **entries: Any) -> Any:
    return {KIND: kind, **entries}


@pytest.mark.parametrize(
    ("sent", "value", "secrets"),
    [
        (a_kind(SECRET, value="x"), "x", {("a",)}),
        (a_kind(SECRET, value=a_kind(SECRET, value="x")), "x", {("a",)}),
        ([0.0, a_kind(SECRET, value="x")], [0.0, "x"], {("a", 1)}),
        (
            a_kind(SECRET, value={"k": a_kind(SECRET, value="x")}),
            {"k": "x"},
            {("a",), ("a", "k")},
        ),
        (a_kind(OUTPUT, value="x"), "x", set()),
        (a_kind(OUTPUT, value="x", secret=True, dependencies=["urn"]), "x", {("a",)}),
        (a_kind(OUTPUT), UNKNOWN, set()),
        (a_kind(OUTPUT, secret=True), UNKNOWN, {("a",)}),
        (a_kind(SECRET, value=UNKNOWN_TEXT), UNKNOWN, {("a",)}),
        (a_kind(RESOURCE, urn="urn:x", id="d1a2"), "d1a2", set()),
        (a_kind(RESOURCE, urn="urn:x"), "urn:x", set()),
        (a_kind(RESOURCE, urn="urn:x", id=UNKNOWN_TEXT), UNKNOWN, set()),
    ],
)
def test_other_kinds_of_values_are_read(sent: Any, value: Any, secrets: set[Path]) -> None:
    """Secrets, outputs and references become plain values, and where a secret was is kept."""
    found = decoded(plain_struct(a=sent))
    assert found.properties == {"a": value}
    assert found.secrets == secrets


@pytest.mark.parametrize(
    "text",
    [
        UNKNOWN_TEXT,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    ],
)
def test_each_kind_of_unknown_is_known(text: str) -> None:
    """The text of an unknown value of any type is no text."""
    assert decoded(plain_struct(a=[text])).properties == {"a": [UNKNOWN]}


def test_a_key_without_a_value_is_left_out() -> None:
    """A property that is null says nothing, and neither does a secret that is null."""
    found = decoded(plain_struct(a=None, b=a_kind(SECRET, value=None), c=[None]))
    assert found.properties == {"c": [None]}
    assert found.secrets == frozenset()
    assert encoded({"a": None, "c": [None]}) == plain_struct(c=[None])


def test_the_engine_leaves_an_empty_text_out() -> None:
    """An asset of no text arrives with the digest of nothing alone, and an empty archive with less."""
    nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    found = decoded(plain_struct(a=a_kind(ASSET, hash=nothing), b=a_kind(ARCHIVE))).properties
    assert alike(found["a"]) == alike(pulumi.StringAsset(""))
    assert alike(found["b"]) == alike(pulumi.AssetArchive({}))


@pytest.mark.parametrize(
    "sent",
    [
        a_kind(SECRET),
        a_kind("5ec2e7"),
        a_kind(""),
        a_kind(5.0),
        a_kind(RESOURCE),
        a_kind(ASSET, hash="5ec2e7"),
        a_kind(ASSET, text=5),
        a_kind(ASSET, path=a_kind(SECRET, value="5ec2e7")),
        a_kind(ARCHIVE, path=["5ec2e7"]),
        a_kind(ARCHIVE, assets=5),
        a_kind(ARCHIVE, assets={"x": "5ec2e7"}),
        a_kind(ARCHIVE, assets={"x": UNKNOWN_TEXT}),
    ],
)
def test_what_is_no_value_is_refused(sent: Any) -> None:
    """The message names the property that is garbled, and nothing that is in it."""
    with pytest.raises(Garbled, match="a has ") as raised:
        decoded(plain_struct(a={"5ec2e7": [sent]}))
    assert "5ec2e7" not in str(raised.value)
    assert "\n" not in str(raised.value)


def parts(value: Any) -> Iterator[Any]:
    """Each value within a value."""
    yield value
    within = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in within:
        yield from parts(each)


@given(hostile_structs())
@example(Struct(fields={"a": Value()}))
def test_garbage_is_read_or_refused(struct: Struct) -> None:
    """A struct of any shape is read, or is garbled; and what is read can be sent."""
    before = struct.SerializeToString(deterministic=True)
    try:
        found = decoded(struct)
    except Garbled:
        return
    finally:
        assert struct.SerializeToString(deterministic=True) == before
    assert all(value is not None for value in found.properties.values())
    assert {path[0] for path in found.secrets} <= found.properties.keys()
    if not any(
        isinstance(each, (pulumi.Asset, pulumi.Archive)) for each in parts(found.properties)
    ):
        assert decoded(encoded(found.properties, found.secrets)).secrets == found.secrets


@settings(max_examples=5)
@given(hostile_values, st.integers(101, 3000))
def test_what_is_nested_too_deeply_is_refused(value: Value, depth: int) -> None:
    """A value of great depth is garbled, and exhausts nothing."""
    struct = Struct()
    current = struct.fields["a"].list_value.values.add()
    for _ in range(depth):
        current = current.list_value.values.add()
    current.CopyFrom(value)
    with pytest.raises(Garbled):
        decoded(struct)


def test_secrets_of_secrets_have_an_end() -> None:
    """A secret that is a secret some thousand times over is garbled, too."""
    struct = Struct()
    current = struct.fields["a"]
    for _ in range(3000):
        fields = current.struct_value.fields
        fields[KIND].string_value = SECRET
        current = fields["value"]
    with pytest.raises(Garbled, match="the properties are nested too deeply"):
        decoded(struct)


def test_only_values_have_a_wire_form() -> None:
    """An asset where none can be is refused; an object of another type is a fault of ours."""
    with pytest.raises(Garbled, match="source has a FileAsset, which is never recorded"):
        encoded({"source": [pulumi.FileAsset("x")]})
    with pytest.raises(TypeError, match="triggers has a set, which has no wire form"):
        encoded({"triggers": {"a": {1}}})
