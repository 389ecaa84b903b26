"""Which files a pending deployment would change, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .._content.files import Entry
from .._content.manifest import changes, from_text
from .._inputs.request import Properties
from .._preview.file_reasons import Files
from .._values.sizes import format_size
from .._values.text import printable

#: Characters of a file's name that are shown at most.
MAX_NAME: Final = 200
#: What stands before a file that changes, as Pulumi has it.
SIGNS: Final = {"changed": "~", "added": "+", "removed": "-"}


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file; its name is harmless to show.

    Attributes:
        name: its path on the site.
        change: `changed`, `added` or `removed`.
        size: its bytes; of one that is removed, those that are live now.
    """

    name: str
    change: str
    size: int

    @property
    def shown_size(self) -> str:
        """The size in words."""
        return format_size(self.size)


@dataclass(frozen=True, slots=True)
class FileChanges:
    """What a deployment would change.

    Attributes:
        count: how many files would be live, None where that is not known.
        total_bytes: their bytes, None where that is not known.
        changed: how many of them differ; None where the files are not known by name.
        added: how many are new.
        removed: how many would be gone.
        listed: the first ones by name.
    """

    count: int | None
    total_bytes: int | None
    changed: int | None = None
    added: int | None = None
    removed: int | None = None
    listed: tuple[FileChange, ...] = ()

    @property
    def counts(self) -> str:
        """How many files change, in words; empty where that is not known."""
        words = {"changed": self.changed, "added": self.added, "removed": self.removed}
        return ", ".join(f"{count:,} {word}" for word, count in words.items() if count)

    @property
    def more(self) -> int:
        """How many changes are not listed."""
        return sum(filter(None, (self.changed, self.added, self.removed))) - len(self.listed)


def file_changes(old: Properties, new: Properties, most: int) -> FileChanges | None:
    """What a deployment changes; None for a resource that deploys no files of this machine.

    Args:
        old: The recorded properties, empty where nothing is recorded.
        new: The new inputs.
        most: How many files to list at most.
    """
    files = Files.of(new)
    if files.count is None:
        return None
    before, after = _entries(old), _entries(new)
    if after is None or (before is None and old.get("fileCount") is not None):
        return FileChanges(files.count, files.total_bytes)
    found = changes(before or {}, after)
    listed = [
        *(FileChange(_shown(name), "changed", after[name].size) for name in found.changed),
        *(FileChange(_shown(name), "added", after[name].size) for name in found.added),
        *(FileChange(_shown(name), "removed", (before or {})[name].size) for name in found.removed),
    ]
    listed.sort(key=lambda each: each.name)
    return FileChanges(
        files.count,
        files.total_bytes,
        len(found.changed),
        len(found.added),
        len(found.removed),
        tuple(listed[:most]),
    )


def _entries(properties: Properties) -> Mapping[str, Entry] | None:
    manifest = properties.get("manifest")
    if not isinstance(manifest, str):
        return None
    try:
        return from_text(manifest)
    except ValueError:
        return None


def _shown(name: str) -> str:
    return printable(name, MAX_NAME)
