"""What was deployed, file by file: digests that are kept in state, and how two contents differ."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from .digest_cache import DigestCache
from .files import Content, Entry, Progress, entry_of

#: A content of more files is known in state by its totals only: the state of a stack is read and
#: written as a whole.
MOST_LISTED: Final = 10_000

_LINE: Final = re.compile(r"([0-9a-f]{32}) (0|[1-9][0-9]{0,15}) ([^\n]+)")


@dataclass(frozen=True, slots=True)
class Manifest:
    """The files of a content.

    Attributes:
        entries: by name; None where only the totals are known.
        digest: `sha256:` and 64 hexadecimal digits, made of names and bytes alone: times, order and
            machine do not count.
        file_count: how many files there are.
        total_bytes: how many bytes they have together, unpacked.
    """

    entries: Mapping[str, Entry] | None
    digest: str
    file_count: int
    total_bytes: int

    @classmethod
    def of(cls, entries: Mapping[str, Entry]) -> Manifest:
        """The manifest of some files."""
        digest = hashlib.sha256()
        for line in _lines(entries):
            digest.update(line.encode("utf-8", "surrogatepass"))
        total = sum(entry.size for entry in entries.values())
        return cls(entries, f"sha256:{digest.hexdigest()}", len(entries), total)

    def to_text(self) -> str | None:
        """One line a file, `digest size name`, sorted by name; None beyond `MOST_LISTED` files."""
        if self.entries is None or len(self.entries) > MOST_LISTED:
            return None
        return "".join(_lines(self.entries))


def from_text(text: str) -> dict[str, Entry]:
    """The entries of a text that `to_text` has written.

    Raises:
        ValueError: it is another text.
    """
    entries: dict[str, Entry] = {}
    *lines, rest = text.split("\n")
    if rest:
        raise ValueError(f"the last line has no end: {rest[:80]!r}")
    for line in lines:
        found = _LINE.fullmatch(line)
        if found is None or found[3] in entries:
            raise ValueError(f"no line of a manifest: {line[:80]!r}")
        entries[found[3]] = Entry(found[1], int(found[2]))
    return entries


def manifest_of(
    content: Content, known: DigestCache | None = None, progress: Progress | None = None
) -> Manifest:
    """Take the digest of every file; `problems()` has found nothing wrong with the content.

    Args:
        content: The content.
        known: Digests of an earlier run; saved when all are taken.
        progress: Told of each piece that is read; what it raises comes out.

    Raises:
        ContentError: a file cannot be read.
    """
    take = entry_of if known is None else known.entry_of
    manifest = Manifest.of({file.name: take(file, progress) for file in content.files})
    if known is not None:
        known.save()
    return manifest


class ContentChanges(NamedTuple):
    """How a content differs from an earlier one: names, sorted.

    A file that was renamed is one that was removed and one that was added.
    """

    changed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def changes(before: Mapping[str, Entry], after: Mapping[str, Entry]) -> ContentChanges:
    """How the files after differ from those before."""
    both = before.keys() & after.keys()
    return ContentChanges(
        tuple(sorted(name for name in both if before[name] != after[name])),
        tuple(sorted(after.keys() - both)),
        tuple(sorted(before.keys() - both)),
    )


def _lines(entries: Mapping[str, Entry]) -> Iterable[str]:
    return (f"{entry.digest} {entry.size} {name}\n" for name, entry in sorted(entries.items()))
