"""One short text for the content of a file, a folder or an archive: equal for equal content.

Only names and bytes count. Where the content lies, when it was written, who may read or run it, and in
which order a file system lists it, differ from machine to machine.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

#: What git, Pulumi and Python keep for themselves in a folder: it changes while the content stays.
KEPT_BY_TOOLS: Final = frozenset({".git", ".pulumi", "__pycache__"})


def text_digest(text: str) -> str:
    """The digest of a file that holds this text in UTF-8."""
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def file_digest(path: Path) -> str:
    """The digest of a file's bytes; its digits are what `sha256sum` prints.

    Raises:
        OSError: there is no such file, or it cannot be read.
    """
    if path.exists() and not path.is_file():
        # To read a pipe could take for ever.
        raise OSError("it is not a file; a folder is given as a FileArchive")
    content = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            content.update(chunk)
    return f"sha256:{content.hexdigest()}"


def archive_digest(path: Path) -> str:
    """The digest of a folder's files, or of the bytes of an archive such as a zip.

    All files in the folder count with their paths in it, hidden ones too; `KEPT_BY_TOOLS` does not, nor
    do empty folders, which git does not keep either. A symbolic link to a file counts as that file, any
    other link by its text.

    Raises:
        OSError: there is no such folder or file, or a part of it cannot be read.
    """
    return tree_digest(dict(_entries(path, ""))) if path.is_dir() else file_digest(path)


def tree_digest(digests: Mapping[str, str]) -> str:
    """The digest of named parts, from the digest of each."""
    return f"tree-{text_digest(json.dumps(digests, sort_keys=True))}"


def _entries(folder: Path, prefix: str) -> Iterator[tuple[str, str]]:
    """Each file in a folder and below it: its path from there, with `/` on every system; its digest."""
    for entry in folder.iterdir():
        name = f"{prefix}{entry.name}"
        if entry.name in KEPT_BY_TOOLS:
            continue
        if entry.is_file():
            yield name, file_digest(entry)
        elif entry.is_symlink():
            yield name, f"link-{text_digest(str(entry.readlink()))}"
        elif entry.is_dir():
            yield from _entries(entry, f"{name}/")
        # What is left, a pipe or a socket, has no content.
