"""The source of a deployment: what the program gives, as plain values with a digest of the content.

No asset or archive may get into state, so each is written as the paths and texts that it names.
"""

from __future__ import annotations

import hashlib
import inspect
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import pulumi
from pulumi import Output

from .._content.digest_cache import digests_of
from .._content.files import ContentError
from .._content.manifest import Manifest, manifest_of
from .._content.problems import problems, warnings
from .._content.project import project_folder
from .._content.source import read_content
from .._values.addresses import is_address, without_query
from .._values.text import shortened

#: The properties that say what a source holds.
DERIVED: Final = ("content_digest", "file_count", "total_bytes", "manifest")


@dataclass(frozen=True, slots=True)
class Described:
    """A source, and what it holds.

    Attributes:
        source: the text or list of parts that is recorded.
        content_digest: equal for equal content; of an address only the address counts.
        manifest: the files; None for an address, whose content is not looked at.
    """

    source: Any
    content_digest: str
    manifest: Manifest | None = None

    def property(self, name: str) -> Any:
        """One of the resource's properties, by its name in Python."""
        values = {"source": self.source, "content_digest": self.content_digest}
        if self.manifest:
            values["file_count"] = self.manifest.file_count
            values["total_bytes"] = self.manifest.total_bytes
            values["manifest"] = self.manifest.to_text()
        return values.get(name)


def source_properties(source: Any, exclude: Any, where: str) -> dict[str, Any]:
    """The source and the derived properties of a deployment, by their names in Python.

    Args:
        source: What the program gives, or an output of it.
        exclude: Patterns of what is left out, or an output of them.
        where: What a message calls the source.

    Raises:
        pulumi.RunError: the content cannot be deployed.
    """
    if any(map(_is_later, (source, exclude, *(exclude if isinstance(exclude, list) else ())))):
        described = Output.all(source, exclude).apply(
            lambda known: _properties(known[0], known[1], where)
        )
        return {name: described.apply(itemgetter(name)) for name in ("source", *DERIVED)}
    return _properties(source, exclude, where)


def secret_if_signed(source: Any) -> Any:
    """An address with a query as a secret, since the query may be a signature; others as they are."""
    if isinstance(source, pulumi.RemoteArchive):
        source = source.uri
    if isinstance(source, Output):
        return source.apply(secret_if_signed)
    return Output.secret(source) if _is_signed(source) else source


def describe(source: Any, exclude: Any, where: str) -> Described:
    """A source that is known, and what it holds.

    Raises:
        pulumi.RunError: see `source_properties`.
    """
    plain = _plain(source, where)
    if isinstance(plain, str) and is_address(plain):
        return _elsewhere(plain, exclude, where)
    try:
        root = _root()
        content = read_content(plain, _patterns(exclude, where), root)
        wrong = problems(content)
        if wrong:
            raise pulumi.RunError("\n".join(f"{where}: {problem}" for problem in wrong))
        manifest = manifest_of(content, digests_of(root, plain))
    except (ContentError, OSError) as error:
        raise pulumi.RunError(f"{where}: {error}") from error
    for warning in warnings(content):
        pulumi.log.warn(f"{where}: {warning}")
    return Described(plain, manifest.digest, manifest)


def _properties(source: Any, exclude: Any, where: str) -> dict[str, Any]:
    # The provider says that a source is required.
    found = None if source is None else describe(source, exclude, where)
    return {name: found and found.property(name) for name in ("source", *DERIVED)}


def _elsewhere(address: str, exclude: Any, where: str) -> Described:
    if address.lower().startswith("http://"):
        raise pulumi.RunError(f"{where}: give an address with https, which AWS can read safely")
    if exclude:
        raise pulumi.RunError(f"{where}: exclude is for folders, and this is an address")
    digest = hashlib.sha256(f"address {without_query(address)}".encode()).hexdigest()
    return Described(address, f"sha256:{digest}")


def _plain(source: Any, where: str) -> Any:
    """The source as it is recorded."""
    if isinstance(source, pulumi.AssetArchive):
        return [list(part) for part in _parts(source, "", where)]
    if isinstance(source, pulumi.RemoteArchive):
        return _remote(source.uri, where)
    if isinstance(source, (pulumi.FileArchive, pulumi.FileAsset)):
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
        return _path(unquote(parts.path))
    if not is_address(str(uri)):
        raise pulumi.RunError(
            f"{where}: give an address with https, s3 or file, not {parts.scheme}"
        )
    return str(uri)


def _path(given: Any) -> str:
    """A path as it is recorded: from the project's folder where it is in it, alike on each machine."""
    path = Path(os.path.normpath(Path.cwd() / str(given)))
    root = _root()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _root() -> Path:
    """The project's folder, as the provider's process finds it."""
    try:
        root = pulumi.get_root_directory()
    except Exception:  # a program in a test has no engine
        root = None
    return Path(root).absolute() if root else project_folder(Path.cwd())


def _patterns(exclude: Any, where: str) -> Sequence[str]:
    if exclude is None:
        return ()
    if isinstance(exclude, str) or not isinstance(exclude, Sequence):
        raise pulumi.RunError(
            f"{where}: exclude must be a list of patterns, not {shortened(exclude)}"
        )
    wrong = [pattern for pattern in exclude if not isinstance(pattern, str)]
    if wrong:
        raise pulumi.RunError(
            f"{where}: a pattern of exclude must be text, not {shortened(wrong[0])}"
        )
    return list(exclude)


def _is_signed(source: Any) -> bool:
    return isinstance(source, str) and is_address(source) and without_query(source) != source


def _is_later(value: Any) -> bool:
    """Whether a value is known only when the program has run on."""
    return isinstance(value, Output) or inspect.isawaitable(value) or isinstance(value, Mapping)
