"""The zip that is made of a content: its exact size first, then its bytes, as often as needed.

The length of an upload has to be known before its first byte, and nothing is written to disk. So the
files are read and deflated twice: once to check them against their digests and to learn how small they
become, and once for each upload. What a small site is packed to stays in memory, so that it is packed
once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from .files import (
    PIECE,
    Content,
    ContentChanged,
    ContentError,
    ContentFile,
    Entry,
    Progress,
)
from .manifest import Manifest
from .zip_packing import Trial, packed_again
from .zip_records import Member, end, listed, local_header
from .zip_source import MOST_BYTES

#: How many packed bytes of one content stay in memory.
KEPT_BYTES: Final = 32 * 1024 * 1024


class _Planned(NamedTuple):
    file: ContentFile
    member: Member
    packed: bytes | None


@dataclass(frozen=True, slots=True)
class ZipPlan:
    """A zip whose bytes are made when they are sent: sorted names, no times or modes of the files.

    The same content gives the same bytes, on each machine with the same zlib.

    Attributes:
        size: how many bytes it has.
    """

    size: int
    _planned: tuple[_Planned, ...]
    _tail: tuple[bytes, ...]

    @classmethod
    def of(cls, content: Content, manifest: Manifest, progress: Progress | None = None) -> ZipPlan:
        """Read all files, and plan the zip.

        Args:
            content: The files. `problems()` has found nothing wrong with them.
            manifest: What they were when the deployment was decided.
            progress: Told of each piece that is read; what it raises comes out.

        Raises:
            ContentChanged: a file is another one than in the manifest.
            ContentError: a file cannot be read, or the zip is larger than a deployment may be.
        """
        planned: list[_Planned] = []
        entries: dict[str, Entry] = {}
        offset, room = 0, KEPT_BYTES
        for file in content.files:
            trial = Trial(file, progress, room)
            entries[file.name] = trial.entry
            if manifest.entries is not None and manifest.entries.get(file.name) != trial.entry:
                raise ContentChanged(file.name)
            member = trial.member(offset)
            room -= len(trial.packed or b"")
            offset = member.end
            planned.append(_Planned(file, member, trial.packed))
        if Manifest.of(entries).digest != manifest.digest:
            raise ContentChanged
        rows = b"".join(listed(each.member) for each in planned)
        tail = (rows, end(len(planned), offset, len(rows)))
        size = offset + sum(map(len, tail))
        if size > MOST_BYTES:
            raise ContentError(
                f"the content has {size / 1e9:.1f} GB as a zip, and a deployment may have 5 GB: leave "
                "large files out, and keep them in S3 for example"
            )
        return cls(size, tuple(planned), tail)

    def chunks(self) -> Iterator[bytes]:
        """The zip from its beginning; `size` bytes, unless an error comes first.

        Raises:
            ContentChanged: a file is another one than when it was planned.
            ContentError: a file cannot be read.
        """
        return _joined(self._parts())

    def _parts(self) -> Iterator[bytes]:
        for file, member, packed in self._planned:
            yield local_header(member)
            if packed is not None:
                yield packed
            else:
                yield from packed_again(file, member)
        yield from self._tail


def _joined(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Small parts put together, so that each is worth to be sent."""
    waiting: list[bytes] = []
    length = 0
    for part in parts:
        waiting.append(part)
        length += len(part)
        if length >= PIECE:
            yield b"".join(waiting)
            waiting, length = [], 0
    if waiting:
        yield b"".join(waiting)
