"""How a file is packed in a zip: whether deflating is worth it, and twice the same packed bytes.

Deflating is done at a level that keeps up with reading: a higher one takes several times as long, and
saves some percent.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Final

from .files import ContentChanged, ContentFile, Hasher, Progress, pieces
from .zip_records import DEFLATED, STORED, Member

#: Names of files that are compressed already.
_COMPRESSED: Final = re.compile(
    r".*\.(7z|aac|apk|avif|br|bz2|docx|flac|gif|gz|heic|jpe?g|jxl|m4[av]|mov|mp[34]|og[agv]|opus|pdf|png"
    r"|pptx|rar|tgz|web[mp]|woff2?|xlsx|xz|zip|zst)",
    re.IGNORECASE | re.DOTALL,
)
#: How much effort deflating takes, from 1 to 9.
LEVEL: Final = 4


class Trial:
    """What a file is, and what it becomes.

    Attributes:
        entry: its entry for a manifest.
        packed: its deflated bytes; None if it is stored, or if they are more than there is room for.
    """

    def __init__(self, file: ContentFile, progress: Progress | None, room: int) -> None:
        """Read and pack a file; its packed bytes are kept if they are no more than `room`."""
        self._name = file.name
        self._crc = 0
        self._packed_size = 0
        self._room = room
        kept: list[bytes] = []
        hasher = Hasher()
        deflate = None if is_compressed(file.name) else zlib.compressobj(LEVEL, DEFLATED, -15)
        for piece in pieces(file, progress):
            hasher.update(piece)
            self._crc = zlib.crc32(piece, self._crc)
            if deflate:
                self._add(deflate.compress(piece), kept)
        if deflate:
            self._add(deflate.flush(), kept)
        self.entry = hasher.entry
        self._is_deflated = deflate is not None and self._packed_size < self.entry.size
        self.packed = b"".join(kept) if self._is_deflated and self._packed_size <= room else None

    def _add(self, packed: bytes, kept: list[bytes]) -> None:
        self._packed_size += len(packed)
        if self._packed_size > self._room:
            kept.clear()
        elif packed:
            kept.append(packed)

    def member(self, offset: int) -> Member:
        """The member whose header begins at an offset."""
        size = self.entry.size
        method, packed_size = (DEFLATED, self._packed_size) if self._is_deflated else (STORED, size)
        return Member(self._name.encode(), method, self._crc, packed_size, size, offset)


def is_compressed(name: str) -> bool:
    """Whether a file's name says that deflating it is in vain."""
    return _COMPRESSED.fullmatch(name) is not None


def packed_again(file: ContentFile, member: Member) -> Iterator[bytes]:
    """The bytes of a member: exactly as many as planned, and of the same content, or an error."""
    deflate = zlib.compressobj(LEVEL, DEFLATED, -15) if member.method == DEFLATED else None
    size = crc = sent = 0
    for piece in pieces(file):
        size += len(piece)
        crc = zlib.crc32(piece, crc)
        packed = deflate.compress(piece) if deflate else piece
        sent += len(packed)
        if size > member.size or sent > member.packed_size:
            raise ContentChanged(file.name)
        yield packed
    last = deflate.flush() if deflate else b""
    if (size, crc, sent + len(last)) != (member.size, member.crc, member.packed_size):
        raise ContentChanged(file.name)
    yield last
