"""Sources as they are recorded in state."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path
from typing import Any

import pytest
from amplify_job_resource._content.files import ContentError
from amplify_job_resource._content.source import read_content

from tests.unit.content.sites import SITE, bytes_of, names_of, write_folder, write_zip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with a site as a folder and as a zip, and a file."""
    write_folder(tmp_path / "dist", SITE)
    write_zip(tmp_path / "dist.zip", SITE)
    (tmp_path / "logo.svg").write_bytes(b"<svg/>")
    return tmp_path


def refusal(root: Path, source: Any, *exclude: str) -> str:
    with pytest.raises(ContentError) as caught:
        read_content(source, exclude, root)
    return str(caught.value)


@pytest.mark.parametrize("source", ["dist", "./dist", "dist/", "dist/../dist", "dist.zip"])
def test_a_folder_and_a_zip_hold_the_same_files(root: Path, source: str) -> None:
    """Sorted by name; a path begins at the root that is given."""
    content = read_content(source, [], root)
    assert bytes_of(content) == SITE
    assert names_of(content) == sorted(SITE)
    assert content.source == source


def test_an_absolute_path_is_taken_as_it_is(root: Path, tmp_path: Path) -> None:
    """Wherever relative ones begin."""
    content = read_content(str(root / "dist"), [], tmp_path / "elsewhere")
    assert bytes_of(content) == SITE


def test_a_zip_is_uploaded_as_it_is_and_a_folder_is_not(root: Path) -> None:
    """Only the former has a zip already, whatever its name ends with."""
    (root / "dist.zip").rename(root / "site.war")
    assert read_content("site.war", [], root).zip_path == root / "site.war"
    assert read_content("dist", [], root).zip_path is None


def test_parts_are_put_together(root: Path) -> None:
    """Files, texts, folders and zips, each below its name."""
    content = read_content(
        [
            [".", "archive", "dist"],
            ["config.json", "text", '{"a": "é"}'],
            ["img/logo.svg", "file", "logo.svg"],
            ["old/1", "archive", "dist.zip"],
        ],
        [],
        root,
    )
    assert bytes_of(content) == {
        **SITE,
        "config.json": '{"a": "é"}'.encode(),
        "img/logo.svg": b"<svg/>",
        **{f"old/1/{name}": data for name, data in SITE.items()},
    }
    assert names_of(content) == sorted(names_of(content))
    assert (content.source, content.zip_path) == (None, None)


@pytest.mark.parametrize("name", ["", ".", "./"])
@pytest.mark.parametrize("path", ["dist", "dist.zip"])
def test_an_archive_can_be_at_the_root(root: Path, name: str, path: str) -> None:
    """One that is a zip is packed anew there."""
    content = read_content([[name, "archive", path]], [], root)
    assert bytes_of(content) == SITE
    assert content.zip_path is None


def test_no_parts_are_no_files(root: Path) -> None:
    """What that means is not decided here."""
    assert read_content([], [], root).files == ()


@pytest.mark.parametrize(
    "source", ["dist", [["", "archive", "dist"]], [["", "archive", "dist.zip"]]]
)
def test_patterns_leave_files_out(root: Path, source: Any) -> None:
    """Of folders, and of archives among parts."""
    assert names_of(read_content(source, ["*.css", ".well-known/"], root)) == ["index.html"]


def test_patterns_are_about_names_on_the_site(root: Path) -> None:
    """What is named by itself is never left out."""
    source = [["a", "archive", "dist"], ["b", "archive", "dist.zip"], ["a/css", "file", "logo.svg"]]
    found = names_of(read_content(source, ["/a/css", "b/*", "!b/index.html"], root))
    assert found == ["a/.well-known/x", "a/css", "a/index.html", "b/index.html"]


def test_a_zip_has_no_patterns(root: Path) -> None:
    """It is uploaded as it is; comments alone are no patterns."""
    assert refusal(root, "dist.zip", "*.map").startswith(
        "exclude is for folders, and 'dist.zip' is a zip, which is uploaded as it is: "
    )
    assert read_content("dist.zip", ["# nothing"], root).zip_path


@pytest.mark.parametrize("kind", ["file", "archive"])
def test_what_is_not_there_is_told(root: Path, kind: str) -> None:
    """With the folder where relative paths begin."""
    sentence = (
        f"'nowhere' does not exist: build the site first, or correct the path; .*{root.name}'$"
    )
    with pytest.raises(ContentError, match=sentence):
        read_content("nowhere", [], root)
    with pytest.raises(ContentError, match=sentence):
        read_content([["a", kind, "nowhere"]], [], root)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("", "the path is empty"),
        ("a\x00b", r"'a\x00b' is no path"),
        ("a\ud800b", "is no path"),
        ("logo.svg/x", "(Not a directory): make it readable"),
        ("logo.svg", "'logo.svg' is not a zip: give a folder, or a zip of its files"),
        ([["a", "file", "dist"]], "'dist' is a folder, and 'a' is one file: give it as an archive"),
        ([["a", "archive", "logo.svg"]], "'logo.svg' is not a zip"),
        ([["a", "link", "x"]], "the part 'a' is of the kind 'link': give file, text or archive"),
        ([["a", "text"]], "must be [name, kind, value]"),
        ([["a", "text", 1]], "must be [name, kind, value]"),
        (["abc"], "must be [name, kind, value]"),
        ([["", "text", "x"]], "'' is no name for a part"),
        ([["/a", "archive", "dist"]], "'/a' is no name for a part"),
        ([["a/", "file", "logo.svg"]], "'a/' is the name of a folder"),
        ([["a", "text", "\ud800"]], "the text of 'a' has"),
    ],
)
def test_what_is_no_source_is_told(root: Path, source: Any, reason: str) -> None:
    """One sentence, with what to give instead."""
    assert reason in refusal(root, source)


def test_another_archive_is_refused(root: Path) -> None:
    """A tar may hold a site, but Amplify does not unpack one."""
    with tarfile.open(root / "dist.tar.gz", "w:gz") as archive:
        archive.add(root / "dist", "dist")
    assert "such as .tar.gz, cannot be deployed" in refusal(root, "dist.tar.gz")


@pytest.mark.parametrize("source", ["pipe", [["a", "archive", "pipe"]], [["a", "file", "pipe"]]])
def test_a_pipe_is_not_waited_for(root: Path, source: Any) -> None:
    """It has no content, and may never have any."""
    os.mkfifo(root / "pipe")
    assert "'pipe' is n" in refusal(root, source)


def test_a_file_that_may_not_be_read_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A zip, before anything else is said of it."""

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert "dist.zip' (Permission denied): make it readable" in refusal(root, "dist.zip")


def test_nothing_is_opened_before_it_is_needed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To list a folder reads no file."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a file was opened")

    monkeypatch.setattr(Path, "open", refuse)
    assert names_of(read_content("dist", [], root)) == sorted(SITE)
