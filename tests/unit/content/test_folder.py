"""Folders, and the links in them."""

from __future__ import annotations

import inspect
import os
import socket
import sys
from pathlib import Path
from typing import Any

import pytest
from amplify_job_resource._content.exclude import Exclusion
from amplify_job_resource._content.files import ContentError
from amplify_job_resource._content.folder import files_in

from tests.unit.content.sites import write_folder


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_folder(
        tmp_path / "site",
        {"index.html": b"hello", "css/a.css": b"a", ".well-known/x": b"x", "a b/ü.txt": b"u"},
    )


def found(folder: Path, *exclude: str, prefix: str = "") -> dict[str, bytes]:
    files = files_in(folder, prefix, Exclusion(exclude))
    return {file.name: b"".join(file.read()) for file in files}


def refusal(folder: Path, *exclude: str) -> str:
    with pytest.raises(ContentError) as caught:
        found(folder, *exclude)
    return str(caught.value)


def test_all_files_count(site: Path) -> None:
    """Hidden ones too; names have a `/` on every system, and folders are none."""
    (site / "empty" / "deep").mkdir(parents=True)
    assert found(site) == {
        "index.html": b"hello",
        "css/a.css": b"a",
        ".well-known/x": b"x",
        "a b/ü.txt": b"u",
    }


def test_a_size_is_that_of_the_file(site: Path) -> None:
    """Also of a file that a link leads to."""
    (site / "link").symlink_to("index.html")
    sizes = {file.name: file.size for file in files_in(site, "", Exclusion())}
    assert sizes["link"] == sizes["index.html"] == 5


def test_names_can_begin_with_a_folder_on_the_site(site: Path) -> None:
    """Patterns are about the whole name."""
    assert found(site, "/css", "docs/.*", prefix="docs/").keys() == {
        "docs/index.html",
        "docs/css/a.css",
        "docs/a b/ü.txt",
    }


def test_what_is_left_out_is_not_looked_at(site: Path) -> None:
    """It may be what would be refused, and a folder is not listed for nothing."""
    (site / "out").symlink_to("/")
    (site / "nowhere").symlink_to("gone")
    os.mkfifo(site / "pipe")
    assert found(site, "out", "nowhere", "pipe", ".*", "a b/") == {
        "index.html": b"hello",
        "css/a.css": b"a",
    }


def test_what_macos_adds_is_left_out(site: Path) -> None:
    """It would make each look at a folder a new content."""
    write_folder(site, {".DS_Store": b"", "css/.DS_Store": b"", "__MACOSX/._a": b"", "a/._a": b""})
    assert found(site).keys() - {"a/._a"} == {
        "index.html",
        "css/a.css",
        ".well-known/x",
        "a b/ü.txt",
    }


@pytest.mark.parametrize("is_absolute", [False, True])
def test_a_link_counts_as_what_it_leads_to(site: Path, is_absolute: bool) -> None:
    """A file or a folder within, by whichever way."""
    (site / "home.html").symlink_to(site / "index.html" if is_absolute else "index.html")
    (site / "css" / "up").symlink_to(site / "a b" if is_absolute else "../a b")
    (site / "css" / "twice").symlink_to("up")
    files = found(site)
    assert files["home.html"] == b"hello"
    assert files["css/up/ü.txt"] == files["css/twice/ü.txt"] == b"u"


def test_the_folder_itself_may_be_a_link(site: Path) -> None:
    """And its own links may lead to it by either name."""
    (site.parent / "current").symlink_to("site")
    (site / "home.html").symlink_to(site.parent / "current" / "index.html")
    assert found(site.parent / "current") == found(site)


def test_a_link_that_leads_out_is_refused(site: Path) -> None:
    """Nobody means to publish what lies elsewhere; the sentence names it and where it leads."""
    write_folder(site.parent, {"secret": b""})
    (site / "css" / "link").symlink_to("../../secret")
    sentence = refusal(site)
    assert sentence.startswith("the link 'css/link' leads out of the folder, to '/")
    assert "/secret': put a copy in its place, or leave it out with exclude" in sentence


@pytest.mark.parametrize("target", ["..", "../other", "../site-2"])
def test_a_link_to_a_folder_elsewhere_is_refused(site: Path, target: str) -> None:
    """Also to one whose name begins as this one's."""
    for name in ("other", "site-2"):
        write_folder(site.parent / name, {"x": b""})
    (site / "link").symlink_to(target)
    assert "leads out of the folder" in refusal(site)


@pytest.mark.parametrize("target", ["gone", "loop", "index.html/x"])
def test_a_link_that_leads_nowhere_is_refused(site: Path, target: str) -> None:
    """To nothing, to itself, or through a file."""
    (site / "loop").symlink_to(target)
    sentence = refusal(site)
    assert sentence.startswith(f"the link 'loop' leads nowhere ({target!r}: ")
    assert sentence.endswith("correct it, remove it, or leave it out with exclude")


@pytest.mark.parametrize(
    ("link", "target"),
    [("loop", "."), ("css/loop", ".."), ("css/loop", "."), ("css/loop", "../css")],
)
def test_a_link_in_a_circle_is_refused(site: Path, link: str, target: str) -> None:
    """It would never end."""
    (site / link).symlink_to(target)
    assert f"the link '{link}' leads to a folder that it is in itself" in refusal(site)


def test_a_circle_of_several_links_is_refused(site: Path) -> None:
    """None of them leads to a folder that it is in, but all of them together do."""
    (site / "css" / "to-b").symlink_to("../a b")
    (site / "a b" / "to-css").symlink_to("../css")
    assert "leads to a folder that it is in itself" in refusal(site)


def test_a_circle_by_a_detour_is_refused(site: Path) -> None:
    """The way in is a link, so that the way round has no folder twice by its name."""
    write_folder(site, {"p/q/r/file": b""})
    (site / "in").symlink_to("p/q/r")
    (site / "p" / "q" / "r" / "up").symlink_to("../../../p")
    assert "leads to a folder that it is in itself" in refusal(site)


def with_a_pipe(site: Path) -> None:
    os.mkfifo(site / "x")


def with_a_socket(site: Path) -> None:
    with socket.socket(socket.AF_UNIX) as unix:
        here = Path.cwd()
        os.chdir(site)  # a socket's path may have no more than about a hundred characters
        try:
            unix.bind("x")
        finally:
            os.chdir(here)


def with_a_link_to_a_pipe(site: Path) -> None:
    os.mkfifo(site / "y")
    (site / "x").symlink_to("y")


@pytest.mark.parametrize("change", [with_a_pipe, with_a_socket, with_a_link_to_a_pipe])
def test_what_has_no_content_is_refused(site: Path, change: Any) -> None:
    """Nothing is left out silently, and nothing is waited for."""
    change(site)
    assert "'x' is neither a file nor a folder" in refusal(site, "y")


def test_a_folder_that_cannot_be_listed_is_named(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a way out."""
    listing = os.scandir

    def scandir(path: str) -> Any:
        if Path(path).name == "css":
            raise PermissionError(13, "Permission denied", path)
        return listing(path)

    monkeypatch.setattr(os, "scandir", scandir)
    sentence = refusal(site)
    assert sentence.startswith("cannot read '")
    assert sentence.endswith(
        "/css' (Permission denied): make it readable, or leave it out with exclude"
    )
    assert "css/a.css" not in found(site, "css")


def test_a_deep_folder_is_no_trouble(tmp_path: Path) -> None:
    """Folders may be deeper than Python calls itself."""
    write_folder(tmp_path, {"d/" * 200 + "file": b"x"})
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 100)
    try:
        assert found(tmp_path) == {"d/" * 200 + "file": b"x"}
    finally:
        sys.setrecursionlimit(limit)
