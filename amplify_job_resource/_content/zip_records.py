"""The records of a zip around the files' bytes: a header before each, the list, and the end."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

STORED: Final = 0
DEFLATED: Final = 8

#: What does not fit into a field of 4 or 2 bytes stands in a larger one, and this in its place.
_MOST_4: Final = 0xFFFF_FFFF
_MOST_2: Final = 0xFFFF

_LOCAL: Final = struct.Struct("<4s5H3L2H")
_LISTED: Final = struct.Struct("<4s6H3L5H2L")
_END_64: Final = struct.Struct("<4sQ2H2L4Q")
_LOCATOR: Final = struct.Struct("<4sLQL")
_END: Final = struct.Struct("<4s4H2LH")

_VERSION: Final = 20
_VERSION_64: Final = 45
_UNIX: Final = 3 << 8
_IS_UTF8: Final = 0x800
#: 1 January 1980, the first day that a zip can name: the same files are the same zip at any time.
_DATE: Final = 1 << 5 | 1
#: A plain file that everybody may read, in the form of Unix.
_MODE: Final = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Member:
    """A file within a zip.

    Attributes:
        name: its name, in UTF-8.
        method: `STORED` or `DEFLATED`.
        crc: the CRC-32 of its bytes.
        packed_size: how many bytes it has in the zip.
        size: how many bytes it has unpacked.
        offset: where its header begins.
    """

    name: bytes
    method: int
    crc: int
    packed_size: int
    size: int
    offset: int

    @property
    def end(self) -> int:
        """Where its bytes end."""
        return self.offset + len(local_header(self)) + self.packed_size


def local_header(member: Member) -> bytes:
    """What stands before the bytes of a member."""
    is_large = max(member.size, member.packed_size) >= _MOST_4
    # In this place both sizes stand in the larger field, or none.
    extra = struct.pack("<2H2Q", 1, 16, member.size, member.packed_size) if is_large else b""
    fixed = _LOCAL.pack(
        b"PK\x03\x04",
        _VERSION_64 if is_large else _VERSION,
        *_described(member),
        _MOST_4 if is_large else member.packed_size,
        _MOST_4 if is_large else member.size,
        len(member.name),
        len(extra),
    )
    return fixed + member.name + extra


def listed(member: Member) -> bytes:
    """The row of a member in the list at the zip's end."""
    values = (member.size, member.packed_size, member.offset)
    large = [value for value in values if value >= _MOST_4]
    extra = struct.pack(f"<2H{len(large)}Q", 1, 8 * len(large), *large) if large else b""
    size, packed_size, offset = (min(value, _MOST_4) for value in values)
    version = _VERSION_64 if large else _VERSION
    fixed = _LISTED.pack(
        b"PK\x01\x02",
        _UNIX | version,
        version,
        *_described(member),
        packed_size,
        size,
        len(member.name),
        len(extra),
        0,
        0,
        0,
        _MODE,
        offset,
    )
    return fixed + member.name + extra


def end(count: int, offset: int, size: int) -> bytes:
    """What stands at the very end.

    Args:
        count: How many members there are.
        offset: Where the list of them begins.
        size: How many bytes the list has.
    """
    larger = b""
    if count >= _MOST_2 or offset >= _MOST_4 or size >= _MOST_4:
        larger = _END_64.pack(
            b"PK\x06\x06",
            _END_64.size - 12,
            _UNIX | _VERSION_64,
            _VERSION_64,
            0,
            0,
            count,
            count,
            size,
            offset,
        ) + _LOCATOR.pack(b"PK\x06\x07", 0, offset + size, 1)
    counted = min(count, _MOST_2)
    return larger + _END.pack(
        b"PK\x05\x06", 0, 0, counted, counted, min(size, _MOST_4), min(offset, _MOST_4), 0
    )


def _described(member: Member) -> tuple[int, int, int, int, int]:
    """Flags, method, time, date and checksum, which both records of a member have."""
    flags = 0 if member.name.isascii() else _IS_UTF8
    return flags, member.method, 0, _DATE, member.crc
