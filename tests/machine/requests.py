"""Requests to Amplify as AWS's model describes them: valid ones, and ones with one thing wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlencode

from amplify_job_resource.emulator.limits import shape
from botocore.loaders import Loader
from hypothesis import strategies as st

_Value = TypeVar("_Value")
OPERATIONS: Final = Loader().load_service_model("amplify", "service-2")["operations"]
#: Shapes whose values are drawn from what there is; the others are free texts or of the model's enum.
KNOWN: Final = (
    "AppId",
    "BranchName",
    "JobId",
    "WebhookId",
    "ArtifactId",
    "EnvironmentName",
    "DomainName",
    "ResourceArn",
    "NextToken",
)
_TEXTS: Final = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
#: Shapes of text with patterns of their own.
_SPECIAL: Final = {
    "AutoSubDomainIAMRole": st.sampled_from(("", "arn:aws:iam::123456789012:role/x")),
    "CertificateArn": st.just("arn:aws:acm:us-east-1:123456789012:certificate/x"),
    "StackArn": st.just("arn:aws:cloudformation:us-east-1:123456789012:stack/x/y"),
    "Status": st.sampled_from(("200", "404-200")),
    "TTL": st.sampled_from(("", "5", "0099")),
    "TagKey": st.text("abz+:/", min_size=1, max_size=3).filter(lambda key: key != "aws:"),
    "TagValue": st.text("aé日 _.:/=+-@\u2003", max_size=5),
    # Nothing is read from outside of this machine.
    "SourceUrl": st.sampled_from(("s3://none/site.zip", "s3://none/site/", "http://127.0.0.1:1/x")),
}


@dataclass(frozen=True)
class Draft:
    """One request, before it is sent.

    Attributes:
        operation: The operation's name.
        members: The members, as JSON has them; what stands in the path is there in any case.
        wrong: What is wrong with it, None if it follows the model.
        body: The body, where it is not made of the members.
    """

    operation: str
    members: Mapping[str, Any]
    wrong: str | None = None
    body: bytes | None = None

    @property
    def method(self) -> str:
        """The HTTP method."""
        return str(OPERATIONS[self.operation]["http"]["method"])

    def places(self, location: str | None) -> dict[str, Any]:
        """The members that stand in a place: `uri`, `querystring`, or None for the body."""
        places = _members(self.operation)
        return {
            name: value
            for name, value in self.members.items()
            if places[name].get("location") == location
        }

    def target(self) -> str:
        """The path with the query."""
        path = str(OPERATIONS[self.operation]["http"]["requestUri"])
        for name, value in self.places("uri").items():
            path = path.replace("{" + name + "}", quote(str(value), safe=""))
        query = urlencode(self.places("querystring"), doseq=True)
        return f"{path}?{query}" if query else path

    def content(self) -> bytes:
        """The body."""
        if self.body is not None:
            return self.body
        members = self.places(None)
        return json.dumps(members).encode() if members else b""


@dataclass
class There:
    """What requests can name: values by the names of their shapes, oldest first."""

    values: dict[str, list[str]] = field(default_factory=dict)

    def add(self, shape_name: str, value: str) -> None:
        """Let requests name something."""
        self.values.setdefault(shape_name, []).append(value)

    def of(self, shape_name: str) -> Sequence[str]:
        """The last few of a kind: whoever asks for all that ever was finds little."""
        return self.values.get(shape_name, ())[-6:]


def drafts(operation: str, there: There) -> st.SearchStrategy[Draft]:
    """Valid requests for an operation, and now and then one with something wrong."""
    valid = _structure(_input(operation), there).map(lambda members: Draft(operation, members))
    return _mostly(valid, valid.flatmap(_broken), 4)


def _broken(draft: Draft) -> st.SearchStrategy[Draft]:
    found = _input(draft.operation)
    # What stands in the path is text, and cannot be left out.
    names = [name for name in found["members"] if "location" not in found["members"][name]]
    ways: list[st.SearchStrategy[Draft]] = []
    for name in names:
        members = dict(draft.members)
        for why, value in _wrong(found["members"][name]["shape"]):
            ways.append(st.just(Draft(draft.operation, {**members, name: value}, f"{name}: {why}")))
        if name in found.get("required", ()):
            members.pop(name, None)
            ways.append(st.just(Draft(draft.operation, members, f"{name}: missing")))
    for name, value in (
        ("appId", "UP"),
        ("maxResults", "-1"),
        ("maxResults", "x"),
        ("tagKeys", "aws:"),
    ):
        if name in found["members"]:
            ways.append(st.just(Draft(draft.operation, {**draft.members, name: value}, name)))
    if names and draft.method == "POST":
        garbage = st.sampled_from(
            (b"{", b"[]", b"\xff\xfe", b"[" * 3000, b'{"a": NaN}', b"null", b"1")
        )
        ways.append(garbage.map(lambda body: Draft(draft.operation, draft.members, "body", body)))
    return st.one_of(ways) if ways else st.just(draft)


def _wrong(shape_name: str) -> list[tuple[str, Any]]:
    """Values that a shape does not have, and why."""
    found = shape(shape_name)
    kind = found["type"]
    values: list[tuple[str, Any]] = [
        (f"another type than {kind}", value)
        for types, value in (
            (("string",), "x"),
            (("integer", "timestamp"), 7),
            (("boolean",), True),
            (("list",), [None]),
            (("map", "structure"), {"x": None}),
        )
        if kind not in types
    ]
    if kind == "string":
        values.append(("no UTF-8", "\ud800"))
        if "max" in found:
            values.append(("too long", "1" * (found["max"] + 1)))
        if "enum" in found:
            values.append(("not in the enum", "NEVER"))
    if kind == "timestamp":
        values.append(("out of range", 1e300))
    if kind == "list":
        values += [(f"entry: {why}", [value]) for why, value in _wrong(found["member"]["shape"])]
    if kind == "map":
        values += [
            (f"value: {why}", {"x": value}) for why, value in _wrong(found["value"]["shape"])
        ]
    return values


def _value(shape_name: str, there: There) -> st.SearchStrategy[Any]:
    found = shape(shape_name)
    kind = found["type"]
    if shape_name in KNOWN:
        return _known(shape_name, there)
    if kind == "string":
        if "enum" in found:
            return st.sampled_from(found["enum"])
        texts = _SPECIAL.get(shape_name, _TEXTS)
        return texts.filter(lambda text: found.get("min", 0) <= len(text) <= found["max"])
    if kind == "list":
        most = min(found.get("max", 3), 3)
        return st.lists(
            _value(found["member"]["shape"], there), min_size=found.get("min", 0), max_size=most
        )
    if kind == "map":
        key, value = (_value(found[part]["shape"], there) for part in ("key", "value"))
        return st.dictionaries(key, value, max_size=3)
    if kind == "structure":
        return _structure(found, there)
    if kind == "integer":
        return st.integers(found["min"], found["max"])
    return st.booleans() if kind == "boolean" else st.floats(0, 4e9)


def _known(shape_name: str, there: There) -> st.SearchStrategy[str]:
    """What there is of a kind, most of the time."""
    new = {
        "AppId": st.from_regex(r"d[a-z0-9]{1,5}", fullmatch=True),
        "JobId": st.sampled_from(("0", "0000000001", "9" * 255)),
        "DomainName": st.sampled_from(("a.com", "b-c.example.org", "A.com.", "x.amplifyapp.com")),
        "ResourceArn": st.sampled_from(("arn:aws:amplify:", "arn:aws:amplify:x:y:apps/é")),
        "BranchName": st.sampled_from(("main", "dev/ü x", "a%2Fb", "?#", "..", "\n")),
        "EnvironmentName": st.sampled_from(("dev", "prod/1", "é")),
    }.get(shape_name, _TEXTS)
    # An empty segment of a path is no request for the operation.
    new = new.filter(lambda text: bool(re.sub("/+$", "", text)))
    present = there.of(shape_name)
    if not present:
        return new
    return _mostly(st.sampled_from(present), new, 8)


def _mostly(
    usual: st.SearchStrategy[_Value], other: st.SearchStrategy[_Value], in_one_of: int
) -> st.SearchStrategy[_Value]:
    """The other one in one of so many cases; of equal branches, `one_of` would take one."""
    numbers = st.sampled_from(range(in_one_of))
    return numbers.flatmap(lambda number: other if number == in_one_of - 1 else usual)


def _structure(found: Mapping[str, Any], there: There) -> st.SearchStrategy[dict[str, Any]]:
    required = set(found.get("required", ()))
    members = found["members"]

    @st.composite
    def structures(draw: st.DrawFn) -> dict[str, Any]:
        rest = sorted(set(members) - required)
        chosen = draw(st.lists(st.sampled_from(rest), unique=True, max_size=3)) if rest else []
        return {
            name: draw(_value(members[name]["shape"], there))
            for name in members
            if name in required or name in chosen
        }

    return structures()


def _members(operation: str) -> dict[str, Any]:
    members: dict[str, Any] = _input(operation)["members"]
    return members


def _input(operation: str) -> dict[str, Any]:
    return shape(OPERATIONS[operation]["input"]["shape"])
