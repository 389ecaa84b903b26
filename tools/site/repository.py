"""What the site shows of a repository: its pages, their order, and the files of its examples."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

#: Patterns of the files that become pages.
PAGES = ("*.md", "docs/**.md", "docs/api/*.rst", "examples/README.md", "examples/*/README.md")

_ENTRY = re.compile(r"^(?:-|\d+\.) \[([^\]]+)\]\(([^)\s#]+)\)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Repository:
    """A checkout; all its pages and files are named by their paths from `root`."""

    root: Path

    def text(self, page: str) -> str:
        """A page as it is in the repository."""
        return (self.root / page).read_text(encoding="utf-8")

    def title(self, page: str) -> str:
        """The title of a Markdown page."""
        return self.text(page).partition("\n")[0].removeprefix("# ")

    def sections(self, page: str) -> list[tuple[str, str]]:
        """The sections of a page, each with its text; what stands above the first is headed ""."""
        above, *below = re.split(r"^## ", self.text(page), flags=re.MULTILINE)
        parts = (section.partition("\n") for section in below)
        return [("", above), *((heading, body) for heading, _, body in parts)]

    def listed(self, page: str, part: str) -> list[tuple[str, str]]:
        """The pages with which the entries of lists begin, each after the text of its link.

        Args:
            page: The page that has the lists.
            part: The part of its text to look at.
        """
        folder = (self.root / page).parent
        return [(text, self.name_of(folder / target)) for text, target in _ENTRY.findall(part)]

    def name_of(self, path: Path) -> str:
        """The path from the root; "" for what is not below it."""
        path, root = path.resolve(), self.root.resolve()
        return path.relative_to(root).as_posix() if path.is_relative_to(root) else ""

    def shown_files(self, folder: str) -> tuple[str, ...]:
        """The files that the page of an example shows below its text.

        What git ignores is no part of the example, and its README is the page itself.
        """
        return tuple(
            name
            for name in _files(self.root, folder)
            if Path(name).name not in ("README.md", ".gitignore") and (self.root / name).is_file()
        )


@cache
def _files(root: Path, folder: str) -> tuple[str, ...]:
    asked = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", folder)
    done = subprocess.run(asked, cwd=root, check=True, capture_output=True, text=True)
    return tuple(sorted({name for name in done.stdout.split("\0") if name}))
