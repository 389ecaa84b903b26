"""Why a deployment is pending: the content of its source, in files and bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final

from .._amplify.status import has_failed
from .._content.manifest import ContentChanges, changes, from_text
from .._inputs.request import Properties
from .._inputs.secrets import is_secret
from .._values.addresses import is_address, without_query
from .._values.sizes import format_size
from .._values.text import printable
from .._values.unknown import UNKNOWN
from .differences import differs
from .reasons import CONTENT_KEY, LATER, Moved, Reason

#: Characters of an address that are shown at most.
MAX_ADDRESS: Final = 200
#: What stands in the place of an address that is a secret, as every one with a query is.
_HIDDEN: Final = "secret address"


@dataclass(frozen=True, slots=True)
class Files:
    """How much a source holds; None for what is not known."""

    count: int | None = None
    total_bytes: int | None = None

    @classmethod
    def of(cls, properties: Properties) -> Files:
        """The files that properties tell of."""
        return cls(_number(properties, "fileCount"), _number(properties, "totalBytes"))

    def __str__(self) -> str:
        if self.count is None or self.total_bytes is None:
            return "files"
        noun = "file" if self.count == 1 else "files"
        return f"{self.count:,} {noun} ({format_size(self.total_bytes)})"


@dataclass(frozen=True, slots=True)
class FilesChanged:
    """Other content than the recorded one, or the first.

    Attributes:
        files: what would be live.
        changes: the names of the files that differ; None where they are not known, as for an address.
        address: where AWS would take the files from; None where they are on this machine.
        before: what is recorded of the branch: an address, or how much there was; None for nothing.
        failed: the recorded job and its status, where it failed: what it deployed is not live.
        unknown: whether the content is known only after the update.
    """

    files: Files
    changes: ContentChanges | None = None
    address: str | None = None
    before: str | None = None
    failed: str | None = None
    unknown: bool = False
    releases: ClassVar = True
    keys: ClassVar = (CONTENT_KEY,)

    @classmethod
    def find(cls, old: Properties, new: Properties) -> list[Reason]:
        """See `FoundReason`."""
        if not differs(CONTENT_KEY, old, new):
            return []
        if new.get(CONTENT_KEY) is UNKNOWN or new.get("source") is UNKNOWN:
            return [cls(Files(), unknown=True)]
        address, address_before = _address(new, old), _address(old, new)
        if Moved.find(old, new):  # What is recorded is of another branch.
            return [cls(Files.of(new), address=address)]
        before = address_before or (str(Files.of(old)) if old.get(CONTENT_KEY) else None)
        return [cls(Files.of(new), _changes(old, new), address, before, _failed(old))]

    def phrase(self, name: Callable[[str], str]) -> str:
        """See `Reason`."""
        if self.unknown:
            return f"files are {LATER}"
        if self.address and self.address == self.before:
            return f"from another {_HIDDEN}"
        if self.address:
            return f"from {self.address}" + (f", not {self.before}" if self.before else "")
        if self.before is None:
            return str(self.files)
        if self.changes is None:
            return f"{self.files}, before {self.before}"
        parts = {
            "changed": self.changes.changed,
            "added": self.changes.added,
            "removed": self.changes.removed,
        }
        counts = ", ".join(f"{len(names):,} {word}" for word, names in parts.items() if names)
        since = f" since {self.failed}" if self.failed else ""
        return f"{counts} of {self.files}{since}"


@dataclass(frozen=True, slots=True)
class CutOff:
    """A run on this machine was cut off after it had begun to deploy other files: they may be live.

    It is found by a note, and not by a comparison.
    """

    releases: ClassVar = True
    keys: ClassVar = (CONTENT_KEY,)

    def phrase(self, name: Callable[[str], str]) -> str:
        """See `Reason`."""
        return "a run that was cut off has begun to deploy other files"


def _failed(old: Properties) -> str | None:
    status = old.get("status")
    return f"job {old.get('jobId')}, which {status}" if has_failed(status) else None


def _changes(old: Properties, new: Properties) -> ContentChanges | None:
    before, after = old.get("manifest"), new.get("manifest")
    if not (isinstance(before, str) and isinstance(after, str)):
        return None
    try:
        found = changes(from_text(before), from_text(after))
    except ValueError:
        return None
    return found if any((found.changed, found.added, found.removed)) else None


def _address(properties: Properties, *others: Properties) -> str | None:
    """The address of a source as people may see it: without what may be a signature."""
    source = properties.get("source")
    if not isinstance(source, str) or not is_address(source):
        return None
    if is_secret(properties, "source", *others):
        return f"a {_HIDDEN}"
    return printable(without_query(source), MAX_ADDRESS)


def _number(properties: Properties, key: str) -> int | None:
    value = properties.get(key)
    return int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
