"""One text for the content of files, folders and archives."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from amplify_job_resource._inputs.digests import (
    archive_digest,
    file_digest,
    text_digest,
    tree_digest,
)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with a file, a file below, and a link to a file."""
    folder = tmp_path / "site"
    (folder / "pages").mkdir(parents=True)
    (folder / "index.html").write_text("hello")
    (folder / "pages" / "a.html").write_text("a")
    (folder / "link.html").symlink_to("index.html")
    return folder


def test_a_file_counts_as_its_bytes(tmp_path: Path) -> None:
    """The digits are those of `sha256sum`, also of a file that is read in several pieces."""
    content = os.urandom((1 << 20) + 17)
    file = tmp_path / "a"
    file.write_bytes(content)
    assert file_digest(file) == f"sha256:{hashlib.sha256(content).hexdigest()}"


@pytest.mark.parametrize("text", ["", "hello\n", "ünï", "\udc80"])
def test_a_text_counts_as_a_file_that_holds_it(tmp_path: Path, text: str) -> None:
    """A `StringAsset` and a file of the same content are no change of each other."""
    (tmp_path / "a").write_bytes(text.encode("utf-8", "surrogatepass"))
    assert text_digest(text) == file_digest(tmp_path / "a")


def test_an_archive_in_a_file_counts_as_its_bytes(tmp_path: Path) -> None:
    """Nothing is unpacked, so a zip that was packed again may count as a change."""
    (tmp_path / "a.zip").write_bytes(b"PK...")
    assert archive_digest(tmp_path / "a.zip") == file_digest(tmp_path / "a.zip")


def elsewhere(site: Path) -> Path:
    return Path(shutil.copytree(site, site.parent / "deep" / "copy", symlinks=True))


def touched(site: Path) -> Path:
    os.utime(site / "index.html", (0, 0))
    return site


def executable(site: Path) -> Path:
    (site / "index.html").chmod(0o755)
    return site


def written_in_another_order(site: Path) -> Path:
    copy = site.parent / "copy"
    (copy / "pages").mkdir(parents=True)
    for name in ("pages/a.html", "link.html", "index.html"):
        shutil.copy(site / name, copy / name, follow_symlinks=False)
    return copy


def with_an_empty_folder(site: Path) -> Path:
    (site / "empty" / "deep").mkdir(parents=True)
    return site


def link_resolved(site: Path) -> Path:
    (site / "link.html").unlink()
    (site / "link.html").write_text("hello")
    return site


def with_what_tools_keep(site: Path) -> Path:
    for name in (".git", ".pulumi", "pages/__pycache__"):
        (site / name).mkdir()
        (site / name / "x").write_text(name)
    return site


def with_a_pipe_and_a_socket(site: Path) -> Path:
    os.mkfifo(site / "pipe")
    with socket.socket(socket.AF_UNIX) as unix:
        here = Path.cwd()
        os.chdir(site)  # a socket's path may have no more than about a hundred characters
        try:
            unix.bind("socket")
        finally:
            os.chdir(here)
    return site


@pytest.mark.parametrize(
    "changed",
    [
        elsewhere,
        touched,
        executable,
        written_in_another_order,
        with_an_empty_folder,
        link_resolved,
        with_what_tools_keep,
        with_a_pipe_and_a_socket,
    ],
)
def test_what_is_no_content_does_not_count(site: Path, changed: Callable[[Path], Path]) -> None:
    """The same names and bytes are the same folder, on any machine and at any time."""
    before = archive_digest(site)
    assert archive_digest(changed(site)) == before


def edited(site: Path) -> None:
    (site / "pages" / "a.html").write_text("b")


def renamed(site: Path) -> None:
    (site / "index.html").rename(site / "home.html")


def moved(site: Path) -> None:
    (site / "pages" / "a.html").rename(site / "a.html")


def swapped(site: Path) -> None:
    (site / "index.html").write_text("a")
    (site / "pages" / "a.html").write_text("hello")


def removed(site: Path) -> None:
    (site / "pages" / "a.html").unlink()


def hidden_added(site: Path) -> None:
    (site / ".env").write_text("A=1")


def link_led_elsewhere(site: Path) -> None:
    (site / "link.html").unlink()
    (site / "link.html").symlink_to("pages/a.html")


def linked_folder(site: Path) -> None:
    (site / "more").symlink_to("pages")


@pytest.mark.parametrize(
    "change",
    [edited, renamed, moved, swapped, removed, hidden_added, link_led_elsewhere, linked_folder],
)
def test_any_change_of_content_counts(site: Path, change: Callable[[Path], None]) -> None:
    """A name, a place or a byte that changed is another folder."""
    before = archive_digest(site)
    change(site)
    assert archive_digest(site) != before


@pytest.mark.parametrize("target", [".", "..", "loop", "nowhere"])
def test_a_link_that_leads_to_no_file_counts_as_its_text(site: Path, target: str) -> None:
    """A link to a folder above, to itself or to nothing ends nothing, and is not followed."""
    before = archive_digest(site)
    (site / "loop").symlink_to(target)
    found = archive_digest(site)
    assert found != before
    (site / "loop").unlink()
    (site / "loop").symlink_to("another")
    assert archive_digest(site) not in (before, found)


def test_a_folder_that_is_a_link_is_that_folder(site: Path) -> None:
    """Only links inside the folder are told from what they lead to."""
    (site.parent / "current").symlink_to("site")
    assert archive_digest(site.parent / "current") == archive_digest(site)


def test_a_folder_is_no_file_with_the_same_digits(site: Path) -> None:
    """The names of two kinds of digests differ, so that none can be taken for the other."""
    assert archive_digest(site).startswith("tree-sha256:")
    assert tree_digest({}) != text_digest("{}")


def test_the_digest_of_a_folder_is_known(tmp_path: Path) -> None:
    """It is in users' state: another one would mean a release of every such resource."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.txt").write_text("hello")
    inner = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    listing = f'{{"a/b.txt": "{inner}"}}'
    assert archive_digest(tmp_path) == tree_digest({"a/b.txt": inner})
    assert tree_digest({"a/b.txt": inner}) == (
        f"tree-sha256:{hashlib.sha256(listing.encode()).hexdigest()}"
    )


def test_the_order_of_parts_does_not_count() -> None:
    """Parts are told by their names."""
    assert tree_digest({"a": "1", "b": "2"}) == tree_digest({"b": "2", "a": "1"})
    assert tree_digest({"a": "1", "b": "2"}) != tree_digest({"a": "2", "b": "1"})


@pytest.mark.parametrize("digest", [file_digest, archive_digest])
def test_what_is_not_there_is_an_error(tmp_path: Path, digest: Callable[[Path], str]) -> None:
    """A path that leads nowhere is not the same as an empty file."""
    with pytest.raises(FileNotFoundError):
        digest(tmp_path / "nowhere")


def test_a_file_has_to_be_one(site: Path) -> None:
    """A folder gets advice, and a pipe that nobody writes to is not waited for."""
    with pytest.raises(OSError, match="a folder is given as a FileArchive"):
        file_digest(site)
    os.mkfifo(site / "pipe")
    with pytest.raises(OSError, match="it is not a file"):
        archive_digest(site / "pipe")
