"""The forms in which a program gives a source, and the one in which it is recorded.

No asset or archive may get into state, so each is written as the paths and texts that it names.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pulumi

from .._content.project import project_folder
from .._values.addresses import is_address
from .._values.text import shortened


def recorded_source(source: Any, where: str) -> str | list[list[str]]:
    """A source as it is recorded: an address, a path, or a list of parts; see `_content.source`.

    Args:
        source: What the program gives.
        where: What a message calls it.

    Raises:
        pulumi.RunError: it is none of these.
    """
    if isinstance(source, pulumi.AssetArchive):
        # Sorted, since an archive that comes over the wire has its parts in any order.
        return [list(part) for part in sorted(_parts(source, "", where))]
    if isinstance(source, pulumi.RemoteArchive):
        return _remote(source.uri, where)
    if isinstance(source, (pulumi.FileArchive, pulumi.FileAsset)):
        if is_address(str(source.path)):
            kind = type(source).__name__
            raise pulumi.RunError(f"{where}: a {kind} takes a path; give the address as a text")
        return _path(source.path)
    if isinstance(source, os.PathLike):
        return _path(os.fspath(source))
    if isinstance(source, str):
        if not source.strip():
            raise pulumi.RunError(f"{where} is empty: give the folder with the built site")
        return source if is_address(source) else _path(source)
    raise pulumi.RunError(
        f"{where} must be a folder, a .zip, an archive or the address of a .zip, not "
        f"{shortened(source)}"
    )


def root_folder() -> Path:
    """The project's folder, where recorded paths begin: the provider's process finds the same one."""
    try:
        root = Path(pulumi.get_root_directory())
    except Exception:  # there is no engine
        return project_folder(Path.cwd())
    # Pulumi's mocks say something that is no folder.
    return root if root.is_absolute() and root.is_dir() else project_folder(Path.cwd())


def _parts(archive: pulumi.AssetArchive, prefix: str, where: str) -> Iterator[tuple[str, str, str]]:
    """The parts of an archive: name, kind, and a path or a text."""
    for name, asset in archive.assets.items():
        here = f"{where}[{name!r}]"
        if isinstance(asset, pulumi.AssetArchive):
            yield from _parts(asset, f"{prefix}{name}/", here)
        elif isinstance(asset, pulumi.StringAsset):
            yield f"{prefix}{name}", "text", str(asset.text)
        elif isinstance(asset, pulumi.FileAsset):
            yield f"{prefix}{name}", "file", _path(asset.path)
        elif isinstance(asset, pulumi.FileArchive):
            yield f"{prefix}{name}", "archive", _path(asset.path)
        else:
            raise pulumi.RunError(
                f"{here}: the content of a {type(asset).__name__} is elsewhere. Give a file or a "
                "folder of this machine."
            )


def _remote(uri: Any, where: str) -> str:
    parts = urlsplit(str(uri))
    if parts.scheme == "file":
        if parts.netloc not in ("", "localhost") or parts.path in ("", "/"):
            raise pulumi.RunError(
                f"{where}: {shortened(str(uri))} is no path: give file:/// and a whole path, or a "
                "FileArchive"
            )
        return _path(unquote(parts.path))
    if not is_address(str(uri)):
        raise pulumi.RunError(
            f"{where}: give an address with https, s3 or file, not {shortened(parts.scheme)}"
        )
    return str(uri)


def _path(given: Any) -> str:
    """A path as it is recorded: alike on each machine, where it is given so that it can be.

    A path in the project's folder, and a relative one that leads out of it to a neighbour, are written
    from that folder; others as they are.
    """
    text, folder = str(given), Path.cwd()
    path = Path(os.path.normpath(folder / text))
    root = root_folder()
    # The engine may name the folder by a link to it, while the system names it without.
    for base in (root, root.resolve()):
        is_neighbour = folder.is_relative_to(base) and not Path(text).is_absolute()
        if is_neighbour or path.is_relative_to(base):
            with suppress(ValueError):  # on another drive
                return Path(os.path.relpath(path, base)).as_posix()
    return str(path)
