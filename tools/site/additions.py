"""What pages have on the site alone: the navigation, and the files of examples."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from sphinx.application import Sphinx

from .repository import Repository

FRONT = "README.md"
OVERVIEW = "docs/README.md"
DECISIONS = "docs/decisions/README.md"
EXAMPLES = "examples/README.md"
API = "docs/api/index.rst"

_LANGUAGES = {
    ".css": "css",
    ".go": "go",
    ".html": "html",
    ".json": "json",
    ".py": "python",
    ".ts": "typescript",
    ".yaml": "yaml",
    ".yml": "yaml",
}


def add(app: Sphinx, docname: str, source: list[str]) -> None:
    """Append to a page that Sphinx has just read what only the site shows."""
    repository, page = Repository(Path(app.srcdir)), f"{docname}.md"
    if page == FRONT:
        source[0] += _navigation(repository)
    elif page == DECISIONS:
        source[0] += _contents(repository.listed(page, source[0]))
    elif page == EXAMPLES:
        names = map(repository.name_of, repository.root.glob("examples/*/README.md"))
        source[0] += _contents(sorted((repository.title(name), name) for name in names))
    elif docname.startswith("examples/"):
        folder = docname.removesuffix("/README")
        files = (_file(folder, name) for name in repository.shown_files(folder))
        source[0] += "\n## Files\n" + "".join(files)


def _navigation(repository: Repository) -> str:
    """Order and names are those of the overview, a caption for each of its sections.

    Below them is what the overview leaves out, because there a reader comes to it in another way.
    """
    parts = [
        (heading, repository.listed(OVERVIEW, body))
        for heading, body in repository.sections(OVERVIEW)
    ]
    named = {FRONT, *(page for _, pages in parts for _, page in pages)}
    others = (EXAMPLES, API, *sorted(path.name for path in repository.root.glob("*.md")))
    rest = [name for name in others if name not in named and (repository.root / name).exists()]
    parts = [("", [("Overview", OVERVIEW)]), *parts, ("More", [("", name) for name in rest])]
    return "".join(_contents(pages, caption) for caption, pages in parts if pages)


def _contents(pages: Iterable[tuple[str, str]], caption: str = "") -> str:
    """An invisible table of contents; a page without a text has its own title there."""
    names = ((text, PurePosixPath("/", page).with_suffix("")) for text, page in pages)
    entries = [f"{text} <{name}>" if text else str(name) for text, name in names]
    options = [":hidden:", *([f":caption: {caption}"] if caption else [])]
    return "\n".join(("", "```{toctree}", *options, "", *entries, "```", ""))


def _file(folder: str, name: str) -> str:
    """A file below its name; `links.py` has links lead to it."""
    language = _LANGUAGES.get(PurePosixPath(name).suffix, "text")
    shown = PurePosixPath(name).relative_to(folder)
    return (
        f"\n({name})=\n### `{shown}`\n\n```{{literalinclude}} /{name}\n:language: {language}\n```\n"
    )
