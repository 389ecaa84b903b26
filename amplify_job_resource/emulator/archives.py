"""Zip files, unpacked in memory within bounds: nothing that is in one reaches the disk."""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

#: How many bytes one upload, and the files of one deployment, can have together.
MOST_BYTES = 512 * 1024 * 1024
#: How many files one deployment can have.
MOST_FILES = 100_000

#: What begins each entry in a zip's list of its files.
_ENTRY = b"PK\x01\x02"


class Unusable(Exception):
    """Something cannot be deployed; AWS seldom says why, so only the emulator's own tests see it."""


def unpack(data: bytes) -> dict[str, bytes]:
    """The files in a zip by their names; folders are none.

    Raises:
        Unusable: it is no zip, or broken, or has more than `MOST_BYTES` or `MOST_FILES`, or a name
            that leads out of it.
    """
    # Python reads the whole list at once, at several times its size.
    if data.count(_ENTRY) > MOST_FILES:
        raise Unusable(f"more than {MOST_FILES} files")
    files: dict[str, bytes] = {}
    left = MOST_BYTES
    try:
        with ZipFile(BytesIO(data)) as archive:
            for entry in archive.infolist():
                if entry.is_dir():
                    continue
                check_name(entry.filename)
                files[entry.filename] = _read(archive, entry, left)
                left -= len(files[entry.filename])
    except Unusable:
        raise
    except Exception as error:  # whatever the bytes make of themselves
        raise Unusable(f"no zip: {error}") from error
    return files


def check_name(name: str) -> None:
    """Check that a file's name stays within its folder.

    Raises:
        Unusable: it does not, or there is none.
    """
    parts = re.split(r"[/\\]", name)
    if not parts[0] or ".." in parts or re.match(r"[A-Za-z]:[/\\]", name):
        raise Unusable(f"the name {name!r} leads out of the folder")


def _read(archive: ZipFile, entry: ZipInfo, most: int) -> bytes:
    # The other methods of compression unpack a great deal from the first few bytes.
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise Unusable(f"{entry.filename}: compressed by method {entry.compress_type}")
    with archive.open(entry) as file:
        # What a zip says of its sizes need not be so.
        data = file.read(most + 1)
    if len(data) > most:
        raise Unusable(f"more than {MOST_BYTES} bytes")
    return data
