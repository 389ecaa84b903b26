"""The files of a zip: what its list says of them, and their bytes, unpacked and checked."""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo, is_zipfile

from .files import PIECE, ContentError, ContentFile, listed, shown, unreadable
from .names import is_litter

#: The most bytes that a zip may have, packed or unpacked: AWS copies it within S3, which copies no more
#: at once.
MOST_BYTES: Final = 5 * 1024**3

_IS_ENCRYPTED: Final = 0x1
_IS_UTF8: Final = 0x800
_UNIX: Final = 3
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_LOCAL_SIGNATURE: Final = b"PK\x03\x04"


def is_zip(path: Path) -> bool:
    """Whether a file ends as a zip does."""
    try:
        return is_zipfile(path)
    except OSError:
        return False


def files_of_zip(path: Path, source: str) -> tuple[list[ContentFile], tuple[str, ...]]:
    """The files of a zip, in its own order, without folders and what macOS adds.

    Args:
        path: The zip.
        source: How sentences call it.

    Returns:
        The files, and those names that are not marked as UTF-8 and need to be: programs differ in how
        they read them.

    Raises:
        ContentError: it is broken, or has members that cannot be deployed.
    """
    size, everything = _listed(path, source)
    members = [member for member in everything if not member.is_dir()]
    _check(members, size, source)
    named = [(_name(member), member) for member in members]
    files = [
        ContentFile(
            name,
            member.file_size,
            partial(_unpacked, path, member, source),
            path,
            member.orig_filename,
        )
        for name, member in named
        if not is_litter(name)
    ]
    unmarked = (name for name, member in named if not member.flag_bits & _IS_UTF8)
    return files, tuple(name for name in unmarked if not name.isascii() and not is_litter(name))


def _listed(path: Path, source: str) -> tuple[int, list[ZipInfo]]:
    """How many bytes a zip has, and what it lists."""
    try:
        with ZipFile(path) as archive:
            return path.stat().st_size, archive.infolist()
    except OSError as error:
        raise unreadable(path, error) from error
    except Exception as error:  # whatever the bytes make of themselves
        raise _broken(source, str(error)) from error


def _broken(source: str, how: str) -> ContentError:
    return ContentError(f"the zip {shown(source)} is broken ({how}): make it again")


def _name(member: ZipInfo) -> str:
    """The name as it was written, also where Python changes it or takes it for an older code page."""
    if member.flag_bits & _IS_UTF8:
        return member.orig_filename
    try:
        # macOS writes UTF-8 and does not mark it.
        return member.orig_filename.encode("cp437").decode()
    except UnicodeError:
        return member.orig_filename


def _check(members: list[ZipInfo], size: int, source: str) -> None:
    """Refuse what no deployment unpacks, or not as it was meant."""
    for is_bad, reason in _REFUSED:
        bad = [_name(member) for member in members if is_bad(member)]
        if bad:
            raise ContentError(
                f"the zip {shown(source)} has a member that {reason} ({listed(bad)})"
            )
    total = sum(member.file_size for member in members)
    if max(total, size) > MOST_BYTES:
        raise ContentError(
            f"the zip {shown(source)} has {size / 1e9:.1f} GB, and {total / 1e9:.1f} GB unpacked; a "
            "deployment may have 5 GB: leave large files out, and keep them in S3 for example"
        )
    if sum(member.compress_size for member in members) > size:
        raise _broken(source, "its members are larger than itself")


def _is_link(member: ZipInfo) -> bool:
    return member.create_system == _UNIX and stat.S_ISLNK(member.external_attr >> 16)


_REFUSED: Final[tuple[tuple[Callable[[ZipInfo], bool], str], ...]] = (
    (
        lambda member: bool(member.flag_bits & _IS_ENCRYPTED),
        "is encrypted: make the zip without a password",
    ),
    (
        lambda member: member.compress_type not in (ZIP_STORED, ZIP_DEFLATED),
        "is compressed by another method than deflate: make the zip with the method 'deflate'",
    ),
    (
        _is_link,
        "is a symbolic link: make the zip without links, as `zip -r` does without its option -y",
    ),
)


def _unpacked(path: Path, member: ZipInfo, source: str) -> Iterator[bytes]:
    """The bytes of a member; an error where they are not what the zip's list says of them."""
    size = crc = 0
    try:
        with path.open("rb") as file:
            _seek(file, member)
            for piece in _inflated(file, member):
                size += len(piece)
                crc = zlib.crc32(piece, crc)
                if size > member.file_size:
                    raise BadZipFile("it holds more than the zip's list says")
                yield piece
    except OSError as error:
        raise unreadable(path, error) from error
    except (BadZipFile, zlib.error, struct.error) as error:
        raise _broken(source, f"{shown(_name(member))}: {error}") from error
    if (size, crc) != (member.file_size, member.CRC):
        raise _broken(source, f"{shown(_name(member))}: its size or checksum is wrong")


def _seek(file: BinaryIO, member: ZipInfo) -> None:
    """Go to where the data of a member begin, behind a header with its name."""
    file.seek(member.header_offset)
    signature, *_, name_length, extra_length = _LOCAL.unpack(file.read(_LOCAL.size))
    name = file.read(name_length)
    encoding = "utf-8" if member.flag_bits & _IS_UTF8 else "cp437"
    # A program that reads a zip as it comes takes this name, and not that of the list.
    if signature != _LOCAL_SIGNATURE or name != member.orig_filename.encode(encoding):
        raise BadZipFile("it is not where the zip's list says")
    file.seek(extra_length, 1)


def _inflated(file: BinaryIO, member: ZipInfo) -> Iterator[bytes]:
    inflate = zlib.decompressobj(-zlib.MAX_WBITS) if member.compress_type == ZIP_DEFLATED else None
    left = member.compress_size
    while left > 0 and (packed := file.read(min(left, PIECE))):
        left -= len(packed)
        if inflate is None:
            yield packed
            continue
        while piece := inflate.decompress(packed, PIECE):
            yield piece
            packed = inflate.unconsumed_tail
