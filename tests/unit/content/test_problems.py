"""What is wrong with a content, and what may be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from amplify_job_resource._content.files import Content
from amplify_job_resource._content.problems import problems, warnings

from tests.unit.content.sites import content_of, read_folder, write_folder


def folder(names: Iterable[str]) -> Content:
    return content_of(dict.fromkeys(names, b""), "dist")


def parts(names: Iterable[str]) -> Content:
    return content_of(dict.fromkeys(names, b""), None)


def zipped(names: Iterable[str]) -> Content:
    content = content_of(dict.fromkeys(names, b""), "site.zip")
    return Content(content.files, content.source, Path("site.zip"))


Make = Callable[[Iterable[str]], Content]
ALL = pytest.mark.parametrize("kind", [folder, parts, zipped])


@ALL
def test_a_site_is_good(kind: Make) -> None:
    """Hidden files and deep ones are part of one."""
    site = kind(["index.html", "a/b/c.js", ".well-known/x", "404.html", ".env.example"])
    assert problems(site) == ()
    assert warnings(site) == ()


def test_an_empty_content_is_refused() -> None:
    """A site without a file would be deployed over the one that works."""
    assert problems(folder([])) == (
        "there is no file in the folder 'dist': build the site first, or give the folder that has it",
    )
    assert problems(zipped([]))[0].startswith("there is no file in the zip 'site.zip': ")
    assert problems(parts([])) == ("there is no file in the content: give at least an index.html",)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    """Also one with folders in it, or where all is left out."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert "there is no file in the folder" in problems(read_folder(tmp_path))[0]
    write_folder(tmp_path, {"x.map": b""})
    (problem,) = problems(read_folder(tmp_path, "*.map"))
    assert problem.endswith("that exclude leaves: correct its patterns, or the source")


@ALL
def test_bad_names_are_refused_whatever_they_come_from(kind: Make) -> None:
    """All kinds at once, so that one run shows everything."""
    found = problems(kind(["index.html", "../a", "b\\c", "X", "x"]))
    assert len(found) == 3
    assert "'../a': a name must be a path within the site" in found[0]
    assert "'b\\\\c': a name must not have a backslash" in found[1]
    assert "'X' and 'x' differ only" in found[2]


@ALL
def test_a_repository_is_refused(kind: Make) -> None:
    """It would be public with all its history."""
    (sentence,) = problems(kind(["index.html", ".git/HEAD", ".git/config"]))
    assert sentence.startswith("'.git/HEAD' and 1 more: this is a repository with all its history")
    expected = "make the zip without it" if kind is zipped else "leave it out with exclude"
    assert sentence.endswith(expected)


def test_a_zip_with_a_folder_around_the_site_is_refused() -> None:
    """Zipping the folder instead of what is in it is the usual mistake."""
    assert problems(zipped(["dist/index.html", "dist/a.css"])) == (
        "all files of the zip 'site.zip' lie in 'dist', so that the site would have no page at /: "
        "zip what is in that folder, without the folder itself",
    )


def test_a_folder_around_the_site_is_refused() -> None:
    """The sentence says what to give; also where several folders lie around it."""
    (sentence,) = problems(folder(["shop/browser/index.html", "shop/browser/a/b.css"]))
    assert sentence == (
        "all files of 'dist' lie in 'shop/browser', so that the site would have no page at /: "
        "give 'dist/shop/browser'"
    )
    (sentence,) = problems(content_of({"a/index.html": b""}, "dist/"))
    assert sentence.endswith("give 'dist/a'")


@pytest.mark.parametrize(
    "names",
    [
        ["dist/index.html", "robots.txt"],
        ["dist/a.html", "dist/b.css"],
        ["a/index.html", "b/index.html"],
        ["dist/index.html", "dist-2/x"],
        ["dist/a/index.html", "dist/b"],
    ],
)
@pytest.mark.parametrize("kind", [folder, zipped])
def test_a_folder_that_is_part_of_a_site_is_none_around_it(kind: Make, names: list[str]) -> None:
    """Something lies beside it, or it has no first page; that is only warned of."""
    assert problems(kind(names)) == ()
    assert len(warnings(kind(names))) == 1


def test_parts_are_where_the_program_puts_them() -> None:
    """A list of parts names its folders on purpose."""
    assert problems(parts(["docs/index.html"])) == ()
    assert "the nearest is 'docs/index.html'" in warnings(parts(["docs/index.html"]))[0]


@ALL
@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["a.html"], "there is no index.html at the top, so that the site has no page at /"),
        (["a.html", "Index.html"], "must be called index.html, and it is called 'Index.html'"),
        (["INDEX.HTML"], "must be called index.html, and it is called 'INDEX.HTML'"),
        (["a/b/index.html", "b/index.html", "c"], "the nearest is 'b/index.html'"),
        (["a/myindex.html", "c"], "the site has no page at /"),
    ],
)
def test_a_missing_first_page_is_warned_of(kind: Make, names: list[str], sentence: str) -> None:
    """S3 tells upper from lower case, so another spelling is another page."""
    (warning,) = warnings(kind(names))
    assert sentence in warning


@ALL
@pytest.mark.parametrize(
    "names", [["deploy-manifest.json", "x"], [".amplify-hosting/deploy-manifest.json", "x"]]
)
def test_a_bundle_for_a_server_is_warned_of(kind: Make, names: list[str]) -> None:
    """Amplify runs none for a manual deployment; a missing first page is not the point then."""
    (warning,) = warnings(kind(names))
    assert "server-side rendering" in warning
    assert "index.html" not in warning


@ALL
def test_the_folder_of_the_program_is_warned_of(kind: Make) -> None:
    """The program would be public."""
    (warning,) = warnings(kind(["index.html", "Pulumi.yaml", "__main__.py"]))
    assert "Pulumi.yaml is among the files" in warning
    assert warnings(kind(["index.html", "docs/Pulumi.yaml"])) == ()


@ALL
@pytest.mark.parametrize(
    "name",
    [".env", ".env.production", ".npmrc", ".netrc", ".htpasswd", "id_rsa", "id_ed25519", "a.pem"],
)
def test_files_that_often_hold_secrets_are_warned_of(kind: Make, name: str) -> None:
    """At any depth; the site may mean it, so it is not refused."""
    (warning,) = warnings(kind(["index.html", f"a/{name}", f"b/c/{name}"]))
    assert warning.startswith(f"'a/{name}' and 1 more will be public")
    assert problems(kind(["index.html", name])) == ()


@ALL
@pytest.mark.parametrize(
    "name", ["env", ".env.example", ".envrc.md", "a.env", "id_rsa.html", "pem"]
)
def test_other_files_are_not(kind: Make, name: str) -> None:
    """A name that is only like one of those."""
    assert warnings(kind(["index.html", name])) == ()


def test_names_that_nobody_can_type_are_warned_of(tmp_path: Path) -> None:
    """A name with a decomposed accent is another one than what a browser asks for."""
    for name, is_told in (("caf\u00e9.html", False), ("cafe\u0301.html", True)):
        folder = tmp_path / str(is_told)
        folder.mkdir()
        write_folder(folder, {"index.html": b"", name: b""})
        found = warnings(read_folder(folder))
        assert [("NFD" in warning) for warning in found] == [True] * is_told


def test_names_that_are_not_marked_are_warned_of() -> None:
    """Whoever unpacks the zip may read them otherwise."""
    good = zipped(["index.html", "é", "ü"])
    found = warnings(Content(good.files, good.source, good.zip_path, ("é", "ü")))
    assert found == (
        "'é' and 1 more: the name is not marked as UTF-8 in the zip, so that it may read otherwise on "
        "the site: make the zip with a program that marks it",
    )
