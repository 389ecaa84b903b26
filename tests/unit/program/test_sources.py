"""What a source holds, on its way from a program to the engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest
from amplify_job_resource import Deployment
from amplify_job_resource._content.manifest import from_text
from amplify_job_resource._inputs.deployment import DEPLOYMENT_INPUTS
from amplify_job_resource._inputs.secrets import SECRET_INPUTS
from amplify_job_resource._program.sources import (
    DERIVED,
    describe,
    secret_if_signed,
    source_properties,
)
from pulumi.runtime import rpc

from tests.unit.programs import GOOD, Run, an_unknown

SIGNED = "https://example.com/site.zip?X-Amz-Signature=abc"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a site in `dist`."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "index.html").write_text("<h1>")
    (tmp_path / "dist" / "a.js.map").write_text("{}")
    return tmp_path


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The warnings of the program."""
    lines: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lines.append)
    return lines


async def later(value: Any) -> Any:
    """A value that has to be awaited."""
    return value


def test_what_is_derived_is_what_the_table_says() -> None:
    """Nobody gives these inputs, and so each has to be found here."""
    derived = [row.name for row in DEPLOYMENT_INPUTS.rows if row.input.is_derived]
    assert sorted(DERIVED) == sorted(derived)


def test_a_folder_is_described(folder: Path, said: list[str]) -> None:
    """Its path, a digest of all files, how many and how large they are, and each of them."""
    found = source_properties("dist", None, "s")
    assert set(found) == {"source", *DERIVED}
    assert (found["source"], found["file_count"], found["total_bytes"]) == ("dist", 2, 6)
    assert found["content_digest"].startswith("sha256:")
    assert list(from_text(found["manifest"])) == ["a.js.map", "index.html"]
    assert said == []


def test_the_digest_is_of_names_and_bytes(folder: Path) -> None:
    """The same files in a folder, or in an archive of a program, are the same content."""
    before = describe("dist", None, "s")
    parts: dict[str, pulumi.Asset | pulumi.Archive] = {
        "index.html": pulumi.StringAsset("<h1>"),
        "a.js.map": pulumi.FileAsset("dist/a.js.map"),
    }
    assert describe(pulumi.AssetArchive(parts), None, "s").content_digest == before.content_digest
    (folder / "dist").rename(folder / "out")
    assert describe(Path("out"), None, "s").content_digest == before.content_digest
    (folder / "out" / "index.html").write_text("<h2>")
    assert describe("out", None, "s").content_digest != before.content_digest


@pytest.mark.parametrize("exclude", [["*.map"], ("*.map",), ["*.js", "a.js.map"]])
def test_what_is_excluded_does_not_count(folder: Path, exclude: Any) -> None:
    """The patterns are those of a .gitignore."""
    assert source_properties("dist", exclude, "s")["file_count"] == 1


def test_an_address_is_not_looked_at() -> None:
    """What counts is the place, and neither a signature nor what is there."""
    found = source_properties(SIGNED, None, "s")
    assert found["source"] == SIGNED
    assert [found[name] for name in DERIVED[1:]] == [None] * 3
    plain = source_properties("https://example.com/site.zip", None, "s")
    assert plain["content_digest"] == found["content_digest"]
    other = source_properties("https://example.com/other.zip", None, "s")
    assert other["content_digest"] != found["content_digest"]


def test_no_source_is_left_to_the_provider() -> None:
    """It says that a source is required, beside all else that is wrong."""
    assert set(source_properties(None, None, "s").values()) == {None}


@pytest.mark.parametrize(
    ("source", "exclude", "message"),
    [
        ("no", None, "s: 'no' does not exist: build the site first"),
        ("empty", None, "s: there is no file in the folder 'empty': build the site first"),
        ("dist", "*.map", "s: exclude must be a list of patterns, not '*.map'"),
        ("dist", [1], "s: a pattern of exclude must be text, not 1"),
        ("dist", ["*"], "s: there is no file in 'dist' that exclude leaves"),
        ("http://example.com/a.zip", None, "s: give an address with https"),
        ("HTTP://example.com/a.zip?key", None, "s: give an address with https"),
        (SIGNED, ["*.map"], "s: exclude is for folders, and this is an address"),
        (3, None, "s must be a folder"),
    ],
)
def test_what_cannot_be_deployed_is_an_error_of_the_program(
    folder: Path, source: Any, exclude: Any, message: str
) -> None:
    """One sentence, which names the place and shows no signature."""
    (folder / "empty").mkdir()
    with pytest.raises(pulumi.RunError) as caught:
        source_properties(source, exclude, "s")
    assert str(caught.value).startswith(message)
    assert "Signature" not in str(caught.value)


def test_what_is_wrong_with_a_signed_address_is_told() -> None:
    """Every address with a query is a secret, and no message about one shows it."""
    with pytest.raises(pulumi.RunError, match=r"^s: exclude is for folders, and this is an addr"):
        describe(SIGNED, ["*.map"], "s", is_secret=True)
    with pytest.raises(pulumi.RunError, match=r"^s: give an address with https"):
        describe(SIGNED.replace("https", "http"), None, "s", is_secret=True)


def test_all_that_is_wrong_with_a_content_is_told(folder: Path) -> None:
    """Each problem is a line of its own."""
    (folder / "dist" / ".git").mkdir()
    (folder / "dist" / ".git" / "HEAD").write_text("")
    (folder / "dist" / "INDEX.html").write_text("")
    with pytest.raises(pulumi.RunError) as caught:
        describe("dist", None, "site: source")
    lines = str(caught.value).splitlines()
    assert len(lines) == 2
    assert all(line.startswith("site: source: ") for line in lines)


def test_what_is_probably_not_meant_is_warned_of(folder: Path, said: list[str]) -> None:
    """The content is deployed all the same."""
    (folder / "dist" / "index.html").rename(folder / "dist" / "start.html")
    assert describe("dist", None, "s").manifest is not None
    (line,) = said
    assert line.startswith("s: there is no index.html at the top")


async def sent(value: Any) -> Any:
    """A value as it goes to the engine."""
    return await rpc.serialize_property(value, [], None)


@pytest.mark.parametrize(
    "make",
    [
        lambda: "hidden",
        lambda: Path("hidden"),
        lambda: {"hidden": 1},
        lambda: pulumi.AssetArchive({"hidden": pulumi.FileAsset("a")}),
    ],
)
def test_of_a_secret_source_nothing_is_told(
    folder: Path, said: list[str], make: Callable[[], Any]
) -> None:
    """A message could show the path, or a part of it; it says how to see more."""
    with pytest.raises(pulumi.RunError, match=r"^s cannot be deployed\. It is a secret") as caught:
        describe(make(), None, "s", is_secret=True)
    assert "hidden" not in str(caught.value)
    assert caught.value.__suppress_context__
    (folder / "hidden").mkdir()
    (folder / "hidden" / "a.html").write_text("")
    describe("hidden", None, "s", is_secret=True)
    assert said == []
    kept = list((folder / "pulumi").rglob("*"))
    assert not any(b"hidden" in path.read_bytes() for path in kept if path.is_file())


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (pulumi.Output.secret, r"^s cannot be deployed\. It is a secret"),
        (pulumi.Output.from_input, "^s: 'hidden' does not exist"),
    ],
)
def test_the_source_of_a_secret_output_is_a_secret(
    folder: Path, run: Run, make: Callable[[str], Any], message: str
) -> None:
    """Also in the message that comes when it is known, and that ends the program."""

    async def program() -> None:
        for value in source_properties(make("hidden"), None, "s").values():
            with pytest.raises(pulumi.RunError, match=message):
                await sent(value)

    with pytest.raises(pulumi.RunError, match=message):
        run(program)


@pytest.mark.parametrize(
    "make",
    [
        lambda: pulumi.Output.from_input("dist"),
        lambda: pulumi.Output.from_input(pulumi.FileArchive("dist")),
        lambda: later(Path("dist")),
    ],
)
def test_a_source_may_be_known_later(folder: Path, make: Callable[[], Any], run: Run) -> None:
    """An output and its content are one: all that is derived comes from it."""
    now = source_properties("dist", ["*.map"], "s")

    async def program() -> None:
        patterns = pulumi.Output.from_input("*.map")
        found = source_properties(make(), (patterns,), "s")
        assert {name: await sent(value) for name, value in found.items()} == now

    run(program)


def test_an_unknown_source_has_unknown_content(folder: Path, run: Run) -> None:
    """At a preview neither is there yet; nor is the content where only the patterns are unknown."""

    async def program() -> None:
        for source, exclude in ((an_unknown(), None), ("dist", an_unknown())):
            found = source_properties(source, exclude, "s")
            assert {await sent(value) for value in found.values()} == {rpc.UNKNOWN}

    run(program)


@pytest.mark.parametrize(
    "make",
    [
        lambda: SIGNED,
        lambda: pulumi.RemoteArchive(SIGNED),
        lambda: pulumi.Output.from_input(SIGNED),
        lambda: pulumi.Output.from_input(pulumi.RemoteArchive(SIGNED)),
        lambda: later(SIGNED),
        lambda: "https://user:password@example.com/site.zip",
        lambda: "s3://bucket/site.zip?versionId=1",
    ],
)
def test_an_address_that_may_be_signed_is_a_secret(make: Callable[[], Any], run: Run) -> None:
    """In whichever form it comes: state encrypts it, and no row shows it."""
    (inputs,) = run(lambda: Deployment("site", **GOOD, source=make()))
    assert rpc.is_rpc_secret(inputs["source"])
    assert inputs[SECRET_INPUTS] == ["source"]
    shown = {key: value for key, value in inputs.items() if not rpc.is_rpc_secret(value)}
    assert not any(word in str(shown) for word in ("Signature", "password", "versionId"))


@pytest.mark.parametrize(
    "source",
    ["dist", "https://example.com/site.zip", "s3://bucket/prefix/", 3, None, Path("a?b")],
)
def test_other_sources_are_as_public_as_they_were(source: Any) -> None:
    """They are handed on as they are."""
    assert secret_if_signed(source) is source


def test_an_archive_elsewhere_keeps_its_form() -> None:
    """Its scheme decides later on what it is."""
    archive = pulumi.RemoteArchive("file:///site.zip")
    assert secret_if_signed(archive) is archive
