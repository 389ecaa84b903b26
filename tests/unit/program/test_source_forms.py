"""The forms in which a program gives a source, and the one in which it is recorded."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pulumi
import pytest
from amplify_job_resource._program import source_forms
from amplify_job_resource._program.source_forms import recorded_source, root_folder


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that is the working directory, beside a folder `web`."""
    folder = tmp_path / "infra"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("")
    monkeypatch.chdir(folder)
    return folder


def starts_at(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    """Let the engine say where the project is."""
    monkeypatch.setattr(pulumi, "get_root_directory", lambda: str(root))


@pytest.mark.parametrize(
    ("source", "recorded"),
    [
        ("dist", "dist"),
        ("./dist/", "dist"),
        (".", "."),
        ("a/../dist", "dist"),
        (Path("web") / "dist", "web/dist"),
        (pulumi.FileArchive("./dist"), "dist"),
        (pulumi.FileAsset("site.zip"), "site.zip"),
        ("../web/dist", "../web/dist"),
        ("https://example.com/site.zip?x=1", "https://example.com/site.zip?x=1"),
        ("s3://bucket/prefix/", "s3://bucket/prefix/"),
        (pulumi.RemoteArchive("https://example.com/site.zip"), "https://example.com/site.zip"),
        (pulumi.RemoteArchive("s3://bucket/a"), "s3://bucket/a"),
    ],
)
def test_a_source_is_recorded_alike_on_each_machine(
    project: Path, source: Any, recorded: str
) -> None:
    """A path is written from the project's folder, and an address as it is."""
    assert recorded_source(source, "site: source") == recorded


def test_the_parts_of_an_archive_are_recorded_in_one_order(project: Path) -> None:
    """On the wire they come in any order, which is no change of the source."""
    text, nested = pulumi.StringAsset("x"), pulumi.AssetArchive({"b": pulumi.FileAsset("f")})
    parts: dict[str, pulumi.Asset | pulumi.Archive] = {"a": nested, "a.txt": text, "0": text}
    recorded = [["0", "text", "x"], ["a.txt", "text", "x"], ["a/b", "file", "f"]]
    for order in (parts, dict(reversed(parts.items()))):
        assert recorded_source(pulumi.AssetArchive(order), "s") == recorded


def test_an_absolute_path_is_recorded_from_the_project_if_it_is_in_it(project: Path) -> None:
    """A path that a program makes of its own place is the same on each machine, too."""
    assert recorded_source(project / "dist", "s") == "dist"
    assert recorded_source(str(project / "dist"), "s") == "dist"
    elsewhere = project.parent / "web"
    assert recorded_source(elsewhere, "s") == str(elsewhere)
    archive = pulumi.RemoteArchive((project / "a site.zip").as_uri())
    assert recorded_source(archive, "s") == "a site.zip"


def test_relative_paths_begin_at_the_program(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the program is in a folder of the project (`main: app/`), as everywhere in Python."""
    (project / "app").mkdir()
    monkeypatch.chdir(project / "app")
    for root in (None, project):
        if root:
            starts_at(monkeypatch, root)
        assert recorded_source("dist", "s") == "app/dist"
        assert recorded_source("../dist", "s") == "dist"
        assert recorded_source("../../web", "s") == "../web"
        assert root_folder() == project


def test_a_project_may_be_named_by_a_link(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine has the name that the shell has, and Python the one without links."""
    link = project.parent / "link"
    link.symlink_to(project)
    starts_at(monkeypatch, link)
    assert recorded_source("dist", "s") == "dist"
    assert recorded_source("../web", "s") == "../web"
    assert recorded_source(link / "dist", "s") == "dist"
    assert recorded_source(project / "dist", "s") == "dist"


def test_a_program_elsewhere_names_full_paths(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An inline program of the Automation API has a project in a folder that nobody knows."""
    other = project.parent / "automation"
    other.mkdir()
    starts_at(monkeypatch, other)
    assert recorded_source("dist", "s") == str(project / "dist")


def test_a_path_on_another_drive_stays_as_it_is(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing leads there from the project."""

    def relpath(path: Any, start: Any) -> str:
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    system = SimpleNamespace(
        path=SimpleNamespace(normpath=os.path.normpath, relpath=relpath), PathLike=os.PathLike
    )
    monkeypatch.setattr(source_forms, "os", system)
    assert recorded_source("dist", "s") == str(project / "dist")


def test_an_archive_is_a_list_of_parts(project: Path) -> None:
    """Each asset is written as what it names, and archives in archives as names with a slash."""
    archive = pulumi.AssetArchive(
        {
            "index.html": pulumi.StringAsset("<h1>"),
            "a.css": pulumi.FileAsset("./a.css"),
            "docs": pulumi.FileArchive("../docs"),
            "deep": pulumi.AssetArchive({"x": pulumi.AssetArchive({"y": pulumi.StringAsset("")})}),
        }
    )
    assert recorded_source(archive, "s") == [
        ["a.css", "file", "a.css"],
        ["deep/x/y", "text", ""],
        ["docs", "archive", "../docs"],
        ["index.html", "text", "<h1>"],
    ]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: "", "s is empty: give the folder with the built site"),
        (lambda: " \n", "s is empty"),
        (lambda: 3, "s must be a folder, a .zip, an archive or the address of a .zip, not 3"),
        (lambda: {"a": 1}, "s must be a folder, a .zip, an archive or the address"),
        (lambda: pulumi.StringAsset("x"), "s must be a folder, a .zip, an archive"),
        (
            lambda: pulumi.RemoteArchive("ftp://example.com/a?key"),
            "s: give an address with https, s3 or file, not 'ftp'",
        ),
        (
            lambda: pulumi.RemoteArchive("file://dist"),
            "s: 'file://dist' is no path: give file:/// and a whole path, or a FileArchive",
        ),
        (lambda: pulumi.RemoteArchive("file://./dist"), "s: 'file://./dist' is no path"),
        (lambda: pulumi.RemoteArchive("file:///"), "s: 'file:///' is no path"),
        (
            lambda: pulumi.FileArchive("https://example.com/a.zip?key"),
            "s: a FileArchive takes a path; give the address as a text",
        ),
        (
            lambda: pulumi.AssetArchive({"a": pulumi.RemoteAsset("https://example.com/a?key")}),
            "s['a']: the content of a RemoteAsset is elsewhere. Give a file or a folder of this",
        ),
        (
            lambda: pulumi.AssetArchive(
                {"a": pulumi.AssetArchive({"b": pulumi.RemoteArchive("https://a.example?key")})}
            ),
            "s['a']['b']: the content of a RemoteArchive is elsewhere.",
        ),
    ],
)
def test_what_is_no_source_is_refused(project: Path, make: Callable[[], Any], message: str) -> None:
    """In a sentence that names the place, and shows no address: it may be signed."""
    with pytest.raises(pulumi.RunError) as caught:
        recorded_source(make(), "s")
    assert str(caught.value).startswith(message)
    assert "key" not in str(caught.value)


def no_engine() -> str:
    raise AttributeError("root_directory")


@pytest.mark.parametrize("answer", [no_engine, lambda: "root_directory", lambda: "/no/such/folder"])
def test_without_an_engine_the_nearest_project_counts(
    project: Path, monkeypatch: pytest.MonkeyPatch, answer: Callable[[], str]
) -> None:
    """As in a test on Pulumi's mocks, which name a folder that is none."""
    monkeypatch.setattr(pulumi, "get_root_directory", answer)
    assert root_folder() == project
