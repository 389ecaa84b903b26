"""What is wrong with a content, and what may be: sentences before anything is uploaded."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import takewhile
from typing import Final

from .files import Content, listed, shown
from .names import is_of_repository, name_problems

#: What a site without a server begins with.
INDEX: Final = "index.html"
#: Files that hold passwords and keys where they are used, and should be public nowhere.
_SECRET: Final = re.compile(
    r"\.env(\.(?!(example|sample|template|dist)\Z)[^/]*)?|\.npmrc|\.netrc|\.pypirc|\.htpasswd"
    r"|id_(rsa|dsa|ecdsa|ed25519)|[^/]*\.(pem|p12|pfx)"
)


def problems(content: Content) -> tuple[str, ...]:
    """Why a content cannot be deployed: sentences, none when it can."""
    names = [file.name for file in content.files]
    if not names:
        return (_empty(content),)
    found = [*name_problems(names)]
    repository = [name for name in names if is_of_repository(name)]
    if repository:
        found.append(
            f"{listed(repository)}: this is a repository with all its history, which would be public: "
            + (
                "make the zip without it"
                if content.zip_path
                else "give the folder with the built site, or leave it out with exclude"
            )
        )
    wrapper = _wrapper(names) if content.source is not None else ""
    if wrapper:
        found.append(_wrapped(content, wrapper))
    return tuple(found)


def warnings(content: Content) -> tuple[str, ...]:
    """What of a content is probably not meant: sentences."""
    return tuple(_warnings(content, [file.name for file in content.files]))


def _empty(content: Content) -> str:
    if content.is_filtered:
        place = "content" if content.source is None else shown(content.source)
        return (
            f"there is no file in {place} that exclude leaves: correct its patterns, or the source"
        )
    if content.source is None:
        return "there is no file in the content: give at least an index.html"
    what = "zip" if content.zip_path else "folder"
    return (
        f"there is no file in the {what} {shown(content.source)}: build the site first, or give the "
        f"{what} that has it"
    )


def _wrapper(names: list[str]) -> str:
    """The folder that all files lie in, with the index; empty when there is none."""
    folders = [name.split("/")[:-1] for name in names]
    shared = takewhile(
        lambda pair: pair[0] == pair[1], zip(min(folders), max(folders), strict=False)
    )
    wrapper = "/".join(part for part, _ in shared)
    return wrapper if f"{wrapper}/{INDEX}" in names else ""


def _wrapped(content: Content, wrapper: str) -> str:
    source = content.source or ""
    if content.zip_path:
        return (
            f"all files of the zip {shown(source)} lie in {shown(wrapper)}, so that the site would "
            "have no page at /: zip what is in that folder, without the folder itself"
        )
    inner = shown("/".join([source.rstrip("/\\"), wrapper]))
    return (
        f"all files of {shown(source)} lie in {shown(wrapper)}, so that the site would have no page at "
        f"/: give {inner}"
    )


def _warnings(content: Content, names: list[str]) -> Iterator[str]:
    if any(
        name == "deploy-manifest.json" or ".amplify-hosting" in name.split("/") for name in names
    ):
        yield (
            "this is a bundle for server-side rendering (deploy-manifest.json, .amplify-hosting): "
            "Amplify serves the files of a manual deployment as they are, and runs no server. Build a "
            "static site, or connect the app to a repository"
        )
    elif INDEX not in names:
        yield _without_index(names)
    if "Pulumi.yaml" in names:
        yield (
            "Pulumi.yaml is among the files, and so would be public with the program beside it: give "
            "the folder with the built site"
        )
    secret = [name for name in names if _SECRET.fullmatch(name.rpartition("/")[2])]
    if secret:
        yield f"{listed(secret)} will be public, and files of that name often hold secrets"
    decomposed = [name for name in names if unicodedata.normalize("NFC", name) != name]
    if decomposed:
        yield (
            f"{listed(decomposed)}: accents stand as characters of their own in the name (NFD, as some "
            "systems write it), and addresses that people type have them composed (NFC): rename it"
        )
    if content.unmarked:
        yield (
            f"{listed(content.unmarked)}: the name is not marked as UTF-8 in the zip, so that it may "
            "read otherwise on the site: make the zip with a program that marks it"
        )


def _without_index(names: list[str]) -> str:
    other = next((name for name in names if name.lower() == INDEX), None)
    if other:
        return f"the first page must be called {INDEX}, and it is called {shown(other)}: rename it"
    below = [name for name in names if name.endswith(f"/{INDEX}")]
    nearest = min(below, key=lambda name: (name.count("/"), name), default=None)
    where = f"; the nearest is {shown(nearest)}" if nearest else ""
    return f"there is no {INDEX} at the top, so that the site has no page at /{where}"
