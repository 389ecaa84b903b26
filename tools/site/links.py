"""Links to folders, and to the files of examples, lead to their pages, as in the repository."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.addnodes import download_reference, pending_xref
from sphinx.transforms import SphinxTransform
from sphinx.util.logging import getLogger

from .repository import Repository

_LINK_IN_HTML = re.compile(r"""\b(?:href|src|srcset)=["'](?![a-z]+:)""")


class LinksToPages(SphinxTransform):
    """Turns MyST's links to folders and files into links to the pages that show them."""

    default_priority = 10  # before Sphinx copies the files that links lead to

    def apply(self, **_: Any) -> None:
        """Look at each link of the page that was just read; one in HTML is refused."""
        for raw in self.document.findall(nodes.raw):
            if _LINK_IN_HTML.search(raw.astext()):
                getLogger(__name__).warning("a link in HTML, which nobody checks", location=raw)
        repository = Repository(Path(self.env.srcdir))
        for link in list(self.document.findall(nodes.Element)):
            if not _leads_to_no_page(link):
                continue
            path = Path(self.env.relfn2path(link["reftarget"], self.env.docname)[1])
            where = _page(repository, path)
            if where:
                reference = pending_xref("", *link.children)
                reference.attributes.update(link.attributes | where)
                reference.source, reference.line = link.source, link.line
                link.replace_self(reference)


def _leads_to_no_page(element: nodes.Element) -> bool:
    return (
        isinstance(element, (pending_xref, download_reference))
        and element["reftype"] == "myst"
        and element["refdomain"] is None
    )


def _page(repository: Repository, path: Path) -> dict[str, Any] | None:
    """What a link to a folder or file has to say to lead to its page; None where there is none."""
    name = repository.name_of(path)
    if name and (path / "README.md").is_file():
        return {"refdomain": "doc", "reftarget": f"{name}/README", "reftargetid": None}
    example = "/".join(name.split("/")[:2])
    if example.startswith("examples/") and (repository.root / example / "README.md").is_file():
        return {"reftarget": name} if name in repository.shown_files(example) else None
    return None
