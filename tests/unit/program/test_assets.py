"""Files as triggers: assets and archives on their way from a program to the engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest
from amplify_job_resource import Job, JobArgs
from amplify_job_resource._inputs.digests import text_digest, tree_digest
from amplify_job_resource._program.assets import digested
from pulumi.runtime import rpc

from tests.unit.programs import GOOD, Run, an_unknown

HELLO = text_digest("hello")


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program's folder, with a file and a folder in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("hello")
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "b.txt").write_text("hello")
    return tmp_path


async def later(value: Any) -> Any:
    """A value that has to be awaited."""
    return value


@pytest.mark.parametrize(
    ("asset", "digest"),
    [
        (lambda: pulumi.FileAsset("a.txt"), HELLO),
        (lambda: pulumi.FileAsset(Path("a.txt").absolute()), HELLO),
        (lambda: pulumi.StringAsset("hello"), HELLO),
        (lambda: pulumi.FileArchive("a.txt"), HELLO),
        (lambda: pulumi.FileArchive("pages"), tree_digest({"b.txt": HELLO})),
        (
            lambda: pulumi.AssetArchive(
                {"x": pulumi.StringAsset("hello"), "d": pulumi.FileArchive("pages")}
            ),
            tree_digest({"d": tree_digest({"b.txt": HELLO}), "x": HELLO}),
        ),
    ],
)
def test_an_asset_travels_as_its_digest(
    run: Run, files: Path, asset: Callable[[], Any], digest: str
) -> None:
    """Wherever an asset stands in the triggers, and however it comes, its content is recorded."""

    def program() -> None:
        Job("1", **GOOD, triggers={"a": asset(), "b": [1, (asset(), {"c": asset()})]})
        Job("2", JobArgs(**GOOD, triggers=[asset()]))
        Job("3", **GOOD, triggers=pulumi.Output.from_input({"a": [asset()]}))
        Job("4", **GOOD, triggers={"a": pulumi.Output.from_input(asset()), "b": later(asset())})
        nested = pulumi.Output.from_input(1).apply(lambda _: {"b": pulumi.Output.all(asset())})
        Job("5", **GOOD, triggers={"a": nested})

    assert [inputs["triggers"] for inputs in run(program)] == [
        {"a": digest, "b": [1, [digest, {"c": digest}]]},
        [digest],
        {"a": [digest]},
        {"a": digest, "b": digest},
        {"a": {"b": [digest]}},
    ]


def test_a_secret_asset_travels_as_a_secret(run: Run, files: Path) -> None:
    """Of a secret file not even the digest is shown."""
    secret = pulumi.Output.secret
    first, second = run(
        lambda: (
            Job("1", **GOOD, triggers=secret({"a": pulumi.FileAsset("a.txt")})),
            Job("2", **GOOD, triggers={"a": secret(pulumi.FileAsset("a.txt")), "b": 1}),
        )
    )
    # The mocks make the whole map a secret if a part is one.
    assert rpc.is_rpc_secret(first["triggers"])
    assert rpc.unwrap_rpc_secret(first["triggers"]) == {"a": HELLO}
    assert rpc.is_rpc_secret(second["triggers"])
    assert rpc.unwrap_rpc_secret(second["triggers"]) == {"a": HELLO, "b": 1}


def test_an_unknown_trigger_stays_unknown(run: Run, files: Path) -> None:
    """What is known later is digested later, and its neighbours are known now."""

    async def sent(triggers: Any) -> Any:
        return await rpc.serialize_property(digested(triggers, "triggers"), [], None)

    async def program() -> None:
        file = pulumi.FileAsset("a.txt")
        assert await sent({"a": an_unknown(), "b": file}) == {"a": rpc.UNKNOWN, "b": HELLO}
        assert await sent(an_unknown()) == rpc.UNKNOWN

    run(program)


@pytest.mark.parametrize(
    ("asset", "message"),
    [
        (pulumi.FileAsset("no.txt"), "cannot read no.txt: No such file or directory."),
        (pulumi.FileArchive("no"), "cannot read no: No such file or directory."),
        (pulumi.FileAsset("pages"), "cannot read pages: it is not a file; a folder is given as"),
        (pulumi.RemoteAsset("https://example.com"), "the content of a RemoteAsset is elsewhere"),
        (pulumi.RemoteArchive("file:///a.zip"), "the content of a RemoteArchive is elsewhere"),
    ],
)
def test_an_asset_without_content_is_an_error_of_the_program(
    run: Run, files: Path, asset: Any, message: str
) -> None:
    """The error names resource, trigger and path, and what to do, but no URL: it may be signed."""
    archive = pulumi.AssetArchive({"x": asset})
    places: dict[str, Any] = {"['a'][1]": {"a": [1, asset]}, "['a']['x']": {"a": archive}}

    def program() -> None:
        for place, triggers in places.items():
            with pytest.raises(pulumi.RunError) as caught:
                Job("site", **GOOD, triggers=triggers)
            said = str(caught.value)
            assert said.startswith(f"site: triggers{place}: {message}")
            assert "example.com" not in said
            assert said.endswith((f"relative paths begin at {files}.", "or a FileAsset of a copy."))

    run(program)


def test_a_key_of_triggers_is_text(run: Run) -> None:
    """The SDK would say only that some argument has a bad type."""

    def program() -> None:
        with pytest.raises(pulumi.RunError, match=r"triggers\['a'\]: a key must be text, not 1$"):
            Job("site", **GOOD, triggers={"a": {1: "x"}})

    run(program)
